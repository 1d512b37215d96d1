/* What proves who somebody is; and the holder of a valid token: what it permits, and their name in logs. */
#ifndef TURNOUT_SERVICE_PRINCIPAL_H
#define TURNOUT_SERVICE_PRINCIPAL_H

#include <stdint.h>

#include <turnout/election/keys.h>
#include <turnout/store/tokens.h>
#include <turnout/wire/log_line.h>

/* The keys and tokens in force; the owner replaces them. */
struct credentials {
    struct signing_keys *keys; /* of units */
    struct tokens *tokens;     /* of offices and committees */
};

struct principal {
    enum token_role role;
    uint32_t area;                   /* index in the register at admission */
    char area_code[AREA_CODE_BYTES]; /* the same for principals that outlive a register */
    int64_t expires;                 /* Unix seconds */
    char id[TOKEN_ID_BYTES];
    char label[TOKEN_LABEL_BYTES];
};

/* Writes `<label> (<id>)`: a label may be given again once it is free, an id never. */
void principal_write_who(const struct principal *principal, char ret_who[LOG_WHO_BYTES]);

#endif
