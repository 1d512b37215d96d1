-- For wrk: the whole of a run in one line of plain numbers, for tools/bench/run to check and to divide.

function done(summary, latency, requests)
    local errors = summary.errors
    print(string.format('requests=%d duration_us=%d bytes=%d errors=%d', summary.requests, summary.duration,
                        summary.bytes, errors.connect + errors.read + errors.write + errors.status +
                        errors.timeout))
end
