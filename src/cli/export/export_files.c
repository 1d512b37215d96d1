/* Written in an order in which nothing refers to what is missing: bulletins first, then the log, which only grows and
 * has the lines that they name, then the keys that sign it. */
#include "export/export_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/base/file.h>
#include <turnout/base/memory.h>
#include <turnout/store/election_keys.h>
#include <turnout/wire/bulletin_documents.h>
#include <turnout/wire/csv.h>
#include <turnout/wire/signature.h>

#include "client/export_layout.h"
#include "command.h"

enum { INI_BYTES_MAX = 1 << 20 };

struct exporting {
    const struct export_of *of;
    const char *to;
    struct export_counts counts;
    struct buffer *logs;   /* one an area; filled for the current province */
    struct buffer heads;   /* log.csv */
    struct buffer numbers; /* numbers of the bulletins, a line each */
};

/* ---- files ---- */

static enum turnout_error make_folder(const struct exporting *exporting, const char *name,
                                      struct error *error)
{
    struct buffer path = {0};
    enum turnout_error failed = TURNOUT_OK;
    buffer_printf(&path, "%s/%s", exporting->to, name);
    if (mkdir(path.bytes, 0777) != 0) {
        failed = errno == EEXIST ? error_fail(error, TURNOUT_CONFLICT, "",
                                              "%s exists: name a folder that does not", exporting->to)
                                 : error_fail_system(error, errno, "", "%s", path.bytes);
    }
    buffer_done(&path);
    return failed;
}

/* The files are synced all at once later (sync_all). */
static enum turnout_error write_file(const struct exporting *exporting, const char *name, struct slice bytes,
                                     struct error *error)
{
    struct buffer path = {0};
    enum turnout_error failed = TURNOUT_OK;
    buffer_printf(&path, "%s/%s", exporting->to, name);
    int fd = open(path.bytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 || !file_write_all(fd, bytes.bytes, bytes.length)) {
        failed = error_fail_system(error, errno, "", "%s", path.bytes);
    }
    if (fd >= 0 && close(fd) != 0 && failed == TURNOUT_OK) {
        failed = error_fail_system(error, errno, "", "%s", path.bytes);
    }
    buffer_done(&path);
    return failed;
}

static enum turnout_error sync_all(const struct exporting *exporting, struct error *error)
{
    int fd = open(exporting->to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum turnout_error failed = TURNOUT_OK;
    if (fd < 0 || syncfs(fd) != 0) {
        failed = error_fail_system(error, errno, "", "%s", exporting->to);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return failed;
}

/* Empties the buffer. */
static enum turnout_error write_buffer(const struct exporting *exporting, const char *name,
                                       struct buffer *buffer, struct error *error)
{
    struct slice bytes = {buffer->bytes == NULL ? "" : buffer->bytes, buffer->length};
    enum turnout_error failed = write_file(exporting, name, bytes, error);
    buffer_done(buffer);
    return failed;
}

/* ---- the register ---- */

static enum turnout_error write_areas(const struct exporting *exporting, struct error *error)
{
    const struct election_register *reg = exporting->of->folder->reg;
    struct buffer text = {0};
    buffer_append_text(&text, "code,level,parent,name,name_en\n");
    for (uint32_t i = 0; i < reg->area_count; i++) {
        const struct area *area = &reg->areas[i];
        const char *parent = area->parent == REGISTER_NONE ? "" : reg->areas[area->parent].code;
        const struct slice cells[] = {slice_of(area->code), slice_of(area_level_name(area->level)),
                                      slice_of(parent), slice_of(area->name), slice_of(area->name_en)};
        csv_write_row(&text, cells, sizeof cells / sizeof cells[0]);
    }
    return write_buffer(exporting, "areas.csv", &text, error);
}

/* Without telephone numbers. */
static enum turnout_error write_units(const struct exporting *exporting, struct error *error)
{
    const struct election_register *reg = exporting->of->folder->reg;
    struct buffer text = {0};
    buffer_append_text(&text, "code,commune,name,registered\n");
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        const struct unit *unit = &reg->units[i];
        char registered[DECIMAL_BYTES_MAX];
        (void)snprintf(registered, sizeof registered, "%" PRIu32, unit->registered);
        const struct slice cells[] = {slice_of(unit->code), slice_of(reg->areas[unit->commune].code),
                                      slice_of(unit->name), slice_of(registered)};
        csv_write_row(&text, cells, sizeof cells / sizeof cells[0]);
    }
    return write_buffer(exporting, "units.csv", &text, error);
}

static enum turnout_error write_ini(const struct exporting *exporting, struct error *error)
{
    struct buffer path = {0};
    struct error why;
    char *bytes;
    size_t length;
    buffer_printf(&path, "%s/election.ini", exporting->of->election_path);
    enum turnout_error failed = file_read(path.bytes, INI_BYTES_MAX, &bytes, &length, &why);
    if (failed != TURNOUT_OK) {
        failed = error_fail(error, failed, "", "%s: %s", path.bytes, why.text);
    } else {
        failed = write_file(exporting, "election.ini", (struct slice){bytes, length}, error);
        free(bytes);
    }
    buffer_done(&path);
    return failed;
}

/* ---- keys ---- */

static void put_moment(struct buffer *out, int64_t moment, int32_t offset_s)
{
    char text[RFC3339_BYTES] = "";
    if (moment != 0) {
        rfc3339_format(moment, offset_s, text);
    }
    buffer_printf(out, ",%s", text);
}

static enum turnout_error write_keys(const struct exporting *exporting, struct error *error)
{
    const struct election_folder *folder = exporting->of->folder;
    const char *path = exporting->of->election_path;
    struct signing_keys *keys;
    struct buffer text = {0};
    enum turnout_error failed = election_keys_read(path, folder->reg, print_fault, &path, &keys, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    buffer_append_text(&text, "key,area,public_key,from,until,revoked\n");
    for (size_t i = 0; i < signing_keys_count(keys); i++) {
        const struct signing_key *key = signing_keys_at(keys, i);
        char public_key[PUBLIC_KEY_TEXT_BYTES + 1];
        public_key_format(key->public_key, public_key);
        buffer_printf(&text, "%s,%s,%s", key->id, key->code, public_key);
        put_moment(&text, key->from, folder->election.offset_s);
        put_moment(&text, key->until, folder->election.offset_s);
        put_moment(&text, key->revoked, folder->election.offset_s);
        buffer_append_char(&text, '\n');
    }
    signing_keys_release(keys);
    return write_buffer(exporting, ELECTION_KEYS_FILE, &text, error);
}

static enum turnout_error write_signing_key(const struct exporting *exporting, const char *key,
                                            struct error *error)
{
    const struct figures figures = {.signing_key = key};
    struct buffer text = {0};
    document_keys_json(&text, &figures);
    return write_buffer(exporting, EXPORT_KEYS_FILE, &text, error);
}

/* ---- bulletins ---- */

/* Names from Redis are not trusted to stay in the folder. */
static bool is_file_name(struct slice name)
{
    struct slice code = name;
    struct slice ending;
    return slice_equals(name, BULLETIN_STATEMENT_FILE) || slice_equals(name, BULLETIN_SIGNATURE_FILE) ||
           (slice_equals(text_split(&code, '/'), "areas") && text_split_last(&code, '.', &ending) &&
            slice_equals(ending, "csv") && text_is_code(code));
}

static enum turnout_error on_file(void *context, int64_t number, struct slice name, struct slice bytes,
                                  struct error *error)
{
    struct exporting *exporting = context;
    char file[BULLETIN_FILE_NAME_BYTES];
    char path[EXPORT_NAME_BYTES];
    enum turnout_error failed = TURNOUT_OK;
    if (!is_file_name(name) || !slice_copy(name, file, sizeof file)) {
        return error_fail(error, TURNOUT_CONFLICT, "redis",
                          "bulletin %" PRId64 " has a file with an invalid name", number);
    }
    if (strcmp(file, BULLETIN_STATEMENT_FILE) == 0) { /* the first file of a bulletin */
        buffer_printf(&exporting->numbers, "%" PRId64 "\n", number);
        exporting->counts.bulletins++;
        export_bulletin_name(number, "", path);
        failed = make_folder(exporting, path, error);
        export_bulletin_name(number, "areas", path);
        failed = failed == TURNOUT_OK ? make_folder(exporting, path, error) : failed;
    }
    export_bulletin_name(number, file, path);
    return failed == TURNOUT_OK ? write_file(exporting, path, bytes, error) : failed;
}

static enum turnout_error write_bulletins(struct exporting *exporting, const struct bulletin_walk_of *of,
                                          struct error *error)
{
    char key[PUBLIC_KEY_TEXT_BYTES + 1];
    enum turnout_error failed = bulletin_walk(of, exporting->of->patience_ms, on_file, exporting, key, error);
    return failed == TURNOUT_OK ? write_signing_key(exporting, key, error) : failed;
}

/* ---- the log and the ledger ---- */

static void on_line(void *context, uint32_t commune, struct slice text, const struct log_line *line)
{
    struct exporting *exporting = context;
    (void)line;
    buffer_append(&exporting->logs[commune], text.bytes, text.length);
    buffer_append_char(&exporting->logs[commune], '\n');
}

static enum turnout_error write_log(struct exporting *exporting, uint32_t commune,
                                    const struct log_walked *walked, struct error *error)
{
    const char *code = exporting->of->folder->reg->areas[commune].code;
    char name[EXPORT_NAME_BYTES];
    char head[2 * LOG_HEAD_BYTES + 1];
    export_log_name(code, name);
    (void)sodium_bin2hex(head, sizeof head, walked->head, LOG_HEAD_BYTES);
    buffer_printf(&exporting->heads, "%s,%" PRId64 ",%s\n", code, walked->lines, head);
    exporting->counts.lines += walked->lines;
    return write_buffer(exporting, name, &exporting->logs[commune], error);
}

static enum turnout_error write_province(struct exporting *exporting, uint32_t province, struct error *error)
{
    const struct election_folder *folder = exporting->of->folder;
    const struct area *area = &folder->reg->areas[province];
    const struct log_walk_of of = {.address = exporting->of->address,
                                   .election = &folder->election,
                                   .reg = folder->reg,
                                   .area = province};
    struct log_walked *walked = memory_new_array(area->children + 1, sizeof *walked);
    enum turnout_error failed = log_walk(&of, exporting->of->patience_ms, on_line, exporting, walked, error);
    for (uint32_t i = 0; i < area->children && failed == TURNOUT_OK; i++) {
        failed = write_log(exporting, area->first_child + i, &walked[i], error);
    }
    free(walked);
    return failed;
}

static enum turnout_error write_logs(struct exporting *exporting, struct error *error)
{
    const struct election_register *reg = exporting->of->folder->reg;
    exporting->logs = memory_new_array(reg->area_count, sizeof *exporting->logs);
    buffer_append_text(&exporting->heads, EXPORT_LOG_HEADER "\n");
    enum turnout_error failed = make_folder(exporting, "log", error);
    for (uint32_t i = 1; i <= reg->province_count && failed == TURNOUT_OK; i++) {
        failed = write_province(exporting, i, error);
    }
    if (failed == TURNOUT_OK) {
        failed = write_buffer(exporting, EXPORT_LOG_FILE, &exporting->heads, error);
    }
    for (uint32_t i = 0; i < reg->area_count; i++) {
        buffer_done(&exporting->logs[i]);
    }
    buffer_done(&exporting->heads);
    free(exporting->logs);
    return failed;
}

static void on_ledger_line(void *context, struct slice line)
{
    struct buffer *text = context;
    buffer_append(text, line.bytes, line.length);
    buffer_append_char(text, '\n');
}

static enum turnout_error write_ledger(const struct exporting *exporting, const struct bulletin_walk_of *of,
                                       struct error *error)
{
    struct buffer text = {0};
    enum turnout_error failed = ledger_walk(of, exporting->of->patience_ms, on_ledger_line, &text, error);
    if (failed == TURNOUT_OK) {
        failed = write_buffer(exporting, EXPORT_LEDGER_FILE, &text, error);
    }
    buffer_done(&text);
    return failed;
}

/* ---- the whole ---- */

static enum turnout_error write_head(const struct exporting *exporting, struct error *error)
{
    struct buffer text = {0};
    buffer_printf(&text, EXPORT_HEAD "\n%s\n%" PRId64 "\n", exporting->of->folder->election.id,
                  exporting->counts.bulletins);
    buffer_append(&text, exporting->numbers.bytes, exporting->numbers.length);
    return write_buffer(exporting, EXPORT_HEAD_FILE, &text, error);
}

static enum turnout_error write_election(const struct exporting *exporting, struct error *error)
{
    static enum turnout_error (*const steps[])(const struct exporting *, struct error *) = {
        write_ini, write_areas, write_units, write_keys, write_head, sync_all};
    enum turnout_error failed = TURNOUT_OK;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && failed == TURNOUT_OK; i++) {
        failed = steps[i](exporting, error);
    }
    return failed;
}

enum turnout_error export_write(const struct export_of *of, const char *to, struct export_counts *ret_counts,
                                struct error *error)
{
    struct exporting exporting = {.of = of, .to = to};
    const struct bulletin_walk_of walk = {of->address, &of->folder->election, of->folder->reg};
    enum turnout_error failed = make_folder(&exporting, "", error);
    if (failed == TURNOUT_OK) {
        failed = write_bulletins(&exporting, &walk, error);
    }
    if (failed == TURNOUT_OK) {
        failed = write_logs(&exporting, error);
    }
    if (failed == TURNOUT_OK) {
        failed = write_ledger(&exporting, &walk, error);
    }
    if (failed == TURNOUT_OK) {
        failed = write_election(&exporting, error);
    }
    buffer_done(&exporting.numbers);
    if (failed == TURNOUT_OK) {
        *ret_counts = exporting.counts;
    }
    return failed;
}
