/* When to come again. */
#ifndef TURNOUT_NET_RETRY_AFTER_H
#define TURNOUT_NET_RETRY_AFTER_H

enum {
    RETRY_AFTER_S_MIN = 1,
    RETRY_AFTER_S_MAX = 5, /* spread, so that not all come back in the same second */
    RETRY_AFTER_BYTES = 48,
};

/* A header line with its CRLF. */
void retry_after_header(char ret_header[RETRY_AFTER_BYTES]);

#endif
