#!/usr/bin/env bash
# How a check of tests/house is checked: over a tree in $work that has or has not what it looks for. Sourced by the test
# of each; the check itself is $check.

work=$(mktemp --directory)
trap 'rm --recursive --force "$work"' EXIT

failures=0

# expect STATUS TEXT NAME: runs the check over $work/tree; TEXT must stand in what it prints.
expect() {
    local status=0
    "$check" "$work/tree" >"$work/output" 2>&1 || status=$?
    if [[ $status -ne $1 ]] || ! grep --quiet --fixed-strings -- "$2" <(cat "$work/output" && echo end); then
        echo "$3: status $status instead of $1, or not a word of '$2'"
        cat "$work/output"
        failures=$((failures + 1))
    fi
}
