/* The clocks of zones, for the checks of hours: the tz database, which the compiler itself does not read. */
#include "compiler/flowc.h"
#include "stdlib/zone.h"

static unsigned moments(struct str zone, int year, unsigned month, unsigned day, unsigned minute)
{
    const struct zone *z = zone_find(zone);
    const struct local_time t = {
        .year = year, .month = month, .day = day, .hour = minute / 60, .minute = minute % 60
    };
    int64_t at[2];
    return z ? zone_moments(z, &t, at) : 1;
}

void flowc_use_clock(void) { compile_use_clock(moments); }
