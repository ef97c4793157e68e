#!/bin/sh
# t_validate.sh - published figures: all of them hold; what ivq-validate says
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"

tsv() { LC_ALL=C awk -f "$srcdir/tests/cli/csv.awk" "$1" >"$2" ||
    { cat "$2"; return 1; }; }
# column FILE.tsv NAME
column() { awk -F '\t' -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++)
    if ($i == name) c = i; next } { print $c }' "$1"; }

# ---- every published figure ----
validate -v "$srcdir/validation" "$srcdir/validation/circuits" \
    >"$work/all" 2>"$work/err"
is 'published figures are within their tolerance or explained' "$?" 0
grep -E ' off$|no longer needs' "$work/all" >"$work/wrong"
none 'none is off without a reason, no reason is stale' "$work/wrong"
none 'and nothing is said about it' "$work/err"
awk 'length > 79' "$work/all" >"$work/wrong"
none 'at 79 columns' "$work/wrong"
validate -o "$work/all.csv" "$srcdir/validation" "$srcdir/validation/circuits"
ok 'the CSV is RFC 4180' tsv "$work/all.csv" "$work/all.tsv"
is 'with a row a case' "$(column "$work/all.tsv" ratio | wc -l)" \
    "$(awk '/^(machines|components) / { inside = 1; next } /^$/ { inside = 0 }
        inside && !/worst/ { n += $2 } END { print n }' "$work/all")"
column "$work/all.tsv" source | grep -c '^$' >"$work/none"
is 'and a source in each' "$(cat "$work/none")" 0

# ---- bad files: the first line of each says what is expected ----
for file in "$srcdir"/tests/bad/case-*.cfg; do
    says "$(basename "$file" .cfg)" 1 \
        "ivq-validate: $file$(sed -n '1s,^//,,p' "$file")" validate "$file"
done
printf '' >"$work/empty.cfg"
says 'an empty file' 1 "ivq-validate: $work/empty.cfg: there are no 'cases'" \
    validate "$work/empty.cfg"
says 'a technology' 1 \
    "ivq-validate: $srcdir/tech/isaac-32nm.cfg: there are no 'cases'" \
    validate "$srcdir/tech/isaac-32nm.cfg"
says 'a device' 1 "ivq-validate: cannot read '/dev/null'" validate /dev/null
says 'no such file' 1 "ivq-validate: cannot find 'none'" validate none
mkdir "$work/folder"
says 'a folder of nothing' 1 \
    "ivq-validate: '$work/folder' has no .cfg file of cases" \
    validate "$work/folder"
says 'unknown option' 2 "ivq-validate: unknown option '--nope'" validate --nope
says 'a value is wanted' 2 "ivq-validate: a value is wanted after '-o'" \
    validate -o
says 'another ending' 2 "ivq-validate: -o wants a name in .csv" \
    validate -o "$work/x.pdf" "$srcdir/validation/circuits/adc.cfg"

# ---- verdicts and exit statuses ----
# paper NAME CASES: a file of cases
paper() { cat >"$work/folder/$1.cfg" <<END
title = "A paper";
sources = { Paper = "where"; };
within = 0.1; kind = "model"; role = "predicted";
runs = ( { name = "isaac"; tech = "isaac-32nm"; network = "lenet5"; },
         { name = "ivq"; tech = "ivq-32nm"; network = "lenet5"; } );
cases = ( { figure = "cycle"; run = "isaac"; published = ("100 ns", "Paper"); },
          { figure = "area"; run = "ivq"; published = ("76 mm2", "Paper"); },
          $2 );
END
}
# status NAME WANTED PATTERN CASE: exit status, and a line of the text
status() { paper one "$4"
    validate -v "$work/folder/one.cfg" >"$work/text" 2>&1
    is "$1: status" "$?" "$2"
    like "$1: line" "$(cat "$work/text")" "$3"; }
area='figure = "area"; run = "isaac"; published ='
status 'within' 0 'area, isaac +85\.0 mm2 +85\.4 mm2 +1\.005 +10 %  ok$' \
    "{ $area (\"85 mm2\", \"Paper\"); }"
status 'outside' 3 'area, isaac .* 0\.854 +10 %  off$' \
    "{ $area (\"100 mm2\", \"Paper\"); }"
status 'explained' 0 '^    explained: pads$' \
    "{ $area (\"100 mm2\", \"Paper\"); reason = \"pads\"; }"
status 'a stale reason' 3 '^    no longer needs a reason' \
    "{ $area (\"85 mm2\", \"Paper\"); reason = \"pads\"; }"
status 'outside, calibrated' 3 'off$' \
    "{ $area (\"100 mm2\", \"Paper\"); role = \"calibrated\"; }"
status 'outside, recalled' 0 'off$' \
    "{ $area (\"100 mm2\", \"Paper\"); role = \"recalled\"; }"
status 'exactly' 0 'exact  ok$' \
    '{ figure = "cycle"; run = "isaac"; published = ("0.1 us", "Paper");
       within = 0; }'
status 'a factor' 0 '0\.534 +x2  ok$' \
    "{ $area (\"160 mm2\", \"Paper\"); within = 1.0; }"
status 'per' 0 ' +85\.0 mm2 .* ok$' \
    "{ $area (\"340 mm2\", \"Paper\"); per = 4; }"
status 'inside a span' 0 'area, isaac +80\.0 mm2\.\.90\.0 mm2 .* 1\.000 +exact  ok$' \
    "{ $area (\"80 mm2\", \"Paper\"); until = \"90 mm2\"; within = 0; }"
status 'below a span' 3 ' 0\.949 +exact  off$' \
    "{ $area (\"90 mm2\", \"Paper\"); until = \"99 mm2\"; within = 0; }"
status 'above a span' 3 ' 1\.220 +10 %  off$' \
    "{ $area (\"60 mm2\", \"Paper\"); until = \"70 mm2\"; }"
status 'both ends of a span per' 0 '60\.0 mm2\.\.80\.0 mm2 .* 1\.068 +10 %  ok$' \
    "{ $area (\"240 mm2\", \"Paper\"); until = \"320 mm2\"; per = 4; }"
status 'a peer' 0 '^    Tool itself 0\.900$' \
    "{ $area (\"85 mm2\", \"Paper\"); peer = (\"Tool\", -0.1); }"
status 'an id' 0 '^  CASE-001 area, isaac ' \
    "{ id = \"CASE-001\"; $area (\"85 mm2\", \"Paper\"); }"

# ---- what is compared: against the program ----
ivq -c isaac-32nm -w lenet5 --per layer -o "$work/layer.csv"
ivq -c isaac-32nm -w lenet5 --per component -o "$work/part.csv"
ivq -c isaac-32nm -w lenet5 --per network -o "$work/isaac.csv"
ivq -c ivq-32nm -w lenet5 --per network -o "$work/ivq.csv"
for name in layer part isaac ivq; do
    tsv "$work/$name.csv" "$work/$name.tsv"
done
# cell FILE.tsv ROW COLUMN
cell() { awk -F '\t' -v row="$2" -v name="$3" 'NR == 1 {
    for (i = 1; i <= NF; i++) if ($i == name) c = i }
    $1 == row { print $c }' "$work/$1.tsv"; }
# ours NAME EXPRESSION CASE: the value in the CSV
ours() { paper one "{ published = (1, \"Paper\"); reason = \"test\"; $3 }"
    sed "s/published = (1, /published = ($4, /" "$work/folder/one.cfg" \
        >"$work/one.cfg"
    validate "$work/one.cfg" -o "$work/one.csv" >"$work/log" 2>&1
    tsv "$work/one.csv" "$work/one.tsv"
    awk -v a="$(column "$work/one.tsv" ours | tail -n 1)" -v b="$(
        awk "BEGIN { printf \"%.17g\", $2 }")" 'BEGIN { d = a - b
        exit !(b > 0 && d <= 1e-12 * b && d >= -1e-12 * b) }'
    code=$?
    result $code "$1"
    [ $code -eq 0 ] || sed 's/^/# /' "$work/log" "$work/one.tsv"; }
busy1=$(cell layer conv1 busy_s) busy2=$(cell layer conv2 busy_s)
ours 'layers are summed' "$busy1 + $busy2" \
    'figure = "busy"; layer = ("conv1", "conv2"); run = "isaac";' '"1 us"'
ours 'a component' "$(cell part adc energy_J)" \
    'figure = "energy"; part = "adc"; run = "isaac";' '"1 uJ"'
ours 'a component in a layer' "$(cell layer conv2 energy_adc_J)" \
    'figure = "energy"; part = "adc"; layer = "conv2"; run = "isaac";' '"1 uJ"'
a=$(column "$work/isaac.tsv" latency_s) b=$(column "$work/ivq.tsv" latency_s)
ours 'a ratio' "$a / $b" 'figure = "latency"; run = "isaac"; over = "ivq";' 2
ours 'a ratio of two figures' "$a / $(column "$work/ivq.tsv" interval_s)" \
    'figure = "latency"; run = "isaac"; over = "ivq";
     over_figure = "interval";' 2
ours 'a ratio of layers' "$busy1 / $busy2" \
    'figure = "busy"; layer = "conv1"; run = "isaac"; over = "isaac";
     over_layer = "conv2";' 2
ours 'a geometric mean' "sqrt($a * $b)" \
    'figure = "latency"; run = ("isaac", "ivq");' '"1 us"'
ours 'an arithmetic mean' "($a + $b) / 2" \
    'figure = "latency"; run = ("isaac", "ivq"); mean = "arithmetic";' '"1 us"'
ours 'a sum' "$a + $b" \
    'figure = "latency"; run = ("isaac", "ivq"); mean = "sum";' '"1 us"'

# ---- steps and assumptions; their values: tests/unit/t_validate.c ----
paper one '{ figure = "ops_per_J"; run = "ivq"; over = "isaac"; kind = "target";
    published = (3, "Paper"); within = 1.0;
    steps = ( { name = "8-bit inputs"; tech = "isaac-32nm";
                set = ("mapping.input_bits=8"); },
              { name = "the rest"; tech = "ivq-32nm"; } );
    assumptions = ( { name = "signs"; set = "mapping.two_arrays=false"; },
                    { name = "equal area"; normalise = "area"; } ); }'
validate "$work/folder/one.cfg" >"$work/text"
like 'steps are shown' "$(cat "$work/text")" '^      8-bit inputs +x[0-9.]+ '
like 'and the range' "$(cat "$work/text")" '^      from [0-9.]+ to [0-9.]+$'

cat >"$work/single.cfg" <<'END'
title = "A paper"; sources = { Paper = "where"; };
within = 0.1; kind = "model"; role = "predicted";
runs = ( { name = "isaac"; tech = "isaac-32nm"; network = "lenet5"; } );
cases = ( { figure = "area"; published = ("85 mm2", "Paper");
            assumptions = ( { name = "fewer"; set = "chip.tiles=160"; } ); },
          { figure = "cycle"; published = ("100 ns", "Paper"); } );
END
validate "$work/single.cfg" >"$work/text"
is 'the only run need not be named' "$?" 0
like 'nor is it' "$(cat "$work/text")" '^  area  .* ok$'

# ---- files, formats, options ----
paper two "{ $area (\"85 mm2\", \"Paper\"); }"
is 'a folder is all its files' \
    "$(validate "$work/folder" | grep -c '^A paper$')" 2
like '-I finds a file by its name' "$(validate -I "$work/folder" two)" \
    '^A paper$'
ok '-o .txt' validate "$work/folder" -o "$work/a.txt"
validate "$work/folder" >"$work/b.txt"
same '.txt is the text' "$work/a.txt" "$work/b.txt"
validate "$work/folder" -o - >"$work/c.txt"
same '-o - is the terminal' "$work/b.txt" "$work/c.txt"
if [ -w /dev/full ]; then
    says 'a full device' 4 "ivq-validate: cannot write '/dev/full'" \
        validate "$work/folder" -o /dev/full
fi
like '--help' "$(validate --help)" '^usage: ivq-validate '
like '--version' "$(validate --version)" '^ivq-validate [0-9]+\.[0-9]+\.[0-9]+$'
finish
