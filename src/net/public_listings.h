/* What the index of all public documents says of each. */
#ifndef TURNOUT_NET_PUBLIC_LISTINGS_H
#define TURNOUT_NET_PUBLIC_LISTINGS_H

#include <stddef.h>

#include <turnout/wire/documents.h>

/* One for each route of public_http.h but what the pages are made of; the unit test insists. */
extern const struct document_listing public_listings[];
extern const size_t public_listing_count;

#endif
