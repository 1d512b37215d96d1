/* Filling the caller's struct error. */
#include <turnout/base/error.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/text.h>

/* A text that is too long is cut, on purpose: an error is for reading, and its head says what happened. But
 * never inside a character, because the text goes on into JSON. */
static void end_at_whole_character(char *text)
{
    text[text_whole_length(slice_of(text))] = '\0';
    text_make_showable(text); /* it may hold words of a server, a file, a person */
}

static void fill(struct error *error, const char *field, const char *format, va_list arguments)
{
    if (field == NULL) {
        field = "";
    }
    size_t field_length = strnlen(field, sizeof error->field - 1);
    memcpy(error->field, field, field_length);
    error->field[field_length] = '\0';
    end_at_whole_character(error->field);
    if (vsnprintf(error->text, sizeof error->text, format, arguments) < 0) {
        error->text[0] = '\0';
    }
    end_at_whole_character(error->text);
    error->is_warning = false;
}

enum turnout_error error_fail(struct error *error, enum turnout_error code, const char *field,
                              const char *format, ...)
{
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        fill(error, field, format, arguments);
        va_end(arguments);
    }
    return code;
}

enum turnout_error error_fail_system(struct error *error, int errno_value, const char *field,
                                     const char *format, ...)
{
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        fill(error, field, format, arguments);
        va_end(arguments);

        char reason[128];
        const char *words = strerror_r(errno_value, reason, sizeof reason);
        size_t length = strlen(error->text);
        if (snprintf(error->text + length, sizeof error->text - length, ": %s", words) < 0) {
            error->text[length] = '\0';
        }
        end_at_whole_character(error->text);
    }
    return TURNOUT_SYSTEM;
}
