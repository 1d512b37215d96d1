#!/usr/bin/env bash
# The check of the names, checked: a sound tree passes, and each name that stands twice is found.
#
#   names_test.sh ROOT
set -euo pipefail
check=$1/tests/house/names.sh
source "${BASH_SOURCE[0]%/*}/../support/check_of_checks.sh"

# fresh_tree: a module with a public header, one with a private header, and one of another layer.
fresh_tree() {
    rm --recursive --force "$work/tree"
    mkdir --parents "$work"/tree/{include/turnout,src}/{base,wire} "$work/tree/tests/house"
    cd "$work/tree"
    touch include/turnout/base/text.h src/base/text.c src/base/file.c src/base/file.h src/wire/csv.c
}

fresh_tree
expect 0 end "a sound tree"

fresh_tree
touch src/wire/text.c
expect 1 'src/base/text.c src/wire/text.c include/turnout/base/text.h: the same name' "a name in two layers"

fresh_tree
touch include/turnout/wire/file.h
expect 1 'include/turnout/wire/file.h: the same name' "a public header called as another layer's module"

fresh_tree
touch include/turnout/base/file.h
expect 1 'include/turnout/base/file.h: the same name' "a public and a private header of one name"

fresh_tree
mkdir src/wire/deeper
touch src/wire/deeper/csv.c
expect 1 'src/wire/csv.c src/wire/deeper/csv.c: the same name' "a name in two folders of a layer"

fresh_tree
touch src/wire/text.c
echo 'same-name text: for now' >tests/house/exceptions.txt
expect 0 end "an exception"

fresh_tree
echo 'same-name text: for now' >tests/house/exceptions.txt
expect 1 'tests/house/exceptions.txt:1: no longer needed: same-name text' "an exception that nothing needs"

fresh_tree
touch src/wire/text.c
printf '%s\n' '# Names.' 'same-name text:' >tests/house/exceptions.txt
expect 1 'tests/house/exceptions.txt:2: an exception without its reason' "an exception without a reason"

[[ $failures -eq 0 ]]
