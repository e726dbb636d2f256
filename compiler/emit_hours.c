/* Hours tables. */
#include "compiler/emit_state.h"

static unsigned count_rules(const struct hours_entry *entries)
{
    unsigned n = 0;
    for (const struct hours_entry *h = entries; h; h = h->next) {
        unsigned dates = 0, ranges = 0;
        for (const struct hours_date *d = h->dates; d; d = d->next)
            dates++;
        for (const struct hours_range *r = h->ranges; r; r = r->next)
            ranges++;
        n += (dates ? dates : 1) * (ranges ? ranges : 1);
    }
    return n;
}

static unsigned add_ranges(struct image_hours_rule *to, struct image_hours_rule rule, const struct hours_range *ranges)
{
    unsigned n = 0;
    if (!ranges)
        to[n++] = rule;
    for (const struct hours_range *r = ranges; r; r = r->next) {
        rule.from = r->from;
        rule.to = r->to;
        to[n++] = rule;
    }
    return n;
}

static unsigned add_entry(struct image_hours_rule *to, const struct hours_entry *h)
{
    unsigned n = 0;
    if (h->kind == HOURS_DAYS)
        return add_ranges(to, (struct image_hours_rule){ .days = h->days }, h->ranges);
    for (const struct hours_date *d = h->dates; d; d = d->next) {
        struct image_hours_rule rule = { .year = d->date.year, .month = d->date.month, .day = d->date.day };
        n += add_ranges(to + n, rule, h->kind == HOURS_CLOSED ? NULL : h->ranges);
    }
    return n;
}

unsigned hours_of(struct emit *e, const struct decl *d)
{
    if (d->symbol->slot >= 0)
        return (unsigned)d->symbol->slot;
    if (e->hours.len == UINT16_MAX) {
        pool_full(e, "hours");
        return 0;
    }
    struct image_hours_rule *rules =
        ARENA_ARRAY(e->arena, struct image_hours_rule, count_rules(d->u.hours.entries) + 1);
    struct image_hours row = { d->name.name->text, d->u.hours.zone.text, rules, 0 };
    for (const struct hours_entry *h = d->u.hours.entries; h; h = h->next)
        row.nrules += add_entry(rules + row.nrules, h);
    vec_push(&e->hours, row);
    d->symbol->slot = (int)e->hours.len - 1; /* hours are in no slot: it is their row */
    return (unsigned)d->symbol->slot;
}
