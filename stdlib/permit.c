#include "stdlib/permit.h"

#include "stdlib/pattern.h"

static bool fits(const struct image_permit *p, struct str target)
{
    for (uint32_t i = 0; i < p->npatterns; i++)
        if (pattern_match(target, p->patterns[i]))
            return true;
    return false;
}

bool permit_dial(const struct image *im, struct str target)
{
    if (!str_starts(target, "+") && !str_starts(target, "sip:") && !str_starts(target, "sips:"))
        return true;
    for (uint32_t i = 0; i < im->npermits; i++)
        if (im->permits[i].kind == PERMIT_DIAL && fits(&im->permits[i], target))
            return true;
    return false;
}
