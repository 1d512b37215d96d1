/* Uses the system's time zones, for warnings only: no server computes with them, so that all servers agree. */
#include "register/zone_smells.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <turnout/base/rfc3339.h>

static const char ini_file[] = "election.ini";
static const char zones_folder[] = "/usr/share/zoneinfo";
static const char zone_mark[] = "TZif"; /* how the file of a zone begins */

static bool is_zone(const char *name)
{
    char path[128];
    char mark[sizeof zone_mark] = "";
    int length = snprintf(path, sizeof path, "%s/%s", zones_folder, name);
    FILE *file = length > 0 && (size_t)length < sizeof path ? fopen(path, "rbe") : NULL;
    if (file == NULL) {
        return false;
    }
    bool is_read = fread(mark, 1, sizeof mark - 1, file) == sizeof mark - 1;
    return fclose(file) == 0 && is_read && strcmp(mark, zone_mark) == 0;
}

static void smell_moment(const struct election *election, const char *field, int64_t moment,
                         struct faults *faults)
{
    time_t seconds = (time_t)moment;
    struct tm local;
    if (localtime_r(&seconds, &local) == NULL || local.tm_gmtoff == election->offset_s) {
        return;
    }
    char said[RFC3339_BYTES];
    char there[RFC3339_BYTES];
    rfc3339_format(moment, election->offset_s, said);
    rfc3339_format(moment, (int32_t)(local.tm_gmtoff / 60 * 60), there);
    faults_warn(faults, ini_file, 0, field,
                "%s is %s in %s; make sure that the offset is that of the zone on this day", said, there,
                election->timezone);
}

void zone_smells(const struct election *election, struct faults *faults)
{
    if (!is_zone("UTC")) {
        faults_warn(faults, ini_file, 0, "timezone",
                    "not checked: this machine has no time zones in %s; install tzdata", zones_folder);
        return;
    }
    if (!is_zone(election->timezone)) {
        faults_warn(faults, ini_file, 0, "timezone", "there is no time zone %s; write it as Asia/Ho_Chi_Minh",
                    election->timezone);
        return;
    }
    if (setenv("TZ", election->timezone, 1) == 0) {
        tzset();
        smell_moment(election, "opens", election->opens, faults);
        smell_moment(election, "closes", election->closes, faults);
    }
}
