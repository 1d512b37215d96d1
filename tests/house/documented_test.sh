#!/usr/bin/env bash
# The check of what is documented, checked: on a copy of this source tree, each thing that is missing or different
# is found and named.
#
#   documented_test.sh ROOT
set -euo pipefail
root=$1
check=$root/tests/house/documented.sh
source "${BASH_SOURCE[0]%/*}/../support/check_of_checks.sh"

fresh_tree() {
    rm --recursive --force "$work/tree"
    mkdir --parents "$work"/tree/{config,proto,src/app,src/election,src/service,tests/house}
    cp "$root/config/turnoutd.ini" "$work/tree/config"
    cp "$root"/proto/{health.md,openapi.yaml,report.md,result.schema.json} "$work/tree/proto"
    cp "$root/tests/house/tests.txt" "$work/tree/tests/house"
    cp --recursive "$root/src/net" "$work/tree/src"
    cp "$root/src/app/server_settings.c" "$work/tree/src/app"
    cp "$root/src/election/report_codes.c" "$work/tree/src/election"
    cp "$root"/src/service/{health,metrics}.c "$work/tree/src/service"
}

# expect_found FILE SED-SCRIPT TEXT: with FILE edited so, the check fails and says TEXT.
expect_found() {
    fresh_tree
    sed --in-place --regexp-extended "$2" "$work/tree/$1"
    if cmp --silent "$root/$1" "$work/tree/$1"; then
        echo "$1: '$2' changed nothing"
        failures=$((failures + 1))
    fi
    expect 1 "$3" "$1 with $2"
}

fresh_tree
expect 0 end "this tree"

options=src/app/server_settings.c
ini=config/turnoutd.ini
expect_found $ini '/^; workers =/d' "$ini lacks: workers = "
expect_found $ini 's/^(; publish-ms =) .*/\1 250/' "$ini lacks: publish-ms = 500"
expect_found $ini 's/^; (data) = .*/\1 = elsewhere/' "$options lacks: data = elsewhere"
expect_found $ini '/^; election =/d' "$ini lacks: election = (required)"
expect_found $ini '$a ; colour = blue' "$options lacks: colour = blue"
expect_found $options 's/"publish-ms"/"publish-every-ms"/' "$ini lacks: publish-every-ms = 500"
expect_found $options 's/^static const struct setting rows/static const struct setting table/' \
    "$options: found nothing"

expect_found src/service/health.c 's/"disk", check/"room", check/' "proto/health.md lacks: room"
expect_found proto/health.md '/^\| `disk` /d' "proto/health.md lacks: disk"

expect_found proto/health.md 's/`redis_is_gone`/`redis_is_here`/' "has not: fault/health redis_is_here"
expect_found proto/health.md 's/^(\| `rights` .*)`rights_are_taken_away` \|/\1none \|/' 'names no test for:  `rights`'

openapi=proto/openapi.yaml
expect_found $openapi 's|^  /v1/turnout:|  /v1/nation:|' "$openapi lacks: public GET /v1/turnout"
expect_found $openapi 's|^  /metrics:|  /gauges:|' 'src/net/*_http.c lacks: operate GET /gauges'
expect_found $openapi 's|^    post:|    get:|' "$openapi lacks: intake POST /v1/reports"
expect_found $openapi 's|description: intake \}|description: operate }|' "$openapi lacks: intake POST /v1/reports"
expect_found src/net/public_http.c 's|^\};|    {HTTP_GET, "/v1/bulletins/", get_bulletin},\n};|' \
    "$openapi lacks: public GET /v1/bulletins/"
expect_found src/net/operate_http.c '/\{HTTP_GET, "\/livez"/d' 'src/net/*_http.c lacks: operate GET /livez'

metrics=src/service/metrics.c
expect_found $metrics 's/"turnout_connections_open"/"connections_open"/' "$metrics: connections_open is not of the form"
expect_found $metrics 's/"turnout_revision"/"turnout_revision-now"/' "$metrics: turnout_revision-now is not of the form"
expect_found $metrics 's/"turnout_readings_total"/"turnout_readings"/' "$metrics: turnout_readings is a counter"
expect_found $metrics 's/"turnout_voted"/"turnout_voted_total"/' "$metrics: turnout_voted_total is a gauge"
expect_found $metrics 's/"Connections open now."/""/' "$metrics: turnout_connections_open has no help"
expect_found $metrics 's/"Reports answered, by status."/NULL/' "$metrics: turnout_reports_total has no help"
expect_found $metrics 's/"(turnout_figures_age_seconds) %/"\1_exact %/' \
    "$metrics: no kind and help for: turnout_figures_age_seconds_exact"

report=src/election/report_codes.c
page=proto/report.md
expect_found $page '/^\| `bad-signature`/d' "$page lacks: bad-signature 401"
expect_found $page '/^\| `too-many`/d' "$page lacks: too-many 429"
expect_found $page 's/^(\| `closed`) \| 409/\1 | 410/' "$page lacks: closed 409"
expect_found $report 's/"out-of-scope"/"not-yours"/' "$report lacks: out-of-scope 403"
expect_found proto/result.schema.json 's/"seq-conflict", //' "proto/result.schema.json lacks: seq-conflict"

[[ $failures -eq 0 ]]
