#!/usr/bin/env bash
# The check of the layers, checked: a sound tree passes, and every way of reaching upward is found.
#
#   layers_test.sh ROOT
set -euo pipefail
check=$1/tests/house/layers.sh
work=$(mktemp --directory)
trap 'rm --recursive --force "$work"' EXIT

failures=0

# expect STATUS NAME: runs the check over $work/tree.
expect() {
    local status=0
    "$check" "$work/tree" >"$work/output" || status=$?
    if [[ $status -ne $1 ]]; then
        echo "$2: status $status instead of $1"
        cat "$work/output"
        failures=$((failures + 1))
    fi
}

# fresh_tree: three layers, each including to the left, and a test that does the same.
fresh_tree() {
    rm --recursive --force "$work/tree"
    mkdir --parents "$work"/tree/{include/turnout,src}/{base,wire,net} "$work/tree/tests/unit"
    cd "$work/tree"
    echo '#include <stdio.h>' >include/turnout/base/text.h
    echo '#include <turnout/base/text.h>' >include/turnout/wire/csv.h
    echo '#include <turnout/wire/csv.h>' >src/wire/csv.c
    printf '%s\n' '#include <turnout/wire/csv.h>' '#include <turnout/base/text.h>' >src/net/router.c
    echo '#include <turnout/wire/csv.h>' >tests/unit/check_csv.c
}

fresh_tree
expect 0 "a sound tree"

fresh_tree
printf '%s\n' '/* Text. */' '#  include  <turnout/net/router.h>' >src/base/text.c
expect 1 "a source that includes upward"
grep --quiet --fixed-strings 'src/base/text.c:2: base must not include net' "$work/output" || {
    echo "the offending line is not named:"
    cat "$work/output"
    failures=$((failures + 1))
}

fresh_tree
echo '#include <turnout/wire/csv.h>' >>include/turnout/base/text.h
expect 1 "a header that includes upward"

fresh_tree
echo '#include "../net/private.h"' >>src/wire/csv.c
expect 1 "a private header of a layer above"

fresh_tree
echo '#include <turnout/net/router.h>' >>tests/unit/check_csv.c
expect 1 "a unit test that includes above its module"

fresh_tree
mkdir src/wire/deeper
echo '#include <turnout/net/router.h>' >src/wire/deeper/file.c
expect 1 "a file deeper down"

[[ $failures -eq 0 ]]
