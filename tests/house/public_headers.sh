#!/usr/bin/env bash
# A header in include/turnout/LAYER is for other layers, the command among them, or for tools. One that only its own
# layer includes, or none, belongs beside its source; tests do not count. Prints each.
#
#   public_headers.sh ROOT
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/../support/complaints.sh"
source "${BASH_SOURCE[0]%/*}/../support/exceptions.sh"
cd "$1"

exceptions_read own-header
shopt -s nullglob globstar

# Headers that are included from outside of their layer.
shared=$(grep --with-filename --extended-regexp '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]turnout/' \
    src/**/*.[ch] include/turnout/**/*.h tools/**/*.[ch] /dev/null |
    sed --regexp-extended 's|^(src/\|include/turnout/)?([^/]*)/[^:]*:[^<"]*[<"]turnout/([^>"]*).*|\2 \3|' |
    awk '{ layer = $2; sub(/\/.*/, "", layer); if (layer != $1) print "include/turnout/" $2 }' | sort --unique) || true

for header in include/turnout/**/*.h; do
    if ! grep --quiet --line-regexp --fixed-strings "$header" <<<"$shared"; then
        complain_unless_excepted own-header "$header" "$header:1: only its own layer includes it"
    fi
done

end_with_exceptions
