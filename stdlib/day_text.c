#include "stdlib/day_text.h"

#include <stdio.h>

#include "stdlib/zone.h"

/* 9999-12-31T23:59:59Z and 0000-01-01T00:00:00Z: beyond them four digits are no year. A zone's clocks may be a day
 * further. */
#define LAST_SECOND  INT64_C(253402300799)
#define FIRST_SECOND INT64_C(-62167219200)
enum { DAY = 24 * 3600 };

void day_text(int64_t moment_ms, struct str zone, char out[ACTION_DAY_TEXT])
{
    int64_t seconds = moment_ms / 1000 - (moment_ms % 1000 < 0);
    const struct zone *z = zone_find(zone);
    struct local_time t = { 0 };
    out[0] = '\0';
    if (!z)
        z = zone_find(STR("UTC"));
    if (!z || seconds < FIRST_SECOND + DAY || seconds > LAST_SECOND - DAY)
        return;
    zone_local(z, seconds, &t);
    snprintf(out, ACTION_DAY_TEXT, "%04d-%02u-%02u %02u:%02u %u", t.year, t.month, t.day, t.hour, t.minute,
             t.weekday + 1);
}
