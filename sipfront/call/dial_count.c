/* What the legs of a dial add up to: for limits, permits and loops. */
#include <string.h>

#include "sipfront/call/far_uri.h"

unsigned dial_legs(const struct dial *d)
{
    unsigned n = 0;
    for (const struct far_leg *f = dial_first(d); f; f = f->next)
        n += far_leg_is_alive(f);
    return n;
}

static bool is_alive(const struct far_leg *f, int line) { return far_leg_is_alive(f) && f->line == line; }

/* A target's devices count as one: the first that is alive. */
unsigned dial_under(const struct dial *d, int line)
{
    unsigned n = 0;
    for (const struct far_leg *f = dial_first(d); f; f = f->next) {
        const struct far_leg *first = dial_first(d);
        while (first != f && !(is_alive(first, line) && strcmp(first->user, f->user) == 0))
            first = first->next;
        n += first == f && is_alive(f, line);
    }
    return n;
}

bool dial_concerns(const struct dial *d, const char *user)
{
    const struct far_leg *f = dial_first(d);
    while (f && !(f->leg && strcmp(f->user, user) == 0))
        f = f->next;
    return f;
}

unsigned dial_on_trunk(const struct dial *d, const char *trunk)
{
    unsigned n = 0;
    for (const struct far_leg *f = dial_first(d); f; f = f->next)
        n += f->leg && strcmp(fare_trunk(f->fare), trunk) == 0;
    return n;
}

static const char *shown_by(const struct far_leg *f)
{
    return f->outside ? far_outside_caller(f) : f->uri ? far_uri_caller(f) : "";
}

bool dial_shows(const struct dial *d, const char *number)
{
    for (const struct far_leg *f = dial_first(d); f; f = f->next)
        if (f->leg && strcmp(shown_by(f), number) == 0)
            return true;
    return false;
}
