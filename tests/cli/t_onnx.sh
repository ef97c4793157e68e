#!/bin/sh
# t_onnx.sh - ONNX networks from outside; real ones where they are
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"
# tests/data/fetch_models.sh FOLDER brings them
models=${IVQ_MODELS:-$srcdir/tests/data/models}

ivq -c ivq-32nm -w nowhere.onnx >"$work/out" 2>"$work/err"
is 'a file that is not there ends with status 1' $? 1
like 'and says so' "$(cat "$work/err")" 'nowhere.onnx'
: >"$work/empty.onnx"
ivq -c ivq-32nm -w "$work/empty.onnx" >"$work/out" 2>"$work/err"
is 'an empty file ends with status 1' $? 1
like 'and says so' "$(cat "$work/err")" 'empty.onnx: the file is empty'
echo 'name = "t";' >"$work/text.onnx"
ivq -c ivq-32nm -w "$work/text.onnx" >"$work/out" 2>"$work/err"
is 'a file of another kind ends with status 1' $? 1
like 'and says so' "$(cat "$work/err")" 'no ONNX model'
ivq -c ivq-32nm -w lenet5 --input-shape 1,1,28,28 >"$work/out" 2>"$work/err"
is '--input-shape of a workload file ends with status 1' $? 1
like 'and says so' "$(cat "$work/err")" "'lenet5' has its own"

# matrices NAME SHAPE: sums over the layers with weights, of a CSV file: how
# many, weights, MACs, and a checksum of rows, columns, groups and vectors
matrices() {
    ivq -c ivq-32nm -w "$models/$1.onnx" --input-shape "$2" \
        --quant uniform:8/8 -o "$work/$1.csv" 2>"$work/err" || cat "$work/err"
    tr -d '\r' <"$work/$1.csv" | "${AWK:-awk}" -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["groups"] > 0 { n++
            weights += $at["groups"] * $at["rows"] * $at["columns"]
            macs += $at["macs"]; vectors += $at["vectors"] }
        $at["type"] == "matmul" { products += $at["macs"] }
        END { printf "%d %.0f %.0f %.0f %.0f\n", n, weights,
            macs, vectors, products }'
}

# Counted with python3-onnx: the shapes of its own inference, the weights of
# each node; of the recogniser beyond its first Reshape by hand (40 positions),
# and of the classifier its last product (one vector).
while read -r name shape wanted; do
    if [ -f "$models/$name.onnx" ]; then
        is "$name has its matrices" "$(matrices "$name" "$shape")" "$wanted"
        like "and no unknown operator" "$(cat "$work/err"; echo .)" '^[.]$'
    else
        skip "$name has its matrices" "no $name.onnx; see fetch_models.sh"
    fi
done <<END
ch_PP-OCRv4_det_infer 1,3,640,640 64 1164320 2301935744 710020 0
ch_PP-OCRv4_rec_infer 1,3,48,320 47 2669672 701701440 47604 768000
ch_ppocr_mobile_v2.0_cls_infer 1,3,48,192 54 124072 16315376 17587 0
END

# densities NAME SHAPE COLUMN: mean of each plane of 8 bits over the weights of
# the layers with one matrix of 1024 weights or more; last, their sum
densities() {
    ivq -c ivq-32nm -w "$models/$1.onnx" --input-shape "$2" \
        --quant uniform:8/8 -s workload.fold_norm=false --per plane \
        -o "$work/$1.csv" 2>"$work/err" || cat "$work/err"
    tr -d '\r' <"$work/$1.csv" | "${AWK:-awk}" -F, -v column="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["layer"] != "total" && $at["groups"] == 1 {
            n = $at["rows"] * $at["columns"]
            if (n < 1024) next
            if ($at["plane"] == 0) all += n
            sum[$at["plane"]] += n * $at[column] }
        END { for (p = 0; p < 7; p++) {
                  printf "%.3f ", sum[p] / all; ones += sum[p] / all }
              printf "%.4f\n", ones }'
}

# Counted with numpy from the weights as the file has them (nothing folded into
# them), in steps of max |w| / 127 of each tensor.
while read -r name shape wanted; do
    if [ ! -f "$models/$name.onnx" ]; then
        skip "$name has its bits" "no $name.onnx; see fetch_models.sh"
        continue
    fi
    counted=$(densities "$name" "$shape" density)
    is "$name has its bits" "${counted% *}" "$wanted"
    fitted=$(densities "$name" "$shape" density_stats)
    is 'moments come within 4 %' "$(echo "${counted##* } ${fitted##* }" |
        "${AWK:-awk}" '{ print ($2 / $1 - 1) ^ 2 < 0.04 ^ 2 }')" 1
done <<END
ch_PP-OCRv4_det_infer 1,3,640,640 0.478 0.368 0.272 0.193 0.109 0.036 0.004
ch_PP-OCRv4_rec_infer 1,3,48,320 0.450 0.359 0.270 0.156 0.045 0.009 0.001
END
finish
