/* Time zones from the system's tz database (/usr/share/zoneinfo, RFC 8536). Any thread: zones are read once and kept
 * for the process's life. */
#ifndef STDLIB_ZONE_H
#define STDLIB_ZONE_H

#include <stdint.h>

#include "vm/base/str.h"

struct zone;

/* The zone of that name ("Europe/Warsaw", "UTC"); NULL when the database has none or its file is damaged. */
const struct zone *zone_find(struct str name);

/* The server's own zone, as the system is set up. */
#define ZONE_OF_SERVER STR("localtime")

/* Seconds to add to UTC at that moment (seconds since 1970). */
int32_t zone_offset(const struct zone *z, int64_t utc);

/* A local time as calendar fields. month and day from 1, weekday 0 Monday. */
struct local_time {
    int year;
    unsigned month, day, hour, minute, second, weekday;
};
void zone_local(const struct zone *z, int64_t utc, struct local_time *out);

/* The moments at which the zone's clocks show that local time: 0 (skipped), 1 or 2 (shown twice); the earliest first.
 * weekday is not read. */
unsigned zone_moments(const struct zone *z, const struct local_time *t, int64_t out[2]);

/* Days from 1970-01-01 to the date in the Gregorian calendar. */
int64_t zone_days(int year, unsigned month, unsigned day);

#endif
