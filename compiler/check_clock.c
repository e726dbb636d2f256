/* Hours at times that the clocks of their zone pass over, or show twice, when summer time begins or ends. */
#include "compiler/check_context.h"
#include "compiler/compile.h"

/* Days of the week and yearly dates are looked at over these years: always the same, so that a flow is told the same.
 */
enum { YEAR_FIRST = 2026, YEARS = 10, DAY_MINUTES = 24 * 60 };

static compile_clock_fn *clock_fn;

void compile_use_clock(compile_clock_fn *moments) { clock_fn = moments; }

struct hours_at {
    struct check *c;
    struct str zone;
    const struct hours_range *range;
};

/* true: there is something to say of this time on that day, and it was said. */
static bool judge(const struct hours_at *h, int year, unsigned month, unsigned day, unsigned minute)
{
    if (minute == DAY_MINUTES) /* the next day's 00:00 */
        return false;
    unsigned times = clock_fn(h->zone, year, month, day, minute);
    if (times == 1)
        return false;
    const char *what = times ? "comes twice" : "never comes";
    struct diag *d = diag_warning(h->c->diags, h->range->span, "%02u:%02u %s on %04d-%02u-%02u in %.*s", minute / 60,
                                  minute % 60, what, year, month, day, STR_ARG(h->zone));
    diag_help(d,
              times ? "the clocks are set back then: both count" : "the clocks are set forward then, past this time");
    return true;
}

static bool judge_day(const struct hours_at *h, int year, unsigned month, unsigned day)
{
    return judge(h, year, month, day, h->range->from) || judge(h, year, month, day, h->range->to);
}

static unsigned days_in(int year, unsigned month)
{
    static const uint8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return lengths[month - 1] + (month == 2 && leap ? 1u : 0u);
}

/* Every day of the years on which the entry holds, until something was said. */
static void judge_days(const struct hours_at *h, uint8_t days)
{
    unsigned weekday = 3; /* 2026-01-01 is a Thursday */
    for (int year = YEAR_FIRST; year < YEAR_FIRST + YEARS; year++)
        for (unsigned month = 1; month <= 12; month++)
            for (unsigned day = 1; day <= days_in(year, month); day++) {
                if (days >> weekday & 1 && judge_day(h, year, month, day))
                    return;
                weekday = (weekday + 1) % 7;
            }
}

static void judge_date(const struct hours_at *h, struct date date)
{
    int first = date.year ? date.year : YEAR_FIRST, last = date.year ? date.year : YEAR_FIRST + YEARS - 1;
    for (int year = first; year <= last; year++)
        if (date.day <= days_in(year, date.month) && judge_day(h, year, date.month, date.day))
            return;
}

void check_clock(struct check *c, const struct decl_hours *hours)
{
    for (const struct hours_entry *e = hours->entries; clock_fn && e; e = e->next)
        for (const struct hours_range *r = e->kind == HOURS_CLOSED ? NULL : e->ranges; r; r = r->next) {
            const struct hours_at h = { c, hours->zone.text, r };
            if (e->kind == HOURS_DAYS)
                judge_days(&h, e->days);
            for (const struct hours_date *d = e->dates; d; d = d->next)
                judge_date(&h, d->date);
        }
}
