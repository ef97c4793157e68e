#!/bin/sh
# t_locale.sh - the same bytes in a locale whose numbers have a comma
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"

for name in a.csv a.json a.txt; do
    LC_ALL=C ivq -c ivq-32nm -w lenet5 -o "$work/$name"
done
LC_ALL=C ivq -c ivq-32nm --list-params >"$work/params"

if ! command -v localedef >/dev/null 2>&1 || ! mkdir "$work/locale" ||
    ! localedef -i de_DE -f UTF-8 "$work/locale/de_DE.UTF-8" \
        >"$work/localedef" 2>&1; then
    skip 'a locale with a comma' 'localedef or its sources are not here'
    finish
fi
LOCPATH=$work/locale LC_ALL=de_DE.UTF-8
export LOCPATH LC_ALL
is 'the locale has a comma' "$(locale decimal_point)" ','
for name in a.csv a.json a.txt; do
    ivq -c ivq-32nm -w lenet5 -o "$work/comma.${name#a.}"
    same "the same bytes in $name" "$work/$name" "$work/comma.${name#a.}"
done
ivq -c ivq-32nm --list-params >"$work/comma"
same 'the same parameters' "$work/params" "$work/comma"

# a program that has set its locale, which ivq-est has not
api=${top_builddir:-.}/tests/unit/t_api
if [ -x "$api" ]; then
    "$api" >"$work/api" 2>&1
    is 'ivq.h in a program with this locale' $? 0
    is 'which it found' "$(grep -c '^# skipped' "$work/api")" 0
else
    skip 'ivq.h in a program with this locale' 'no unit tests here'
fi
finish
