/* hours NAME { zone "…"; days and dates with their times; closed dates } */
#include "compiler/parse_core.h"

static const char *const day_names[7] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static int day_of(const struct parser *p)
{
    for (int i = 0; i < 7; i++)
        if (at_named(p, day_names[i]))
            return i;
    return -1;
}

static int expect_day(struct parser *p)
{
    int day = day_of(p);
    if (day >= 0)
        take(p);
    else
        mistake_expected(p, "a day: mon, tue, wed, thu, fri, sat or sun");
    return day;
}

/* mon-fri, sun; a span may go over the week's end: fri-mon */
static uint8_t parse_days(struct parser *p)
{
    uint8_t days = 0;
    do {
        int from = expect_day(p), to = from;
        if (from >= 0 && accept(p, TOKEN_MINUS))
            to = expect_day(p);
        if (from < 0 || to < 0)
            return days;
        for (int day = from;; day = (day + 1) % 7) {
            days = (uint8_t)(days | 1u << day);
            if (day == to)
                break;
        }
    } while (accept(p, TOKEN_COMMA));
    return days;
}

/* 2026-12-25, or 12-25 for every year (29 February of leap years alone is a day of it too) */
static bool parse_date(struct parser *p, struct hours_date *d)
{
    static const uint8_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const struct token *start = p->next;
    if (accept(p, TOKEN_DATE)) {
        d->date = parse_date_token(start);
        d->span = span_from(p, start);
        return true;
    }
    if (!at(p, TOKEN_INT) || p->next[1].kind != TOKEN_MINUS || p->next[2].kind != TOKEN_INT) {
        mistake_expected(p, "a date: 2026-12-25, or 12-25 for every year");
        return false;
    }
    int64_t month = p->next[0].u.number, day = p->next[2].u.number;
    p->next += 3;
    d->span = span_from(p, start);
    d->date = (struct date){ 0, (uint8_t)month, (uint8_t)day };
    if (month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1])
        return true;
    mistake(p, d->span, "there is no such day in a year");
    return false;
}

static struct hours_date *parse_dates(struct parser *p)
{
    struct hours_date *first = NULL, **tail = &first;
    do {
        struct hours_date *d = NODE(p, struct hours_date);
        if (!parse_date(p, d))
            return first;
        *tail = d;
        tail = &d->next;
    } while (accept(p, TOKEN_COMMA));
    return first;
}

static bool parse_range(struct parser *p, struct hours_range *r)
{
    const struct token *start = p->next;
    if (!at(p, TOKEN_TIME)) {
        diag_help(mistake_expected(p, "times, as 09:00-17:00"), "a time has hours and minutes, two digits each");
        return false;
    }
    take(p);
    r->from = (uint16_t)start->u.number;
    if (!expect(p, TOKEN_MINUS, "'-' and the time at which it ends"))
        return false;
    r->to = (uint16_t)p->next->u.number;
    if (!expect(p, TOKEN_TIME, "the time at which it ends"))
        return false;
    r->span = span_from(p, start);
    if (r->to > r->from)
        return true;
    diag_help(mistake(p, r->span, "this ends before it starts"),
              "for a night write two: 22:00-24:00 and 00:00-06:00 of the next day");
    p->quiet = false;
    return true;
}

static struct hours_range *parse_ranges(struct parser *p)
{
    struct hours_range *first = NULL, **tail = &first;
    do {
        struct hours_range *r = NODE(p, struct hours_range);
        if (!parse_range(p, r))
            return first;
        *tail = r;
        tail = &r->next;
    } while (accept(p, TOKEN_COMMA));
    return first;
}

static struct hours_entry *parse_entry(struct parser *p)
{
    struct hours_entry *e = NODE(p, struct hours_entry);
    const struct token *start = p->next;
    if (accept_named(p, "closed")) {
        e->kind = HOURS_CLOSED;
        e->dates = parse_dates(p);
    } else if (at(p, TOKEN_DATE) || at(p, TOKEN_INT)) {
        e->kind = HOURS_DATES;
        e->dates = parse_dates(p);
    } else if (day_of(p) >= 0) {
        e->kind = HOURS_DAYS;
        e->days = parse_days(p);
    } else {
        diag_help(mistake_expected(p, "'zone', 'closed', a day or a date"),
                  "days are mon, tue, wed, thu, fri, sat and sun");
    }
    if (e->kind != HOURS_CLOSED && !p->quiet)
        e->ranges = parse_ranges(p);
    e->span = span_from(p, start);
    return p->quiet ? NULL : e;
}

static void parse_zone(struct parser *p, struct decl_hours *h)
{
    const struct token *start = p->next - 1;
    struct literal zone = expect_text(p, "the name of a time zone, as \"Europe/Warsaw\"");
    if (h->zone.span.len)
        diag_note(mistake(p, span_from(p, start), "hours have one zone"), h->zone.span, "the first one");
    else
        h->zone = zone;
}

void parse_hours(struct parser *p, struct decl *d)
{
    const struct token *open;
    struct hours_entry **tail = &d->u.hours.entries;
    if (!open_block(p, &open, "'{'"))
        return;
    while (!block_over(p, open)) {
        if (accept_named(p, "zone")) {
            parse_zone(p, &d->u.hours);
        } else {
            struct hours_entry *e = *tail = parse_entry(p);
            tail = e ? &e->next : tail;
        }
        if (p->quiet)
            recover_statement(p);
    }
}
