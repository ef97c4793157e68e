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

validate -v "$srcdir/validation/circuits" >"$work/circuits"
is 'every figure is within its tolerance or explained' "$?" 0
block 2 >"$work/wanted"
diff "$work/wanted" "$work/circuits" >"$work/wrong"
none "validation/README.md has the program's table" "$work/wrong"

"${top_builddir:-.}/validation/chips" ivq-32nm ivq-32nm-analytic >"$work/chips"
is 'the chips can be compared' "$?" 0
is "validation/README.md has the chips' table" \
    "$(block 1)" "$(cat "$work/chips")"
finish
