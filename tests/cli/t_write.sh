#!/bin/sh
# t_write.sh - output that cannot be written: exit status 4, nothing half done
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"
job() { ivq -c isaac-32nm -w lenet5 "$@"; }

# ---- streams that fail ----
to_full() { "$@" >/dev/full; }
to_nothing() { "$@" >&-; }
if [ -w /dev/full ]; then
    for format in '' '-o -' '--per layer' '--explain energy'; do
        # shellcheck disable=SC2086 # a list of options
        says "full disk: $format" 4 \
            "ivq-est: cannot write 'standard output': No space left" \
            to_full job $format
    done
    for list in params models schemes metrics layers; do
        says "full disk: --list-$list" 4 \
            "ivq-est: cannot write 'standard output': No space left" \
            to_full ivq --list-$list
    done
    for option in --help --version; do
        says "full disk: $option" 4 \
            "ivq-est: cannot write 'standard output': No space left" \
            to_full ivq $option
    done
    for name in csv json txt; do
        ln -s /dev/full "$work/full.$name"
        says "full disk: -o full.$name" 4 \
            "ivq-est: cannot write '$work/full.$name': No space left" \
            job -o "$work/full.$name"
        ok "full disk: full.$name is still a link" test -h "$work/full.$name"
    done
else
    skip 'full disk' 'no /dev/full'
fi
says 'closed standard output' 4 \
    "ivq-est: cannot write 'standard output': Bad file descriptor" \
    to_nothing job
says 'closed standard output: --help' 4 \
    "ivq-est: cannot write 'standard output': Bad file descriptor" \
    to_nothing ivq --help
to_nothing job -o "$work/closed.csv" 2>"$work/err"
is 'a file in spite of a closed standard output' $? 0
is 'and whole' "$(wc -l <"$work/closed.csv")" 8
job -o "$work/quiet.csv" 2>&-
is 'a file in spite of a closed standard error' $? 0
same 'and whole' "$work/quiet.csv" "$work/closed.csv"
job -w nothing -o "$work/mute.csv" 2>&-
is 'an error that nobody hears is an error' $? 1
ok 'and writes nothing' test ! -e "$work/mute.csv"
job -s nothing >/dev/null 2>&- <&-
is 'all closed' $? 1

# ---- a limit on the size of files stands for a disk that fills up ----
limited() { (trap '' XFSZ; ulimit -f 1; "$@"); }
echo 'as it was' >"$work/kept.json"
mkdir "$work/out" && mv "$work/kept.json" "$work/out/"
says 'a disk that fills up' 4 \
    "ivq-est: cannot write '$work/out/kept.json': File too large" \
    limited ivq -c isaac-32nm -w resnet18 -o "$work/out/kept.json"
is 'the old file is there' "$(cat "$work/out/kept.json")" 'as it was'
is 'and nothing else' "$(ls "$work/out")" 'kept.json'

# ---- places ----
says 'missing folder' 4 \
    "ivq-est: cannot write '$work/none/out.csv': No such file" \
    job -o "$work/none/out.csv"
says 'a file as a folder' 4 \
    "ivq-est: cannot write '$work/closed.csv/out.csv': Not a directory" \
    job -o "$work/closed.csv/out.csv"
mkdir "$work/folder.csv"
says 'a folder as a file' 4 \
    "ivq-est: cannot write '$work/folder.csv': Is a directory" \
    job -o "$work/folder.csv"
is 'the folder is empty' "$(ls "$work/folder.csv")" ''
mkdir "$work/locked"
echo 'as it was' >"$work/locked/kept.csv"
chmod 555 "$work/locked"
if [ "$(id -u)" -eq 0 ]; then
    skip 'a folder that is read-only' 'root may write everywhere'
else
    says 'a folder that is read-only' 4 \
        "ivq-est: cannot write '$work/locked/kept.csv': Permission denied" \
        job -o "$work/locked/kept.csv"
    is 'its file is there' "$(cat "$work/locked/kept.csv")" 'as it was'
fi
long=$(awk 'BEGIN { for (i = 0; i < 300; i++) printf "x" }')
says 'a name too long' 4 "ivq-est: cannot write '$work/$long.csv': File name" \
    job -o "$work/$long.csv"

# ---- what is written ----
umask 027
job -o "$work/mode.csv"
like 'a new file has the mode of a new file' "$(ls -l "$work/mode.csv")" \
    '^-rw-r-----'
echo old >"$work/mode.csv"
job -o "$work/mode.csv"
same 'an old file is replaced' "$work/mode.csv" "$work/closed.csv"
mkfifo "$work/pipe.csv"
cat "$work/pipe.csv" >"$work/piped.csv" &
job -o "$work/pipe.csv"
wait
same 'a pipe is written as it stands' "$work/piped.csv" "$work/closed.csv"
ok 'and still a pipe' test -p "$work/pipe.csv"
is 'nothing is left behind' \
    "$(find "$work" -name '*.??????' ! -name '*.json' | wc -l)" 0
finish
