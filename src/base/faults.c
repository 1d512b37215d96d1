/* Telling and counting faults. */
#include <turnout/base/faults.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

void faults_add(struct faults *faults, const char *file, uint32_t line, const char *field, const char *format,
                ...)
{
    char text[ERROR_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(length >= 0);

    struct error error;
    (void)error_fail(&error, TURNOUT_BAD_INPUT, field, "%s", text);
    faults_pass_on(faults, file, line, &error);
}

void faults_pass_on(void *faults, const char *file, uint32_t line, const struct error *error)
{
    struct faults *ours = faults;
    ours->count++;
    ours->on_fault(ours->context, file, line, error);
}
