#!/bin/sh
# bench.sh - how fast and how large, beside the targets; it judges nothing
# SPDX-License-Identifier: GPL-3.0-or-later
# Run by `make bench` in the build directory; RUNS changes the 200 runs.
set -eu
srcdir=$(cd "${srcdir:-.}" && pwd)
runs=${RUNS:-200}

# the program itself, not libtool's script around it
est=$PWD/ivq-est
if [ -x .libs/ivq-est ]; then
    est=$PWD/.libs/ivq-est
    LD_LIBRARY_PATH=$PWD/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export LD_LIBRARY_PATH
fi

# process NETWORK TARGET
process() {
    printf '  %-10s %-10s target %s\n    ' "$1" "on $2" "$3"
    tests/bench/spawn "$runs" "$est" -c "$srcdir/tech/$2.cfg" \
        -w "$srcdir/workloads/$1.cfg" -I "$srcdir/workloads/quant"
}
echo "whole process, $runs runs"
process resnet18 ivq-32nm '5 ms, 20 MB'
process resnet18 isaac-32nm '5 ms, 20 MB'
process resnet152 ivq-32nm '15 ms, 20 MB'
process resnet152 isaac-32nm '15 ms, 20 MB'
process resnet18 ivq-32nm-analytic '5 ms, 20 MB'
vs=isaac-32nm,cascade-65nm,puma-32nm,timely-65nm,raella-32nm,bitfusion-45nm
vs=$vs,eyeriss-65nm,mixmatch-xc7z045,rtx2080,a100-sxm
printf '  %-10s %-10s target %s\n    ' resnet50 'with --vs, ten others' '20 ms'
tests/bench/spawn "$runs" "$est" -c "$srcdir/tech/ivq-32nm.cfg" \
    -w "$srcdir/workloads/resnet50.cfg" -I "$srcdir/tech" \
    -I "$srcdir/workloads/quant" --vs "$vs"

# real networks: IVQ_MODELS is the folder of their files
onnx() {
    printf '  %-10s %-10s target %s\n    ' "$1" "$2" "$4"
    tests/bench/spawn "$runs" "$est" -c "$srcdir/tech/ivq-32nm.cfg" \
        -w "$3" --input-shape "$2" --quant uniform:8/8 -o "$scratch/out.csv"
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ -n "${IVQ_MODELS:-}" ]; then
    echo "whole process, ONNX file to CSV file, $runs runs"
    onnx PP-OCR-det 1,3,640,640 \
        "$IVQ_MODELS/ch_PP-OCRv4_det_infer.onnx" '60 ms'
    onnx PP-OCR-rec 1,3,48,320 \
        "$IVQ_MODELS/ch_PP-OCRv4_rec_infer.onnx" '-'
fi

# chain LAYERS: CPU time in ms and memory in MB of as many 1024 x 1024 ones
chain() {
    tests/bench/chain "$scratch/chain.onnx" "$1" 1024
    tests/bench/spawn 11 "$est" -c "$srcdir/tech/ivq-32nm.cfg" \
        -w "$scratch/chain.onnx" --quant uniform:8/8 |
        awk '{ print $13, $8 }'
    wc -c <"$scratch/chain.onnx"
}
echo "ONNX files of 4 bytes a weight, least CPU time of 11 runs"
none=$(tests/bench/spawn 3 "$est" --version | awk '{ print $8 }')
{ chain 12; chain 24; } | tr '\n' ' ' | awk -v none="$none" '{
    file = $6 / 1024 / 1024
    printf "    %.0f MB file: %.0f MB of memory, %.2f of it   target 2\n",
        file, $5 - none, ($5 - none) / file
    printf "    twice the weights: %.2f times the time   target 2 +- 15 %%\n",
        $4 / $1 }'
tests/bench/rate "$srcdir/tech" "$srcdir/workloads" "$srcdir/workloads/quant"
tests/bench/parts "$srcdir/tech"
tests/bench/bits
