/* Each coding of a document is made once, for all its readers. */
#include <turnout/service/document.h>

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include <turnout/base/memory.h>
#include <turnout/wire/brotli.h>
#include <turnout/wire/gzip.h>

/* The whole snapshot is packed anew every half second, and must be quick; the small documents may be small. */
enum { SMALL_BYTES_MAX = 64 * 1024, GZIP_SMALL = 6, GZIP_QUICK = 1, BROTLI_SMALL = 5, BROTLI_QUICK = 1 };

/* Strong: the same bytes and no others. Each form is other bytes, so it has a tag of its own. */
static void make_etags(struct document *document, int64_t version)
{
    const struct representation *plain = &document->forms[HTTP_CODING_IDENTITY];
    unsigned char hash[crypto_generichash_BYTES_MIN];
    int failed =
        crypto_generichash(hash, sizeof hash, (const unsigned char *)plain->bytes, plain->length, NULL, 0);
    assert(failed == 0);
    char hex[2 * sizeof hash + 1];
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    for (enum http_coding coding = 0; coding < HTTP_CODINGS; coding++) {
        int length = snprintf(document->forms[coding].etag, ETAG_BYTES, "\"%lld-%.16s%s\"",
                              (long long)version, hex, http_coding_mark(coding));
        assert(length > 0 && length < ETAG_BYTES);
    }
}

struct document *document_of(struct slice bytes, const char *content_type, int64_t version)
{
    struct document *document = memory_new(sizeof *document);
    struct representation *gzip = &document->forms[HTTP_CODING_GZIP];
    struct representation *brotli = &document->forms[HTTP_CODING_BROTLI];
    bool is_small = bytes.length <= SMALL_BYTES_MAX;
    document->content_type = content_type;
    document->forms[HTTP_CODING_IDENTITY] = (struct representation){bytes.bytes, bytes.length, ""};
    document->owned[HTTP_CODING_GZIP] =
        gzip_compress(bytes.bytes, bytes.length, is_small ? GZIP_SMALL : GZIP_QUICK, &gzip->length);
    gzip->bytes = document->owned[HTTP_CODING_GZIP];
    document->owned[HTTP_CODING_BROTLI] =
        brotli_compress(bytes.bytes, bytes.length, is_small ? BROTLI_SMALL : BROTLI_QUICK, &brotli->length);
    brotli->bytes = document->owned[HTTP_CODING_BROTLI];
    make_etags(document, version);
    return document;
}

struct document *document_new(struct buffer *rendered, const char *content_type, int64_t version)
{
    size_t length;
    char *bytes = buffer_take(rendered, &length);
    struct document *document = document_of((struct slice){bytes, length}, content_type, version);
    document->owned[HTTP_CODING_IDENTITY] = bytes;
    return document;
}

void document_shed(struct document *document, enum http_coding kept)
{
    for (enum http_coding coding = 0; coding < HTTP_CODINGS; coding++) {
        if (coding != kept) {
            free(document->owned[coding]);
            document->owned[coding] = NULL;
            document->forms[coding].bytes = NULL;
            document->forms[coding].length = 0;
        }
    }
}

void document_free(struct document *document)
{
    if (document != NULL) {
        for (enum http_coding coding = 0; coding < HTTP_CODINGS; coding++) {
            free(document->owned[coding]);
        }
        free(document);
    }
}

const struct document *document_keep(_Atomic(struct document *) *place, struct document *made)
{
    struct document *first = NULL;
    if (atomic_compare_exchange_strong(place, &first, made)) {
        return made;
    }
    document_free(made);
    return first;
}

enum { SEPARATORS = CSV_FORMS / 2 };
static const char csv_separators[SEPARATORS] = {',', ';', '\t'};

struct csv_form csv_form_at(size_t place)
{
    return (struct csv_form){.separator = csv_separators[place % SEPARATORS], .bom = place >= SEPARATORS};
}

size_t csv_form_place(struct csv_form form)
{
    size_t place = form.bom ? SEPARATORS : 0;
    for (size_t i = 0; i < SEPARATORS; i++) {
        place += csv_separators[i] == form.separator ? i : 0;
    }
    return place;
}
