/* What the index of all public documents says of each. */
#ifndef TURNOUT_SERVICE_PUBLIC_LISTINGS_H
#define TURNOUT_SERVICE_PUBLIC_LISTINGS_H

#include <stddef.h>

#include <turnout/wire/documents.h>

/* One for each route of the public listener but what the pages are made of; unit/public_http insists. */
extern const struct document_listing public_listings[];
extern const size_t public_listing_count;

#endif
