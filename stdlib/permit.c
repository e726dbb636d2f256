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

static bool says_the_same(const struct image_permit *a, const struct image_permit *b)
{
    bool same = a->kind == b->kind && a->npatterns == b->npatterns;
    for (uint32_t i = 0; same && i < a->npatterns; i++)
        same = str_eq(a->patterns[i], b->patterns[i]);
    return same;
}

/* Of lines that say the same the first, the second … is meant. */
int permit_key(const struct image *im, uint32_t line)
{
    const struct image_permit *p = &im->permits[line];
    uint64_t h = 1469598103934665603u + (uint64_t)p->kind;
    for (uint32_t i = 0; i < p->npatterns; i++)
        h = h * 1099511628211u + str_hash(p->patterns[i]);
    for (uint32_t i = 0; i < line; i++)
        h += says_the_same(&im->permits[i], p);
    return (int)((h ^ h >> 31) & INT32_MAX);
}

static bool has_room(const struct permit_ask *ask, int key, uint32_t at_most)
{
    unsigned held = ask->port->held(ask->port->self, key);
    for (unsigned i = 0; i < ask->nlines; i++)
        held += ask->lines[i] == key;
    return held < at_most;
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
        uint32_t at_most = ask->im->permits[i].at_most;
        int key = at_most ? permit_key(ask->im, i) : -1;
        if (at_most && !has_room(ask, key, at_most))
            continue;
        *line = key;
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
