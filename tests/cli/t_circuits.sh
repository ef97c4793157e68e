#!/bin/sh
# t_circuits.sh - components beside published parts: the table in the documents
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"
readme=$srcdir/validation/README.md

# block N: the Nth indented block of the README, without its indent
block() { awk -v wanted="$1" '
    /^    / { if (!inside) n++; inside = 1 }
    /^[^ ]/ { inside = 0 }
    inside && n == wanted { sub(/^    /, ""); print }' "$readme" |
    sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'; }

top=${top_builddir:-.}
"$top/validation/circuits" --csv "$work/t.csv" >"$work/circuits" 2>"$work/err"
is 'every bounded figure is within its bound or explained' "$?" 0
is 'and says no more than what it interpolates' \
    "$(grep -v ' is interpolated between ' "$work/err")" ''
is "validation/README.md has the program's table" \
    "$(block 2)" "$(cat "$work/circuits")"
awk 'length > 80' "$work/circuits" >"$work/wide"
is 'at 80 columns' "$(cat "$work/wide")" ''
is 'the CSV has as many figures as the table' \
    "$(($(wc -l <"$work/t.csv") - 1))" \
    "$(grep -cE '^  [a-z_]+ +[0-9.]+ [a-zA-Z]' "$work/circuits")"

"$top/validation/chips" ivq-32nm ivq-32nm-analytic >"$work/chips"
is 'the chips can be compared' "$?" 0
is "validation/README.md has the chips' table" \
    "$(block 1)" "$(cat "$work/chips")"
finish
