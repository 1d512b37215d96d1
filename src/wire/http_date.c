/* HTTP dates. */
#include <turnout/wire/http_date.h>

#include <assert.h>
#include <time.h>

void http_date_write(int64_t seconds, char ret_date[HTTP_DATE_BYTES])
{
    time_t moment = (time_t)seconds;
    struct tm parts;
    const struct tm *known = gmtime_r(&moment, &parts);
    assert(known != NULL);
    size_t length = strftime(ret_date, HTTP_DATE_BYTES, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    assert(length == HTTP_DATE_BYTES - 1);
}
