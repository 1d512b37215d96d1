#!/usr/bin/env bash
# The check of the circles, checked: a sound tree passes, and circles of two, of three and through headers are found.
#
#   circles_test.sh ROOT
set -euo pipefail
check=$1/tests/house/circles.sh
source "${BASH_SOURCE[0]%/*}/../support/check_of_checks.sh"

# fresh_tree: link <- store <- batch, a private header of the store, a module of another layer that all need, and the
# command: keys <- report in folders of their own.
fresh_tree() {
    rm --recursive --force "$work/tree"
    mkdir --parents "$work"/tree/{include/turnout,src}/{base,store} "$work"/tree/{src/cli/{keys,report},tests/house}
    cd "$work/tree"
    echo '#include <stdio.h>' >include/turnout/base/text.h
    echo '#include <turnout/base/text.h>' >src/store/link.h
    echo '#include "link.h"' >src/store/link.c
    echo '#include <turnout/base/text.h>' >include/turnout/store/store.h
    printf '%s\n' '#include <turnout/store/store.h>' '#include "link.h"' >src/store/store_private.h
    printf '%s\n' '#include "store_private.h"' '#include "link.h"' >src/store/store.c
    printf '%s\n' '#include "batch.h"' '#include "store_private.h"' >src/store/batch.c
    echo '/* Batches. */' >src/store/batch.h
    echo '/* Keys. */' >src/cli/keys/keys.h
    echo '#include "keys/keys.h"' | tee src/cli/keys/keys.c >src/cli/report/report.h
    echo '#include "report/report.h"' >src/cli/report/report.c
}

fresh_tree
expect 0 end "a sound tree"

fresh_tree
echo '#include <turnout/store/store.h>' >>src/store/link.c
expect 1 'a circle: store/link store/store, by the includes src/store/link.c:2 src/store/store.c:2 src/store/store_private.h:2' \
    "two that need each other"

fresh_tree
echo '#  include  "batch.h"' >>src/store/link.h
expect 1 'a circle: store/batch store/link store/store, by the includes' "three in a row, by a header"

fresh_tree
printf '%s\n' '#include "batch.h"' >>src/store/store_private.h
expect 1 'a circle: store/batch store/store, by the includes' "by a private header"

fresh_tree
echo '#include "report/report.h"' >>src/cli/keys/keys.c
expect 1 'a circle: cli/keys/keys cli/report/report, by the includes src/cli/keys/keys.c:2 src/cli/report/report.h:1' \
    "between two folders of a layer"

fresh_tree
echo '#include <turnout/store/store.h>' >>src/store/link.c
echo 'circle store/link store/store: for now' >tests/house/exceptions.txt
expect 0 end "an exception"

fresh_tree
echo '#  include  "batch.h"' >>src/store/link.h
echo 'circle store/link store/store: for now' >tests/house/exceptions.txt
expect 1 'a circle: store/batch store/link store/store' "a circle that is wider than its exception"
expect 1 'no longer needed: circle store/link store/store' "an exception for a smaller one"

fresh_tree
echo 'circle store/link store/store: for now' >tests/house/exceptions.txt
expect 1 'tests/house/exceptions.txt:1: no longer needed' "an exception that nothing needs"

[[ $failures -eq 0 ]]
