/* The words of the index. */
#include "public_listings.h"

#include <turnout/service/document.h>

#define HTML "text/html; charset=utf-8"

/* How often a document changes. */
static const char figures[] = "figures";   /* as figures move */
static const char bulletin[] = "bulletin"; /* with each new bulletin */
static const char version[] = "version";   /* with the server's program or settings */
static const char never[] = "never";

const struct document_listing public_listings[] = {
    {"/v1", "this index", CONTENT_JSON, "index.schema.json", version},
    {"/v1/turnout{?since}", "the nation and its provinces; with since, those that have moved", CONTENT_JSON,
     "turnout.schema.json", figures},
    {"/v1/areas/{code}", "an area and its children", CONTENT_JSON, "area.schema.json", figures},
    {"/v1/snapshot.json{?fields,level}", "everything down to the communes", CONTENT_JSON,
     "snapshot.schema.json", figures},
    {"/v1/snapshot.csv{?bom,fields,level,sep}", "the same as a table", CONTENT_CSV, NULL, figures},
    {"/v1/rounds", "the round board: units on time, late and silent, by round and area", CONTENT_JSON,
     "rounds.schema.json", figures},
    {"/v1/rounds.csv{?bom,sep}", "the same as a table, a column a round", CONTENT_CSV, NULL, figures},
    {"/v1/corrections{?after,limit}", "what was corrected, decided or changed, newest first", CONTENT_JSON,
     "corrections.schema.json", figures},
    {"/v1/events{?area}", "what moves, as it moves: server-sent events", "text/event-stream", NULL, figures},
    {"/v1/bulletins", "the bulletins, and what has changed from each to the next", CONTENT_JSON,
     "bulletins.schema.json", bulletin},
    {"/v1/bulletins/{number}/bulletin.txt", "what a bulletin says, in nine lines",
     "text/plain; charset=utf-8", NULL, never},
    {"/v1/bulletins/{number}/bulletin.sig", "its signature: Ed25519, 64 bytes", "application/octet-stream",
     NULL, never},
    {"/v1/bulletins/{number}/areas/{code}.csv",
     "its figures of an area and of what is in it, down to the units", CONTENT_CSV, NULL, never},
    {"/v1/keys", "the keys that bulletins are signed with", CONTENT_JSON, "keys.schema.json", version},
    {"/", "the live picture, a page for people", HTML, NULL, version},
    {"/a/{code}", "the live picture of one area", HTML, NULL, version},
    {"/embed/{part}", "its headline or its map, for pages of other sites to frame", HTML, NULL, version},
};
const size_t public_listing_count = sizeof public_listings / sizeof public_listings[0];
