#include "sipfront/call/box_visit.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/call/server_parts.h"

struct visit *visit_of(struct call *c)
{
    if (c->visit)
        return c->visit;
    struct visit *v = calloc(1, sizeof *v);
    char *none = strdup("");
    if (!v || !none)
        abort();
    v->box = none;
    v->transcribe = true;
    c->visit = v;
    return v;
}

void visit_open_box(struct visit *v, struct str box)
{
    char *name = strndup(box.p ? box.p : "", box.len);
    if (!name)
        abort();
    free(v->box);
    v->box = name;
}

void visit_drop_draft(struct call *c)
{
    if (c->visit)
        message_file_drop(c->server, &c->visit->draft);
}

static void delete_marked(struct server *s, struct visit *v)
{
    for (size_t i = 0; i < v->deleted.len; i++) {
        directory_delete_message(s->directory, v->deleted.items[i], (struct directory_done){ 0 });
        free(v->deleted.items[i]);
    }
    vec_free(&v->deleted);
}

static void visit_free(struct visit *v)
{
    for (size_t i = 0; i < v->list.len; i++)
        free(v->list.items[i]);
    vec_free(&v->list);
    message_file_free(&v->draft);
    free(v->current);
    free(v->box);
    free(v);
}

struct keeping *visit_close(struct call *c, message_kept_cb *kept, void *arg)
{
    struct visit *v = c->visit;
    if (!v)
        return NULL;
    c->visit = NULL;
    struct keeping *keeping = v->draft.path ? message_keep(c->server, &v->draft, kept, arg) : NULL;
    delete_marked(c->server, v);
    visit_free(v);
    return keeping;
}

void visit_sound(const char *path, struct sbuf *out)
{
    const char *name = strrchr(path, '/');
    sbuf_fmt(out, "@%s", name ? name + 1 : path);
}
