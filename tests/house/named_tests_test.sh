#!/usr/bin/env bash
# The check of the tests that documents name, checked: a sound tree passes; a test that is not there, or was taken out, and
# a promise without one are found.
#
#   named_tests_test.sh ROOT
set -euo pipefail
check=$1/tests/house/named_tests.sh
source "${BASH_SOURCE[0]%/*}/../support/check_of_checks.sh"

fresh_tree() {
    rm --recursive --force "$work/tree"
    mkdir --parents "$work"/tree/{proto,tests/house}
    cd "$work/tree"
    printf '%s\n' 'fault/health it_warns' 'unit/text codes' 'unit/text old: a part of codes' >tests/house/tests.txt
    printf '%s\n' '| promise | tests |' '| --- | --- |' '| keeps codes | `unit/text codes` |' >SECURITY.md
    printf '%s\n' '| check | when | what | test |' '| `disk` | full | make room | `it_warns`, `unit/text codes` |' \
        >proto/health.md
}

fresh_tree
expect 0 '' "a sound tree"

fresh_tree
echo '| keeps more | `unit/text more` |' >>SECURITY.md
expect 1 'SECURITY.md names a test that is not there: unit/text more' "a test that is not there"

fresh_tree
echo '| keeps more | `unit/text old` |' >>SECURITY.md
expect 1 'SECURITY.md names a test that is not there: unit/text old' "a test that was taken out"

fresh_tree
echo '| keeps a secret | |' >>SECURITY.md
expect 1 'SECURITY.md promises without a test: | keeps a secret' "a promise without a test"

fresh_tree
sed --in-place 's/it_warns/it_fails/' proto/health.md
expect 1 'proto/health.md names a test that is not there: fault/health it_fails' "a check's test that is not there"

[[ $failures -eq 0 ]]
