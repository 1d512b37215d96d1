/* RFC 3339 both ways. Calendar arithmetic by hand: timegm() and strptime() accept what does not exist. */
#include <turnout/base/rfc3339.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SECONDS_A_DAY = 86400 };

static bool is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

/* Days since 1 January 1970 of a date in the Gregorian calendar, years from 1970. */
static int64_t days_since_epoch(int year, int month, int day)
{
    int64_t before = year - 1;
    int64_t leap_days = before / 4 - before / 100 + before / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
    int64_t days = (int64_t)(year - 1970) * 365 + leap_days;
    for (int m = 1; m < month; m++) {
        days += days_in_month(year, m);
    }
    return days + day - 1;
}

/* Reads `width` digits at text[at]. */
static bool digits(struct slice text, size_t at, size_t width, int *ret_value)
{
    uint64_t value;
    if (at + width > text.length ||
        !text_parse_unsigned((struct slice){text.bytes + at, width}, 9999, &value)) {
        return false;
    }
    *ret_value = (int)value;
    return true;
}

bool rfc3339_parse_date(struct slice text, int64_t *ret_midnight_utc)
{
    int year;
    int month;
    int day;
    if (text.length != 10 || text.bytes[4] != '-' || text.bytes[7] != '-' || !digits(text, 0, 4, &year) ||
        !digits(text, 5, 2, &month) || !digits(text, 8, 2, &day)) {
        return false;
    }
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
        return false;
    }
    *ret_midnight_utc = days_since_epoch(year, month, day) * SECONDS_A_DAY;
    return true;
}

static bool parse_offset(struct slice text, int32_t *ret_offset_s)
{
    if (text.length == 1 && text.bytes[0] == 'Z') {
        *ret_offset_s = 0;
        return true;
    }
    int hours;
    int minutes;
    if (text.length != 6 || (text.bytes[0] != '+' && text.bytes[0] != '-') || text.bytes[3] != ':' ||
        !digits(text, 1, 2, &hours) || !digits(text, 4, 2, &minutes) || hours > 23 || minutes > 59) {
        return false;
    }
    int32_t offset = (hours * 60 + minutes) * 60;
    *ret_offset_s = text.bytes[0] == '-' ? -offset : offset;
    return true;
}

bool rfc3339_parse(struct slice text, int64_t *ret_seconds, int32_t *ret_offset_s)
{
    int64_t midnight;
    int hour;
    int minute;
    int second;
    int32_t offset;
    if (text.length < 20 || text.bytes[10] != 'T' || text.bytes[13] != ':' || text.bytes[16] != ':' ||
        !rfc3339_parse_date((struct slice){text.bytes, 10}, &midnight) || !digits(text, 11, 2, &hour) ||
        !digits(text, 14, 2, &minute) || !digits(text, 17, 2, &second) || hour > 23 || minute > 59 ||
        second > 59 || !parse_offset((struct slice){text.bytes + 19, text.length - 19}, &offset)) {
        return false;
    }
    *ret_seconds = midnight + hour * 3600 + minute * 60 + second - offset;
    if (ret_offset_s != NULL) {
        *ret_offset_s = offset;
    }
    return true;
}

void rfc3339_format(int64_t seconds, int32_t offset_s, char ret_text[RFC3339_BYTES])
{
    time_t local = (time_t)(seconds + offset_s);
    struct tm parts;
    const struct tm *known = gmtime_r(&local, &parts);
    assert(known != NULL && parts.tm_year + 1900 >= 0 && parts.tm_year + 1900 <= 9999);
    int minutes = abs(offset_s / 60);
    assert(minutes <= 24 * 60);
    /* Reduced so that the compiler, too, can see that every part fits its place. */
    int written = snprintf(ret_text, RFC3339_BYTES, "%04u-%02u-%02uT%02u:%02u:%02u%c%02u:%02u",
                           (unsigned)(parts.tm_year + 1900) % 10000U, (unsigned)(parts.tm_mon + 1) % 100U,
                           (unsigned)parts.tm_mday % 100U, (unsigned)parts.tm_hour % 100U,
                           (unsigned)parts.tm_min % 100U, (unsigned)parts.tm_sec % 100U, offset_s < 0 ? '-' : '+',
                           (unsigned)(minutes / 60) % 100U, (unsigned)(minutes % 60) % 100U);
    assert(written == RFC3339_BYTES - 1);
}
