#!/usr/bin/env bash
# No test is lost: tests.txt lists every test, a line `KIND/PROGRAM NAME`. A test that is in the list must be in the
# sources. One that was taken out on purpose keeps its line, with the reason: `KIND/PROGRAM NAME: REASON`. Tests that
# are new are put into the list by
#
#   tests/house/tests.sh . --add
#
# Without --add, prints every difference between the list and the sources.
#
#   tests.sh ROOT [--add]
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/../support/complaints.sh"
cd "$1"
export LC_ALL=C

list=tests/house/tests.txt
shopt -s nullglob
programs=(tests/*/check_*.c)

there=$(sed --quiet --regexp-extended 's/^(SIGNAL_|LOOP_)?TEST\((\w+).*/\2/; T; F; p' "${programs[@]}" /dev/null |
    paste --delimiters=' ' - - | sed --regexp-extended 's|^tests/(.*)/check_(.*)\.c |\1/\2 |' | sort)
listed=$(sed --quiet --regexp-extended '/^[^:]*$/p' "$list" | sort)
gone=$(sed --quiet --regexp-extended 's/: .+//p' "$list" | sort)

added=$(comm -23 <(echo "$there") <(sort <<<"$listed"$'\n'"$gone"))
if [[ ${2-} == --add ]]; then
    if [[ -n $added ]]; then
        sort --output="$list" "$list" - <<<"$added"
    fi
    exit
fi

complain_of_each "not in $list, where \`tests/house/tests.sh . --add\` puts it: " "$added"
complain_of_each "in $list, but in no source; bring it back, or give the reason behind a colon there: " \
    "$(comm -13 <(echo "$there") <(echo "$listed"))"
complain_of_each "in $list as taken out, but it is there; leave out the reason: " \
    "$(comm -12 <(echo "$there") <(echo "$gone"))"
complain_of_each "in $list twice: " "$(sort <<<"$listed"$'\n'"$gone" | uniq --repeated)"
complain_of_each "in $list without a reason behind the colon: " "$(grep --extended-regexp ':($| *$|[^ ])' "$list")"
complain_of_each "registered by hand, so that no list knows it; write TEST(name): " \
    "$(grep --line-number --extended-regexp '\b(START_TEST|tcase_add_\w*test\w*)\(' "${programs[@]}" /dev/null)"

end_with_complaints
