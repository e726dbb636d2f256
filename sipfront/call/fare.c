#include "sipfront/call/fare.h"

#include <stdlib.h>

#include "sipfront/call/outside.h"
#include "vm/base/fmt.h"

struct fare {
    char trunk[TRUNK_NAME];
    struct meter_use *use;
};

struct fare *fare_new(const char *trunk, struct meter_use *use)
{
    struct fare *f = calloc(1, sizeof *f);
    if (!f)
        abort();
    fmt_text(f->trunk, sizeof f->trunk, "%s", trunk);
    f->use = use;
    return f;
}

const char *fare_trunk(const struct fare *f) { return f ? f->trunk : ""; }

void fare_answered(struct fare *f)
{
    if (f && f->use)
        meter_answered(f->use);
}

void fare_follow(struct fare *f, void (*cut)(enum meter_verdict why, void *owner), void *owner)
{
    if (f && f->use)
        meter_follow(f->use, cut, owner);
}

int64_t fare_end(struct fare **fp)
{
    struct fare *f = *fp;
    *fp = NULL;
    if (!f)
        return 0;
    int64_t cost = meter_end(&f->use);
    free(f);
    return cost;
}
