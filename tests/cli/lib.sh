# lib.sh - what the command line tests share; results as TAP
# SPDX-License-Identifier: GPL-3.0-or-later
# A test file sources this, calls ok/is/like, and ends with `finish`.
srcdir=$(cd "${srcdir:-.}" && pwd)
est=$(cd "${top_builddir:-.}" && pwd)/ivq-est
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
count=0

# The program on the files of the source tree, installed or not.
ivq() { "$est" -I "$srcdir/tech" -I "$srcdir/workloads" \
    -I "$srcdir/workloads/quant" "$@"; }

# result STATUS NAME: one TAP line
result() {
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else
        echo "not ok $count - $2"; fi
}

# ok NAME COMMAND...: the command succeeds
ok() { name=$1; shift; "$@" >"$work/ok.log" 2>&1; code=$?
    result $code "$name"; [ $code -eq 0 ] || sed 's/^/# /' "$work/ok.log"; }

# is NAME GOT WANTED
is() { [ "$2" = "$3" ]; code=$?; result $code "$1"
    [ $code -eq 0 ] || printf '# got    %s\n# wanted %s\n' "$2" "$3"; }

# like NAME GOT PATTERN: an extended regular expression
like() { printf '%s\n' "$2" | grep -Eq -- "$3"; code=$?; result $code "$1"
    [ $code -eq 0 ] || printf '# got    %s\n# wanted %s\n' "$2" "$3"; }

finish() { echo "1..$count"; exit 0; }
