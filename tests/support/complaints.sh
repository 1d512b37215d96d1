#!/usr/bin/env bash
# What the checks of tests/house complain of, and how they end. Sourced by each.

bad=0
complain() {
    echo "$1"
    bad=$((bad + 1))
}

# complain_of_each PREFIX TEXT: one complaint a line of TEXT; none for an empty one.
complain_of_each() {
    local line
    while IFS= read -r line; do
        [[ -z $line ]] || complain "$1$line"
    done <<<"$2"
}

# end_with_complaints: fails when there were any.
end_with_complaints() {
    if ((bad > 0)); then
        echo "$bad complaints"
        exit 1
    fi
}
