#!/bin/sh
# t_run.sh - the main job on the files that are shipped
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"

like 'ResNet-18 on IVQ' "$(ivq -c ivq-32nm -w resnet18 | head -n 1)" \
    '^ResNet-18 on IVQ'
like 'ResNet-18 on ISAAC' "$(ivq -c isaac-32nm -w resnet18 | head -n 1)" \
    '^ResNet-18 on ISAAC'

for tech in "$srcdir"/tech/*.cfg; do
    for net in "$srcdir"/workloads/*.cfg; do
        ok "$(basename "$net" .cfg) on $(basename "$tech" .cfg)" \
            ivq -c "$tech" -w "$net" -o "$work/out.csv"
    done
done
for quant in "$srcdir"/workloads/quant/*.cfg; do
    name=$(basename "$quant" .cfg)
    case $name in
    *resnet18*) net=resnet18 ;;
    *resnet50*) net=resnet50 ;;
    *mobilenetv2*) net=mobilenet_v2 ;;
    *vgg16*) net=vgg16 ;;
    ant-uniform4 | drq-assumed) net=resnet18 ;; # of any network
    *) net= ;;
    esac
    ok "$name on $net" ivq -c ivq-32nm -w "$net" --quant "$name" -n
done
# no folder named: a chip finds base and node beside it
ok 'a chip finds its node beside it' "$est" \
    -c "$srcdir/tech/ivq-32nm-analytic.cfg" -w "$srcdir/workloads/lenet5.cfg"
finish
