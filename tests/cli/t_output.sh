#!/bin/sh
# t_output.sh - every format and breakdown, and whether they add up
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"

# tsv FILE.csv FILE.tsv: the table as tab-separated text; fails if the CSV is
# not as RFC 4180 wants it
tsv() { LC_ALL=C awk -f "$srcdir/tests/cli/csv.awk" "$1" >"$2" ||
    { cat "$2"; return 1; }; }

# sum FILE.tsv COLUMN: fails where there is no such column
sum() { awk -F '\t' -v name="$2" '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
    { s += $c } END { if (!c) exit 1; printf "%.17g\n", s }' "$1"; }

# near NAME A B: equal but for the rounding of sums in another order
near() { awk -v a="$2" -v b="$3" 'BEGIN { d = a - b; if (d < 0) d = -d
    exit !(a > 0 && d <= 1e-12 * b) }'; code=$?; result $code "$1"
    [ $code -eq 0 ] || echo "# got $2, wanted $3"; }

for tech in ivq-32nm isaac-32nm; do
    pair="resnet18 on $tech"
    for per in layer component network; do
        ok "$pair per $per" ivq -c $tech -w resnet18 --per $per \
            -o "$work/$per.csv"
        ok "$pair per $per is RFC 4180" tsv "$work/$per.csv" "$work/$per.tsv"
    done
    energy=$(sum "$work/network.tsv" energy_J)
    area=$(sum "$work/network.tsv" area_m2)
    near "$pair: layers are the energy" \
        "$(sum "$work/layer.tsv" energy_J)" "$energy"
    near "$pair: components are the energy" \
        "$(sum "$work/component.tsv" energy_J)" "$energy"
    near "$pair: components are the area" \
        "$(sum "$work/component.tsv" area_m2)" "$area"
    grep -v '^host' "$work/component.tsv" >"$work/chip.tsv" # stands outside
    near "$pair: components are the peak power" \
        "$(sum "$work/chip.tsv" peak_power_W)" \
        "$(sum "$work/network.tsv" peak_power_W)"
    near "$pair: layers are the MACs" "$(sum "$work/layer.tsv" macs)" \
        "$(sum "$work/network.tsv" macs)"
    near "$pair: energy is power times interval" "$energy" "$(awk -F '\t' '
        NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i }
        NR == 2 { printf "%.17g", $c["power_W"] * $c["interval_s"] }
        ' "$work/network.tsv")"

    # every layer: the sum over its components
    awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++)
            if ($i == "energy_J") t = i
            else if ($i ~ /^energy_.*_J$/) part[++n] = i
        if (!t || n < 10) print "columns are missing"; next }
        { s = 0; for (k = 1; k <= n; k++) s += $part[k]; d = s - $t
          if (d < 0) d = -d; if (!($t > 0) || d > 1e-12 * $t) print $1, s, $t
        }' "$work/layer.tsv" >"$work/wrong"
    none "$pair: components of each layer are its energy" "$work/wrong"

    # the text: what is printed adds up to the total that is printed
    ivq -c $tech -w resnet18 >"$work/text"
    awk 'function value(x, unit) { return x * scale[substr(unit, 1, 1)] }
        BEGIN { scale["J"] = 1; scale["m"] = 1e-3; scale["u"] = 1e-6
            scale["n"] = 1e-9; scale["p"] = 1e-12; scale["f"] = 1e-15 }
        $1 == "component" { inside = 1; next }
        inside && $1 == "total" { total = value($2, $3); exit }
        inside && NF > 3 { s += value($2, $3); p += $4; n++ }
        END { d = s - total; if (d < 0) d = -d
            if (n < 10 || !(total > 0) || d > 0.01 * total)
                print "parts " s ", total " total ", " n " components"
            if (p < 99.5 || p > 100.5) print "shares are " p " %" }' \
        "$work/text" >"$work/wrong"
    none "$pair: the printed parts are the printed total" "$work/wrong"
    awk 'length($0) > 100' "$work/text" >"$work/wrong"
    none "$pair: the report is no wider than 100 columns" "$work/wrong"

    # JSON has what the CSV files have
    ok "$pair as JSON" ivq -c $tech -w resnet18 -o "$work/out.json"
    if command -v jq >/dev/null 2>&1; then
        for per in layer component network; do
            jq -r --arg t "$(echo $per | sed 's/[rt]$/&s/')" '
                .[$t] // .[$t | rtrimstr("s")] | (.[0] | keys_unsorted),
                (.[] | [.[] | tostring]) | @tsv' "$work/out.json" \
                >"$work/json.tsv" 2>&1
            awk -F '\t' 'NR == FNR { row[FNR] = $0; rows = FNR; next }
                { n = split(row[FNR], a, "\t"); if (n != NF)
                      print "line " FNR ": " n " and " NF " fields"
                  for (i = 1; i <= NF; i++) if (a[i] != $i "" &&
                      a[i] + 0 != $i + 0) print FNR, a[i], $i }
                END { if (FNR != rows) print rows " and " FNR " lines" }' \
                "$work/$per.tsv" "$work/json.tsv" >"$work/wrong"
            none "$pair: JSON equals CSV per $per" "$work/wrong"
        done
    else
        skip "$pair: JSON equals CSV" "no jq"
    fi

    # again: the same bytes
    for out in a.csv a.json a.txt; do
        ivq -c $tech -w resnet18 -o "$work/$out"
        cp "$work/$out" "$work/first"
        ivq -c $tech -w resnet18 -o "$work/$out"
        same "$pair: the same bytes again in $out" "$work/first" "$work/$out"
    done
    ivq -c $tech -w resnet18 -o - >"$work/dash"
    same "$pair: -o - is the terminal" "$work/text" "$work/dash"
    same "$pair: .txt is the text" "$work/text" "$work/a.txt"
done

# names that need quotes
cat >"$work/odd.cfg" <<'END'
name = "odd, \"quoted\"\nand broken";
input = [8];
layers = ( { name = "a,b \"c\"\nd"; type = "fc"; out = 8; },
    { name = "übung; =1+1"; type = "fc"; out = 8; } );
END
for per in layer network; do
    ok "odd names per $per" ivq -c isaac-32nm -w "$work/odd.cfg" --per $per \
        -o "$work/odd.csv"
    ok "odd names per $per are RFC 4180" tsv "$work/odd.csv" "$work/odd.tsv"
done
ivq -c isaac-32nm -w "$work/odd.cfg" --per layer -o "$work/odd.csv"
tsv "$work/odd.csv" "$work/odd.tsv"
is 'a name comes back' "$(cut -f1 "$work/odd.tsv" | sed -n 2p)" 'a,b "c" d'
ok 'odd names as JSON' ivq -c isaac-32nm -w "$work/odd.cfg" -o "$work/odd.json"
if command -v jq >/dev/null 2>&1; then
    is 'a name comes back from JSON' \
        "$(jq -c '.layers[0].layer' "$work/odd.json")" '"a,b \"c\"\nd"'
fi

# ---- options ----
like '--help' "$(ivq --help)" '^usage: ivq-est -c '
like '--version' "$("$est" --version)" '^ivq-est [0-9]+\.[0-9]+\.[0-9]+$'
like '--list-params' "$(ivq --list-params)" 'crossbar\.rows: wordlines'
like '--list-params of a chip' "$(ivq -c isaac-32nm --list-params)" \
    '^adc\.power = 16\.0 mW .*\[Shafiee2016 Tab\. I\]'
like '--list-models' "$(ivq --list-models)" '^  adc_curve '
like '--list-schemes' "$(ivq --list-schemes)" '^apot '
like '--list-metrics' "$(ivq --list-metrics)" '^energy '
like '--list-layers' "$(ivq --list-layers)" '^conv '
like '--explain energy' "$(ivq -c ivq-32nm -w lenet5 --explain energy)" \
    'adc\.rate = 1\.20 GHz'
ivq --list-metrics | awk '{ print $1 }' | while read -r figure; do
    ivq -c ivq-32nm -w lenet5 --explain "$figure" | head -n 1 |
        grep -q "^$figure of LeNet-5" || echo "$figure"
done >"$work/wrong"
none '--explain knows every figure' "$work/wrong"
is '-n is silent' "$(ivq -c ivq-32nm -w lenet5 -n 2>&1)" ''
ok '-n with -o' ivq -c ivq-32nm -w lenet5 -n -o "$work/none.csv"
ok '-n writes nothing' test ! -e "$work/none.csv"

# value OPTIONS: crossbars of one copy
needed() { ivq -w resnet18 --per network -o "$work/n.csv" "$@" &&
    tsv "$work/n.csv" "$work/n.tsv" && sum "$work/n.tsv" crossbars_needed; }
own=$(needed -c ivq-32nm)
ok '--quant replaces' test "$(needed -c ivq-32nm --quant uniform:2/2)" -lt \
    "$own"
is '--quant says whose it is' "$(ivq -c ivq-32nm -w resnet18 \
    --quant uniform:2/2 | grep -c 'Quantization: command line')" 1
ok '-s changes' test "$(needed -c ivq-32nm -s crossbar.rows=64)" -gt "$own"
is 'the last -s wins' "$(needed -c ivq-32nm -s crossbar.rows=64 \
    -s crossbar.rows=128)" "$own"
is 'long options' "$(needed --tech=ivq-32nm --set=crossbar.rows=128)" "$own"
ok '--crossbars' ivq -c ivq-32nm -w resnet18 --crossbars 20000 --per network \
    -o "$work/n.csv"
tsv "$work/n.csv" "$work/n.tsv"
is '--crossbars is the budget' "$(sum "$work/n.tsv" crossbars_have)" 20000
ok '--area' ivq -c ivq-32nm -w resnet18 --area '120 mm2' --per network \
    -o "$work/n.csv"
tsv "$work/n.csv" "$work/n.tsv"
ok '--area is the budget' awk -v a="$(sum "$work/n.tsv" area_m2)" \
    'BEGIN { exit !(a > 118e-6 && a <= 120e-6) }'
printf 'base = "ivq-32nm";\nname = "mine";\ntitle = "My chip";\n' \
    >"$work/mine.cfg"
like '-I finds a file by its name' \
    "$(ivq -I "$work" -c mine -w lenet5 | head -n 1)" 'LeNet-5 on My chip'
like 'a path finds a file' \
    "$(ivq -c "$work/mine.cfg" -w lenet5 | head -n 1)" 'LeNet-5 on My chip'
ok 'warnings do not fail a run' ivq -c ivq-32nm -w vgg16 -n
# ---- weights that are all zero, and no word about their width ----
cat >"$work/zero.cfg" <<'EOF'
name = "zero"; input = [4, 1, 1];
layers = ( { name = "fc"; type = "fc"; out = 2;
             codes = [0, 0, 0, 0, 0, 0, 0, 0]; } );
EOF
for level in L0 L1 L2 SME L3 L4; do
    ivq -c ivq-32nm -w "$work/zero.cfg" -s mapping.level=$level \
        --per network 2>"$work/said" >"$work/zero.txt"
    is "zero weights at $level" "$(grep -cE 'nan|inf ' "$work/zero.txt")" 0
done
is 'a width that nobody gave is said' "$(cat "$work/said")" \
    'ivq-est: warning: no quantization is given; uniform:8/8 is assumed'

# ---- what costs nothing ----
ivq -c pipelayer-50nm -w lenet5 -s 'array.area=0 m2' >"$work/free.txt"
is 'no rate per no area' "$(grep -cwE 'inf|nan' "$work/free.txt")" 0
finish
