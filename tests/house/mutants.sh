#!/usr/bin/env bash
# Every mutant can still be tried: the lines that it changes are in the sources, and the tests that must find it are
# there. Prints each that cannot. The mutants are those of tests/mutants and of tests/simulation; whether they are found
# takes hours, and is for tests/mutants/run and tests/simulation/run --mutants.
#
#   mutants.sh ROOT    ROOT is the source folder
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/../support/complaints.sh"
cd "$1"

for run in tests/mutants/run tests/simulation/run; do
    said=$("$run" --check 2>&1) || complain "${said:-$run --check fails}"
done

end_with_complaints
