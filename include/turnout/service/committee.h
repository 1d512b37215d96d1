/* The committee's side of the server (DESIGN section 8, proto/committee.md): who may see and do what, and doing it.
 * One a worker, on its loop. Reads on the worker's link, and writes by messages to the tally. */
#ifndef TURNOUT_SERVICE_COMMITTEE_H
#define TURNOUT_SERVICE_COMMITTEE_H

#include <turnout/election/election.h>
#include <turnout/election/register.h>
#include <turnout/service/message.h>
#include <turnout/service/principal.h>
#include <turnout/service/publication.h>
#include <turnout/service/tally.h>
#include <turnout/service/tally_port.h>
#include <turnout/store/excuses.h>
#include <turnout/store/meta.h>
#include <turnout/store/read.h>
#include <turnout/store/take_up.h>
#include <turnout/wire/token.h>

struct committee_options {
    const struct election *election; /* borrowed, as all here */
    const struct election_register *reg;
    struct store *store;     /* to read */
    struct tally_port *port; /* to decide and to write */
    /* Called when something was sent to the tally: tally_port_flush() is due at the end of the turn. */
    void (*on_sent)(void *context);
    /* Called before it is written down what readers are shown: if they may be shown a newer publication already, it is
     * to be given by committee_set_publication() now. */
    void (*on_shown_asked)(void *context);
    void *context;
    const unsigned char *secret;           /* TOKEN_SECRET_BYTES */
    const struct credentials *credentials; /* read anew for each request */
};

struct committee;

struct committee *committee_new(const struct committee_options *options);
void committee_free(struct committee *committee); /* NULL-safe; after store_free() and committee_end() */
void committee_end(struct committee *committee);  /* answers all requests that wait */

/* Switches to another register, borrowed like the first. No request may be in progress. */
void committee_set_register(struct committee *committee, const struct election_register *reg);

/* Replaces what readers are shown. Takes its own reference. */
void committee_set_publication(struct committee *committee, struct publication *publication);

/* The link is lost: answers requests that wait for a bulletin. */
void committee_link_is_lost(struct committee *committee);

/* The last known phase, for the lists; rehearsal at first. */
enum election_phase committee_phase(const struct committee *committee);

/* ---- admission ---- */

enum admission {
    ADMITTED,
    ADMISSION_UNAUTHORIZED, /* no valid token: 401 */
    ADMISSION_WRONG_ROLE,   /* a valid one for something else: 403 */
    ADMISSION_OUT_OF_SCOPE, /* a valid one for another area: 403 */
    ADMISSION_TOO_MANY,     /* the unit has read too often: 429 */
};

/* `authorization` is the value of the header, `Bearer <token>`; `now` Unix seconds. When not admitted, *error says
 * why. */
enum admission committee_admit(const struct committee *committee, struct slice authorization,
                               enum token_role wanted, int64_t now, struct principal *ret_principal,
                               struct error *error);

/* The same for a token alone. */
enum admission committee_admit_token(const struct committee *committee, struct slice token,
                                     enum token_role wanted, int64_t now, struct principal *ret_principal,
                                     struct error *error);

/* Whether a principal's area is `area` or contains it; ADMITTED or ADMISSION_OUT_OF_SCOPE with *error. */
enum admission committee_check_scope(const struct committee *committee, const struct principal *principal,
                                     uint32_t area, struct error *error);

/* Whether the requester may read a unit: a principal who may view and whose area contains it, or the unit itself, by
 * `Signature` (wire/read_signature.h). */
enum { COMMITTEE_UNIT_READS_A_MINUTE = 30 }; /* for each worker; reads with a token are unlimited */
enum admission committee_admit_reader(const struct committee *committee, struct slice authorization,
                                      uint32_t unit, int64_t now, struct error *error);

/* The same for all units of a commune, as in a bulletin: a unit may read those of its own commune. */
enum admission committee_admit_commune_reader(const struct committee *committee, struct slice authorization,
                                              uint32_t commune, int64_t now, struct error *error);

/* ---- units ---- */

enum { COMMITTEE_UNIT_LINES_MAX = 100 };

/* A unit's state, and a page of its log lines, the newest first. */
struct committee_unit {
    struct unit_state state;
    struct excuse excuse;
    int32_t next_seq; /* above every seq in its lines; 0 after the first page */
    int64_t total;    /* number of its lines; -1: unknown */
    bool has_next;
    struct store_log_place next; /* where the next page begins */
    size_t line_count;
    struct log_line lines[COMMITTEE_UNIT_LINES_MAX];
};

/* `unit` is NULL unless TURNOUT_OK; borrowed for the call. */
typedef void committee_unit_fn(void *context, enum turnout_error error, const char *why,
                               const struct committee_unit *unit);

/* Reads at most `limit` lines, after the place `after` (borrowed for the call; NULL: the newest). Each call reads as
 * much of the commune's log as one store_read_log(), so a page may have few lines or none and still have a next one.
 * TURNOUT_NOT_FOUND: the log has no such place. */
void committee_read_unit(struct committee *committee, uint32_t unit, const struct store_log_place *after,
                         size_t limit, committee_unit_fn *on_unit, void *context);

/* Part of a walk: the units first .. first + count - 1. Return false to end the walk. */
typedef bool committee_units_fn(void *context, uint32_t first, uint32_t count,
                                const struct unit_state *states, const struct excuse *excuses);

/* The walk is over; TURNOUT_OK also when the callback ended it. */
typedef void committee_walked_fn(void *context, enum turnout_error error, const char *why);

/* Reads the states of an area's units in the register's order, in pieces, so that neither Redis nor the loop is
 * blocked for long. `on_walked` is called exactly once, possibly before this returns. */
void committee_walk_units(struct committee *committee, uint32_t area, committee_units_fn *on_part,
                          committee_walked_fn *on_walked, void *context);

/* ---- figures ---- */

/* `areas` has one entry an area of the register, filled for the requested ones; borrowed for the call, NULL unless
 * TURNOUT_OK. */
typedef void committee_figures_fn(void *context, enum turnout_error error, const char *why,
                                  const struct area_figures *areas);

/* Reads the current figures of an area and of all areas in it, whatever the public is shown. Those of a province that
 * does not add up are under verification. `on_figures` is called exactly once, later. */
void committee_read_figures(struct committee *committee, uint32_t area, committee_figures_fn *on_figures,
                            void *context);

/* ---- flagged reports ---- */

/* The flagged reports of a province (store/read.h), borrowed for the call. Return false to end the walk. */
typedef bool committee_flagged_fn(void *context, const struct store_flagged *flagged, size_t count);

/* Reads the flagged reports of the area's province; for the nation, of one province after the other. `on_walked` is
 * called exactly once, later. */
void committee_walk_flagged(struct committee *committee, uint32_t area, committee_flagged_fn *on_part,
                            committee_walked_fn *on_walked, void *context);

/* ---- the ledger ---- */

/* A place in all ledgers together: after a line of the election's (REGISTER_NATION) or of a province's. Of lines with
 * the same id the election's comes first, then the provinces' in the register's order. */
struct committee_ledger_place {
    char id[STORE_STREAM_ID_BYTES];
    uint32_t province;
};

/* Lines of one ledger, the newest first, borrowed for the call. Return false to end the walk. */
typedef bool committee_ledger_fn(void *context, uint32_t province, const struct store_ledger_line *lines,
                                 size_t count);

/* Reads the ledger of the election, then those of the provinces that contain the area or lie in it: of each the
 * newest `limit` lines after `after` (NULL: the newest of all). `on_walked` is called exactly once, later. */
void committee_walk_ledger(struct committee *committee, uint32_t area,
                           const struct committee_ledger_place *after, size_t limit,
                           committee_ledger_fn *on_part, committee_walked_fn *on_walked, void *context);

/* ---- held reports ---- */

/* Lists the waiting reports of the principal's area, as store_list_held(). */
void committee_list_held(struct committee *committee, const struct principal *principal,
                         const struct held_place *after, size_t limit, store_held_fn *on_held, void *context);

/* Releases or rejects a held report of a unit in the principal's area, and logs the decision. `on_answer` is called
 * exactly once, later, with any value but DECIDED_VOIDED and DECIDED_CHANGED. False when the tally has no room: then
 * it is not called. */
bool committee_decide(struct committee *committee, const struct principal *principal, uint32_t unit,
                      int32_t seq, bool release, const char *reason, decision_answer_fn *on_answer,
                      void *context);

/* Takes all reports of a unit in the principal's area out of the count. `on_answer` is called exactly once, later,
 * with DECIDED_VOIDED, DECIDED_NOT_FOUND where nothing counts or waits, DECIDED_UNAVAILABLE or DECIDED_UNSOUND. */
void committee_void(struct committee *committee, const struct principal *principal, uint32_t unit,
                    const char *reason, decision_answer_fn *on_answer, void *context);

/* Records why a unit in the principal's area does not report; fills in the excuse's time and `who`. As
 * store_excuse(); logs what was recorded. */
void committee_excuse(struct committee *committee, const struct principal *principal, uint32_t unit,
                      const struct excuse *excuse, store_excused_fn *on_excused, void *context);

/* Handles an answer of the tally. Takes the message, which is not a report. */
void committee_answered(struct committee *committee, struct message *message);

/* ---- the register ---- */

/* Sets the change that could be taken up: from the register in force, which must be the committee's, to that of the
 * election's files. Takes its own reference. Requests that wait until the former is in force everywhere in this
 * server are answered. */
void committee_set_change(struct committee *committee, struct register_change *change);
struct register_change *committee_change(const struct committee *committee); /* NULL: not known yet */

/* As in store/take_up.h. TAKE_UP_DONE and TAKE_UP_DONE_BEFORE are answered once the server has followed. The
 * principal must be an admin of the nation, and a change must be set. Taking up a change without rows gives up a
 * change that was begun and not ended. */
void committee_look_at_change(struct committee *committee, store_take_up_fn *on_looked, void *context);
void committee_take_up(struct committee *committee, const struct principal *principal, const char *reason,
                       store_take_up_fn *on_taken_up, void *context);

/* ---- phase and publication ---- */

/* As in store/meta.h; logs the change. The principal must be an admin of the nation. */
void committee_change_phase(struct committee *committee, const struct principal *principal,
                            enum election_phase phase, store_changed_fn *on_changed, void *context);
void committee_change_publication(struct committee *committee, const struct principal *principal,
                                  enum publication_mode mode, store_changed_fn *on_changed, void *context);

/* ---- bulletins ---- */

enum { COMMITTEE_BULLETIN_MS = 20000 }; /* how long a request waits for one */

/* `number` is the bulletin's, which readers can have now. TURNOUT_UNAVAILABLE when it is not ready in time, or
 * another one is in progress. */
typedef void committee_bulletin_fn(void *context, enum turnout_error error, const char *why, int64_t number);

/* Freezes a bulletin now. The principal must be an admin of the nation; `label` is valid. `on_bulletin` is called
 * exactly once, later. */
void committee_begin_bulletin(struct committee *committee, const struct principal *principal,
                              const char *label, committee_bulletin_fn *on_bulletin, void *context);

/* What readers are shown now. Borrowed until the next committee_set_publication(). */
struct publication *committee_publication(const struct committee *committee);

#endif
