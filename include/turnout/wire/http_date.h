/* Dates of HTTP (RFC 9110, section 5.6.7): "Sun, 15 Mar 2026 13:00:03 GMT". */
#ifndef TURNOUT_WIRE_HTTP_DATE_H
#define TURNOUT_WIRE_HTTP_DATE_H

#include <stdint.h>

enum { HTTP_DATE_BYTES = sizeof "Sun, 15 Mar 2026 13:00:03 GMT" };

/* Unix seconds, of a year of four digits. */
void http_date_write(int64_t seconds, char ret_date[HTTP_DATE_BYTES]);

#endif
