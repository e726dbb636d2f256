/* The rule at the end of a tz file, for the years after its last table entry: a POSIX TZ text such as
 * "CET-1CEST,M3.5.0,M10.5.0/3" (RFC 8536 §3.3). Private to zone.c. Pure functions. */
#ifndef STDLIB_ZONE_RULE_H
#define STDLIB_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/base/str.h"

/* A day of the year and the local time of it. */
struct zone_day {
    char form;                 /* 'M' month.week.weekday, 'J' day 1-365 without 29 February, 'D' day 0-365 */
    unsigned month, week, day; /* day: weekday (0 Sunday) for 'M', else the day of the year */
    int32_t seconds;
};
struct zone_rule {
    int32_t standard, summer; /* seconds to add to UTC */
    bool has_summer;
    struct zone_day from, to; /* summer time from .. to; `from` is told in standard time, `to` in summer time */
};

bool zone_rule_parse(struct zone_rule *out, struct str text);
int32_t zone_rule_offset(const struct zone_rule *r, int64_t utc);

#endif
