/* The number of the newest bulletin that this server has seen, in the file `bulletin-number` of its data folder. It outlives
 * `turnout reset`, and a Redis that is put back from an older copy: no number is given twice, because what was published
 * under one may be kept for ever by those who have read it. */
#ifndef TURNOUT_STORE_BULLETIN_NUMBER_H
#define TURNOUT_STORE_BULLETIN_NUMBER_H

#include <stdint.h>

#include <turnout/base/error.h>

#define BULLETIN_NUMBER_FILE "bulletin-number"

/* 0: none was seen. TURNOUT_BAD_INPUT when it is damaged or no private file (base/private_file.h), and the error says what
 * to do. */
enum turnout_error bulletin_number_read(const char *data, int64_t *ret_number, struct error *error);

/* Writes the number, where a lower one or none is there; it is on the disk when this returns TURNOUT_OK. */
enum turnout_error bulletin_number_raise(const char *data, int64_t number, struct error *error);

/* For a data folder that was put back from a copy: passes over the numbers that may have been given after that, to the next
 * full thousand. */
enum turnout_error bulletin_number_leap(const char *data, struct error *error);

#endif
