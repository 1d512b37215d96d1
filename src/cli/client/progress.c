/* One line, redrawn in place. */
#include "client/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include <turnout/base/clock.h>

enum { DRAW_EVERY_MS = 100 };

struct progress progress_begin(uint32_t total, const char *what)
{
    return (struct progress){.what = what, .total = total, .is_shown = isatty(STDERR_FILENO) == 1};
}

void progress_draw(struct progress *progress, uint32_t done)
{
    int64_t now_ms = clock_monotonic_ms();
    if (progress->is_shown && now_ms - progress->drawn_ms >= DRAW_EVERY_MS) {
        progress->drawn_ms = now_ms;
        (void)fprintf(stderr, "\r%" PRIu32 " of %" PRIu32 " %s ", done, progress->total, progress->what);
        (void)fflush(stderr);
    }
}

void progress_end(struct progress *progress)
{
    if (progress->is_shown) {
        (void)fputs("\r\033[K", stderr);
    }
}
