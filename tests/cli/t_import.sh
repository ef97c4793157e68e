#!/bin/sh
# t_import.sh - ivq-import: networks as workload files, weights as statistics
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"
models=${IVQ_MODELS:-$srcdir/tests/data/models}
mkdir "$work/w"
cd "$work" || exit 99

# figures FILE OPTION...: the network's figures on the IVQ chip
figures() { ivq -c ivq-32nm -w "$@" --per network -o f.csv && cat f.csv; }

# ---- a workload file that says the same ----
for net in resnet18 mobilenet_v2 bert_base; do
    import "$net" -o "$net.cfg" 2>err
    is "$net is written" $? 0
    ok "without statistics: it has no weights" test ! -e "$net.stats.cfg"
    figures "$net" | sed 's/\r//' >a
    figures "./$net.cfg" | sed 's/\r//' >b
    same "and costs the same" a b
done
import resnet18 >out.cfg 2>err
same 'standard output has the same' out.cfg resnet18.cfg
import resnet18 --quant apot:3/4 -o r3.cfg
like 'a quantization of its own' "$(cat r3.cfg)" '^quant = "apot:3/4";'
figures resnet18 --quant apot:3/4 >a
figures ./r3.cfg >b
same 'which is that of --quant' a b

sed 's/} *);/quant = "apot:4\/4"; } );/' >own.cfg <<'END'
name = "own"; input = [2]; quant = "uniform:6/8";
layers = ( { name = "a"; type = "fc"; out = 2; } );
END
import own.cfg -o kept.cfg
like "a layer's own is kept" "$(cat kept.cfg)" '"apot:4/4"'
import own.cfg --quant uniform:8/8 -o gone.cfg
is 'or given up for that of --quant' "$(grep -c 'apot\|uniform:6' gone.cfg)" 0

# ---- statistics in place of weights: 4 columns, the second of zeros ----
printf '\223NUMPY\001\000\166\000%-117s\n' \
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }" >w/a.npy
printf '\000\000\200\077\000\000\000\000\000\000\000\277\000\000\000\000' \
    >>w/a.npy
cat >t.cfg <<'END'
name = "t"; input = [2]; quant = "uniform:8/8"; weights = "w";
layers = ( { name = "a"; type = "fc"; out = 2; } );
END
ok 'weights become statistics' import t.cfg -o i.cfg
like 'to which the network refers' "$(cat i.cfg)" \
    '^statistics = "i.stats.cfg";'
like 'which say what lives' "$(tr -d '\n' <i.stats.cfg)" \
    'layer = "a"; +scheme = "uniform:8"; +rows = 2; +columns = 1; +live = 0.5; +max = 1; +clip = 1;'
# value COLUMN OPTION...: of the layer table
value() { column=$1; shift
    ivq -c ivq-32nm "$@" --per layer -o o.csv >/dev/null &&
    awk -F, -v name="$column" 'NR == 1 { for (i = 1; i <= NF; i++)
        if ($i == name) at = i } NR == 2 { print $at }' o.csv; }
is 'ones as they were counted' "$(value ones_per_weight -w ./i.cfg)" \
    "$(value ones_per_weight -w t.cfg)"
is 'and said to be recorded' "$(value weights -w ./i.cfg)" recorded
is 'moments' "$(value weights -w ./i.cfg --weights stats)" stats
is 'the model' "$(value weights -w ./i.cfg --weights model)" model
like 'as an explanation says' "$(ivq -c ivq-32nm -w ./i.cfg --explain energy)" \
    'weights of 1 layer are bit planes that were counted once'
is 'of another scheme moments' "$(value weights -w ./i.cfg --quant apot:4/4)" \
    stats
is 'of which no ones were counted' \
    "$(value ones_per_weight -w ./i.cfg --quant apot:4/4)" ''
ok 'the table of planes' ivq -c ivq-32nm -w ./i.cfg --quant apot:4 --per plane
says 'there is nothing to count' 1 \
    "ivq-est: 't' has no weights that could be counted" \
    ivq -c ivq-32nm -w ./i.cfg --weights exact
ok 'a scale for each column' import t.cfg --weight-scale column -o c.cfg
like 'is recorded' "$(cat c.stats.cfg)" 'per_column = true;'
says 'and cannot be taken back' 1 \
    "ivq-est: ./c.cfg:9: statistics of 'a': they do not say where each column" \
    ivq -c ivq-32nm -w ./c.cfg -s workload.weight_scale=tensor
is 'but there is the model' \
    "$(value weights -w ./c.cfg -s workload.weight_scale=tensor \
    --weights model)" model
for clip in percentile mse scheme; do
    import t.cfg --weight-clip $clip -o k.cfg
    like "clip $clip is the same in both files" "$(cat k.cfg k.stats.cfg |
        tr -d '\n')" "weight_clip = \"$clip\".*weight_clip = \"$clip\""
done
import ./i.cfg -o again.cfg
sed 's/again/i/' again.cfg >b
same 'written again, the same network' i.cfg b
same 'and the same statistics' i.stats.cfg again.stats.cfg
ok 'planes without any one' import t.cfg --quant pot:3 -o p.cfg
like 'are written as 0' "$(tr -d '\n' <p.stats.cfg)" '\( 0, 0, 0.25, +0.25 \)'
ok 'and read again' ivq -n -c ivq-32nm -w ./p.cfg

# planes without ones between others; a scheme that has no column
cat >m.cfg <<'END'
name = "m"; input = [2]; weights = "w";
quant = { mix = ( (9, "pot:4"), (1, "uniform:4") ); input_bits = 8; };
layers = ( { name = "a"; type = "fc"; out = 2; } );
END
import m.cfg -o mi.cfg
is 'a mixture' "$(value ones_per_weight -w ./mi.cfg)" 0.5
is 'is recorded' "$(value weights -w ./mi.cfg)" recorded
sed 's/pot:4/pot:3/' mi.cfg >mj.cfg
is 'unless one of its schemes is another' "$(value weights -w ./mj.cfg)" stats
is 'for its number of schemes, or the model' \
    "$(value weights -w ./mi.cfg --quant apot:4/4 --weights model)" model
sed 's/share = 0;/share = 0.5;/' mi.stats.cfg >shares.stats.cfg
sed 's/mi.stats/shares.stats/' mi.cfg >shares.cfg
says 'in shares of the whole' 1 \
    "ivq-est: shares.stats.cfg:4: statistics of 'a': shares sum to 1.5, not 1" \
    ivq -n -c ivq-32nm -w ./shares.cfg

# the total of planes is of the layers of which most is known
sed 's/out = 2; }/&, { name = "b"; type = "fc"; out = 2; }/' i.cfg >two.cfg
ivq -c ivq-32nm -w ./two.cfg --quant uniform:4/4 --per plane -o p.csv
is 'moments of one layer in the total' "$(awk -F, '$1 == "a" || $1 == "total" {
    print $7, $9 }' p.csv | sort | uniq -c | awk '{ print $1 }' | sort -u)" 2

# ---- what is refused ----
# bad NAME SED LINE: statistics that are changed
bad() { sed "$2" i.stats.cfg >bad.stats.cfg
    sed 's/i.stats/bad.stats/' i.cfg >bad.cfg
    says "$1" 1 "ivq-est: $3" ivq -n -c ivq-32nm -w ./bad.cfg; }
bad 'a layer that is not there' 's/"a"/"b"/' \
    "bad.stats.cfg:4: statistics of 'b', which is no layer with weights"
bad 'a scheme that is none' 's/uniform:8/unifrm:8/' \
    "bad.stats.cfg:4: unknown scheme 'unifrm'"
bad 'a density above one' 's/( 0/( 2/' \
    'bad.stats.cfg:6: density: number 1 is no share from 0 to 1'
bad 'a live share above one' 's/live = 0.5/live = 1.5/' \
    'bad.stats.cfg:5: live: 1.5 is outside 0 to 1'
bad 'moments of nothing' 's/live = 0.5/live = 0/' \
    'bad.stats.cfg:4: rms is above 0, but live, clip or max is not'
bad 'a mean above the root of the mean square' 's/mean_abs = 0/mean_abs = 9/' \
    'bad.stats.cfg:4: mean_abs is above rms'
bad 'more rows than the layer has' 's/rows = 2/rows = 3/' \
    "bad.stats.cfg:4: statistics of 'a': 3 live rows and 1 columns of a layer"
bad 'fewer densities than planes' 's/density = ([^,]*,/density = (/' \
    "./bad.cfg:8: statistics of 'a': 'density' has 6 planes, not 7"
bad 'a key that is none' 's/max = /maxx = 1; max = /' \
    "bad.stats.cfg:5: unknown key 'maxx'"
echo 'layers = ();' >bad.stats.cfg
like 'a layer that is not in them' "$(ivq -n -c ivq-32nm -w ./bad.cfg 2>&1)" \
    "'bad.stats.cfg' has no statistics of layer 'a'"
rm bad.stats.cfg
says 'no file at all' 1 "ivq-est: cannot find 'bad.stats.cfg'" \
    ivq -n -c ivq-32nm -w ./bad.cfg
says 'a name that is none' 2 'ivq-import: -o wants a name in .cfg, not x.csv' \
    import t.cfg -o x.csv
says 'two networks' 2 'ivq-import: one network at a time' import t.cfg t.cfg
says 'a parameter of a chip' 2 \
    'ivq-import: -s wants workload.SETTING=VALUE, not adc.bits=7' \
    import t.cfg -s adc.bits=7
says 'no network' 2 'ivq-import: a network is wanted' import
says 'a full disk' 4 "ivq-import: cannot write 'none/i.stats.cfg'" \
    import t.cfg -o none/i.cfg

# ---- real ones: the file alone gives nearly the exact estimate ----
while read -r name shape; do
    title="$name: energy and latency within 5 % of those counted"
    if [ -f "$models/$name.onnx" ]; then
        import "$models/$name.onnx" --input-shape "$shape" \
            --quant uniform:8/8 -o real.cfg
        for machine in ivq-32nm isaac-32nm; do
            ivq -c $machine -w "$models/$name.onnx" --input-shape "$shape" \
                --quant uniform:8/8 --per network -o a.csv
            ivq -c $machine -w ./real.cfg --per network -o b.csv
            is "$machine, $title" "$(paste -d, a.csv b.csv | tr -d '\r' |
                awk -F, 'NR == 1 { for (i = 1; i <= NF / 2; i++) name[i] = $i }
                    NR == 2 { for (i in name) {
                        if (name[i] !~ /^(energy_J|latency_s|interval_s)$/)
                            continue
                        n++; r = $(i + NF / 2) / $i
                        if (r < 0.95 || r > 1.05) print name[i], r }
                        print n }')" 3
        done
    else
        skip "$title" "no $name.onnx; see fetch_models.sh"
    fi
done <<END
ch_PP-OCRv4_det_infer 1,3,640,640
ch_PP-OCRv4_rec_infer 1,3,48,320
END
finish
