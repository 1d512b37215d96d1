/* Reads held reports as turnout_list_held gives them: each a JSON object of texts (proto/lua/held.lua). */
#ifndef TURNOUT_STORE_HELD_REPLY_H
#define TURNOUT_STORE_HELD_REPLY_H

#include <turnout/base/error.h>
#include <turnout/election/election.h>
#include <turnout/election/held.h>
#include <turnout/election/register.h>

/* TURNOUT_BAD_INPUT when the text is anything else. */
enum turnout_error held_report_read(struct slice text, const struct election *election,
                                    const struct election_register *reg, struct held_report *ret_held,
                                    struct error *error);

#endif
