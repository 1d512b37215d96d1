#!/usr/bin/env bash
# A file name says which file is meant: none stands twice in src and include, in two layers or in two folders of one.
# The .c and the .h of a module are one name, and so is a public header. Prints every name that is there twice.
#
#   names.sh ROOT
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/../support/complaints.sh"
source "${BASH_SOURCE[0]%/*}/../support/exceptions.sh"
cd "$1"

exceptions_read same-name
shopt -s nullglob globstar

# A module is its folder below src or include/turnout, and its name. Prints `NAME FILE FILE...`.
twice=$(printf '%s\n' src/**/*.[ch] include/turnout/**/*.h | awk '
    {
        module = $0
        sub(/^(src|include\/turnout)\//, "", module)
        sub(/\.[ch]$/, "", module)
        name = module
        sub(/.*\//, "", name)
        file = $0
        sub(/.*\//, "", file)
        files[name] = files[name] " " $0
        if ((name in modules && modules[name] != module) || file in seen)
            is_twice[name] = 1
        modules[name] = module
        seen[file] = 1
    }
    END {
        for (name in is_twice)
            print name files[name]
    }' | sort)

while read -r name files; do
    [[ -n $name ]] || continue
    complain_unless_excepted same-name "$name" "$files: the same name for several files"
done <<<"$twice"

end_with_exceptions
