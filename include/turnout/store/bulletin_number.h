/* The number of the newest bulletin that this server has seen, in `bulletin-number` in its data folder. It outlives
 * `turnout reset`, and a Redis restored from an older copy: no number is used twice, because readers may keep for
 * ever what was published under it. */
#ifndef TURNOUT_STORE_BULLETIN_NUMBER_H
#define TURNOUT_STORE_BULLETIN_NUMBER_H

#include <stdint.h>

#include <turnout/base/error.h>

#define BULLETIN_NUMBER_FILE "bulletin-number"

/* 0: none was seen. TURNOUT_BAD_INPUT when the file is damaged or not private (base/private_file.h); the error says
 * what to do. */
enum turnout_error bulletin_number_read(const char *data, int64_t *ret_number, struct error *error);

/* Writes the number, unless the file has a higher one. It is on the disk when this returns TURNOUT_OK. */
enum turnout_error bulletin_number_raise(const char *data, int64_t number, struct error *error);

/* For a data folder restored from a copy: skips to the next full thousand, past the numbers that may have been used
 * after the copy was made. */
enum turnout_error bulletin_number_leap(const char *data, struct error *error);

#endif
