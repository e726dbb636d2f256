#include "sipfront/directory/change.h"

#include <stdlib.h>
#include <string.h>

#include "vm/base/vec.h"

struct change *change_new(enum change_kind kind, struct directory_done done)
{
    void *p = NULL;
    size_t exactly = 1;
    vec_grow(&p, &exactly, sizeof(struct change), 1);
    struct change *c = p;
    *c = (struct change){ .kind = kind, .done = done };
    return c;
}

static char *copy(const char *s)
{
    struct sbuf b = { 0 };
    sbuf_cstr(&b, s ? s : "");
    return b.p;
}

struct change *change_by_key(enum change_kind kind, const char *key, const char *value, struct directory_done done)
{
    struct change *c = change_new(kind, done);
    c->key = copy(key);
    c->value = copy(value);
    return c;
}

void change_set_value(struct change *c, const char *value)
{
    free(c->value);
    c->value = copy(value);
}

void change_free(struct change **cp)
{
    struct change *c = *cp;
    if (!c)
        return;
    *cp = NULL;
    free(c->row);
    free(c->key);
    free(c->value);
    sbuf_free(&c->why);
    free(c);
}
