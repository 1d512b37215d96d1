#!/usr/bin/env bash
# What tests/house/exceptions.txt lets pass, for now and for a reason. A line is `KIND SUBJECT: REASON`. Sourced by the
# checks that know exceptions, which bring complaints.sh and stand in the root of the sources. An exception that nothing
# needs any more is itself complained of.

exceptions_file=tests/house/exceptions.txt
declare -A exceptions=()        # "KIND SUBJECT" -> its line
declare -A exceptions_needed=() # the same, of those that were asked for

# exceptions_read KIND: the exceptions of that kind.
exceptions_read() {
    local line number=0
    [[ -e $exceptions_file ]] || return 0
    while IFS= read -r line; do
        number=$((number + 1))
        case $line in
        "$1 "*": "?*) exceptions[${line%%: *}]=$number ;;
        "$1" | "$1 "*) complain "$exceptions_file:$number: an exception without its reason: $line" ;;
        esac
    done <"$exceptions_file"
}

# complain_unless_excepted KIND SUBJECT COMPLAINT
complain_unless_excepted() {
    if [[ -n ${exceptions["$1 $2"]-} ]]; then
        exceptions_needed["$1 $2"]=yes
    else
        complain "$3"
    fi
}

# end_with_exceptions: complains of those that nothing needed, then ends as end_with_complaints does.
end_with_exceptions() {
    local exception
    for exception in "${!exceptions[@]}"; do
        if [[ -z ${exceptions_needed["$exception"]-} ]]; then
            complain "$exceptions_file:${exceptions["$exception"]}: no longer needed: $exception"
        fi
    done
    end_with_complaints
}
