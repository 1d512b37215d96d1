/* What logs and ledgers call a principal. */
#include <turnout/service/principal.h>

#include <assert.h>
#include <stdio.h>

_Static_assert(LOG_WHO_BYTES >= TOKEN_LABEL_BYTES_MAX + TOKEN_ID_BYTES + 3,
               "who has room for the longest label");

void principal_write_who(const struct principal *principal, char ret_who[LOG_WHO_BYTES])
{
    int length = snprintf(ret_who, LOG_WHO_BYTES, "%s (%s)", principal->label, principal->id);
    assert(length > 0 && length < LOG_WHO_BYTES);
}
