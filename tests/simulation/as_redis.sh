#!/usr/bin/env bash
# Shows that the model is what proto/turnout.lua says: runs simulations beside a real Redis, which is asked whatever the
# model is asked, and must answer and hold the same.
#
#   as_redis.sh PROGRAM [ARGUMENT...]    PROGRAM is test_simulation; its arguments, by default two seeds
set -euo pipefail
program=$1
shift
if (($# == 0)); then
    set -- --seeds 2
fi
sources=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)

folder=$(mktemp --directory)
redis-server --port 0 --unixsocket "$folder/redis.sock" --dir "$folder" --save "" --appendonly no \
    >"$folder/redis.log" &
redis=$!
trap 'kill "$redis"; wait "$redis" || true; rm -rf "$folder"' EXIT

ask() {
    redis-cli -s "$folder/redis.sock" "$@"
}
for ((tries = 0; tries < 1000; tries++)); do
    if [[ $(ask PING 2>&1) == PONG ]]; then
        break
    fi
    kill -0 "$redis" # it may have ended
done
ask -x FUNCTION LOAD <"$sources/proto/turnout.lua" >"$folder/load.log"
"$program" --redis "$folder/redis.sock" "$@"
