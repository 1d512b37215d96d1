#!/usr/bin/env bash
# The check of the layers, checked: a sound tree passes, and every way of reaching upward is found.
#
#   layers_test.sh ROOT
set -euo pipefail
check=$1/tests/house/layers.sh
source "${BASH_SOURCE[0]%/*}/../support/check_of_checks.sh"

# fresh_tree: three layers, each including to the left, the command beside them, and a test that does the same.
fresh_tree() {
    rm --recursive --force "$work/tree"
    mkdir --parents "$work"/tree/{include/turnout,src}/{base,wire,net} "$work"/tree/{tests/unit,src/cli/watch}
    cd "$work/tree"
    echo '#include <stdio.h>' >include/turnout/base/text.h
    echo '#include <turnout/base/text.h>' >include/turnout/wire/csv.h
    echo '#include <turnout/wire/csv.h>' >src/wire/csv.c
    printf '%s\n' '#include <turnout/wire/csv.h>' '#include <turnout/base/text.h>' >src/net/router.c
    echo '#include <turnout/wire/csv.h>' >tests/unit/check_csv.c
    printf '%s\n' '#include <turnout/wire/csv.h>' '#include "watch/picture.h"' >src/cli/watch/picture.c
    echo '#include <turnout/wire/csv.h>' >tests/unit/check_picture.c
}

fresh_tree
expect 0 end "a sound tree"

fresh_tree
printf '%s\n' '/* Text. */' '#  include  <turnout/net/router.h>' >src/base/text.c
expect 1 'src/base/text.c:2: base must not include net' "a source that includes upward"

fresh_tree
echo '#include <turnout/wire/csv.h>' >>include/turnout/base/text.h
expect 1 'include/turnout/base/text.h:2: base must not include wire' "a header that includes upward"

fresh_tree
echo '#include "../net/private.h"' >>src/wire/csv.c
expect 1 'src/wire/csv.c:2: wire must not include net' "a private header of a layer above"

fresh_tree
echo '#include <turnout/net/router.h>' >>tests/unit/check_csv.c
expect 1 'tests/unit/check_csv.c:2: wire must not include net' "a unit test that includes above its module"

fresh_tree
mkdir src/wire/deeper
echo '#include <turnout/net/router.h>' >src/wire/deeper/file.c
expect 1 'src/wire/deeper/file.c:1: wire must not include net' "a file deeper down"

fresh_tree
echo '#include <turnout/net/router.h>' >>src/cli/watch/picture.c
expect 1 'src/cli/watch/picture.c:3: cli must not include net' "the command on the server's sockets"

fresh_tree
echo '#include "../cli/watch/picture.h"' >>src/net/router.c
expect 1 'src/net/router.c:3: net must not include cli' "the server on the command"

fresh_tree
echo '#include <turnout/net/router.h>' >>tests/unit/check_picture.c
expect 1 'tests/unit/check_picture.c:2: cli must not include net' "a unit test of the command"

fresh_tree
mkdir src/more
echo '/* Text. */' >src/more/text.c
expect 1 'src/more/text.c: no such layer: more' "a folder that is no layer"

[[ $failures -eq 0 ]]
