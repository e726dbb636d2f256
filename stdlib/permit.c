#include "stdlib/permit.h"

#include "vm/base/cover.h"

typedef bool covers_fn(const struct image_permit *p, struct str what);

static bool covers_dial(const struct image_permit *p, struct str target)
{
    for (uint32_t i = 0; p->kind != PERMIT_FETCH && i < p->npatterns; i++)
        if (cover_dial(p->patterns[i], target))
            return true;
    return p->kind == PERMIT_DIAL_CONNECTIONS && !cover_is_abroad(target);
}

static bool covers_fetch(const struct image_permit *p, struct str url)
{
    for (uint32_t i = 0; p->kind == PERMIT_FETCH && i < p->npatterns; i++)
        if (cover_fetch(p->patterns[i], url))
            return true;
    return false;
}

static bool has_one(const struct image *im, covers_fn *covers, struct str what)
{
    for (uint32_t i = 0; i < im->npermits; i++)
        if (covers(&im->permits[i], what))
            return true;
    return false;
}

bool permit_dial(const struct image *im, struct str target, bool outside)
{
    if (!outside && !cover_is_abroad(target))
        return true;
    return has_one(im, covers_dial, target);
}

bool permit_fetch(const struct image *im, struct str url) { return has_one(im, covers_fetch, url); }

static bool has_room(const struct permit_ask *ask, unsigned line)
{
    unsigned held = ask->port->held(ask->port->self, line);
    for (unsigned i = 0; i < ask->nlines; i++)
        held += ask->lines[i] == (int)line;
    return held < ask->im->permits[line].at_most;
}

/* The first line that covers it and has room. */
static enum permit_answer find_room(const struct permit_ask *ask, covers_fn *covers, struct str what, int *line)
{
    enum permit_answer answer = PERMIT_REFUSED;
    *line = -1;
    for (uint32_t i = 0; i < ask->im->npermits; i++) {
        if (!covers(&ask->im->permits[i], what))
            continue;
        answer = PERMIT_USED_UP;
        bool counted = ask->im->permits[i].at_most > 0;
        if (counted && !has_room(ask, i))
            continue;
        *line = counted ? (int)i : -1;
        return PERMIT_GIVEN;
    }
    return answer;
}

enum permit_answer permit_leg(const struct permit_ask *ask, struct str target, int *line)
{
    *line = -1;
    if (!ask->outside && !cover_is_abroad(target))
        return PERMIT_GIVEN;
    return find_room(ask, covers_dial, target, line);
}

enum permit_answer permit_request(const struct permit_ask *ask, struct str url, int *line)
{
    return find_room(ask, covers_fetch, url, line);
}
