/* By what somebody is known; and who has shown a good token: what it is good for, and what logs call them. */
#ifndef TURNOUT_SERVICE_PRINCIPAL_H
#define TURNOUT_SERVICE_PRINCIPAL_H

#include <stdint.h>

#include <turnout/election/keys.h>
#include <turnout/store/tokens.h>
#include <turnout/wire/log_line.h>

/* What counts now. Whoever owns it puts newer ones in their place. */
struct credentials {
    struct signing_keys *keys; /* of units */
    struct tokens *tokens;     /* of offices and committees */
};

struct principal {
    enum token_role role;
    uint32_t area;                   /* index, in the register by which the principal was admitted */
    char area_code[AREA_CODE_BYTES]; /* for who stays longer than a register may */
    int64_t expires;                 /* Unix seconds */
    char id[TOKEN_ID_BYTES];
    char label[TOKEN_LABEL_BYTES];
};

/* `<label> (<id>)`: labels may be given again once they are free, ids are not. */
void principal_write_who(const struct principal *principal, char ret_who[LOG_WHO_BYTES]);

#endif
