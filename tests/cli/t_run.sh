#!/bin/sh
# t_run.sh - the main job on the files that are shipped
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"

like 'ResNet-18 on IVQ' "$(ivq -c ivq-32nm -w resnet18 | head -n 1)" \
    '^ResNet-18 on IVQ'
like 'ResNet-18 on ISAAC' "$(ivq -c isaac-32nm -w resnet18 | head -n 1)" \
    '^ResNet-18 on ISAAC'

# runs TECH NETWORK: paths
runs() { ok "$(basename "$2" .cfg) on $(basename "$1" .cfg)" \
    ivq -c "$1" -w "$2" -o "$work/out.csv"; }

# every network on a chip of each kind, every chip with networks of each kind
for tech in isaac-32nm ivq-32nm ivq-32nm-analytic bitfusion-45nm eyeriss-65nm \
    rtx2080; do
    for net in "$srcdir"/workloads/*.cfg; do
        runs "$srcdir/tech/$tech.cfg" "$net"
    done
done
for tech in "$srcdir"/tech/*.cfg; do
    for net in resnet50 mobilenet_v2 vgg16 lenet5 bert_base lstm_ptb_medium; do
        runs "$tech" "$srcdir/workloads/$net.cfg"
    done
done
for quant in "$srcdir"/workloads/quant/*.cfg; do
    name=$(basename "$quant" .cfg)
    case $name in
    *resnet18*) net=resnet18 ;;
    *resnet50*) net=resnet50 ;;
    *mobilenetv2*) net=mobilenet_v2 ;;
    *vgg16*) net=vgg16 ;;
    ant-uniform4 | drq-assumed | mixmatch) net=resnet18 ;; # of any network
    *) net= ;;
    esac
    ok "$name on $net" ivq -c ivq-32nm -w "$net" --quant "$name" -n
done
# no folder named: a chip finds base and node beside it
ok 'a chip finds its node beside it' "$est" \
    -c "$srcdir/tech/ivq-32nm-analytic.cfg" -w "$srcdir/workloads/lenet5.cfg"
finish
