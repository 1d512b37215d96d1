#!/usr/bin/env bash
# Arrows run one way: base <- election <- wire <- store <- service <- net <- app. Fails when a file includes a
# header of a layer to the right of its own, or a unit test one to the right of its module's layer, and prints
# each such line.
#
#   layers.sh ROOT    ROOT is the source folder
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/../support/complaints.sh"
cd "$1"

layers=(base election wire store service net app)

# rank_of LAYER: its place in the row, from 0.
rank_of() {
    local i
    for i in "${!layers[@]}"; do
        if [[ ${layers[i]} == "$1" ]]; then
            echo "$i"
            return
        fi
    done
    echo "no such layer: $1" >&2
    return 1
}

# layer_of FILE: the layer it belongs to; nothing where it belongs to none.
layer_of() {
    local module header
    case $1 in
    src/*/* | include/turnout/*/*)
        module=${1#include/turnout/}
        module=${module#src/}
        echo "${module%%/*}"
        ;;
    tests/unit/check_*.c)
        module=${1#tests/unit/check_}
        for header in src/*/"${module%.c}.c"; do
            if [[ -e $header ]]; then
                layer_of "$header"
            fi
        done
        ;;
    esac
}

# includes_of FILE: `line-number:layer` for each include of a layer's header. A private header of another layer
# is reached as "../layer/...": that counts as well.
includes_of() {
    local names
    names=$(IFS='|' && echo "${layers[*]}")
    sed --quiet --regexp-extended --expression \
        "/^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"](turnout|\.\.|.*src)\/($names)\//{
            =
            s/^[^<\"]*[<\"](turnout|\.\.|.*src)\/($names)\/.*/\2/p
        }" "$1" | paste --delimiters=: - -
}

bad=0
shopt -s nullglob globstar
for file in include/turnout/**/*.h src/**/*.[ch] tests/unit/*.c; do
    layer=$(layer_of "$file")
    if [[ -z $layer ]]; then
        continue
    fi
    rank=$(rank_of "$layer")
    while IFS=: read -r line included; do
        if (($(rank_of "$included") > rank)); then
            complain "$file:$line: $layer must not include $included: $(sed --quiet "${line}p" "$file")"
        fi
    done < <(includes_of "$file")
done

if ((bad > 0)); then
    echo "$bad includes run against base <- election <- wire <- store <- service <- net <- app"
    exit 1
fi
