#!/usr/bin/env bash
# The check of the list of tests, checked: a sound tree passes; a test that is lost, new or taken out without a word is
# found; and a new one is put into the list.
#
#   tests_test.sh ROOT
set -euo pipefail
check=$1/tests/house/tests.sh
source "${BASH_SOURCE[0]%/*}/../support/check_of_checks.sh"

fresh_tree() {
    rm --recursive --force "$work/tree"
    mkdir --parents "$work"/tree/tests/{house,unit,store}
    cd "$work/tree"
    printf '%s\n' 'TEST(slices_compare)' '{' '}' 'LOOP_TEST(numbers, COUNT(cases))' >tests/unit/check_text.c
    printf '%s\n' 'SIGNAL_TEST(it_dies, SIGABRT)' >tests/store/check_link.c
    printf '%s\n' 'store/link it_dies' 'unit/text codes: part of numbers' 'unit/text numbers' 'unit/text slices_compare' \
        >tests/house/tests.txt
}

fresh_tree
expect 0 end "a sound tree"

fresh_tree
sed --in-place '/slices/d' tests/unit/check_text.c
expect 1 'but in no source; bring it back, or give the reason behind a colon there: unit/text slices_compare' \
    "a test that is lost"

fresh_tree
sed --in-place 's/numbers/figures/' tests/unit/check_text.c
expect 1 'but in no source; bring it back, or give the reason behind a colon there: unit/text numbers' "a new name"
expect 1 '--add` puts it: unit/text figures' "a test that is new"

fresh_tree
rm tests/store/check_link.c
expect 1 'behind a colon there: store/link it_dies' "a program that is lost"

fresh_tree
echo 'TEST(codes)' >>tests/unit/check_text.c
expect 1 'as taken out, but it is there; leave out the reason: unit/text codes' "a test that came back"

fresh_tree
echo 'unit/text numbers' >>tests/house/tests.txt
expect 1 'twice: unit/text numbers' "a line too many"

fresh_tree
sed --in-place 's/: part.*/:/' tests/house/tests.txt
expect 1 'without a reason behind the colon: unit/text codes:' "a test taken out without a reason"

fresh_tree
echo 'START_TEST(by_hand)' >>tests/unit/check_text.c
expect 1 'registered by hand' "a test that the list does not see"

fresh_tree
echo 'TEST(areas)' >>tests/unit/check_text.c
"$check" "$work/tree" --add
expect 0 end "a test that was put into the list"
if [[ $(sed --quiet 2p tests/house/tests.txt) != 'unit/text areas' ]]; then
    echo "--add did not keep the order of the list"
    failures=$((failures + 1))
fi

[[ $failures -eq 0 ]]
