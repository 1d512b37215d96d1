/* The table of settings: every setting said once, with its kind, its bounds, its default and its help. Knows nothing of
 * where a value comes from. */
#ifndef TURNOUT_APP_OPTIONS_TABLE_H
#define TURNOUT_APP_OPTIONS_TABLE_H

#include <stddef.h>

#include <turnout/app/options.h>
#include <turnout/base/error.h>
#include <turnout/base/text.h>

size_t options_table_count(void);
const char *options_table_name(size_t i);
const char *options_table_standard(size_t i); /* the default, as text */

/* options_table_count() when no setting has this name. */
size_t options_table_find(struct slice name);

/* Puts one value into its members of the settings. In the order of the table, because who logs in to Redis is a
 * question only once it is known which Redis. The error does not say where the value came from. */
enum turnout_error options_table_parse(size_t i, const char *text, struct settings *settings,
                                       struct error *error);

#endif
