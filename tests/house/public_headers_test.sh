#!/usr/bin/env bash
# The check of the public headers, checked: a sound tree passes, and a header that nobody else needs is found.
#
#   public_headers_test.sh ROOT
set -euo pipefail
check=$1/tests/house/public_headers.sh
source "${BASH_SOURCE[0]%/*}/../support/check_of_checks.sh"

# fresh_tree: a header that another layer includes, and one that the command does.
fresh_tree() {
    rm --recursive --force "$work/tree"
    mkdir --parents "$work"/tree/{include/turnout,src}/{base,wire} "$work"/tree/src/cli "$work"/tree/tests/{house,unit}
    cd "$work/tree"
    echo '/* Text. */' >include/turnout/base/text.h
    echo '#include <turnout/base/text.h>' >include/turnout/wire/csv.h
    echo '#include <turnout/wire/csv.h>' >src/wire/csv.c
    echo '#include <turnout/wire/csv.h>' >src/cli/main.c
}

fresh_tree
expect 0 end "a sound tree"

fresh_tree
echo '/* Nobody includes this. */' >include/turnout/base/file.h
expect 1 'include/turnout/base/file.h:1: only its own layer includes it' "a header that nobody includes"

fresh_tree
echo '#include <turnout/base/text.h>' >include/turnout/base/file.h
echo '#include <turnout/base/file.h>' | tee src/base/file.c >tests/unit/check_file.c
expect 1 'include/turnout/base/file.h:1: only its own layer includes it' "a header for its own layer and a test"

fresh_tree
rm src/cli/main.c
echo 'own-header include/turnout/wire/csv.h: for now' >tests/house/exceptions.txt
expect 0 end "an exception"

fresh_tree
echo 'own-header include/turnout/wire/csv.h: for now' >tests/house/exceptions.txt
expect 1 'tests/house/exceptions.txt:1: no longer needed' "an exception that nothing needs"

[[ $failures -eq 0 ]]
