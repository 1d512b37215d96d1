/* Reads the register again and compares. */
#include "register_look.h"

#include <string.h>

#include <turnout/base/log.h>
#include <turnout/wire/register_digest.h>

#include "fault_log.h"

void register_look_again(const char *path, const struct election_folder *served)
{
    struct election_folder there;
    struct error error;
    char fingerprint[RECEIPT_BYTES];
    const char *event = "bad-election";
    if (election_folder_read(path, fault_log, &event, &there, &error) != TURNOUT_OK) {
        log_error("register-kept", log_text("what", error.text));
        return;
    }
    register_fingerprint(there.reg->digest, fingerprint);
    if (memcmp(there.reg->digest, served->reg->digest, sizeof there.reg->digest) == 0) {
        log_info("register-unchanged", log_text("fingerprint", fingerprint));
    } else {
        log_warning("register-kept", log_text("fingerprint", fingerprint),
                    log_text("what", "the folder holds another register than the one that is served"));
    }
    election_folder_done(&there);
}
