# lib.sh - what the command line tests share; results as TAP
# SPDX-License-Identifier: GPL-3.0-or-later
# A test file sources this, calls ok/is/like/..., and ends with `finish`.
srcdir=$(cd "${srcdir:-.}" && pwd)
est=$(cd "${top_builddir:-.}" && pwd)/ivq-est
work=$(mktemp -d) || exit 99
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
count=0

# Debian's libconfig 1.5 loses memory on a text that does not end.
echo leak:libconfig >"$work/suppressions"
LSAN_OPTIONS="suppressions=$work/suppressions:print_suppressions=0"
export LSAN_OPTIONS

# The program on the files of the source tree, installed or not.
ivq() { "$est" -I "$srcdir/tech" -I "$srcdir/workloads" \
    -I "$srcdir/workloads/quant" "$@"; }
validate() { "$(dirname "$est")/ivq-validate" -I "$srcdir/tech" \
    -I "$srcdir/workloads" -I "$srcdir/workloads/quant" "$@"; }
import() { "$(dirname "$est")/ivq-import" -I "$srcdir/workloads" \
    -I "$srcdir/workloads/quant" "$@"; }

# result STATUS NAME: one TAP line
result() {
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else
        echo "not ok $count - $2"; fi
}

# skip NAME REASON
skip() { result 0 "$1 # SKIP $2"; }

# ok NAME COMMAND...: the command succeeds
ok() { _name=$1; shift; "$@" >"$work/ok.log" 2>&1; code=$?
    result $code "$_name"; [ $code -eq 0 ] || sed 's/^/# /' "$work/ok.log"; }

# is NAME GOT WANTED
is() { [ "$2" = "$3" ]; code=$?; result $code "$1"
    [ $code -eq 0 ] || printf '# got    %s\n# wanted %s\n' "$2" "$3"; }

# like NAME GOT PATTERN: an extended regular expression
like() { printf '%s\n' "$2" | grep -Eq -- "$3"; code=$?; result $code "$1"
    [ $code -eq 0 ] || printf '# got    %s\n# wanted %s\n' "$2" "$3"; }

# same NAME FILE FILE: the same bytes, and some
same() { [ -s "$2" ] && cmp "$2" "$3" >"$work/same.log" 2>&1; code=$?
    result $code "$1"; [ $code -eq 0 ] || sed 's/^/# /' "$work/same.log"; }

# none NAME FILE: the file, a list of what is wrong, is empty
none() { [ ! -s "$2" ]; code=$?; result $code "$1"
    [ $code -eq 0 ] || head -n 20 "$2" | sed 's/^/# /'; }

# says NAME STATUS LINE COMMAND...: the command exits with the status, prints
# nothing, and on standard error one line that begins with LINE, literally
says() {
    _name=$1 _status=$2 _line=$3
    shift 3
    "$@" >"$work/says.out" 2>"$work/says.err"
    code=$?
    _bad=
    [ $code -eq "$_status" ] || _bad="exit status $code, not $_status"
    [ ! -s "$work/says.out" ] || _bad="$_bad; standard output"
    [ "$(wc -l <"$work/says.err")" -eq 1 ] || _bad="$_bad; not one line"
    LINE=$_line awk 'BEGIN { line = ENVIRON["LINE"] }
        NR == 1 && index($0, line) == 1 { found = 1 }
        END { exit !found }' "$work/says.err" || _bad="$_bad; another message"
    [ -z "$_bad" ]
    result $? "$_name"
    [ -z "$_bad" ] || { printf '# %s\n# wanted %s\n' "$_bad" "$_line"
        sed 's/^/# got    /' "$work/says.err"; }
}

finish() { echo "1..$count"; exit 0; }
