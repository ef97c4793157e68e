#!/bin/sh
# autogen.sh - writes sources.am, the list of sources, and makes configure
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A new component model, quantization scheme or mapping style is a new file
# in its folder; it is found here and needs no line in Makefile.am.
set -eu
cd "$(dirname "$0")"

list() { # variable folder...
    printf '%s =' "$1"
    shift
    find "$@" -name '*.[ch]' ! -name '*_list.h' | LC_ALL=C sort |
        while read -r file; do printf ' \\\n    %s' "$file"; done
    printf '\n'
}
{
    echo "# written by autogen.sh"
    list MODEL_SOURCES src/hw/model
    list SCHEME_SOURCES src/quant/scheme
    list STYLE_SOURCES src/machine/crossbar/style
    printf 'LIBRARY_SOURCES ='
    find src -name '*.[ch]' ! -path 'src/cmd/*' ! -path 'src/hw/model/*' \
        ! -path 'src/quant/scheme/*' ! -path 'src/machine/crossbar/style/*' \
        ! -name '*_list.h' ! -name '*.pb-c.*' ! -name ivq.h | LC_ALL=C sort |
        while read -r file; do printf ' \\\n    %s' "$file"; done
    printf '\nTECH_FILES ='
    for f in tech/*.cfg; do printf ' \\\n    %s' "$f"; done
    printf '\nNODE_FILES ='
    for f in tech/node/*.cfg; do printf ' \\\n    %s' "$f"; done
    printf '\nWORKLOAD_FILES ='
    for f in workloads/*.cfg; do printf ' \\\n    %s' "$f"; done
    printf '\nQUANT_FILES ='
    for f in workloads/quant/*.cfg; do printf ' \\\n    %s' "$f"; done
    printf '\nVALIDATION_FILES ='
    find validation -name '*.cfg' | LC_ALL=C sort |
        while read -r file; do printf ' \\\n    %s' "$file"; done
    printf '\nUNIT_TESTS ='
    for f in tests/unit/t_*.c; do printf ' \\\n    %s' "${f%.c}"; done
    printf '\nCLI_TESTS ='
    for f in tests/cli/t_*.sh; do printf ' \\\n    %s' "$f"; done
    printf '\nTEST_FILES ='
    find tests -type f ! -path 'tests/unit/t_*.c' ! -path 'tests/cli/t_*.sh' \
        ! -name '*.o' ! -name '*.log' ! -name '*.trs' -name '*.*' |
        grep -v -e '/\.' | LC_ALL=C sort |
        while read -r file; do printf ' \\\n    %s' "$file"; done
    printf '\n'
} >sources.am
mkdir -p m4
autoreconf --install --force
