/* Telling and counting faults. */
#include <turnout/base/faults.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static void fill(struct error *ret_error, const char *field, const char *format, va_list arguments)
{
    char text[ERROR_TEXT_BYTES];
    int length = vsnprintf(text, sizeof text, format, arguments);
    assert(length >= 0);
    (void)error_fail(ret_error, TURNOUT_BAD_INPUT, field, "%s", text);
}

void faults_add(struct faults *faults, const char *file, uint32_t line, const char *field, const char *format,
                ...)
{
    struct error error;
    va_list arguments;
    va_start(arguments, format);
    fill(&error, field, format, arguments);
    va_end(arguments);
    faults_pass_on(faults, file, line, &error);
}

void faults_warn(struct faults *faults, const char *file, uint32_t line, const char *field,
                 const char *format, ...)
{
    struct error error;
    va_list arguments;
    va_start(arguments, format);
    fill(&error, field, format, arguments);
    va_end(arguments);
    error.is_warning = true;
    faults_pass_on(faults, file, line, &error);
}

void faults_pass_on(void *faults, const char *file, uint32_t line, const struct error *error)
{
    struct faults *ours = faults;
    ours->count += !error->is_warning;
    ours->on_fault(ours->context, file, line, error);
}
