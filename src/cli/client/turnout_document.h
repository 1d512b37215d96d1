/* The document `/v1/turnout` (DESIGN section 7) as a client reads it. Unknown fields are ignored; a missing field or
 * a wrong type makes the whole document invalid, since a partial figure is worse than none. */
#ifndef TURNOUT_TURNOUT_DOCUMENT_H
#define TURNOUT_TURNOUT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/limits.h>
#include <turnout/base/rfc3339.h>

/* One area as published. */
struct document_area {
    char code[AREA_CODE_BYTES];
    char name[NAME_BYTES_MAX + 1];
    char name_en[NAME_BYTES_MAX + 1]; /* empty when there is none */
    bool verified;                    /* false: the figures below are not shown, and are 0 */
    bool withheld;                    /* not shown either, although they are correct */
    int64_t registered;
    int64_t voted;
    int64_t units;
    int64_t units_reported;
    int64_t communes;
    int64_t communes_complete;
    int32_t percent;           /* hundredths, as published; PERCENT_NONE for null */
    char as_of[RFC3339_BYTES]; /* empty before the first report */
};

struct turnout_document {
    char election[AREA_CODE_BYTES];
    char election_name[NAME_BYTES_MAX + 1];
    char status[32]; /* "unofficial-partial" ... */
    bool test;
    bool may_be_withheld; /* the publication is not live */
    int64_t revision;
    int64_t generated_at; /* Unix seconds */
    struct document_area nation;
    struct document_area *provinces; /* owned */
    size_t province_count;
};

/* TURNOUT_BAD_INPUT with the field to blame. turnout_document_done() frees what it holds. */
enum turnout_error turnout_document_parse(const char *bytes, size_t length,
                                          struct turnout_document *ret_document, struct error *error);

/* A zeroed struct is an empty document. */
void turnout_document_done(struct turnout_document *document);

#endif
