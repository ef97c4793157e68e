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
tests/bench/rate "$srcdir/tech" "$srcdir/workloads" "$srcdir/workloads/quant"
tests/bench/parts "$srcdir/tech"
tests/bench/bits
