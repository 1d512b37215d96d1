/* File names of an export (proto/export.md). An export is also an election's folder. */
#ifndef TURNOUT_CLIENT_EXPORT_LAYOUT_H
#define TURNOUT_CLIENT_EXPORT_LAYOUT_H

#include <stdint.h>

#define EXPORT_HEAD_FILE   "export.txt"
#define EXPORT_KEYS_FILE   "keys.json"
#define EXPORT_LEDGER_FILE "ledger.jsonl"
#define EXPORT_LOG_FILE    "log.csv"
#define EXPORT_HEAD        "turnout-export-v1"
#define EXPORT_LOG_HEADER  "commune,lines,head"

enum { EXPORT_NAME_BYTES = 96 };

/* `log/<code>.jsonl`, `bulletin-<n>/<file>`, `bulletin-<n>/areas/<code>.csv` */
void export_log_name(const char *commune, char ret_name[EXPORT_NAME_BYTES]);
void export_bulletin_name(int64_t number, const char *file, char ret_name[EXPORT_NAME_BYTES]);
void export_area_name(int64_t number, const char *code, char ret_name[EXPORT_NAME_BYTES]);

#endif
