# csv.awk - RFC 4180 to tab-separated text; says what is wrong and exits 1
# SPDX-License-Identifier: GPL-3.0-or-later
# Tabs and line ends inside fields become blanks.
BEGIN { RS = "\001" }

function wrong(what) {
    print "record " records + 1 ": " what
    failed = 1
    exit 1
}

# The field that begins at p; afterwards p is behind it.
function field(    end, text) {
    if (substr($0, p, 1) != "\"") {
        end = match(substr($0, p), /[,\r\n"]/) ? p + RSTART - 1 : n + 1
        text = substr($0, p, end - p)
        p = end
        return text
    }
    for (p++; ; p++) {
        if (p > n) wrong("a quote is not closed")
        if (substr($0, p, 1) != "\"") text = text substr($0, p, 1)
        else if (substr($0, p + 1, 1) == "\"") { text = text "\""; p++ }
        else { p++; gsub(/[\t\r\n]/, " ", text); return text }
    }
}

{
    n = length($0)
    for (p = 1; p <= n; ) {
        fields = 1
        line = field()
        while (substr($0, p, 1) == ",") {
            p++
            line = line "\t" field()
            fields++
        }
        if (substr($0, p, 2) != "\r\n") wrong("it does not end with CR LF")
        p += 2
        if (records && fields != wanted) wrong(fields " fields, not " wanted)
        wanted = fields
        records++
        print line
    }
}

END { if (!failed && records < 2) { print "no rows"; exit 1 } exit failed }
