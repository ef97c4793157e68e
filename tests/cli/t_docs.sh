#!/bin/sh
# t_docs.sh - the documents agree with the program and with the tree
# SPDX-License-Identifier: GPL-3.0-or-later
. "${srcdir:-.}/tests/cli/lib.sh"
est1=$srcdir/man/ivq-est.1
tech5=$srcdir/man/ivq-tech.5
machines5=$(ls "$srcdir"/man/ivq-*.5 | grep -v ivq-workload)
workload5=$srcdir/man/ivq-workload.5

# none NAME FILE: the file, a list of what is wrong, is empty
none() { [ ! -s "$2" ]; code=$?; result $code "$1"
    [ $code -eq 0 ] || sed 's/^/# /' "$2"; }

# skip NAME REASON
skip() { result 0 "$1 # SKIP $2"; }

# items FILES [HEADING]: names of the .It entries, one a line; only below a .Sh
# or .Ss whose text begins with HEADING. FILES are separated by blanks.
items() { awk -v heading="${2-}" '
    /^\.S[hs] / { inside = heading == "" || index($0, heading) == 5 }
    /^\.It (Cm|Fl) / && inside { gsub(/ Ta .*/, ""); gsub(/\\/, "")
        for (i = 3; i <= NF; i++) if ($i != ",") print $i }' $1; }

# missing WANTED HAVE: lines of the first that the second does not have
missing() { sort -u "$1" >"$work/a"; sort -u "$2" >"$work/b"
    comm -23 "$work/a" "$work/b" >"$work/missing"
    [ -s "$1" ] || echo "nothing to compare" >>"$work/missing"; }

# options PROGRAM COMMAND: --help and the manual page have the same ones
options() {
    "$2" --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' |
        grep -oE -- '--?[a-zA-Z][a-z-]*' | sed 's/^-//' >"$work/wanted"
    items "$srcdir/man/$1.1" >"$work/have"
    missing "$work/wanted" "$work/have"
    none "every option is in $1(1)" "$work/missing"
    grep -E '^\.It Fl' "$srcdir/man/$1.1" |
        grep -oE '(Fl|,) -?[a-zA-Z][a-z-]*' | awk '{ print $2 }' >"$work/have"
    missing "$work/have" "$work/wanted"
    none "$1(1) describes no option that is not there" "$work/missing"
}
options ivq-est ivq
options ivq-validate validate
options ivq-import import

# ---- ivq-est(1): every figure ----
ivq --list-metrics | awk '{ print $1 }' >"$work/wanted"
items "$est1" Figures >"$work/have"
missing "$work/wanted" "$work/have"
none 'every figure is in ivq-est(1)' "$work/missing"
missing "$work/have" "$work/wanted"
none 'ivq-est(1) describes no figure that is not there' "$work/missing"

# ---- ivq-validate(1): every key of a file of cases ----
validate1=$srcdir/man/ivq-validate.1
sed -n 's/^    {"\([a-z_]*\)", FIELD_.*/\1/p' "$srcdir"/src/use/validate/*.c \
    >"$work/wanted"
sed -n '/^static const char \*const claim_keys/,/;/p' \
    "$srcdir/src/use/validate/read.c" | grep -oE '"[a-z_]+"' | tr -d '"' \
    >>"$work/wanted"
{ items "$validate1"; sed -n 's/^\.Cm //p' "$validate1" | tr -d ' ,' ; } |
    sed 's/,$//' >"$work/have"
missing "$work/wanted" "$work/have"
none 'every key of a file of cases is in ivq-validate(1)' "$work/missing"

# ---- the pages of machines: every parameter with its default, models, styles,
# roles ----
ivq --list-params >"$work/params"
awk '/^ +[a-z]+\.[a-z_]+:/ { sub(/:.*/, "", $1); print $1 }' "$work/params" |
    while IFS=. read -r group name; do
        items "$machines5" "Group $group" | grep -qx "$name" ||
            echo "$group.$name"
    done >"$work/missing"
none 'every parameter is in a manual page, under its group' "$work/missing"

# The text of an entry: from .It to the next .It, .El or heading.
entry() { awk -v heading="$1" -v name="$2" '
    /^\.S[hs] / { inside = index($0, heading) == 5 }
    /^\.(It|El|S[hs])/ { on = 0 }
    /^\.It / && inside { for (i = 3; i <= NF; i++) if ($i == name) on = 1 }
    on' $machines5 | tr '\n' ' '; }

sed -n 's/^ *\([a-z]*\)\.\([a-z_]*\):.*, default \(.*\))$/\1 \2 \3/p' \
    "$work/params" >"$work/defaults"
while read -r group name default; do
    entry "Group $group" "$name" | grep -qF "Default $default" ||
        echo "$group.$name: default $default"
done <"$work/defaults" >"$work/missing"
[ -s "$work/defaults" ] || echo "no defaults found" >"$work/missing"
none 'and with its default' "$work/missing"

awk '/^component model/ { gsub(/"/, ""); model = $3 }
     /^  [a-z_]+:/ && model { sub(/:.*/, "", $1); print model, $1 }' \
    "$work/params" >"$work/keys"
while read -r model key; do
    { items "$machines5" "Model $model"; items "$machines5" "All "
      items "$machines5" "Model nameplate"; } | grep -qx "$key" ||
        echo "$model: $key"
done <"$work/keys" >"$work/missing"
[ -s "$work/keys" ] || echo "no component models found" >"$work/missing"
none 'every key of a component model is in a manual page' "$work/missing"

ivq --list-models >"$work/models"
# names under a heading of --list-models
listed() { awk -v heading="$1" '/^[a-z]/ { inside = index($0, heading) == 1 }
    /^  [a-z]/ && inside { print $1 }' "$work/models"; }
# has_heading NAME PREFIX < NAMES: a page has .Ss PREFIX NAME for each
has_heading() { while read -r name; do
        n=$((${n-0} + 1))
        grep -qx "\.Ss $1 $name" $machines5 || echo "$name"
    done; }
for pair in 'component models:Model' 'mapping styles:Style' \
    'dataflows:Dataflow'; do
    listed "${pair%%:*}" >"$work/wanted"
    has_heading "${pair#*:}" <"$work/wanted" >"$work/missing"
    [ -s "$work/wanted" ] || echo "none found" >"$work/missing"
    none "every one of the ${pair%%:*} is in a manual page" "$work/missing"
done
listed 'components of' >"$work/wanted"
items "$machines5" COMPONENTS >"$work/have"
missing "$work/wanted" "$work/have"
none 'every component is in a manual page' "$work/missing"
listed machines >"$work/wanted"
while read -r name; do
    grep -qF "(dq$name" "$tech5" || echo "$name"
done <"$work/wanted" >"$work/missing"
none 'every machine is in ivq-tech(5)' "$work/missing"

# ---- ivq-workload(5): schemes and layer types ----
ivq --list-schemes | awk '/^[a-z]/ { print $1 }' >"$work/wanted"
items "$workload5" Schemes >"$work/have"
missing "$work/wanted" "$work/have"
none 'every scheme is in ivq-workload(5)' "$work/missing"
missing "$work/have" "$work/wanted"
none 'ivq-workload(5) describes no scheme that is not there' "$work/missing"

ivq --list-schemes | awk '/^[a-z]/ { name = $1 }
    / bits, default/ { print name, $1, $3 }' | sort >"$work/wanted"
awk '/^\.S[hs] / { inside = /^\.Ss Schemes/ }
    inside && /^\.It Cm .* Ta / { name = $3; sub(/^[^T]*Ta /, "")
        sub(/ Ta .*/, ""); gsub(/"/, ""); n = split($0, bit, /[^0-9]+/)
        print name, bit[1], bit[n] }' "$workload5" | sort >"$work/have"
missing "$work/wanted" "$work/have"
none 'and has the bits that it is defined for' "$work/missing"

ivq --list-layers | awk '/^[a-z]+ / && !/^every/ { print $1 }' >"$work/wanted"
items "$workload5" >"$work/have"
missing "$work/wanted" "$work/have"
none 'every layer type is in ivq-workload(5)' "$work/missing"
grep -oE '&type_[a-z]+' "$srcdir/src/net/layer_types.c" | sed 's/&type_//' |
    sort >"$work/types"
is 'all layer types are listed' "$(sort "$work/wanted")" "$(cat "$work/types")"
ivq --list-layers | sed -n 's/^  \([a-z_, ]*\):.*/\1/p' | tr -d ' ' |
    tr , '\n' >"$work/wanted"
missing "$work/wanted" "$work/have"
none 'every key of a layer is in ivq-workload(5)' "$work/missing"

# ---- the pages are sound ----
for page in "$srcdir"/man/ivq-*; do
    name="mandoc has nothing to say about $(basename "$page")"
    if command -v mandoc >/dev/null; then
        ok "$name" mandoc -Tlint -Wwarning "$page"
    else
        skip "$name" "mandoc is not installed"
    fi
done

# ---- examples of the pages load ----
# A literal block whose first line is "// NAME.cfg - ..." is a file.
examples() { awk -v folder="$2" '
    /^\.Bd -literal/ { first = 1; next }
    /^\.Ed/ { file = ""; first = 0; next }
    first { first = 0; file = ""
        if ($1 == "//" && $2 ~ /\.cfg$/) { file = folder "/" $2; print $2 } }
    file { gsub(/\\e/, "\\"); gsub(/\\-/, "-"); gsub(/\\\(dq/, "\"")
        gsub(/\\&/, ""); print >file }' "$1"; }
for page in $(echo "$machines5" | grep -v circuits) "$workload5" \
    "$validate1"; do
    mkdir -p "$work/files" && rm -f "$work"/files/*
    examples "$page" "$work/files" >"$work/names"
    like "$(basename "$page") has an example" "$(cat "$work/names")" cfg
    while read -r file; do
        case $page in
        *validate*) ok "example $file runs" validate "$work/files/$file" ;;
        *workload*) ok "example $file loads" ivq -n -c ivq-32nm \
            -w "$work/files/$file" ;;
        *) ok "example $file loads" ivq -n -w resnet18 \
            -c "$work/files/$file" ;;
        esac
    done <"$work/names"
done

# ---- commands: as a reader would type them, in a folder of their own ----
mkdir -p "$work/bin" "$work/here"
{ echo '#!/bin/sh'
  echo "exec '$est' -I '$srcdir/tech' -I '$srcdir/workloads' \\"
  echo "    -I '$srcdir/workloads/quant' \"\$@\""; } >"$work/bin/ivq-est"
{ echo '#!/bin/sh'
  echo "exec '$(dirname "$est")/ivq-validate' -I '$srcdir/validation' \\"
  echo "    -I '$srcdir/tech' -I '$srcdir/workloads' \\"
  echo "    -I '$srcdir/workloads/quant' \"\$@\""; } >"$work/bin/ivq-validate"
{ echo '#!/bin/sh'
  echo "exec '$(dirname "$est")/ivq-import' -I '$srcdir/workloads' \\"
  echo "    -I '$srcdir/workloads/quant' \"\$@\""; } >"$work/bin/ivq-import"
chmod +x "$work/bin/ivq-est" "$work/bin/ivq-validate" "$work/bin/ivq-import"
cp "$srcdir/workloads/lenet5.cfg" "$work/here/mine.cfg"
model=${IVQ_MODELS:-$srcdir/tests/data/models}/ch_PP-OCRv4_det_infer.onnx
[ ! -f "$model" ] || cp "$model" "$work/here/det.onnx"
# run COMMAND: output on standard output
run() { (cd "$work/here" && PATH=$work/bin:$PATH sh -c "$1" 2>&1 </dev/null); }

# lacks COMMAND: it is about a model that is not there, and so skipped
lacks() {
    case $1 in *det.*|*' net.cfg')
        [ -f "$work/here/det.onnx" ] && return 1
        skip "runs: $1" "no $model; see fetch_models.sh"; return 0 ;;
    esac
    return 1
}
for page in ivq-est ivq-import; do
    sed -n 's/^\.Dl \(ivq-.*\)/\1/p' "$srcdir/man/$page.1" |
        sed -e 's/\\-/-/g' -e 's/\\&//g' >"$work/commands"
    like "$page(1) has examples" "$(cat "$work/commands")" "$page "
    while IFS= read -r command; do
        lacks "$command" && continue
        run "$command" >"$work/log"; code=$?
        result $code "$page(1) runs: $command"
        [ $code -eq 0 ] || sed 's/^/# /' "$work/log"
    done <"$work/commands"
done

# ---- README: "    $ command", then its output; "    ..." leaves lines out ----
# follows WANTED GOT: complains about the first line that does not follow
follows() { awk -v got="$2" '
    BEGIN { while ((getline line < got) > 0) {
                sub(/[ \t\r]+$/, "", line); have[++n] = line } }
    { sub(/^    /, ""); sub(/[ \t]+$/, "") }
    $0 == "..." { free = 1; next }
    { if (free) while (at < n && have[at + 1] != $0) at++
      free = 0
      if (have[++at] != $0 || at > n) { print "wanted: " $0
          print "got:    " have[at]; bad = 1; exit } }
    END { if (!bad && !free && at < n) print "not in README: " have[at + 1] }
    ' "$1"; }

rm -rf "$work/blocks" && mkdir "$work/blocks"
# a file a command: the command in its first line, what is wanted below
awk -v folder="$work/blocks" '
    /^    \$ / { file = sprintf("%s/%03d", folder, ++n)
        print substr($0, 7) >file; next }
    /^[^ ]/ { file = "" }
    file && /^$/ { blank++; next }
    file { for (; blank > 0; blank--) print "" >file
        print >file }
    { blank = 0 }' "$srcdir/README.md"
ls "$work/blocks" >"$work/names"
like 'README has examples' "$(cat "$work/names")" 00
while read -r file; do
    command=$(head -n 1 "$work/blocks/$file")
    lacks "$command" && continue
    run "$command" >"$work/got"; code=$?
    result $code "README runs: $command"
    sed 1d "$work/blocks/$file" >"$work/wanted"
    follows "$work/wanted" "$work/got" >"$work/missing"
    none "README shows what it prints" "$work/missing"
done <"$work/names"

# ---- HACKING.md: the tree is as described ----
# paths, in the map or in backticks; patterns stand for what they match
{ grep -oE '^    (src|tech|workloads|man|tests)/[a-z0-9_/.]*' \
    "$srcdir/HACKING.md"
  grep -oE '`[^`]+`' "$srcdir/HACKING.md" | tr -d '`' |
      grep -E '^(src|tech|workloads|man|tests)/[A-Za-z0-9_./*-]*$'; } |
    sed -e 's/^ *//' -e '/\.log$/d' | sort -u >"$work/paths"
like 'HACKING.md names files' "$(cat "$work/paths")" src/hw/chip.c
while read -r path; do
    found=
    for file in "$srcdir"/$path; do [ -e "$file" ] && found=1; done
    [ "$found" ] || echo "$path"
done <"$work/paths" >"$work/missing"
none 'files named in HACKING.md exist' "$work/missing"
(cd "$srcdir" && find src -type d ! -name '.*') | while read -r folder; do
    [ "$folder" = src ] || grep -qE "^    $folder/ " "$srcdir/HACKING.md" ||
        echo "$folder"
done >"$work/missing"
none 'every folder of the sources is on the map' "$work/missing"

# ---- who includes whom ----
# climbs FOLDER: includes under FOLDER/src that the levels do not allow
climbs() { (cd "$1" && find src -name '*.[ch]' | LC_ALL=C sort |
    xargs awk '
    function level(path) {
        if (path == "ivq.h") return "public"
        if (index(path, "/") == 0) return "api"
        return substr(path, 1, index(path, "/") - 1)
    }
    function allowed(from, to) {
        if (from == to || from == "api") return to != "cmd" || from == "cmd"
        if (from == "cmd") return to == "public"
        if (from == "out") return to == "base"
        if (to == "out") return from == "use"
        if (to == "circuit") return from == "hw"
        if (to == "onnx") return from == "net"
        if (!(from in height) || !(to in height)) return 0
        return height[to] < height[from]
    }
    BEGIN {
        height["base"] = 0; height["conf"] = 1; height["net"] = 2
        height["quant"] = 2; height["circuit"] = height["onnx"] = 1.5; height["hw"] = 2
        height["machine"] = 3; height["est"] = 4; height["use"] = 5
    }
    /^#[ \t]*include[ \t]*"/ {
        split($0, part, "\"")
        if (!allowed(level(substr(FILENAME, 5)), level(part[2])))
            print FILENAME ":" FNR ": " part[2]
    }') || echo "cannot look at $1"; }

climbs "$srcdir" >"$work/missing"
none 'no file includes a higher level' "$work/missing"
# and the rule finds what breaks it
for pair in 'net quant/quant.h' 'quant hw/chip.h' 'hw net/net.h' \
    'base conf/conf.h' 'machine est/est.h' 'est use/study.h' 'est out/out.h' \
    'out conf/conf.h' 'cmd base/arena.h' 'use cmd/opt.h' 'conf ivq.h' \
    'net other/new.h' 'net circuit/wire.h' 'machine circuit/wire.h' \
    'circuit hw/model.h' 'machine onnx/tensor.h' 'onnx net/net.h'; do
    mkdir -p "$work/tree/src/${pair% *}"
    echo "#include \"${pair#* }\"" >"$work/tree/src/${pair% *}/x.c"
    climbs "$work/tree" >"$work/missing"
    rm -r "$work/tree"
    is "it sees ${pair#* } in ${pair% *}" "$(cat "$work/missing")" \
        "src/${pair% *}/x.c:1: ${pair#* }"
done

# ---- every value of a shipped chip has a source ----
for tech in "$srcdir"/tech/*.cfg; do
    ivq -c "$tech" --list-params >"$work/values"
    grep -E 'no source' "$work/values" >"$work/missing"
    [ -s "$work/values" ] || echo "no values" >"$work/missing"
    none "every value of $(basename "$tech") has a source" "$work/missing"
done
finish
