/* /v1/feed.atom (RFC 4287): news for a newsroom. Pure. */
#ifndef TURNOUT_WIRE_ATOM_FEED_H
#define TURNOUT_WIRE_ATOM_FEED_H

#include <stddef.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/bulletin_documents.h>
#include <turnout/wire/figures.h>

enum { FEED_ENTRIES_MAX = 100 }; /* of each kind */

struct feed {
    const struct bulletin_summary *const *bulletins; /* in the order of their numbers */
    size_t bulletin_count;
    const struct ledger_entry *corrections; /* newest first */
    size_t correction_count;
};

/* Writes the newest bulletins, corrections, and milestones of the nation and the provinces (withdrawn marks
 * included), newest first. An entry's id depends only on what it is about, so every server gives it the same. */
void document_feed_atom(struct buffer *out, const struct figures *figures, const struct feed *feed);

#endif
