#!/usr/bin/env bash
# The check of the mutants, checked: those of a sound tree can be tried; one whose lines or test are gone is found.
#
#   mutants_test.sh ROOT
set -euo pipefail
root=$1
check=$root/tests/house/mutants.sh
source "${BASH_SOURCE[0]%/*}/../support/check_of_checks.sh"

# fresh_tree: one source, one test, and a mutant of each kind.
fresh_tree() {
    rm --recursive --force "$work/tree"
    mkdir --parents "$work"/tree/{src,tests/unit,tests/mutants,tests/simulation/mutants}
    cp "$root/tests/mutants/run" "$work/tree/tests/mutants"
    cp "$root/tests/simulation/run" "$work/tree/tests/simulation"
    cd "$work/tree"
    printf '%s\n' one two three four five >src/count.c
    touch tests/unit/check_count.c
    printf '%s\n' '* three is lost' '@ src/count.c' '- three' '? unit/count simulation/seeds' >tests/mutants/mutants.txt
    sed 's/three/3/' src/count.c | diff --unified --label a/src/count.c --label b/src/count.c src/count.c - \
        >tests/simulation/mutants/three.patch || true
}

lines='tests/mutants/mutants.txt:1: its lines do not stand in src/count.c exactly once'
patch='tests/simulation/mutants/three.patch: does not apply'

fresh_tree
expect 0 end "a sound tree"

fresh_tree
sed --in-place '1i zero' src/count.c
expect 0 end "lines that have moved"

fresh_tree
sed --in-place 's/three/3/' src/count.c
expect 1 "$lines" "a line that has changed"
expect 1 "$patch" "a patch of a line that has changed"

fresh_tree
sed --in-place 's/one/1/' src/count.c
expect 1 "$patch" "a patch whose surroundings have changed"

fresh_tree
echo three >>src/count.c
expect 1 "$lines" "a line that stands there twice"

fresh_tree
rm src/count.c
expect 1 "$lines" "a file that is gone"
expect 1 "$patch" "a patch of a file that is gone"

fresh_tree
rm tests/unit/check_count.c
expect 1 'tests/mutants/mutants.txt:1: there is no test unit/count' "a test that is gone"

[[ $failures -eq 0 ]]
