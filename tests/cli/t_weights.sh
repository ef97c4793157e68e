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
is 'moments instead' "$(value weights --weights stats)" stats
is 'the model instead' "$(value weights --weights model)" model
is 'ones do not depend on what is taken' \
    "$(value ones_per_weight --weights model)" 3.75
npy w/a.npy '<f8' '1, 2, 2' '\000\000\000\000\000\000\360\077\000\000\000\000\000\000\340\277\000\000\000\000\000\000\000\000\000\000\000\000\000\000\360\077'
is 'double precision, one group' "$(value ones_per_weight)" 3.75
npy w/a.npy '|i1' '2, 2' '\001\200\000\003'
is 'codes are not quantized again' "$(value ones_per_weight)" 1
npy w/a.npy '<f4' '2, 2' "$zero$zero$zero$zero"
for weights in exact stats model; do
    ok "all weights are zero: $weights" ivq -c ivq-32nm -w t.cfg \
        --weights $weights
done

# a convolution's channels out come first: 127 and 0 in the first column
sed 's/.*layers.*/layers = ( { name = "a"; type = "conv"; out = 2; kernel = [1, 2]; } );/
    s/input = .2./input = [1, 1, 2]/' t.cfg >c.cfg
npy w/a.npy '<f4' '2, 1, 1, 2' "$one$zero$half$half"
ivq -c ivq-32nm -w c.cfg -s mapping.level=L1 --per layer -o conv.csv
npy w/a.npy '<f4' '2, 2' "$one$half$zero$half"
ivq -c ivq-32nm -w c.cfg -s mapping.level=L1 --per layer -o matrix.csv
same 'a convolution in its own shape' conv.csv matrix.csv

# refused NAME PATTERN
refused() { ivq -n -c ivq-32nm -w t.cfg >out 2>&1; code=$?
    is "$1: status" $code 1; like "$1: says so" "$(cat out)" "$2"; }
npy w/a.npy '<f4' '2, 2' "$one$half$nan$one"
refused NaN "t.cfg:2: weights of 'a': '.*w/a.npy', number 3 is not finite"
npy w/a.npy '<f4' '2, 2' "$one$half$one$infinity"
refused infinity 'number 4 is not finite'
npy w/a.npy '<f8' '2, 2' '\000\000\000\000\000\000\360\177\000\000\000\000\000\000\340\277\000\000\000\000\000\000\000\000\000\000\000\000\000\000\360\077'
refused 'infinity in double precision' 'number 1 is not finite'
npy w/a.npy '<f4' '4,' "$one$half$one$one"
refused 'another shape' 'is 4; the layer has 1 matrix of 2 rows x 2 columns'
npy w/a.npy '<f4' '2, 2' "$one$half$one"
refused 'too short' 'has 12 bytes of numbers, not 16'
npy w/a.npy '<f4' '2, 2' "$one$half$one$one$one"
refused 'too long' 'has 20 bytes of numbers, not 16'
npy w/a.npy '>f4' '2, 2' "$one$half$one$one"
refused 'big-endian' 'a header that is not understood'
npy w/a.npy '<f4' '99999999999999999999, 2' "$one"
refused 'a huge shape' 'a header that is not understood'
npy w/a.npy '<f4' '2, 2' "$one$half$one$one"
sed -i 's/False, /True,  /' w/a.npy
refused 'Fortran order' 'ascontiguousarray'
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
