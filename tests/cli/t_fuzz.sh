#!/bin/sh
# t_fuzz.sh - files of the fuzzer's corpus, each read once
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"
replay=$(dirname "$est")/tests/fuzz/replay

# What they hold does not matter: it must end, with a network or a message.
for folder in "$srcdir"/tests/fuzz/corpus/*; do
    "$replay" "$folder"/* >"$work/log" 2>&1
    code=$?
    result $code "$(basename "$folder"): files end with a network or a message"
    [ $code -eq 0 ] || tail -n 20 "$work/log" | sed 's/^/# /'
    is 'and every one was read' "$(grep -c "^$folder/" "$work/log")" \
        "$(ls "$folder" | wc -l)"
done
"$replay" "$srcdir/README.md" >"$work/log" 2>&1
is 'a file of another kind is not passed over' $? 1
finish
