#!/bin/sh
# t_vs.sh - one network on several technologies
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"

# csv FILE ROW COLUMN: a value
csv() { LC_ALL=C awk -f "$srcdir/tests/cli/csv.awk" "$1" | awk -F'\t' \
    -v row="$2" -v name="$3" '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i }
    NR == row + 1 { print column ? $column : "no column " name }'; }
csv_rows() { LC_ALL=C awk -f "$srcdir/tests/cli/csv.awk" "$1" |
    awk 'END { print NR - 1 }'; }

# vs LIST OPTIONS...: IVQ against others, into vs.csv
vs() { _list=$1; shift; ivq -c ivq-32nm -w resnet18 --vs "$_list" \
    -o "$work/vs.csv" "$@"; }
# alone TECH OPTIONS...: one technology's network table, into alone.csv
alone() { _tech=$1; shift; ivq -c "$_tech" -w resnet18 --per network \
    -o "$work/alone.csv" "$@"; }
# quotient A B: to nine digits
quotient() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.9g\n", a / b }'; }
# nine NUMBER
nine() { quotient "$1" 1; }

# ---- values are those of runs on their own; ratios their quotients ----
vs isaac-32nm,ivq-32nm-analytic
alone ivq-32nm
ours=$(csv "$work/alone.csv" 1 energy_J)
ours_s=$(csv "$work/alone.csv" 1 interval_s)
is 'ours comes first' "$(csv "$work/vs.csv" 1 machine)" IVQ
is 'as it is alone' "$(csv "$work/vs.csv" 1 energy_J)" "$ours"
alone isaac-32nm
theirs=$(csv "$work/alone.csv" 1 energy_J)
theirs_s=$(csv "$work/alone.csv" 1 interval_s)
is 'the other is as it is alone' "$(csv "$work/vs.csv" 2 energy_J)" "$theirs"
is 'less energy is better' \
    "$(nine "$(csv "$work/vs.csv" 2 energy_ratio)")" \
    "$(quotient "$theirs" "$ours")"
is 'more results are better' \
    "$(nine "$(csv "$work/vs.csv" 2 results_per_s_ratio)")" \
    "$(quotient "$theirs_s" "$ours_s")"
is 'a row each' "$(csv_rows "$work/vs.csv")" 3

# ---- overrides of one of them ----
vs isaac-32nm -s isaac-32nm:adc.bits=7
alone isaac-32nm -s adc.bits=7
is 'an override goes to the technology that it names' \
    "$(csv "$work/vs.csv" 2 energy_J)" "$(csv "$work/alone.csv" 1 energy_J)"
is 'and leaves ours alone' "$(csv "$work/vs.csv" 1 energy_J)" "$ours"

# ---- made equal ----
vs isaac-32nm --normalise area
alone ivq-32nm
area=$(csv "$work/alone.csv" 1 area_m2)
alone isaac-32nm --area "$area m2"
is 'equal area is an area budget' "$(csv "$work/vs.csv" 2 results_per_s)" \
    "$(csv "$work/alone.csv" 1 results_per_s)"
vs isaac-32nm --normalise crossbars
alone isaac-32nm --crossbars 12288
is 'equal crossbars is a crossbar budget' \
    "$(csv "$work/vs.csv" 2 results_per_s)" \
    "$(csv "$work/alone.csv" 1 results_per_s)"
vs isaac-32nm -s isaac-32nm:crossbar.rows=64 --normalise crossbars
alone isaac-32nm -s crossbar.rows=64 --crossbars 24576
is 'small crossbars: as many cells' "$(csv "$work/vs.csv" 2 results_per_s)" \
    "$(csv "$work/alone.csv" 1 results_per_s)"

# ---- machines that are no crossbars ----
vs rtx2080 --normalise area
copies=$(csv "$work/vs.csv" 2 copies)
is 'a card fills our area' "$(nine "$(csv "$work/vs.csv" 2 area_m2)")" \
    "$(nine "$area")"
alone rtx2080
is 'as a share of it' \
    "$(quotient "$(csv "$work/vs.csv" 2 results_per_s)" "$copies")" \
    "$(nine "$(csv "$work/alone.csv" 1 results_per_s)")"
vs mixmatch-xc7z045
is 'no energy model: no value' "$(csv "$work/vs.csv" 2 energy_J)" ''
is 'and no ratio' "$(csv "$work/vs.csv" 2 energy_ratio)" ''
like 'and it is said' "$(ivq -c ivq-32nm -w resnet18 --vs mixmatch-xc7z045)" \
    '^Mix and Match on XC7Z045 +no source for its power and area$'

# ---- forms ----
ivq -c ivq-32nm -w resnet18 --vs isaac-32nm,rtx2080,bitfusion-45nm \
    >"$work/vs.txt"
is 'text is no wider than a page' \
    "$(awk 'length > 79' "$work/vs.txt" | wc -l)" 0
ok 'JSON has the comparison beside the rest' sh -c \
    "'$est' -I '$srcdir/tech' -I '$srcdir/workloads' -c ivq-32nm -w lenet5 \
    --vs isaac-32nm -o '$work/vs.json' && grep -q '\"comparison\"' \
    '$work/vs.json' && grep -q '\"layers\"' '$work/vs.json'"

# ---- all technologies at once, long names, names that are paths ----
cp "$srcdir/tech/isaac-32nm.cfg" "$work/a:b.cfg"
all=$work/a:b.cfg,isaac-32nm
for file in "$srcdir"/tech/*.cfg; do
    all=$all,$(basename "$file" .cfg)
done
rows=$(printf '%s\n' "$all" | tr , '\n' | wc -l)
for how in none area crossbars; do
    ivq -c ivq-32nm -w resnet18 --vs "$all" --normalise $how \
        -s rtx2080:chip.busy_power="1 MW" -s isaac-32nm:adc.power="1 MW" \
        >"$work/vs.txt" 2>"$work/err"
    is "all of them, $how" "$?" 0
    none "and nothing is said, $how" "$work/err"
    awk 'length > 79 || /nan|inf/' "$work/vs.txt" >"$work/wrong"
    none "at 79 columns, $how" "$work/wrong"
    is "a value line each, $how" "$(awk '/^$/ { n++ } n == 1' "$work/vs.txt" |
        wc -l)" $((rows + 3))
    is "one note each at most, $how" "$(awk '/^$/ { n++ } n == 3' \
        "$work/vs.txt" | cut -c1-28 | sort | uniq -d | grep -v ISAAC-CE)" ''
done
vs "isaac-32nm,isaac-32nm,$work/a:b.cfg" -s isaac-32nm:adc.bits=7 \
    -s "$work/a:b.cfg:adc.bits=7"
energy=$(csv "$work/vs.csv" 2 energy_J)
is 'twice the same is twice the same' "$(csv "$work/vs.csv" 3 energy_J)" \
    "$energy"
is 'a path with a colon takes overrides' "$(csv "$work/vs.csv" 4 energy_J)" \
    "$energy"

# ---- what is refused ----
says 'an unknown technology' 1 \
    "ivq-est: cannot find 'isaac-32mn'; did you mean 'isaac-32nm'?" \
    ivq -c ivq-32nm -w lenet5 --vs isaac-32mn
says 'an empty name' 1 "ivq-est: 'isaac-32nm,' has an empty name" \
    ivq -c ivq-32nm -w lenet5 --vs isaac-32nm,
says 'no name' 1 "ivq-est: '' has an empty name" \
    ivq -c ivq-32nm -w lenet5 --vs ''
says 'a folder' 1 "ivq-est: cannot read '$srcdir/tech': it is a directory" \
    ivq -c ivq-32nm -w lenet5 --vs "$srcdir/tech"
says 'a network' 1 \
    "ivq-est: $srcdir/workloads/lenet5.cfg: 'machine' is missing" \
    ivq -c ivq-32nm -w lenet5 --vs "$srcdir/workloads/lenet5.cfg"
many=isaac-32nm
for _ in 1 2 3 4 5 6; do many=$many,$many; done
ok '64 technologies' ivq -c ivq-32nm -w lenet5 --vs "$many"
says '65 technologies' 1 'ivq-est: more than 64 technologies to compare with' \
    ivq -c ivq-32nm -w lenet5 --vs "$many,isaac-32nm"
for option in '--per layer' '--explain energy' --list-params; do
    # shellcheck disable=SC2086
    says "--vs and $option" 2 \
        'ivq-est: --vs goes with no --per, --explain or list' \
        ivq -c ivq-32nm -w lenet5 --vs isaac-32nm $option
done
says '--normalise alone' 2 'ivq-est: --normalise wants --vs' \
    ivq -c ivq-32nm -w lenet5 --normalise area
says 'checked only' 1 "ivq-est: cannot find 'isaac-32mn'" \
    ivq -c ivq-32nm -w lenet5 -n --vs isaac-32mn
is 'nothing is written when checked' \
    "$(ivq -c ivq-32nm -w lenet5 -n --vs isaac-32nm 2>&1)" ''
says 'an override for nobody' 1 \
    "ivq-est: override 'isaac:adc.bits=7' is for no technology of --vs" \
    ivq -c ivq-32nm -w lenet5 --vs isaac-32nm -s isaac:adc.bits=7
says 'an override that is wrong' 1 \
    "ivq-est: -s isaac-32nm:adc.bit=7: unknown key 'bit' in 'adc'" \
    ivq -c ivq-32nm -w lenet5 --vs isaac-32nm -s isaac-32nm:adc.bit=7
says 'an unknown way to make equal' 2 \
    'ivq-est: --normalise wants none, area or crossbars, not power' \
    ivq -c ivq-32nm -w lenet5 --vs isaac-32nm --normalise power
says 'cells of what has none' 1 "ivq-est: 'RTX-2080' has no crossbars" \
    ivq -c rtx2080 -w lenet5 --vs isaac-32nm --normalise crossbars
finish
