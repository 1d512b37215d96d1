/* The watch over data/tokens.csv, whose set is a struct tokens. */
#ifndef TURNOUT_APP_TOKENS_WATCH_H
#define TURNOUT_APP_TOKENS_WATCH_H

#include "file_watch.h"

/* As file_watch_new(). */
enum turnout_error tokens_watch_new(const char *data, struct file_watch **ret_watch, struct error *error);

#endif
