#!/usr/bin/env bash
# What the outside relies on is written down. Fails, naming each, when these differ:
#   settings   the table in src/app/server_settings.c, and config/turnoutd.ini with its defaults
#   routes     the tables in src/net/<listener>_http.c, and proto/openapi.yaml
#   checks     the table in src/service/health.c, and proto/health.md, which names tests of tests/house/tests.txt
#   codes      the table in src/election/report_codes.c, and proto/report.md and result.schema.json
# and when a metric of src/service/metrics.c has no `turnout_` name of Prometheus's form, or no kind and help.
#
#   documented.sh ROOT    ROOT is the source folder
set -euo pipefail
export LC_ALL=C # sort and comm must agree
source "${BASH_SOURCE[0]%/*}/../support/complaints.sh"
cd "$1"

# compare PLACE TEXT PLACE TEXT: complains of each line that only one of the two has, at the place that lacks it.
# A list with nothing in it is a list that this script has failed to read.
compare() {
    [[ -n $2 ]] || complain "$1: found nothing to compare with $3"
    complain_of_each "$3 lacks: " "$(comm -23 <(sort <<<"$2") <(sort <<<"$4"))"
    complain_of_each "$1 lacks: " "$(comm -13 <(sort <<<"$2") <(sort <<<"$4"))"
}

# ---- settings, as `name = default`; one that is required has no default, and the file shows an example ----

# Those that may stand in a file: all but flags and what is never in one.
settings_of_table() {
    awk -F '"' '
        /^static const struct setting rows\[\]/ { inside = 1 }
        /^};/                                   { inside = 0 }
        !inside                                 { next }
        /\.name = "/                            { name = $2; standard = "(none in the table)"; is_in_file = 1 }
        /SETTING_FLAG|is_never_in_file/         { is_in_file = 0 }
        /\.standard = "/                        { standard = $2 }
        /\.is_required = true/                  { standard = "(required)" }
        /\.help = "/ && is_in_file              { print name " = " standard }
    ' src/app/server_settings.c
}

# settings_of_file REQUIRED: the names that are required, separated by white space.
settings_of_file() {
    sed --quiet --regexp-extended 's/^(; )?([a-z][a-z-]*) =( (.*))?$/\2 = \4/p' config/turnoutd.ini |
        awk -v required="${1//$'\n'/ }" '
            BEGIN { split(required, names); for (i in names) is_required[names[i]] = 1 }
            { print ($1 in is_required) ? $1 " = (required)" : $0 }'
}

table=$(settings_of_table)
required=$(sed --quiet 's/ = (required)$//p' <<<"$table")
compare src/app/server_settings.c "$table" config/turnoutd.ini "$(settings_of_file "$required")"

# ---- checks of /readyz ----

compare src/service/health.c "$(sed --quiet --regexp-extended 's/^    \{"([a-z-]+)", check_.*/\1/p' src/service/health.c)" \
    proto/health.md "$(sed --quiet --regexp-extended 's/^\| `([a-z-]+)` \|.*/\1/p' proto/health.md)"

# Each row's last cell names the tests that cause it; those without a folder are fault/health's.
rows=$(grep --extended-regexp '^\| `[a-z-]+` \|' proto/health.md)
complain_of_each "proto/health.md names no test for: " \
    "$(awk -F '|' '$(NF - 1) !~ /`/ { print $2 }' <<<"$rows")"
named=$(awk -F '|' '{ print $(NF - 1) }' <<<"$rows" | grep --only-matching '`[^`]*`' | tr --delete '`' |
    sed --regexp-extended 's|^[^ ]+$|fault/health &|' | sort --unique)
complain_of_each "proto/health.md names a test that tests/house/tests.txt has not: " \
    "$(comm -23 <(echo "$named") <(sort tests/house/tests.txt))"

# ---- routes, as `listener METHOD /path/`; what follows a last slash is one segment, whatever it is called, and so is a star; a method may
# name listeners of its own ----

routes_of_tables() {
    local file listener
    for file in src/net/*_http.c; do
        listener=${file#src/net/}
        sed --quiet "/^const struct http_route /,/^};/p" "$file" | tr '\n' ' ' |
            grep --only-matching --extended-regexp '\{HTTP_[A-Z]+, *"[^"]*"' |
            sed --regexp-extended "s/\{HTTP_([A-Z]+), *\"([^\"]*)\"/${listener%_http.c} \1 \2/"
    done
}

routes_of_description() {
    awk '
        function listener_of(line) {
            sub(/.*description: /, "", line)
            sub(/ .*/, "", line)
            return line
        }
        function flush(   i) {
            for (i = 1; i <= count; i++)
                print listeners[i], method, path
            count = 0
        }
        /^servers:/                { everywhere = $0 }
        /^[a-z]/                   { flush(); inside = /^paths:/ }
        !inside                    { next }
        /^  \//                    { flush(); path = $1; sub(/:$/, "", path); sub(/\{[^}]*\}$/, "", path); gsub(/\{[^}]*\}/, "*", path); servers = everywhere }
        /^    servers:/            { servers = $0 }
        /^    [a-z]+:$/ && !/parameters/ {
            flush()
            method = toupper(substr($1, 1, length($1) - 1))
            rest = servers # one listener, or several
            while (match(rest, /description: [a-z]+/)) {
                listeners[++count] = substr(rest, RSTART + 13, RLENGTH - 13)
                rest = substr(rest, RSTART + RLENGTH)
            }
        }
        /^      servers:/          { count = 0 } # of the method alone: one a line
        /^        - \{ url: /      { listeners[++count] = listener_of($0) }
    ' proto/openapi.yaml
}

compare "src/net/*_http.c" "$(routes_of_tables)" proto/openapi.yaml "$(routes_of_description)"

# ---- metrics ----

# Each declaration as `name|kind|help`: a name, a kind and a help one after the other, in a table or in a call. A
# name may stand in the variable `name`. What is there instead of a help is taken over as it is.
metrics_declared() {
    tr '\n' ' ' <src/service/metrics.c |
        grep --only-matching --extended-regexp \
            '\bname = "[^"]*"|("[^"]*"|\bname), *"(counter|gauge)", *("[^"]*"|[^",;]*)' |
        sed --regexp-extended 's/, *"(counter|gauge)", */|\1|/' |
        awk -F '|' '
            NF == 1 { sub(/^name = /, ""); known = $0; next }
            { print ($1 == "name" ? known : $1) "|" $2 "|" $3 }'
}

declared=$(metrics_declared) || true
[[ -n $declared ]] || complain "src/service/metrics.c: no metric found"
while IFS='|' read -r name kind help; do
    name=${name//\"/}
    form='^turnout_[a-z0-9_]*[a-z0-9]$'
    if [[ ! $name =~ $form ]]; then
        complain "src/service/metrics.c: $name is not of the form turnout_..."
    fi
    if [[ $kind == counter && $name != *_total || $kind == gauge && $name == *_total ]]; then
        complain "src/service/metrics.c: $name is a $kind; counters, and only they, end in _total"
    fi
    if [[ ! $help =~ ^\".+\"$ ]]; then
        complain "src/service/metrics.c: $name has no help"
    fi
done <<<"$declared"

# A metric that is written without being declared.
written=$(grep --only-matching '"turnout_[A-Za-z0-9_:]*' src/service/metrics.c | tr --delete '"') || true
complain_of_each "src/service/metrics.c: no kind and help for: " \
    "$(comm -23 <(sort --unique <<<"$written") <(sed 's/|.*//; s/"//g' <<<"$declared" | sort --unique))"

# ---- codes, as `name status` ----

codes_of_table() {
    sed --quiet '/^} codes\[CODE_COUNT\] = {/,/^};/p' src/election/report_codes.c | tr '\n' ' ' |
        grep --only-matching --extended-regexp '\[CODE_[A-Z_]*\] = *\{"[^"]+", *[0-9]+' |
        sed --regexp-extended 's/.*"(.*)", *([0-9]+)/\1 \2/'
}

codes_of_page() {
    awk -F '|' '
        /^\| code \| HTTP \|/ { inside = 1; next }
        !/^\|/                { inside = 0 }
        inside && /`/ {
            count = split($2, parts, "`")
            for (i = 2; i <= count; i += 2)
                print parts[i], $3 + 0
        }
    ' proto/report.md
}

codes_of_schema() {
    tr '\n' ' ' <proto/result.schema.json | sed --regexp-extended 's/.*"code": \{[^]]*"enum": \[([^]]*)\].*/\1/' |
        grep --only-matching '[a-z-]*'
}

codes=$(codes_of_table)
compare src/election/report_codes.c "$codes" proto/report.md "$(codes_of_page)"
compare src/election/report_codes.c "$(sed 's/ .*//' <<<"$codes")" proto/result.schema.json "$(codes_of_schema)"

end_with_complaints
