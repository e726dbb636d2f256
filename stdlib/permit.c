#include "stdlib/permit.h"

#include <string.h>

#include "vm/isa/glob.h"

static bool fits(const struct image_permit *p, struct str target)
{
    for (uint32_t i = 0; i < p->npatterns; i++)
        if (glob_fits(p->patterns[i], target))
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

/* A port: digits up to the path. Anything else behind a ':' would make the pattern's host a user's name. */
static bool is_port(struct str rest)
{
    size_t i = 1;
    while (i < rest.len && rest.p[i] >= '0' && rest.p[i] <= '9')
        i++;
    return i > 1 && (i == rest.len || memchr("/?#", rest.p[i], 3));
}

/* https://crm.example covers https://crm.example/login and not https://crm.example.org. */
static bool covers(struct str pattern, struct str url)
{
    if (glob_fits(pattern, url))
        return true;
    if (!pattern.len || url.len <= pattern.len || !str_eq(pattern, (struct str){ url.p, pattern.len }))
        return false;
    struct str rest = { url.p + pattern.len, url.len - pattern.len };
    return pattern.p[pattern.len - 1] == '/' || memchr("/?#", rest.p[0], 3) || (rest.p[0] == ':' && is_port(rest));
}

/* Who writes user@host means to mislead; so do backslashes, which some readers take for slashes. */
static bool misleads(struct str url)
{
    size_t slashes = 0;
    for (size_t i = 0; i < url.len && slashes < 3; i++) {
        slashes += url.p[i] == '/';
        if (url.p[i] == '@' || url.p[i] == '\\' || (unsigned char)url.p[i] <= ' ')
            return true;
    }
    return false;
}

bool permit_fetch(const struct image *im, struct str url)
{
    if (misleads(url))
        return false;
    for (uint32_t i = 0; i < im->npermits; i++)
        for (uint32_t k = 0; im->permits[i].kind == PERMIT_FETCH && k < im->permits[i].npatterns; k++)
            if (covers(im->permits[i].patterns[k], url))
                return true;
    return false;
}
