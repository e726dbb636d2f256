#include "stdlib/hours.h"

#include "stdlib/zone.h"

static bool is_date(const struct image_hours_rule *r, const struct local_time *t)
{
    return !r->days && (r->year == 0 || r->year == t->year) && r->month == t->month && r->day == t->day;
}

static bool is_day(const struct image_hours_rule *r, const struct local_time *t) { return r->days >> t->weekday & 1; }

/* Whether a rule that fits says open; *any: whether one fits at all. */
static bool fits(const struct image_hours *h, const struct local_time *t,
                 bool (*is)(const struct image_hours_rule *, const struct local_time *), bool *any)
{
    unsigned minute = t->hour * 60 + t->minute;
    bool open = false;
    *any = false;
    for (uint32_t i = 0; i < h->nrules; i++) {
        const struct image_hours_rule *r = &h->rules[i];
        if (!is(r, t))
            continue;
        *any = true;
        open = open || (minute >= r->from && minute < r->to);
    }
    return open;
}

bool hours_open(const struct image_hours *h, int64_t moment_ms)
{
    const struct zone *z = zone_find(h->zone);
    struct local_time t;
    bool dated, daily;
    if (!z)
        return false;
    zone_local(z, moment_ms / 1000 - (moment_ms % 1000 < 0), &t);
    bool open = fits(h, &t, is_date, &dated);
    return dated ? open : fits(h, &t, is_day, &daily);
}
