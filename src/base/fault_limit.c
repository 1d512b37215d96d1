/* Kinds of faults, and how often each was met. */
#include <turnout/base/fault_limit.h>

#include <inttypes.h>
#include <string.h>

#include <turnout/base/text.h>

static struct slice remedy_of(const char *text)
{
    const char *last = text;
    for (const char *at = strstr(text, "; "); at != NULL; at = strstr(at + 1, "; ")) {
        last = at;
    }
    return slice_of(last);
}

static uint32_t hash_kind(const char *file, const struct error *error)
{
    uint32_t hash = slice_hash(slice_of(file));
    hash = hash * 31 + slice_hash(slice_of(error->field));
    hash = hash * 31 + slice_hash(remedy_of(error->text));
    return hash * 31 + error->is_warning;
}

static void keep_name(const char *name, char *ret_name, size_t capacity)
{
    (void)slice_copy((struct slice){name, strnlen(name, capacity - 1)}, ret_name, capacity);
}

/* NULL when there are too many kinds to count them. */
static struct fault_kind *find_kind(struct fault_limit *limit, const char *file, const struct error *error)
{
    uint32_t hash = hash_kind(file, error);
    for (size_t i = 0; i < limit->kind_count; i++) {
        if (limit->kinds[i].hash == hash) {
            return &limit->kinds[i];
        }
    }
    if (limit->kind_count == FAULT_KINDS_MAX) {
        return NULL;
    }
    struct fault_kind *kind = &limit->kinds[limit->kind_count++];
    *kind = (struct fault_kind){.hash = hash, .is_warning = error->is_warning};
    keep_name(file, kind->file, sizeof kind->file);
    keep_name(error->field, kind->field, sizeof kind->field);
    return kind;
}

void fault_limit_tell(void *limit, const char *file, uint32_t line, const struct error *error)
{
    struct fault_limit *ours = limit;
    struct fault_kind *kind = find_kind(ours, file, error);
    if (kind == NULL || ++kind->count <= FAULTS_OF_A_KIND_TOLD) {
        ours->on_fault(ours->context, file, line, error);
    }
}

void fault_limit_end(struct fault_limit *limit)
{
    for (size_t i = 0; i < limit->kind_count; i++) {
        const struct fault_kind *kind = &limit->kinds[i];
        if (kind->count <= FAULTS_OF_A_KIND_TOLD) {
            continue;
        }
        struct error error;
        (void)error_fail(&error, TURNOUT_BAD_INPUT, kind->field, "%" PRIu64 " more of this kind",
                         kind->count - FAULTS_OF_A_KIND_TOLD);
        error.is_warning = kind->is_warning;
        limit->on_fault(limit->context, kind->file, 0, &error);
    }
    limit->kind_count = 0;
}
