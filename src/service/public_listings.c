/* The table of public documents, of which the index (`/v1`) is made. */
#include "public_listings.h"

#include <turnout/service/document.h>

#define HTML "text/html; charset=utf-8"

/* How often a document changes. */
static const char figures[] = "figures";   /* as figures move */
static const char bulletin[] = "bulletin"; /* with each new bulletin */
static const char version[] = "version";   /* with the server's program or settings */
static const char never[] = "never";

const struct document_listing public_listings[] = {
    {"/v1", "this index", DOCUMENT_JSON, "index.schema.json", version},
    {"/v1/turnout{?at,since}", "the nation and its provinces; with since, those that have moved",
     DOCUMENT_JSON, "turnout.schema.json", figures},
    {"/v1/areas/{code}", "an area and its children", DOCUMENT_JSON, "area.schema.json", figures},
    {"/v1/snapshot.json{?at,fields,level}", "everything down to the communes", DOCUMENT_JSON,
     "snapshot.schema.json", figures},
    {"/v1/snapshot.csv{?at,bom,fields,level,sep}", "the same as a table", DOCUMENT_CSV, NULL, figures},
    {"/v1/milestones", "when provinces and communes were complete, in order", DOCUMENT_JSON,
     "milestones.schema.json", figures},
    {"/v1/feed.atom", "bulletins, corrections and milestones as an Atom feed", DOCUMENT_ATOM, NULL, figures},
    {"/v1/nist.json", "the same as an ElectionReport of NIST SP 1500-100 version 2", DOCUMENT_JSON,
     "nist.schema.json", figures},
    {"/v1/rounds", "the round board: units on time, late and silent, by round and area", DOCUMENT_JSON,
     "rounds.schema.json", figures},
    {"/v1/rounds.csv{?bom,sep}", "the same as a table, a column a round", DOCUMENT_CSV, NULL, figures},
    {"/v1/series{?area,from,step,to}", "the nation or a province minute by minute", DOCUMENT_JSON,
     "series.schema.json", figures},
    {"/v1/diff?from={number}{&to}", "what moved from a bulletin to another, or to now, and why",
     DOCUMENT_JSON, "diff.schema.json", figures},
    {"/v1/corrections{?after,limit}", "what was corrected, decided or changed, newest first", DOCUMENT_JSON,
     "corrections.schema.json", figures},
    {"/v1/events{?area}", "what moves, as it moves: server-sent events", "text/event-stream", NULL, figures},
    {"/v1/bulletins", "the bulletins, and what has changed from each to the next", DOCUMENT_JSON,
     "bulletins.schema.json", bulletin},
    {"/v1/bulletins/{number}/bulletin.txt", "what a bulletin says, in nine lines",
     "text/plain; charset=utf-8", NULL, never},
    {"/v1/bulletins/{number}/bulletin.sig", "its signature: Ed25519, 64 bytes", "application/octet-stream",
     NULL, never},
    {"/v1/bulletins/{number}/areas/{code}.csv",
     "its figures of an area and of what is in it, down to the units", DOCUMENT_CSV, NULL, never},
    {"/v1/keys", "the keys that bulletins are signed with", DOCUMENT_JSON, "keys.schema.json", version},
    {"/", "the live picture, a page for people", HTML, NULL, version},
    {"/a/{code}", "the live picture of one area", HTML, NULL, version},
    {"/bulletin/{number}", "a bulletin as a page to print", HTML, NULL, version},
    {"/check{?bulletin,every,from,key,receipt,unit}",
     "a page that checks a bulletin in the reader's own browser", HTML, NULL, version},
    {"/embed/{part}", "its headline or its map, for pages of other sites to frame", HTML, NULL, version},
};
const size_t public_listing_count = sizeof public_listings / sizeof public_listings[0];
