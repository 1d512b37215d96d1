/* Records and reads why units do not report. Callbacks as in read.h. */
#ifndef TURNOUT_STORE_EXCUSES_H
#define TURNOUT_STORE_EXCUSES_H

#include <turnout/store/store.h>
#include <turnout/wire/excuse.h>

/* TURNOUT_CONFLICT: the unit has reported, and this excuse is for silent units only. */
typedef void store_excused_fn(void *context, enum turnout_error error, const char *why);

/* Records an excuse; EXCUSE_NONE ends the current one. Borrowed for the call. */
void store_excuse(struct store *store, uint32_t unit, const struct excuse *excuse,
                  store_excused_fn *on_excused, void *context);

/* `excuses` has one entry a unit, EXCUSE_NONE for those without; NULL unless TURNOUT_OK. */
typedef void store_excuses_fn(void *context, enum turnout_error error, const char *why,
                              const struct excuse *excuses);

/* Of the units first .. first + count - 1 of the register, all of one province, at most STORE_UNITS_READ_MAX. */
void store_read_excuses(struct store *store, uint32_t first, uint32_t count, store_excuses_fn *on_excuses,
                        void *context);

#endif
