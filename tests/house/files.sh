#!/usr/bin/env bash
# How files look: short files, short functions, short lines, a comment at the head, no call that is not allowed here, and
# scripts that parse. Prints everything that is not so.
#
#   files.sh ROOT
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/../support/complaints.sh"
source "${BASH_SOURCE[0]%/*}/../support/exceptions.sh"
cd "$1"

file_lines_max=450
excepted_lines_max=600
function_lines_max=70
columns_max=120

# Why not: atoi and its like guess; sprintf and its like do not know how much room there is; strtok, gmtime and
# localtime keep state behind the caller's back; a sleep is a wait for nothing in particular. Only the command pauses
# between two attempts to send.
forbidden='atoi|atol|atoll|atof|sprintf|vsprintf|strcpy|strcat|strtok|gets|gmtime|localtime|ctime|asctime|tmpnam|mktemp|alloca|system|popen'
sleeping='sleep|usleep|nanosleep'

exceptions_read long-file
shopt -s nullglob globstar
code=(include/**/*.h src/**/*.[ch] tests/**/*.[ch] tools/**/*.[ch])
shipped=(include/**/*.h src/**/*.[ch] tools/**/*.[ch]) # a test may copy its own literals as it likes
scripts=(tools/* tools/**/*.sh tests/**/*.sh .ci/run)

for file in "${code[@]}"; do
    lines=$(wc --lines <"$file")
    if ((lines > excepted_lines_max)); then
        complain "$file: $lines lines; more than $excepted_lines_max"
    elif ((lines > file_lines_max)); then
        complain_unless_excepted long-file "$file" "$file: $lines lines; more than $file_lines_max"
    fi
    if [[ $(head --bytes=2 "$file") != "/*" ]]; then
        complain "$file:1: does not open with a comment on what it owns and why"
    fi
done

# A function begins with the `{` and ends with the `}` that stand alone in the first column; only a `{` opens it,
# so that the end of a struct or a table (`};`) is none.
complain_of_each "" "$(awk -v most=$function_lines_max '
    FNR == 1   { opened = 0 }
    /^\{$/     { opened = FNR }
    /^\}$/ && opened {
        if (FNR - opened - 1 > most)
            printf "%s:%d: a function of %d lines; more than %d\n", FILENAME, opened, FNR - opened - 1, most
        opened = 0
    }' "${code[@]}")"

complain_of_each "" "$(LC_ALL=C.UTF-8 grep --with-filename --line-number ".\{$((columns_max + 1))\}" "${code[@]}" \
    proto/*.lua | sed "s/^\([^:]*:[0-9]*\):.*/\1: more than $columns_max columns/")"

complain_of_each "" "$(grep --with-filename --line-number --extended-regexp "\b($forbidden)\(" "${shipped[@]}" |
    sed 's/$/   <- a call that is not allowed here/')"
complain_of_each "" "$(grep --with-filename --line-number --extended-regexp "\b($sleeping)\(" include/**/*.h src/**/*.[ch] |
    grep --invert-match '^src/cli/' |
    sed 's/$/   <- wait for what you mean, never for a while/')"

for script in "${scripts[@]}"; do
    if [[ -f $script ]] && { [[ $script == *.sh ]] || head --lines=1 "$script" | grep --quiet '^#!.*sh$'; }; then
        problem=$(bash -n "$script" 2>&1) || complain "$problem"
    fi
done

end_with_exceptions
