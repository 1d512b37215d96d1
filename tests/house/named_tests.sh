#!/usr/bin/env bash
# What a document says is shown by a test, is: fails, naming each, when SECURITY.md or proto/health.md names a test that
# tests.txt does not have, or a row of SECURITY.md's promises names none.
#
#   named_tests.sh ROOT    ROOT is the source folder
set -euo pipefail
export LC_ALL=C # sort and comm must agree
source "${BASH_SOURCE[0]%/*}/../support/complaints.sh"
cd "$1"

# Those that are there; one that was taken out has a colon and a reason.
there=$(grep --invert-match ': ' tests/house/tests.txt | sort)

# named_in FILE: `program test` in backticks, one a line.
named_in() {
    grep --only-matching --extended-regexp '`[a-z0-9]+/[a-z0-9_]+ [a-z0-9_]+`' "$1" | tr --delete '`' | sort --unique
}

for file in SECURITY.md proto/health.md; do
    complain_of_each "$file names a test that is not there: " "$(comm -23 <(named_in $file) <(echo "$there"))"
done

# In proto/health.md those without a folder are of one program.
bare=$(sed --quiet --regexp-extended 's/^\| `[a-z-]+` .*\|([^|]*)\|$/\1/p' proto/health.md |
    grep --only-matching --extended-regexp '`[a-z0-9_]+`' | tr --delete '`' | sed 's|^|fault/health |' | sort --unique)
complain_of_each "proto/health.md names a test that is not there: " "$(comm -23 <(echo "$bare") <(echo "$there"))"

complain_of_each "SECURITY.md promises without a test: " \
    "$(grep '^| ' SECURITY.md | grep --invert-match --extended-regexp '^\| (promise|---) |`[a-z0-9]+/[a-z0-9_]+ [a-z0-9_]+` ?[,|]' || true)"
end_with_complaints
