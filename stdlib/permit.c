#include "stdlib/permit.h"

#include "vm/base/cover.h"

/* Whether that line covers the target. */
static bool covers(const struct image_permit *p, struct str target)
{
    for (uint32_t i = 0; p->kind != PERMIT_FETCH && i < p->npatterns; i++)
        if (cover_dial(p->patterns[i], target))
            return true;
    return p->kind == PERMIT_DIAL_CONNECTIONS && !cover_is_abroad(target);
}

bool permit_dial(const struct image *im, struct str target, bool outside)
{
    if (!outside && !cover_is_abroad(target))
        return true;
    for (uint32_t i = 0; i < im->npermits; i++)
        if (covers(&im->permits[i], target))
            return true;
    return false;
}

static bool has_room(const struct permit_ask *ask, unsigned line)
{
    unsigned held = ask->port->legs(ask->port->self, line);
    for (unsigned i = 0; i < ask->nlines; i++)
        held += ask->lines[i] == (int)line;
    return held < ask->im->permits[line].at_most;
}

enum permit_answer permit_leg(const struct permit_ask *ask, struct str target, int *line)
{
    enum permit_answer answer = PERMIT_REFUSED;
    *line = -1;
    if (!ask->outside && !cover_is_abroad(target))
        return PERMIT_GIVEN;
    for (uint32_t i = 0; i < ask->im->npermits; i++) {
        if (!covers(&ask->im->permits[i], target))
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

bool permit_fetch(const struct image *im, struct str url)
{
    for (uint32_t i = 0; i < im->npermits; i++)
        for (uint32_t k = 0; im->permits[i].kind == PERMIT_FETCH && k < im->permits[i].npatterns; k++)
            if (cover_fetch(im->permits[i].patterns[k], url))
                return true;
    return false;
}
