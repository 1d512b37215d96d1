#!/usr/bin/env bash
# No circles: within a layer, a module that needs another is not needed by it in turn, be it through a third one. A module
# is the .c and the .h of one name; NAME_private.h belongs to NAME. A layer of several folders includes by "folder/file.h".
# Prints every set of modules that need each other.
#
#   circles.sh ROOT
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/../support/complaints.sh"
source "${BASH_SOURCE[0]%/*}/../support/exceptions.sh"
cd "$1"

exceptions_read circle
shopt -s nullglob globstar

# `FILE:LINE:HEADER` for each include of a header of ours.
includes=$(grep --with-filename --line-number --extended-regexp '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' \
    src/**/*.[ch] include/turnout/**/*.h /dev/null |
    sed --regexp-extended 's/^([^:]*:[0-9]+):[^<"]*[<"]([^>"]*).*/\1:\2/') || true

# Two modules are in one circle when each reaches the other. A circle is called by its first module; prints
# `CALLED member MODULE` for each of its modules and `CALLED include FILE:LINE` for what makes it one.
circles=$(awk -F: '
    function module_of(path) {
        sub(/^(src|include\/turnout)\//, "", path)
        sub(/\.[ch]$/, "", path)
        sub(/_private$/, "", path)
        return path
    }
    function layer_of(module) {
        sub(/\/.*/, "", module)
        return module
    }
    {
        from = module_of($1)
        to = module_of($3 ~ /^turnout\// ? "include/" $3 : "src/" layer_of(from) "/" $3)
        if (from == to || layer_of(from) != layer_of(to))
            next
        modules[from] = modules[to] = 1
        reaches[from, to] = 1
        includes[from, to] = includes[from, to] " " $1 ":" $2
    }
    END {
        for (by in modules)
            for (from in modules)
                if ((from, by) in reaches)
                    for (to in modules)
                        if ((by, to) in reaches)
                            reaches[from, to] = 1
        for (from in modules) {
            called[from] = from
            for (to in modules)
                if ((from, to) in reaches && (to, from) in reaches && to < called[from])
                    called[from] = to
            if ((from, from) in reaches)
                print called[from], "member", from
        }
        for (pair in includes) {
            split(pair, ends, SUBSEP)
            if (called[ends[1]] == called[ends[2]]) {
                places = split(includes[pair], place, " ")
                for (i = 1; i <= places; i++)
                    print called[ends[1]], "include", place[i]
            }
        }
    }' <<<"$includes" | sort)

declare -A members=() places=()
while read -r called kind what; do
    case $kind in
    member) members[$called]+=" $what" ;;
    include) places[$called]+=" $what" ;;
    esac
done <<<"$circles"
for called in $(printf '%s\n' "${!members[@]}" | sort); do
    subject=${members[$called]# }
    complain_unless_excepted circle "$subject" "a circle: $subject, by the includes${places[$called]}"
done

end_with_exceptions
