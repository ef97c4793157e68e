#!/bin/sh
# t_weights.sh - trained weights from numpy files
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"
mkdir "$work/w"
cd "$work" || exit 99

# npy FILE TYPE SHAPE BYTES: bytes as printf has them
npy() { printf '\223NUMPY\001\000\200\000%-127s\n' \
    "{'descr': '$2', 'fortran_order': False, 'shape': ($3), }" >"$1"
    printf "$4" >>"$1"; }
# network FILE SHAPE: one fully connected layer of 2 inputs and 2 outputs
cat >t.cfg <<'E2'
name = "t"; input = [2]; quant = "uniform:8/8"; weights = "w";
layers = ( { name = "a"; type = "fc"; out = 2; } );
E2
one='\000\000\200\077' half='\000\000\000\277' zero='\000\000\000\000'
nan='\000\000\300\177' infinity='\000\000\200\377'
# value COLUMN OPTION...: of the layer table
value() { column=$1; shift
    ivq -c ivq-32nm -w t.cfg "$@" --per layer -o "$work/o.csv" >/dev/null &&
    awk -F, -v name="$column" 'NR == 1 { for (i = 1; i <= NF; i++)
        if ($i == name) at = i } NR == 2 { print $at }' "$work/o.csv"; }

# 1, -0.5, 0, 1: codes 127, -64 (half-way goes up), 0, 127
npy w/a.npy '<f4' '2, 2' "$one$half$zero$one"
is 'ones are counted' "$(value ones_per_weight)" 3.75
is 'and taken' "$(value weights)" exact
is 'a share of all bits of multi-bit cells' "$(value one_cells \
    -s mapping.level=L0 -s mapping.two_arrays=false -s crossbar.cell_bits=2 \
    -s crossbar.rows=2 -s crossbar.columns=2)" 0.46875
like 'the report says how many' "$(ivq -c ivq-32nm -w t.cfg)" \
    '^Ones in a weight, of 1 layer: 3.75 as counted, [0-9.]+ by the weights. moment'
is 'moments instead' "$(value weights --weights stats)" stats
is 'the model instead' "$(value weights --weights model)" model
is 'ones do not depend on what is taken' \
    "$(value ones_per_weight --weights model)" 3.75
mkdir -p v && cp -r w v/x
is 'a folder given with -s lies below the working folder' \
    "$(value ones_per_weight -s workload.weights=v/x)" 3.75
npy w/a.npy '<f8' '1, 2, 2' '\000\000\000\000\000\000\360\077\000\000\000\000\000\000\340\277\000\000\000\000\000\000\000\000\000\000\000\000\000\000\360\077'
is 'double precision, one group' "$(value ones_per_weight)" 3.75
npy w/a.npy '|i1' '2, 2' '\001\200\000\003'
is 'codes are not quantized again' "$(value ones_per_weight)" 1
npy w/a.npy '<f4' '2, 2' "$zero$zero$zero$zero"
for weights in exact stats model; do
    ok "all weights are zero: $weights" ivq -c ivq-32nm -w t.cfg \
        --weights $weights
done

# planes COLUMN OPTION...: of the table of planes, all rows
planes() { column=$1; shift
    ivq -w t.cfg "$@" --per plane -o "$work/p.csv" >/dev/null &&
    tr -d '\r' <"$work/p.csv" | awk -F, -v name="$column" 'NR == 1 {
        for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
        { printf "%s ", $at }'; }
# 127, -64, 0, 127: each plane in 2 rows and both columns, the top one's too
npy w/a.npy '<f4' '2, 2' "$one$half$zero$one"
is 'planes of each layer, then of all' "$(planes layer -c ivq-32nm)" \
    'a a a a a a a total total total total total total total '
is 'their ones' "$(planes ones -c ivq-32nm)" \
    '2 2 2 2 2 2 3 2 2 2 2 2 2 3 '
is 'their densities' "$(planes density -c ivq-32nm)" \
    '0.5 0.5 0.5 0.5 0.5 0.5 0.75 0.5 0.5 0.5 0.5 0.5 0.5 0.75 '
is 'crossbars of one column' \
    "$(planes tiles_filled -c ivq-32nm -s crossbar.columns=1)" \
    '2 2 2 2 2 2 2 2 2 2 2 2 2 2 '
is 'of all' "$(planes tiles -c ivq-32nm -s crossbar.columns=1)" \
    '2 2 2 2 2 2 2 2 2 2 2 2 2 2 '
is 'rows in them' "$(planes row_slices_filled -c ivq-32nm \
    -s crossbar.columns=1)" '2 2 2 2 2 2 3 2 2 2 2 2 2 3 '
is 'the most ones of a column' "$(planes most_ones -c ivq-32nm)" \
    '1 1 1 1 1 1 2 1 1 1 1 1 1 2 '
is 'and the bits of their sum' "$(planes adc_bits -c ivq-32nm)" \
    '1 1 1 1 1 1 2 1 1 1 1 1 1 2 '
is 'no crossbars, no tiles' "$(planes tiles_filled -c bitfusion-45nm)" \
    '              '
is 'no columns' "$(planes most_ones -c bitfusion-45nm)" \
    '              '
is 'but ones' "$(planes ones -c bitfusion-45nm)" '2 2 2 2 2 2 3 2 2 2 2 2 2 3 '
is 'counted, whatever is taken' "$(planes ones -c ivq-32nm --weights model)" \
    '2 2 2 2 2 2 3 2 2 2 2 2 2 3 '
ivq -c ivq-32nm -w lenet5 --per plane >out
like 'without weights the model only' "$(tail -n 1 out)" \
    '^total +6 +- +- +6[.]33e-05( +-)+$'
ivq -c ivq-32nm -w t.cfg --per plane -o p.json
like 'JSON has the planes, too' "$(cat p.json)" '"planes": *[[]'

# what the weights were to a style or machine
is 'bit slices know no moments' \
    "$(value weights -c isaac-32nm --weights stats)" model
is 'but ones' "$(value weights -c isaac-32nm)" exact
for chip in forms-32nm raella-32nm; do
    is "$chip counts" "$(value weights -c $chip)" exact
    is 'and knows moments' "$(value weights -c $chip --weights stats)" stats
done
for chip in bitfusion-45nm v100; do
    is "$chip does not look at weights" "$(value weights -c $chip)" ''
    like 'and says so' "$(ivq -c $chip -w t.cfg --explain latency)" \
        'weights of 1 layer make no difference'
done
like 'an explanation says what was counted' \
    "$(ivq -c ivq-32nm -w t.cfg --explain energy)" \
    'weights of 1 layer are counted'

is 'eight bits reach the largest weight' \
    "$(value ones_per_weight -s workload.weight_clip=max)" 3.75
ivq -c ivq-32nm -w t.cfg --quant uniform:2/8 -o auto.csv
ivq -c ivq-32nm -w t.cfg --quant uniform:2/8 -s workload.weight_clip=mse \
    -o mse.csv
ivq -c ivq-32nm -w t.cfg --quant uniform:2/8 -s workload.weight_clip=max \
    -o max.csv
same 'two have the least squared error' auto.csv mse.csv
sed 's/weights = "w";//; s/out = 2/&; codes = [127, -64, 0, 127]/' t.cfg >d.cfg
npy w/a.npy '|i1' '2, 2' '\177\300\000\177' # the same
for weights in exact stats model; do
    is "codes, as $weights" "$(value weights -w d.cfg --weights $weights)" \
        $weights
    for column in ones_per_weight ones_stats ones_model; do
        is "their $column" "$(value $column -w d.cfg --weights $weights)" \
            "$(value $column)"
    done
done
npy w/a.npy '<f4' '2, 2' "$one$half$zero$one"
cat >m.cfg <<'E2'
name = "m"; input = [2]; weights = "w";
quant = { mix = ( (1, "pot:4"), (1, "uniform:8") ); input_bits = 8; };
layers = ( { name = "a"; type = "fc"; out = 2; } );
E2
# the columns 1, 0 and -0.5, 1 have variances of 1/4 and 9/16: 2^6 and 0; -64
# and 127, the last in 8 bits
is 'mixed schemes are counted' "$(value ones_per_weight -w m.cfg)" 2.25
is 'and taken' "$(value weights -w m.cfg)" exact
like 'a table keeps the beginning of their names' \
    "$(ivq -c ivq-32nm -w m.cfg --per layer)" ' mixed 1:1 p~ '

# a convolution's channels out come first: 127 and 0 in the first column
sed 's/.*layers.*/layers = ( { name = "a"; type = "conv"; out = 2; kernel = [1, 2]; } );/
    s/input = .2./input = [1, 1, 2]/' t.cfg >c.cfg
npy w/a.npy '<f4' '2, 1, 1, 2' "$one$zero$half$half"
ivq -c ivq-32nm -w c.cfg -s mapping.level=L1 --per layer -o conv.csv
# two groups, a matrix of one weight each
sed 's/.*layers.*/layers = ( { name = "a"; type = "conv"; out = 2; groups = 2; kernel = 1; } );/
    s/input = .2./input = [2, 1, 1]/' t.cfg >g.cfg
npy w/a.npy '<f4' '2, 1, 1, 1' "$one$half"
for column in tiles row_slices column_slices; do
    is "$column of both groups" "$(planes $column -c ivq-32nm -w g.cfg)" \
        '2 2 2 2 2 2 2 2 2 2 2 2 2 2 '
done
npy w/a.npy '<f4' '2, 2' "$one$half$zero$half"
ivq -c ivq-32nm -w c.cfg -s mapping.level=L1 --per layer -o matrix.csv
same 'a convolution in its own shape' conv.csv matrix.csv

# refused NAME PATTERN
refused() { ivq -n -c ivq-32nm -w t.cfg >out 2>&1; code=$?
    is "$1: status" $code 1; like "$1: says so" "$(cat out)" "$2"; }
npy w/a.npy '<f4' '2, 2' "$one$half$nan$one"
refused NaN "t.cfg:2: weights of 'a': row 2, column 1 is no finite number"
npy w/a.npy '<f4' '2, 2' "$one$half$one$infinity"
refused infinity 'row 2, column 2 is no finite number'
npy w/a.npy '<f8' '2, 2' '\000\000\000\000\000\000\360\177\000\000\000\000\000\000\340\277\000\000\000\000\000\000\000\000\000\000\000\000\000\000\360\077'
refused 'infinity in double precision' 'row 1, column 1 is no finite number'
npy w/a.npy '<f4' '4,' "$one$half$one$one"
refused 'another shape' 'is 4; the layer has 1 matrix of 2 rows x 2 columns'
npy w/a.npy '<f4' '2, 2' "$one$half$one"
refused 'too short' 'has 12 bytes of numbers, not 16'
npy w/a.npy '<f4' '2, 2' "$one$half$one$one$one"
refused 'too long' 'has 20 bytes of numbers, not 16'
npy w/a.npy '>f4' '2, 2' "$one$half$one$one"
refused 'big-endian' "is big-endian; save a copy made by astype..<f4'"
npy w/a.npy '<f4' '99999999999999999999, 2' "$one"
refused 'a huge shape' 'a header that is not understood'
npy w/a.npy '<f4' '2, 2' "$one$half$one$one"
sed -i 's/False, /True,  /' w/a.npy
value ones_per_weight >fortran
npy w/a.npy '<f4' '2, 2' "$one$one$half$one"
is 'Fortran order' "$(cat fortran)" "$(value ones_per_weight)"
printf 'PK\003\004 no numpy file at all' >w/a.npy
refused 'another format' 'is no numpy file'
: >w/a.npy
refused 'an empty file' 'is no numpy file'
printf '\223NUMPY\001\000\377\377' >w/a.npy
refused 'a long header' 'has a header of more than 4096 bytes'
rm w/a.npy
refused 'no file' "'.*w' has no weights of any layer"
says 'weights that are not there' 1 "ivq-est: 'LeNet-5' has no weights" \
    ivq -c ivq-32nm -w lenet5 --weights exact
says 'an unknown way' 2 \
    'ivq-est: --weights wants exact, stats or model, not most' \
    ivq -c ivq-32nm -w lenet5 --weights most
finish
