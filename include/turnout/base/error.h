/* How a function reports a failure.
 *
 * A function that can fail returns an `enum turnout_error` and fills the caller's `struct error` with the field and a
 * text for a person. Outputs (`ret_...`) are written only on TURNOUT_OK. An impossible state is an assertion instead,
 * and assertions stay on in release builds. */
#ifndef TURNOUT_BASE_ERROR_H
#define TURNOUT_BASE_ERROR_H

#include <stdbool.h>

enum turnout_error {
    TURNOUT_OK = 0,
    TURNOUT_BAD_INPUT,   /* the input is wrong: fix it, do not retry */
    TURNOUT_TOO_LARGE,   /* more bytes, items or digits than allowed */
    TURNOUT_NOT_FOUND,   /* names something that does not exist */
    TURNOUT_CONFLICT,    /* contradicts what is recorded */
    TURNOUT_IN_USE,      /* somebody else holds the port, the folder, the file */
    TURNOUT_SYSTEM,      /* the operating system refused; the text has its message */
    TURNOUT_UNAVAILABLE, /* not now; the outcome is unknown, try again later */
};

enum { ERROR_FIELD_BYTES = 64, ERROR_TEXT_BYTES = 320 };

/* Caller-owned, fixed size, never allocates. `field` is empty where no field is to blame. */
struct error {
    char field[ERROR_FIELD_BYTES];
    char text[ERROR_TEXT_BYTES];
    bool is_warning; /* set by faults_warn() only: nothing failed, but a person should look */
};

/* Fills *error (which may be NULL) and returns `code`, so that a function can end in one line. Both strings
 * are cut to fit, never inside a character. */
enum turnout_error error_fail(struct error *error, enum turnout_error code, const char *field,
                              const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same, with the text of `errno_value` appended. */
enum turnout_error error_fail_system(struct error *error, int errno_value, const char *field,
                                     const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
