/* Comparing what Redis shows with what it has shown. */
#include <turnout/service/losses.h>

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/store/last_known_writer.h>

struct losses {
    struct losses_options options;
    struct last_known_writer *writer;
    struct last_known known; /* all provinces and communes of the register, in its order */
    bool is_changed;         /* since the file was written */
    bool cannot_keep;        /* said once */
    int64_t kept_ms;         /* monotonic */
    int64_t told_reports;    /* what was last logged */
    uint32_t told_provinces;
    _Atomic int64_t reports;
    _Atomic uint32_t provinces;
    _Atomic int64_t since_ms;
    const char *_Atomic other; /* a literal, of the province that was compared last */
    char why[ERROR_TEXT_BYTES];
};

/* ---- the beginning ---- */

static void copy_code(const char *code, char ret_code[AREA_CODE_BYTES])
{
    bool fits = slice_copy(slice_of(code), ret_code, AREA_CODE_BYTES);
    assert(fits);
}

/* The register's provinces and communes, of which nothing was seen yet. */
static void lay_out(struct last_known *known, const struct election_register *reg)
{
    known->province_count = reg->province_count;
    known->commune_count = reg->area_count - 1 - reg->province_count;
    known->provinces = memory_new_array(known->province_count + 1, sizeof *known->provinces);
    known->communes = memory_new_array(known->commune_count + 1, sizeof *known->communes);
    size_t next = 0;
    for (uint32_t i = 0; i < reg->province_count; i++) {
        const struct area *area = &reg->areas[1 + i];
        struct known_province *province = &known->provinces[i];
        copy_code(area->code, province->code);
        province->first_commune = next;
        province->commune_count = area->children;
        for (uint32_t child = 0; child < area->children; child++) {
            copy_code(reg->areas[area->first_child + child].code, known->communes[next++].code);
        }
    }
    assert(next == known->commune_count);
}

/* Takes over what the file says of a province. The file may list areas in another order. */
static void take_over(struct losses *losses, const struct last_known *file, const struct known_province *from)
{
    const struct election_register *reg = losses->options.reg;
    uint32_t area = register_find_area(reg, slice_of(from->code));
    if (area == REGISTER_NONE || area == REGISTER_NATION || area > reg->province_count) {
        return;
    }
    struct known_province *to = &losses->known.provinces[area - 1];
    to->revision = from->revision;
    to->voted = from->voted;
    to->short_since_ms = from->short_since_ms;
    for (size_t i = 0; i < from->commune_count; i++) {
        const struct known_commune *commune = &file->communes[from->first_commune + i];
        uint32_t child = register_find_area(reg, slice_of(commune->code));
        if (child != REGISTER_NONE && reg->areas[child].parent == area) {
            losses->known.communes[to->first_commune + child - reg->areas[area].first_child] = *commune;
        }
    }
}

/* What all provinces together miss. Other threads read it. */
static void add_up(struct losses *losses)
{
    int64_t reports = 0;
    int64_t since_ms = 0;
    uint32_t provinces = 0;
    const struct last_known *known = &losses->known;
    for (size_t i = 0; i < known->commune_count; i++) {
        reports += known->communes[i].missing;
    }
    for (size_t i = 0; i < known->province_count; i++) {
        int64_t short_since_ms = known->provinces[i].short_since_ms;
        provinces += short_since_ms != 0 ? 1 : 0;
        if (short_since_ms != 0 && (since_ms == 0 || short_since_ms < since_ms)) {
            since_ms = short_since_ms;
        }
    }
    atomic_store(&losses->reports, reports);
    atomic_store(&losses->since_ms, since_ms);
    atomic_store(&losses->provinces, provinces);
}

struct losses *losses_new(const struct losses_options *options, const struct last_known *known)
{
    struct losses *losses = memory_new(sizeof *losses);
    losses->options = *options;
    lay_out(&losses->known, options->reg);
    if (known != NULL) {
        losses->known.phase = known->phase;
        losses->known.publication = known->publication;
        for (size_t i = 0; i < known->province_count; i++) {
            take_over(losses, known, &known->provinces[i]);
        }
    }
    copy_code(options->election->id, losses->known.election);
    memcpy(losses->known.digest, options->reg->digest, sizeof losses->known.digest);
    bool fits =
        slice_copy(slice_of(options->generation), losses->known.generation, sizeof losses->known.generation);
    assert(fits);
    losses->is_changed = known == NULL;
    losses->writer = last_known_writer_new(options->data);
    add_up(losses);
    return losses;
}

void losses_set_register(struct losses *losses, const struct election_register *reg)
{
    struct last_known before = losses->known;
    losses->options.reg = reg;
    losses->known.provinces = NULL;
    losses->known.communes = NULL;
    lay_out(&losses->known, reg);
    for (size_t i = 0; i < before.province_count; i++) {
        take_over(losses, &before, &before.provinces[i]);
    }
    memcpy(losses->known.digest, reg->digest, sizeof losses->known.digest);
    losses->is_changed = true;
    add_up(losses);
    last_known_done(&before);
}

void losses_free(struct losses *losses)
{
    if (losses != NULL) {
        last_known_writer_free(losses->writer);
        last_known_done(&losses->known);
        free(losses);
    }
}

/* ---- comparing ---- */

/* Whether the commune is as it was known, or has gone on from there; marks it when not. */
static bool compare_commune(struct losses *losses, struct known_commune *known,
                            const struct store_commune *shown)
{
    int64_t fewer = known->revision - shown->totals.revision;
    bool is_same = fewer == 0 && memcmp(known->head, shown->head, sizeof known->head) == 0;
    struct known_commune before = *known;
    if (is_same) {
        known->is_short = false;
        known->missing = 0;
    } else if (fewer >= 0) {
        known->is_short = true;
        known->missing = fewer > known->missing ? fewer : known->missing;
    } /* else it has gone on; from where, only a whole one tells */
    losses->is_changed =
        losses->is_changed || before.is_short != known->is_short || before.missing != known->missing;
    return !known->is_short;
}

static const char *compare_communes(struct losses *losses, struct known_province *known,
                                    const struct store_province *province)
{
    int64_t missing = 0;
    uint32_t short_communes = 0;
    for (uint32_t i = 0; i < province->commune_count; i++) {
        struct known_commune *commune = &losses->known.communes[known->first_commune + i];
        short_communes += compare_commune(losses, commune, &province->communes[i]) ? 0 : 1;
        missing += commune->missing;
    }
    if (short_communes == 0) {
        known->short_since_ms = 0;
    } else if (known->short_since_ms == 0) {
        known->short_since_ms = clock_wall_ms();
    }
    add_up(losses);
    if (short_communes == 0) {
        return NULL;
    }
    (void)snprintf(losses->why, sizeof losses->why,
                   "Redis came back other than it was: %" PRId64
                   " reports that were seen are missing, %" PRIu32 " communes are not as they were",
                   missing, short_communes);
    return losses->why;
}

/* In what the province is of another store; NULL: in nothing. */
static const char *compare_ground(const struct last_known *known, const struct store_province *province)
{
    if (strcmp(province->generation, known->generation) != 0) {
        return "Redis holds another generation of the election";
    }
    if (province->phase == PHASE_REHEARSAL && known->phase != PHASE_REHEARSAL) {
        return "Redis came back older: the election was open, and is in rehearsal";
    }
    return NULL;
}

const char *losses_compare(struct losses *losses, const struct store_province *province)
{
    struct known_province *known = &losses->known.provinces[province->province - 1];
    const char *other = compare_ground(&losses->known, province);
    atomic_store(&losses->other, other);
    return other != NULL ? other : compare_communes(losses, known, province);
}

/* ---- remembering ---- */

void losses_note(struct losses *losses, const struct store_province *province)
{
    struct known_province *known = &losses->known.provinces[province->province - 1];
    if (known->revision == province->totals.revision) {
        return; /* it was compared: it is the same */
    }
    known->revision = province->totals.revision;
    known->voted = province->totals.voted;
    for (uint32_t i = 0; i < province->commune_count; i++) {
        struct known_commune *commune = &losses->known.communes[known->first_commune + i];
        commune->revision = province->communes[i].totals.revision;
        memcpy(commune->head, province->communes[i].head, sizeof commune->head);
    }
    losses->is_changed = true;
}

void losses_note_meta(struct losses *losses, const struct store_meta *meta)
{
    struct last_known *known = &losses->known;
    bool is_older = meta->phase == PHASE_REHEARSAL && known->phase != PHASE_REHEARSAL;
    if (is_older || strcmp(meta->generation, known->generation) != 0) {
        return;
    }
    if (known->phase != meta->phase || known->publication != meta->publication) {
        known->phase = meta->phase;
        known->publication = meta->publication;
        losses->is_changed = true;
    }
}

/* What became of the last writing, which is waited for. */
static void finish_writing(struct losses *losses)
{
    enum turnout_error result;
    struct error error;
    if (!last_known_writer_finish(losses->writer, &result, &error)) {
        return;
    }
    bool failed = result != TURNOUT_OK;
    if (failed && !losses->cannot_keep) {
        log_error("cannot-keep-last-known", log_text("what", error.text));
    } else if (!failed && losses->cannot_keep) {
        log_info("keeps-last-known", log_text("folder", losses->options.data));
    }
    losses->cannot_keep = failed;
    losses->is_changed = losses->is_changed || failed;
}

static void begin_writing(struct losses *losses)
{
    struct last_known *known = &losses->known;
    known->written_ms = clock_wall_ms();
    known->revision = 0;
    known->voted = 0;
    for (size_t i = 0; i < known->province_count; i++) {
        known->revision += known->provinces[i].revision;
        known->voted += known->provinces[i].voted;
    }
    last_known_writer_begin(losses->writer, known);
    losses->is_changed = false;
}

static void tell(struct losses *losses)
{
    struct losses_sum sum = {0};
    (void)losses_sum(losses, &sum);
    if (sum.reports == losses->told_reports && sum.provinces == losses->told_provinces) {
        return;
    }
    losses->told_reports = sum.reports;
    losses->told_provinces = sum.provinces;
    if (sum.provinces == 0) {
        log_info("reports-back", log_text("what", "Redis holds again what this server has seen there"));
        return;
    }
    char since[RFC3339_BYTES];
    rfc3339_format(sum.since_ms / 1000, 0, since);
    log_error("reports-missing", log_number("reports", sum.reports), log_number("provinces", sum.provinces),
              log_text("since", since),
              log_text("what", "Redis has lost what this server has seen there: put Redis's files back, or "
                               "give up what is missing with `turnout accept-loss`"));
}

void losses_keep(struct losses *losses, bool at_once)
{
    tell(losses);
    int64_t now_ms = clock_monotonic_ms();
    bool is_time = losses->kept_ms == 0 || now_ms - losses->kept_ms >= LOSSES_KEEP_MS;
    if (!at_once && (!is_time || last_known_writer_is_busy(losses->writer))) {
        return;
    }
    finish_writing(losses);
    if (losses->is_changed) {
        begin_writing(losses);
        losses->kept_ms = now_ms;
    }
    if (at_once) {
        finish_writing(losses);
    }
}

bool losses_sum(const struct losses *losses, struct losses_sum *ret_sum)
{
    *ret_sum = (struct losses_sum){.reports = atomic_load(&losses->reports),
                                   .provinces = atomic_load(&losses->provinces),
                                   .since_ms = atomic_load(&losses->since_ms),
                                   .other = atomic_load(&losses->other)};
    return ret_sum->provinces > 0 || ret_sum->other != NULL;
}

bool losses_describe(const struct losses *losses, char ret_words[LOSSES_WORDS_BYTES])
{
    struct losses_sum sum;
    char since[RFC3339_BYTES];
    bool is_missing = losses_sum(losses, &sum);
    rfc3339_format(sum.since_ms / 1000, 0, since);
    if (sum.other != NULL) {
        (void)snprintf(ret_words, LOSSES_WORDS_BYTES, "ready, but under verification: %s", sum.other);
    } else if (is_missing) {
        (void)snprintf(ret_words, LOSSES_WORDS_BYTES,
                       "ready, but under verification: %" PRId64
                       " reports that were seen are missing, in %" PRIu32 " provinces, since %s",
                       sum.reports, sum.provinces, since);
    }
    return is_missing;
}
