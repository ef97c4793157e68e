#!/bin/sh
# t_peers.sh - networks as other estimators have them, from outside
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"
peers=$srcdir/tests/data/peers
cd "$work" || exit 99

# NeuroSim's VGG-8 costs what ours does, to the last digit of every column
figures() { ivq -c ivq-32nm --quant uniform:8/8 -w "$1" -o net.csv 2>err &&
    cut -d, -f2- net.csv; }
figures "$peers/NetWork_VGG8.csv" >theirs
like 'padding that the table does not say is spoken of' "$(cat err)" \
    'NetWork_VGG8.csv: taken as padded.*layer6; NeuroSim itself counts fewer'
figures vgg8_cifar10 >ours
same "a table of NeuroSim is the network" theirs ours

ivq -c ivq-32nm -w "$peers/alexnet/" >out 2>err
like 'a folder of problems is a network' "$(head -n 2 out | tr '\n' ' ')" \
    '^alexnet on IVQ .* 714 MMACs, 61.1 M parameters, 8 layers'
is 'and one problem a layer' "$(ivq -c ivq-32nm -w "$peers/alexnet/3.yaml" \
    2>err | sed -n 2p)" '150 MMACs, 885 k parameters, 1 layer with weights'
ok 'overrides reach them' ivq -c ivq-32nm -w "$peers/alexnet/3.yaml" \
    -s workload.input_density=0.5 -s workload.name=third
says 'their input is their own' 1 "ivq-est: the input shape '1,3,9,9' is for" \
    ivq -c ivq-32nm -w "$peers/alexnet/3.yaml" --input-shape 1,3,9,9
says 'a folder without a slash' 1 "ivq-est: cannot read '$peers/alexnet': it" \
    ivq -c ivq-32nm -w "$peers/alexnet"
says 'a table that is not there' 1 "ivq-est: cannot find 'none.csv'" \
    ivq -c ivq-32nm -w none.csv
finish
