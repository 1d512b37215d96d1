#!/usr/bin/env bash
# The check of the files, checked: a sound tree passes, and each fault is found and named.
#
#   files_test.sh ROOT
set -euo pipefail
check=$1/tests/house/files.sh
source "${BASH_SOURCE[0]%/*}/../support/check_of_checks.sh"

fresh_tree() {
    rm --recursive --force "$work/tree"
    mkdir --parents "$work"/tree/{include,src,tests/house,tools,.ci}
    cd "$work/tree"
    echo '/* Text. */' >include/text.h
    echo '/* Text. */' >src/text.c
    printf '%s\n' '#!/usr/bin/env bash' 'true' >.ci/run
}

# a_function LINES: one whose body has that many.
a_function() {
    echo 'void f(void)'
    echo '{'
    yes '    g();' | head --lines="$1" || true
    echo '}'
}

fresh_tree
a_function 70 >>src/text.c
echo '/* We never call atoi; snprintf(...) and strtoull() are fine. */' >>src/text.c
expect 0 end "a sound tree"

fresh_tree
a_function 71 >>src/text.c
expect 1 'src/text.c:3: a function of 71 lines' "a long function"

# a_line COLUMNS: one that has that many.
a_line() {
    printf '/* %*s */\n' $(($1 - 6)) so
}

fresh_tree
a_line 120 >>src/text.c
expect 0 end "a line as long as may be"

fresh_tree
a_line 121 >>src/text.c
expect 1 'src/text.c:2: more than 120 columns' "a long line"

# a_file LINES: one that has that many.
a_file() {
    yes '/* so */' | head --lines="$1" || true
}

fresh_tree
a_file 450 >include/long.h
expect 0 end "a file as long as may be"

fresh_tree
a_file 451 >include/long.h
expect 1 'include/long.h: 451 lines; more than 450' "a long file"

fresh_tree
a_file 600 >include/long.h
echo 'long-file include/long.h: for now' >tests/house/exceptions.txt
expect 0 end "a long file that is excepted"

fresh_tree
a_file 601 >include/long.h
echo 'long-file include/long.h: for now' >tests/house/exceptions.txt
expect 1 'include/long.h: 601 lines; more than 600' "a file too long for any exception"

fresh_tree
echo 'long-file include/text.h: for now' >tests/house/exceptions.txt
expect 1 'tests/house/exceptions.txt:1: no longer needed' "an exception that nothing needs"

fresh_tree
echo '#include <stdio.h>' >src/bare.c
expect 1 'src/bare.c:1: does not open' "no comment at the head"

fresh_tree
echo 'int n = atoi(text);' >>src/text.c
expect 1 'src/text.c:2:' "a forbidden call"

fresh_tree
echo 'usleep(1000);' >>src/text.c
expect 1 'src/text.c:2:' "a sleep"

fresh_tree
printf '%s\n' '#!/usr/bin/env bash' 'if true' >.ci/run
expect 1 'syntax error' "a script that does not parse"

[[ $failures -eq 0 ]]
