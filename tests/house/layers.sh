#!/usr/bin/env bash
# Arrows run one way: base <- election <- wire <- store <- service <- net <- app, and cli stands beside the daemon, on
# store. Fails when a file includes a header that its layer may not know, or a unit test one that its module's layer may
# not, and prints each such line.
#
#   layers.sh ROOT    ROOT is the source folder
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/../support/complaints.sh"
cd "$1"

# What each layer may include, itself among it.
declare -A may_include=(
    [base]="base"
    [election]="base election"
    [wire]="base election wire"
    [store]="base election wire store"
    [service]="base election wire store service"
    [net]="base election wire store service net"
    [app]="base election wire store service net app"
    [cli]="base election wire store cli"
)

# layer_of FILE: the layer it belongs to; nothing where it belongs to none.
layer_of() {
    local module source
    case $1 in
    src/*/* | include/turnout/*/*)
        module=${1#include/turnout/}
        module=${module#src/}
        echo "${module%%/*}"
        ;;
    tests/unit/check_*.c)
        module=${1#tests/unit/check_}
        for source in src/**/"${module%.c}.c"; do
            layer_of "$source"
        done
        ;;
    esac
}

# includes_of FILE: `line-number:layer` for each include of a layer's header. A private header of another layer
# is reached as "../layer/...": that counts as well. Inside the cli a header is "folder/file.h".
includes_of() {
    local names
    names=$(IFS='|' && echo "${!may_include[*]}")
    sed --quiet --regexp-extended --expression \
        "/^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"](turnout|\.\.|.*src)\/($names)\//{
            =
            s/^[^<\"]*[<\"](turnout|\.\.|.*src)\/($names)\/.*/\2/p
        }" "$1" | paste --delimiters=: - -
}

shopt -s nullglob globstar
for file in include/turnout/**/*.h src/**/*.[ch] tests/unit/*.c; do
    layer=$(layer_of "$file")
    if [[ -z $layer ]]; then
        continue
    fi
    if [[ ! -v may_include[$layer] ]]; then
        complain "$file: no such layer: $layer"
        continue
    fi
    while IFS=: read -r line included; do
        if [[ " ${may_include[$layer]} " != *" $included "* ]]; then
            complain "$file:$line: $layer must not include $included: $(sed --quiet "${line}p" "$file")"
        fi
    done < <(includes_of "$file")
done

end_with_complaints
