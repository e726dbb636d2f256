#include "sipfront/call/flows.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/call/rehearse.h"
#include "stdlib/flow_run.h"
#include "vm/base/log.h"
#include "vm/base/vec.h"

struct entry {
    char *name;
    struct image *image, *built_in; /* built_in: what is there when the stored one is removed; or NULL */
    uint32_t version;
};

struct flows {
    struct server *server;
    VEC(struct entry) entries;
};

static struct entry *entry_of(const struct flows *f, struct str name)
{
    for (size_t i = 0; i < f->entries.len; i++)
        if (str_is(name, f->entries.items[i].name))
            return &f->entries.items[i];
    return NULL;
}

void flows_put(struct flows *f, const char *name, struct image *im, uint32_t version)
{
    struct entry *e = entry_of(f, str_of(name));
    if (!e) {
        vec_push(&f->entries, (struct entry){ .name = strdup(name) });
        e = &vec_last(&f->entries);
    }
    image_unref(&e->image);
    e->image = im;
    e->version = version;
}

/* Calls in progress keep it. */
static void forget(struct flows *f, const char *name)
{
    struct entry *e = entry_of(f, str_of(name));
    if (!e)
        return;
    image_unref(&e->image);
    e->version = 0;
    if (e->built_in) {
        e->image = image_ref(e->built_in);
        return;
    }
    free(e->name);
    *e = vec_last(&f->entries);
    f->entries.len--;
}

bool flows_find(const struct flows *f, struct str name, struct flow_ref *out)
{
    const struct entry *e = entry_of(f, name);
    if (!e)
        return false;
    *out = (struct flow_ref){ e->image, e->version };
    return true;
}

enum err flows_load(struct image **out, const struct trust *trust, struct str bytes, struct image_refusal *why)
{
    enum err e = image_load(out, bytes.p, bytes.len, why);
    if (e)
        return e;
    e = trust_check(trust, *out, why);
    if (!e)
        e = flow_bind_check(*out, call_port_offered(), why);
    if (e)
        image_unref(out);
    return e;
}

static void load_stored(const struct flow_version *v, void *arg)
{
    struct flows *f = arg;
    struct image *im = NULL;
    struct image_refusal why = { "" };
    if (flows_load(&im, f->server->trust, (struct str){ (const char *)v->image, v->size }, &why) != ERR_OK) {
        log_error("flows", "flow %s version %u is refused: %s", v->flow, v->version, why.text);
        return;
    }
    struct sbuf names = { 0 };
    if (rehearse_missing(f->server, im, &names))
        log_warn("flows", "flow %s plays what is not there: %s", v->flow, names.p);
    sbuf_free(&names);
    flows_put(f, v->flow, im, v->version);
}

/* Of the folder that holds default.flowc. */
static enum err load_builtin(struct flows *f, const char *folder, const char *name, struct sbuf *why)
{
    struct sbuf bytes = { 0 }, path_text = { 0 };
    struct image *im = NULL;
    struct image_refusal refusal = { "" };
    sbuf_fmt(&path_text, "%s/%s.flowc", folder, name);
    const char *path = path_text.p;
    enum err e = sbuf_read_file(&bytes, path, IMAGE_MAX_SIZE);
    if (e)
        sbuf_fmt(why, "the built-in flow %s cannot be read: %s", path, err_text(e));
    else if ((e = flows_load(&im, NULL, sbuf_view(&bytes), &refusal)) != ERR_OK)
        sbuf_fmt(why, "the built-in flow %s is refused: %s", path, refusal.text);
    else {
        flows_put(f, name, im, 0);
        entry_of(f, str_of(name))->built_in = image_ref(im);
    }
    sbuf_free(&bytes);
    sbuf_free(&path_text);
    return e;
}

/* Of what was stored before it was checked, or by another server. */
static void warn_of_missing(const struct flows *f)
{
    for (size_t i = 0; i < f->entries.len; i++) {
        const struct image *im = f->entries.items[i].image;
        struct flow_ref found;
        for (uint32_t k = 0; k < im->ncontinues; k++)
            if (!flows_find(f, im->continues[k], &found))
                log_warn("flows", "flow %s continues with %.*s, which is not deployed", f->entries.items[i].name,
                         STR_ARG(im->continues[k]));
    }
}

enum err flows_new(struct flows **out, struct server *s, const char *folder, struct sbuf *why)
{
    struct flows *f = calloc(1, sizeof *f);
    *out = NULL;
    if (!f)
        return ERR_NOMEM;
    f->server = s;
    static const char *const names[] = { "default", "voicemail", "mailbox", "outbound" };
    enum err e = ERR_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !e; i++)
        e = load_builtin(f, folder, names[i], why);
    if (e) {
        flows_free(&f);
        return e;
    }
    directory_each_flow(s->directory, load_stored, f);
    warn_of_missing(f);
    *out = f;
    return ERR_OK;
}

void flows_free(struct flows **flows)
{
    struct flows *f = *flows;
    *flows = NULL;
    if (!f)
        return;
    for (size_t i = 0; i < f->entries.len; i++) {
        image_unref(&f->entries.items[i].image);
        image_unref(&f->entries.items[i].built_in);
        free(f->entries.items[i].name);
    }
    vec_free(&f->entries);
    free(f);
}

void flows_rehearse(const struct flows *f)
{
    for (size_t i = 0; i < f->entries.len; i++)
        if (f->entries.items[i].version) /* the built-in ones are many seconds of speech that few servers need */
            rehearse(f->server, f->entries.items[i].image, NULL, NULL);
}

/* ---- removing ---- */

struct removal {
    struct flows *flows;
    char *name;
    struct directory_done done;
};

static void on_removed(enum err e, const char *why, void *arg)
{
    struct removal *r = arg;
    if (!e) {
        log_info("flows", "flow %s is removed", r->name);
        forget(r->flows, r->name);
    }
    r->done.done(e, why, r->done.arg);
    free(r->name);
    free(r);
}

/* Another flow that hands calls over to it; NULL: none. */
static const struct entry *who_continues(const struct flows *f, const char *name)
{
    for (size_t i = 0; i < f->entries.len; i++) {
        const struct entry *e = &f->entries.items[i];
        for (uint32_t k = 0; k < e->image->ncontinues; k++)
            if (strcmp(e->name, name) != 0 && str_is(e->image->continues[k], name))
                return e;
    }
    return NULL;
}

struct attached {
    const char *flow;
    struct sbuf users;
};

static void add_attached(const struct connection *k, void *arg)
{
    struct attached *a = arg;
    if (strcmp(k->flow, a->flow) == 0)
        sbuf_fmt(&a->users, "%s%s", a->users.len ? ", " : "", k->user);
}

/* Who needs it, for people; empty: nobody. */
static void who_needs(const struct flows *f, const char *name, struct sbuf *why)
{
    struct attached a = { .flow = name };
    const struct entry *own = entry_of(f, str_of(name));
    const struct entry *next = own && !own->built_in ? who_continues(f, name) : NULL;
    directory_each_connection(f->server->directory, add_attached, &a);
    if (a.users.len)
        sbuf_fmt(why, "the flow '%s' handles the calls of %s", name, a.users.p);
    else if (next)
        sbuf_fmt(why, "the flow '%s' continues with '%s'", next->name, name);
    sbuf_free(&a.users);
}

enum err flows_remove(struct flows *f, const char *name, struct directory_done done, struct sbuf *why)
{
    struct removal *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    who_needs(f, name, why);
    if (why->len) {
        free(r);
        return ERR_EXISTS;
    }
    *r = (struct removal){ f, strdup(name), done };
    directory_remove_flow(f->server->directory, name, (struct directory_done){ on_removed, r });
    return ERR_OK;
}
