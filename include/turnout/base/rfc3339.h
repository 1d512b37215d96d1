/* Timestamps as RFC 3339 text. Internally a timestamp is Unix seconds, or milliseconds where the name says so. */
#ifndef TURNOUT_BASE_RFC3339_H
#define TURNOUT_BASE_RFC3339_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/text.h>

/* `2026-03-15T15:00:00+07:00` and its NUL. */
enum { RFC3339_BYTES = 26 };

/* Accepts exactly date, 'T', time in whole seconds, and 'Z' or an offset. Refuses dates that do not exist, leap
 * seconds and lower-case letters (RFC 3339 section 5.6 lets an application choose). Years 1970 to 9998, so that every
 * value can be written in any offset. *ret_offset_s (may be NULL) is the offset from UTC. */
bool rfc3339_parse(struct slice text, int64_t *ret_seconds, int32_t *ret_offset_s);

/* `offset_s` is a whole number of minutes, at most 24 hours either way; 0 is written +00:00. The local year must have
 * four digits. */
void rfc3339_format(int64_t seconds, int32_t offset_s, char ret_text[RFC3339_BYTES]);

/* Parses a date alone, `2026-03-15`: Unix seconds of its midnight UTC. */
bool rfc3339_parse_date(struct slice text, int64_t *ret_midnight_utc);

#endif
