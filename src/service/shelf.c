/* Bulletins as they were frozen, each a few large blocks of text with an index of the files in them. */
#include <turnout/service/shelf.h>

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/wire/bundle.h>

/* ---- a bulletin ---- */

struct named_file {
    struct slice name;
    char sha256[SHA256_HEX_BYTES];
    struct bulletin_file file;
};

struct bulletin {
    _Atomic uint32_t references;
    struct bulletin_summary summary;
    int64_t cut;
    struct bulletin_area *provinces; /* the summary's */
    struct buffer *bundles;
    size_t bundle_count;
    struct named_file *files; /* sorted by name */
    size_t file_count;
    _Atomic(struct document *) *frozen_documents; /* FROZEN_DOCUMENTS */
    _Atomic(struct frozen_view *) *frozen_view;   /* one */
};

static int compare_names(struct slice a, struct slice b)
{
    int order = memcmp(a.bytes, b.bytes, a.length < b.length ? a.length : b.length);
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_files(const void *a, const void *b)
{
    return compare_names(((const struct named_file *)a)->name, ((const struct named_file *)b)->name);
}

static const char *content_type_of(struct slice name)
{
    if (slice_equals(name, BULLETIN_SIGNATURE_FILE)) {
        return "application/octet-stream";
    }
    return slice_equals(name, BULLETIN_STATEMENT_FILE) ? "text/plain; charset=utf-8" : DOCUMENT_CSV;
}

static void add_file(struct bulletin *bulletin, struct slice name, struct slice bytes)
{
    static const char of_units[] = "code,registered,voted,seq,";
    bulletin->files = memory_resize(bulletin->files, bulletin->file_count + 1, sizeof *bulletin->files);
    struct named_file *file = &bulletin->files[bulletin->file_count++];
    *file =
        (struct named_file){.name = name,
                            .file = {.content_type = content_type_of(name),
                                     .bytes = bytes,
                                     .has_units = bytes.length >= sizeof of_units - 1 &&
                                                  memcmp(bytes.bytes, of_units, sizeof of_units - 1) == 0}};
    sha256_hex(bytes, file->sha256);
}

/* What the public does not see of a bundle is no file of the bulletin. */
static bool is_file(struct slice name)
{
    return slice_equals(name, BULLETIN_STATEMENT_FILE) || slice_equals(name, BULLETIN_SIGNATURE_FILE) ||
           (name.length > 6 && memcmp(name.bytes, "areas/", 6) == 0);
}

static bool index_files(struct bulletin *bulletin)
{
    for (size_t i = 0; i < bulletin->bundle_count; i++) {
        struct slice rest = {bulletin->bundles[i].bytes, bulletin->bundles[i].length};
        struct slice name;
        struct slice bytes;
        while (bundle_next(&rest, &name, &bytes)) {
            if (is_file(name)) {
                add_file(bulletin, name, bytes);
            }
        }
        if (rest.length > 0) {
            return false;
        }
    }
    if (bulletin->file_count > 0) {
        qsort(bulletin->files, bulletin->file_count, sizeof *bulletin->files, compare_files);
    }
    return true;
}

static struct named_file *find(const struct bulletin *bulletin, struct slice name)
{
    const struct named_file wanted = {.name = name};
    return bulletin->file_count == 0 ? NULL
                                     : bsearch(&wanted, bulletin->files, bulletin->file_count,
                                               sizeof *bulletin->files, compare_files);
}

static const struct named_file *find_area(const struct bulletin *bulletin, const char *code)
{
    char name[BULLETIN_FILE_NAME_BYTES];
    bulletin_file_name(code, name);
    return find(bulletin, slice_of(name));
}

/* ---- what it says ---- */

static bool is_child_file(const struct bulletin *bulletin, const struct bulletin_child *child,
                          const struct named_file **ret_file)
{
    *ret_file = find_area(bulletin, child->line.code);
    return *ret_file != NULL && strcmp((*ret_file)->sha256, child->sha256) == 0;
}

/* Reads the file of the nation or of a province. Each child's file must have the hash that stands in this file. */
static bool read_province(struct bulletin *bulletin, const struct named_file *file,
                          struct bulletin_area *ret_area)
{
    struct slice rest = file->file.bytes;
    struct bulletin_child child = {.sha256 = ""};
    const struct named_file *below;
    struct bulletin_area area = {.communes_complete = 0};
    (void)text_split(&rest, '\n');
    while (bulletin_next_child(&rest, &child)) {
        if (strcmp(child.sha256, "-") != 0 && !is_child_file(bulletin, &child, &below)) {
            return false;
        }
        bool is_complete = child.line.registered > 0 && child.line.voted == child.line.registered;
        area.communes_complete += is_complete && strcmp(child.sha256, "-") != 0 ? 1 : 0;
    }
    area.line = child.line;
    *ret_area = area;
    return rest.length == 0 && strcmp(child.sha256, "-") == 0;
}

static bool read_nation(struct bulletin *bulletin, const struct named_file *file)
{
    struct bulletin_summary *summary = &bulletin->summary;
    struct slice rest = file->file.bytes;
    struct bulletin_child child = {.sha256 = ""};
    (void)text_split(&rest, '\n');
    while (bulletin_next_child(&rest, &child) && strcmp(child.sha256, "-") != 0) {
        const struct named_file *below;
        bulletin->provinces =
            memory_resize(bulletin->provinces, summary->province_count + 1, sizeof *bulletin->provinces);
        struct bulletin_area *province = &bulletin->provinces[summary->province_count++];
        if (!is_child_file(bulletin, &child, &below) || !read_province(bulletin, below, province)) {
            return false;
        }
        summary->nation.communes_complete += province->communes_complete;
    }
    summary->provinces = bulletin->provinces;
    summary->nation.line = child.line;
    return rest.length == 0 && strcmp(child.sha256, "-") == 0;
}

static bool read_summary(struct bulletin *bulletin)
{
    struct bulletin_summary *summary = &bulletin->summary;
    const struct named_file *statement = find(bulletin, slice_of(BULLETIN_STATEMENT_FILE));
    const struct named_file *signature = find(bulletin, slice_of(BULLETIN_SIGNATURE_FILE));
    if (statement == NULL || signature == NULL ||
        !bulletin_read_statement(statement->file.bytes, &summary->statement) ||
        !rfc3339_parse(slice_of(summary->statement.cut), &bulletin->cut, NULL)) {
        return false;
    }
    memcpy(summary->sha256, statement->sha256, sizeof summary->sha256);
    const struct named_file *nation = find_area(bulletin, summary->statement.nation);
    return nation != NULL && strcmp(nation->sha256, summary->statement.sha256) == 0 &&
           read_nation(bulletin, nation);
}

enum turnout_error bulletin_new(struct buffer *bundles, size_t count, struct bulletin **ret_bulletin,
                                struct error *error)
{
    struct bulletin *bulletin = memory_new(sizeof *bulletin);
    atomic_init(&bulletin->references, 1);
    bulletin->bundles = memory_new_array(count, sizeof *bulletin->bundles);
    bulletin->bundle_count = count;
    bulletin->frozen_documents = memory_new_array(FROZEN_DOCUMENTS, sizeof *bulletin->frozen_documents);
    bulletin->frozen_view = memory_new_array(1, sizeof *bulletin->frozen_view);
    memcpy(bulletin->bundles, bundles, count * sizeof *bundles);
    memset(bundles, 0, count * sizeof *bundles);
    if (!index_files(bulletin) || !read_summary(bulletin)) {
        bulletin_release(bulletin);
        return error_fail(error, TURNOUT_BAD_INPUT, "", "its files do not belong together");
    }
    *ret_bulletin = bulletin;
    return TURNOUT_OK;
}

static void bulletin_acquire(struct bulletin *bulletin)
{
    atomic_fetch_add_explicit(&bulletin->references, 1, memory_order_relaxed);
}

void bulletin_release(struct bulletin *bulletin)
{
    if (bulletin == NULL || atomic_fetch_sub_explicit(&bulletin->references, 1, memory_order_acq_rel) > 1) {
        return;
    }
    for (size_t i = 0; i < bulletin->bundle_count; i++) {
        buffer_done(&bulletin->bundles[i]);
    }
    for (size_t i = 0; i < bulletin->file_count; i++) {
        document_free(atomic_load(&bulletin->files[i].file.document));
    }
    for (size_t i = 0; i < FROZEN_DOCUMENTS; i++) {
        document_free(atomic_load(&bulletin->frozen_documents[i]));
    }
    frozen_view_free(atomic_load(bulletin->frozen_view));
    free(bulletin->frozen_view);
    free(bulletin->frozen_documents);
    free(bulletin->bundles);
    free(bulletin->files);
    free(bulletin->provinces);
    free(bulletin);
}

const struct bulletin_summary *bulletin_summary_of(const struct bulletin *bulletin)
{
    return &bulletin->summary;
}

int64_t bulletin_cut(const struct bulletin *bulletin)
{
    return bulletin->cut;
}

struct bulletin_file *bulletin_find_file(const struct bulletin *bulletin, struct slice name)
{
    struct named_file *file = find(bulletin, name);
    return file == NULL ? NULL : &file->file;
}

const struct document *bulletin_file_document(const struct bulletin *bulletin, struct bulletin_file *file)
{
    if (file == NULL) {
        return NULL;
    }
    const struct document *known = atomic_load(&file->document);
    return known != NULL ? known
                         : document_keep(&file->document, document_of(file->bytes, file->content_type,
                                                                      bulletin->summary.statement.number));
}

struct slice bulletin_kept_text(const struct bulletin *bulletin, const char *area, const char *name)
{
    char file[BULLETIN_FILE_NAME_BYTES];
    bulletin_file_name(area, file);
    for (size_t i = 0; i < bulletin->bundle_count; i++) {
        struct slice bundle = {bulletin->bundles[i].bytes, bulletin->bundles[i].length};
        if (bundle_find(bundle, file).bytes != NULL) {
            return bundle_find(bundle, name);
        }
    }
    return (struct slice){0};
}

_Atomic(struct document *) *bulletin_frozen_document(const struct bulletin *bulletin, size_t which)
{
    assert(which < FROZEN_DOCUMENTS);
    return &bulletin->frozen_documents[which];
}

_Atomic(struct frozen_view *) *bulletin_frozen_view(const struct bulletin *bulletin)
{
    return bulletin->frozen_view;
}

/* ---- a shelf ---- */

struct shelf {
    _Atomic uint32_t references;
    size_t count;
    struct bulletin *bulletins[];
};

static struct shelf *shelf_of(size_t count)
{
    struct shelf *shelf = memory_new(sizeof *shelf + count * sizeof(struct bulletin *));
    atomic_init(&shelf->references, 1);
    shelf->count = count;
    return shelf;
}

struct shelf *shelf_new(void)
{
    return shelf_of(0);
}

struct shelf *shelf_with(const struct shelf *shelf, struct bulletin *bulletin)
{
    struct shelf *longer = shelf_of(shelf->count + 1);
    for (size_t i = 0; i < shelf->count; i++) {
        bulletin_acquire(shelf->bulletins[i]);
        longer->bulletins[i] = shelf->bulletins[i];
    }
    longer->bulletins[shelf->count] = bulletin;
    return longer;
}

void shelf_acquire(struct shelf *shelf)
{
    atomic_fetch_add_explicit(&shelf->references, 1, memory_order_relaxed);
}

void shelf_release(struct shelf *shelf)
{
    if (shelf == NULL || atomic_fetch_sub_explicit(&shelf->references, 1, memory_order_acq_rel) > 1) {
        return;
    }
    for (size_t i = 0; i < shelf->count; i++) {
        bulletin_release(shelf->bulletins[i]);
    }
    free(shelf);
}

size_t shelf_count(const struct shelf *shelf)
{
    return shelf->count;
}

const struct bulletin *shelf_at(const struct shelf *shelf, size_t place)
{
    assert(place < shelf->count);
    return shelf->bulletins[place];
}

const struct bulletin *shelf_find(const struct shelf *shelf, int64_t number)
{
    for (size_t i = 0; i < shelf->count; i++) {
        if (shelf->bulletins[i]->summary.statement.number == number) {
            return shelf->bulletins[i];
        }
    }
    return NULL;
}
