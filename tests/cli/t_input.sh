#!/bin/sh
# t_input.sh - bad input: one clear line, exit status 1, no output
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"
echo 'as it was' >"$work/kept.csv"

# refused NAME LINE OPTIONS: says LINE, and the output file stays as it was
refused() {
    text=$2 what=$1
    shift 2
    says "$what" 1 "ivq-est: $text" ivq "$@" -o "$work/kept.csv"
    [ "$(cat "$work/kept.csv")" = 'as it was' ] &&
        [ -z "$(find "$work" -name 'kept.csv?*')" ]
    code=$?
    [ $code -eq 0 ] || result 1 "$what: the output file was touched"
}

# ---- tests/bad/: the first line of each says what is expected ----
for file in "$srcdir"/tests/bad/*.cfg; do
    what=$(basename "$file" .cfg)
    text=$(sed -n '1s,^//,,p' "$file")
    case $what in
    case-*) continue ;; # of ivq-validate
    tech-*) options="-c $file -w lenet5" ;;
    *) options="-c isaac-32nm -w $file" ;;
    esac
    case $what in
    *no-crossbar) # many lines, the first of which is given
        # shellcheck disable=SC2086 # a list of options
        like "$what" "$(ivq $options 2>&1 | head -n 1)" \
            "^ivq-est: .*'crossbar\.rows' is missing|'chip\.tiles' is missing"
        ;;
    *)  # shellcheck disable=SC2086
        refused "$what" "$file$text" $options ;;
    esac
done

# ---- files ----
refused 'missing technology' \
    "cannot find 'isaac-32mn'; did you mean 'isaac-32nm'?" \
    -c isaac-32mn -w lenet5
refused 'missing network' "cannot find 'resnet81'; did you mean 'resnet18'?" \
    -c isaac-32nm -w resnet81
refused 'missing path' "cannot find '$work/none.cfg'" -c isaac-32nm \
    -w "$work/none.cfg"
refused 'no name' "cannot find ''" -c isaac-32nm -w ''
refused 'directory' "cannot read '$work': it is a directory" \
    -c "$work" -w lenet5
refused 'device' "cannot read '/dev/null': it is no regular file" \
    -c /dev/null -w lenet5
printf '' >"$work/empty.cfg"
refused 'empty technology' "$work/empty.cfg: 'machine' is missing" \
    -c "$work/empty.cfg" -w lenet5
head -c 4096 "$est" >"$work/binary.cfg"
head -c 64 /dev/urandom >>"$work/binary.cfg"
printf '\000\001\002' >>"$work/binary.cfg"
refused 'binary garbage' "$work/binary.cfg: this is no text file" \
    -c "$work/binary.cfg" -w lenet5
refused 'binary garbage as a network' \
    "$work/binary.cfg: this is no text file" -c isaac-32nm -w "$work/binary.cfg"
like 'a technology as a network' \
    "$(ivq -c isaac-32nm -w isaac-32nm.cfg 2>&1)" \
    "isaac-32nm\.cfg:[0-9]+: unknown key 'machine'"
cp "$srcdir/tech/isaac-32nm.cfg" "$work/secret.cfg"
chmod 000 "$work/secret.cfg"
if [ "$(id -u)" -eq 0 ]; then
    skip 'unreadable file' 'root may read everything'
else
    refused 'unreadable file' \
        "cannot read '$work/secret.cfg': Permission denied" \
        -c "$work/secret.cfg" -w lenet5
fi
ln -s loop.cfg "$work/loop.cfg"
refused 'a link to itself' "cannot find '$work/loop.cfg'" \
    -c "$work/loop.cfg" -w lenet5
ln -s nowhere "$work/dangling.cfg"
refused 'a link to nowhere' "cannot find '$work/dangling.cfg'" \
    -c "$work/dangling.cfg" -w lenet5

# bases in a circle, over two files
printf 'base = "two";\n' >"$work/one.cfg"
printf 'base = "one";\n' >"$work/two.cfg"
refused 'bases in a circle' "$work/one.cfg:1: 'base' inherits over more than" \
    -c "$work/one.cfg" -w lenet5

# one line for a file that nests beyond reason, whatever gives way
for depth in 1000 100000; do
    awk -v n=$depth 'BEGIN { printf "a = "; for (i = 0; i < n; i++) printf "("
        for (i = 0; i < n; i++) printf ")"; print ";" }' >"$work/deep.cfg"
    refused "lists nested $depth deep" "$work/deep.cfg" -c "$work/deep.cfg" \
        -w lenet5
    awk -v n=$depth 'BEGIN { for (i = 0; i < n; i++) printf "a = {"
        for (i = 0; i < n; i++) printf "};"; print "" }' >"$work/deep.cfg"
    refused "groups nested $depth deep" "$work/deep.cfg" -c "$work/deep.cfg" \
        -w lenet5
done
awk 'BEGIN { printf "name = \"n\"; input = [8]; layers = (\n"
    for (i = 0; i < 40; i++) printf "{ name = \"g\"; layers = (\n"
    printf "{ name = \"fc\"; type = \"fc\"; out = 8; }"
    for (i = 0; i < 40; i++) printf ") }"; print ");" }' >"$work/deep.cfg"
refused 'layers nested 40 deep' \
    "$work/deep.cfg:18: groups are nested more than 16 deep" -c isaac-32nm \
    -w "$work/deep.cfg"
awk 'BEGIN { printf "machine = \""; for (i = 0; i < 100000; i++) printf "x"
    print "\";" }' >"$work/long.cfg"
refused 'a very long name' "$work/long.cfg:1: unknown machine 'xxx" \
    -c "$work/long.cfg" -w lenet5

# twenty mistakes in one run, and the rest counted
awk 'BEGIN { print "base = \"isaac-32nm\";"
    for (i = 2; i <= 26; i++) print "adcc" i " = 1;" }' >"$work/typos.cfg"
ivq -c "$work/typos.cfg" -w lenet5 >"$work/out" 2>"$work/typos"
is 'many typos: exit status' $? 1
is 'many typos: nothing printed' "$(cat "$work/out")" ''
is 'many typos: twenty, each with its line' \
    "$(grep -cE "^ivq-est: $work/typos.cfg:[0-9]+: unknown key 'adcc" \
    "$work/typos")" 20
is 'many typos: the rest is counted' "$(sed -n '21,$p' "$work/typos")" \
    'ivq-est: and 5 more'
printf 'base = "isaac-32nm";\nadc = { powr = "1 W"; };\nfoo = 1;\n' \
    >"$work/both.cfg"
printf 'name = "n"; input = [8];\nlayers = ( { typ = "fc"; } );\n' \
    >"$work/both-net.cfg"
ivq -c "$work/both.cfg" -w "$work/both-net.cfg" 2>"$work/both"
for line in both.cfg:2: both.cfg:3: both-net.cfg:2:; do
    like "mistakes of both files: $line" "$(cat "$work/both")" "$line"
done

# ---- options ----
refused 'crossbar budget too small' \
    "network 'ResNet-18' needs 5724 crossbars and the budget holds 100;" \
    -c isaac-32nm -w resnet18 --crossbars 100
{ # a chip that takes no area
    echo 'base = "isaac-32nm"; name = "flat";'
    for part in array dac sample_hold adc shift_add input_register \
        output_register buffer bus tile_register tile_add activation pool \
        router link; do
        echo "$part = { model = \"point\"; energy = \"0 J\"; area = \"0 m2\";"
        echo "    leakage = \"0 W\"; rate = \"10 GHz\"; };"
    done
} >"$work/flat.cfg"
ok 'a chip without area or energy' ivq -c "$work/flat.cfg" -w lenet5
refused 'area budget of a chip without area' \
    'chip.max_area cannot size a chip whose tiles take no area' \
    -c "$work/flat.cfg" -w lenet5 --area '1 mm2'
refused 'area budget too small' \
    "network 'ResNet-18' needs 5724 crossbars and the budget holds" \
    -c isaac-32nm -w resnet18 --area '30 mm2'
refused 'area for no tile' \
    "the budget of 'ISAAC-CE' holds no tile" \
    -c isaac-32nm -w resnet18 --area '1 mm2'
refused 'overflow = error' \
    "network 'VGG-16' needs" -c isaac-32nm -w vgg16 -s chip.overflow=error \
    -s chip.tiles=1
refused 'bare area' "-s chip.max_area=50: max_area: '50' has no unit in m^2;" \
    -c isaac-32nm -w lenet5 --area 50
refused 'crossbars in words' \
    "-s chip.max_crossbars=many: max_crossbars must be a whole number" \
    -c isaac-32nm -w lenet5 --crossbars many
refused 'negative crossbars' \
    "-s chip.max_crossbars=-5: max_crossbars: -5 is outside" \
    -c isaac-32nm -w lenet5 --crossbars=-5
refused 'unknown scheme' "--quant: unknown scheme 'apott'; did you mean 'apot'?" \
    -c isaac-32nm -w lenet5 --quant apott:4/4
says 'unknown figure' 1 \
    "ivq-est: unknown figure 'enrgy'; did you mean 'energy'?" \
    ivq -c isaac-32nm -w lenet5 --explain enrgy
says 'unknown figure into a file' 1 "ivq-est: unknown figure 'enrgy'" \
    ivq -c isaac-32nm -w lenet5 --explain enrgy -o "$work/none.txt"
ok 'unknown figure writes nothing' test ! -e "$work/none.txt"

while IFS='|' read -r set text; do
    refused "-s $set" "-s $set: $text" -c isaac-32nm -w lenet5 -s "$set"
done <<'END'
crossbar.rows|write an override as path=value
=5|write an override as path=value
.rows=5|write an override as path=value
crossbar.=5|write an override as path=value
crossbar..rows=5|write an override as path=value
crossbar.rows=0|rows: 0 is outside 1 to 65536
crossbar.rows=|rows must be a whole number
crossbar.rows=12x|rows must be a whole number
crossbar.rows=0x10|rows must be a whole number
crossbar.rows=nan|rows must be a whole number
crossbar.rows=1e400|rows must be a whole number
crossbar.rows=5000000000|rows: 5000000000 is outside
crossbar.rows=-1|rows: -1 is outside
crossbar.rows=1.5|rows must be a whole number
crossbar.row=5|unknown key 'row' in 'crossbar'; did you mean 'rows'?
crosbar.rows=5|unknown key 'crosbar'; did you mean 'crossbar'?
crossbar=5|'crossbar' must be a group
crossbar.rows.x=5|'rows' is no group
adc.power=5|power: '5' has no unit in W
adc.power=5 J|power: 'J' is no unit in W
adc.power=-5 W|power: -5.00 W is outside
adc.power=|power: '' is no quantity
adc.rate=0 Hz|rate: 0 Hz is outside
adc.curve=5|curve
mapping.flip=yes|flip must be true or false
mapping.level=L9|level: 'L9' is none of L0, L1, L2, SME, L3, L4
machine=crossbow|unknown machine 'crossbow'; did you mean 'crossbar'?
adc.model=adc|adc: unknown model 'adc'
node=32|node: '32' has no unit in m
node=0 nm|node: '0 nm' is outside
END

# ---- usage: exit status 2 ----
usage() { what=$1 text=$2; shift 2
    says "usage: $what" 2 "ivq-est: $text" "$est" "$@"; }
usage 'nothing' 'a technology (-c) and a network (-w) are wanted'
usage 'no network' 'a technology (-c) and a network' -I "$srcdir/tech" \
    -c isaac-32nm
usage 'unknown option' "unknown option '--frob'" --frob
usage 'unknown letter' "unknown option" -z
usage 'an argument' "unexpected argument 'resnet18'" resnet18
usage 'an argument after options' "unexpected argument 'x'" -n x
for option in -c -w -s -I -o --tech --workload --set --include --output \
    --quant --area --crossbars --per --explain; do
    usage "$option without a value" "a value is wanted after '$option'" $option
done
usage '--help with a value' "" --help=me
usage '--per what' '--per wants layer, component, network or plane, not rows' \
    --per rows
for name in out.xls table out.csvx .cvs; do
    says "usage: -o $name" 2 \
        'ivq-est: -o wants a name in .csv, .json or .txt, not ' ivq \
        -c isaac-32nm -w lenet5 -o "$work/$name"
    ok "-o $name writes nothing" test ! -e "$work/$name"
done
finish
