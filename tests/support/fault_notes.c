/* What the writers say, and the random numbers that it is made of. */
#include <stdio.h>

#include <turnout/base/memory.h>

#include "fault_writers.h"
#include "small_election.h"

enum {
    SECONDS_A_REPORT = 5, /* between the counts of two reports */
    SECONDS_COUNTED = 12 * 3600,
};

uint64_t fault_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int64_t fault_random_between(uint64_t *state, int64_t least, int64_t most)
{
    return least + (int64_t)(fault_random(state) % (uint64_t)(most - least + 1));
}

void fault_note_write(struct buffer *out, const struct fault_writer *writer, size_t note)
{
    const struct fault_note *of = &writer->notes[note];
    int64_t second = (int64_t)(note + 1) * SECONDS_A_REPORT;
    second = second < SECONDS_COUNTED ? second : SECONDS_COUNTED;
    char as_of[32];
    (void)snprintf(as_of, sizeof as_of, "2026-03-15T%02d:%02d:%02d+07:00", (int)(7 + second / 3600),
                   (int)(second / 60 % 60), (int)(second % 60));
    struct buffer more = {0};
    if (of->registered != REGISTERED_ABSENT) {
        buffer_printf(&more, ",\"registered\":%d", of->registered);
    }
    if (of->kind != KIND_PROGRESS) {
        buffer_printf(&more, ",\"kind\":\"%s\"", report_kind_name(of->kind));
    }
    if (of->kind == KIND_CORRECTION) {
        buffer_append_text(&more, ",\"reason\":\"miscount\"");
    }
    const struct small_report report = {.unit = writer->unit,
                                        .seq = (int)note + 1,
                                        .as_of = as_of,
                                        .voted = of->voted,
                                        .more = more.length > 0 ? more.bytes : NULL};
    small_report_write(out, &report);
    buffer_done(&more);
}

void fault_note_make(struct fault_writer *writer, uint64_t *random)
{
    if (writer->count == writer->capacity) {
        writer->capacity = writer->capacity == 0 ? 256 : 2 * writer->capacity;
        writer->notes = memory_resize(writer->notes, writer->capacity, sizeof *writer->notes);
    }
    struct fault_note note = {.registered = REGISTERED_ABSENT};
    int32_t voted_most = writer->roll - 10;
    int32_t before = 0;
    for (size_t i = writer->count; i > 0 && before == 0; i--) {
        bool counts =
            writer->notes[i - 1].kind != KIND_CORRECTION && writer->notes[i - 1].voted <= voted_most;
        before = counts ? writer->notes[i - 1].voted : 0;
    }
    note.voted = before + (int32_t)fault_random_between(random, 0, 1);
    note.voted = note.voted < voted_most ? note.voted : voted_most;
    switch (fault_random_between(random, 0, 79)) {
    case 0:
        note.kind = KIND_CORRECTION;
        note.voted = note.voted / 2;
        break;
    case 1:
        note.registered = writer->roll + (int32_t)fault_random_between(random, -3, 3);
        break;
    case 2:
        note.kind = KIND_FINAL;
        break;
    case 3:
        note.voted = writer->roll + 100;
        break;
    default:
        break;
    }
    writer->notes[writer->count++] = note;
}
