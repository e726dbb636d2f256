#include "stdlib/zone_rule.h"

#include "stdlib/zone.h"

enum { DAY = 86400 };

/* ---- reading ---- */

struct reader {
    const char *p, *end;
    bool bad;
};

static bool take(struct reader *r, char ch)
{
    if (r->p == r->end || *r->p != ch)
        return false;
    r->p++;
    return true;
}

static unsigned number(struct reader *r)
{
    unsigned n = 0;
    const char *from = r->p;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9' && n < 1000)
        n = n * 10 + (unsigned)(*r->p++ - '0');
    if (r->p == from)
        r->bad = true;
    return n;
}

/* A zone's letters, or anything in <>. */
static void skip_name(struct reader *r)
{
    const char *from = r->p;
    if (take(r, '<')) {
        while (r->p < r->end && *r->p != '>')
            r->p++;
        if (!take(r, '>'))
            r->bad = true;
        return;
    }
    while (r->p < r->end && ((*r->p >= 'A' && *r->p <= 'Z') || (*r->p >= 'a' && *r->p <= 'z')))
        r->p++;
    if (r->p == from)
        r->bad = true;
}

/* [+-]h[:m[:s]] in seconds. */
static int32_t seconds(struct reader *r)
{
    int32_t sign = take(r, '-') ? -1 : 1;
    if (sign == 1)
        (void)take(r, '+');
    int32_t s = (int32_t)number(r) * 3600;
    if (take(r, ':'))
        s += (int32_t)number(r) * 60;
    if (take(r, ':'))
        s += (int32_t)number(r);
    return sign * s;
}

static struct zone_day day(struct reader *r)
{
    struct zone_day d = { .form = 'D', .seconds = 2 * 3600 };
    if (take(r, 'M')) {
        d.form = 'M';
        d.month = number(r);
        if (!take(r, '.'))
            r->bad = true;
        d.week = number(r);
        if (!take(r, '.'))
            r->bad = true;
    } else if (take(r, 'J')) {
        d.form = 'J';
    }
    d.day = number(r);
    if (take(r, '/'))
        d.seconds = seconds(r);
    if (d.form == 'M' && (d.month - 1 > 11 || d.week - 1 > 4 || d.day > 6))
        r->bad = true;
    return d;
}

bool zone_rule_parse(struct zone_rule *out, struct str text)
{
    struct reader r = { text.p, text.p + text.len, false };
    struct zone_rule z = { 0 };
    skip_name(&r);
    z.standard = -seconds(&r); /* POSIX counts west of Greenwich as positive */
    if (!r.bad && r.p < r.end) {
        z.has_summer = true;
        skip_name(&r);
        z.summer = r.p < r.end && *r.p != ',' ? -seconds(&r) : z.standard + 3600;
        if (!take(&r, ','))
            r.bad = true;
        z.from = day(&r);
        if (!take(&r, ','))
            r.bad = true;
        z.to = day(&r);
    }
    if (r.bad || r.p != r.end)
        return false;
    *out = z;
    return true;
}

/* ---- using ---- */

static bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/* Days since 1970 of the rule's day in that year. */
static int64_t day_in(const struct zone_day *d, int year)
{
    int64_t first = zone_days(year, 1, 1);
    if (d->form == 'D')
        return first + d->day;
    if (d->form == 'J')
        return first + d->day - 1 + (is_leap(year) && d->day >= 60);
    int64_t month = zone_days(year, d->month, 1);
    int64_t next = d->month == 12 ? zone_days(year + 1, 1, 1) : zone_days(year, d->month + 1, 1);
    int64_t weekday = ((month + 4) % 7 + 7) % 7; /* 0 Sunday; 1970-01-01 was a Thursday */
    int64_t at = month + ((int64_t)d->day - weekday + 7) % 7 + ((int64_t)d->week - 1) * 7;
    return at < next ? at : at - 7; /* week 5 is the last one there is */
}

int32_t zone_rule_offset(const struct zone_rule *r, int64_t utc)
{
    if (!r->has_summer)
        return r->standard;
    int64_t days = (utc + r->standard) / DAY;
    int year = (int)(1970 + days / 366);
    while (zone_days(year + 1, 1, 1) <= days)
        year++;
    int64_t from = day_in(&r->from, year) * DAY + r->from.seconds - r->standard;
    int64_t to = day_in(&r->to, year) * DAY + r->to.seconds - r->summer;
    bool summer = from < to ? utc >= from && utc < to : utc >= from || utc < to;
    return summer ? r->summer : r->standard;
}
