/* RFC 3339 both ways. Calendar arithmetic by hand: timegm() and strptime() accept what does not exist. */
#include <turnout/base/rfc3339.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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
    static const int days_before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int leap_day = month > 2 && is_leap_year(year) ? 1 : 0;
    return (int64_t)(year - 1970) * 365 + leap_days + days_before[month - 1] + leap_day + day - 1;
}

/* Reads `width` digits at text[at]. */
static bool digits(struct slice text, size_t at, size_t width, int *ret_value)
{
    if (at + width > text.length) {
        return false;
    }
    int value = 0;
    for (size_t i = at; i < at + width; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') {
            return false;
        }
        value = value * 10 + (text.bytes[i] - '0');
    }
    *ret_value = value;
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
    if (year < 1970 || year > 9998 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month)) {
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
    int second_of_day = (hour * 60 + minute) * 60 + second;
    *ret_seconds = midnight + second_of_day - offset;
    if (ret_offset_s != NULL) {
        *ret_offset_s = offset;
    }
    return true;
}

struct date {
    int year, month, day;
};

/* The other way round. Counts in years that begin in March, so that the leap day is a year's last, and in eras
 * of 400 years, which are all equally long. */
static struct date date_of_days(int64_t days_since_1970)
{
    enum { DAYS_AN_ERA = 146097, DAYS_TO_1970 = 719468 /* from 1 March of year 0 */ };
    int64_t days = days_since_1970 + DAYS_TO_1970;
    assert(days >= 0);
    int era = (int)(days / DAYS_AN_ERA);
    int day_of_era = (int)(days % DAYS_AN_ERA);
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    struct date date = {
        .year = era * 400 + year_of_era,
        .month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9,
        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
    };
    if (date.month <= 2) {
        date.year++;
    }
    return date;
}

static void put_two(char *text, int value)
{
    text[0] = (char)('0' + value / 10);
    text[1] = (char)('0' + value % 10);
}

/* By hand, too: snprintf and gmtime_r would take most of the time that a snapshot takes to render. */
void rfc3339_format(int64_t seconds, int32_t offset_s, char ret_text[RFC3339_BYTES])
{
    int64_t local = seconds + offset_s;
    int64_t days = local / SECONDS_A_DAY - (local % SECONDS_A_DAY < 0 ? 1 : 0);
    int second = (int)(local - days * SECONDS_A_DAY);
    struct date date = date_of_days(days);
    int offset_minutes = abs(offset_s / 60);
    assert(date.year <= 9999 && offset_minutes <= 24 * 60);

    memcpy(ret_text, "0000-00-00T00:00:00+00:00", RFC3339_BYTES);
    put_two(ret_text, date.year / 100);
    put_two(ret_text + 2, date.year % 100);
    put_two(ret_text + 5, date.month);
    put_two(ret_text + 8, date.day);
    put_two(ret_text + 11, second / 3600);
    put_two(ret_text + 14, second / 60 % 60);
    put_two(ret_text + 17, second % 60);
    ret_text[19] = offset_s < 0 ? '-' : '+';
    put_two(ret_text + 20, offset_minutes / 60);
    put_two(ret_text + 23, offset_minutes % 60);
}
