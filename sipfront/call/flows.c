#include "sipfront/call/flows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/music.h"
#include "sipfront/call/rehearse.h"
#include "stdlib/flow_run.h"
#include "vm/base/log.h"
#include "vm/base/vec.h"

struct entry {
    char *name;
    struct image *image;
    uint32_t version;
};

struct flows {
    struct server *server;
    VEC(struct entry) entries;
};

static struct entry *entry_of(const struct flows *f, const char *name)
{
    for (size_t i = 0; i < f->entries.len; i++)
        if (strcmp(f->entries.items[i].name, name) == 0)
            return &f->entries.items[i];
    return NULL;
}

/* Takes the image. */
static void swap(struct flows *f, const char *name, struct image *im, uint32_t version)
{
    struct entry *e = entry_of(f, name);
    if (!e) {
        vec_push(&f->entries, (struct entry){ .name = strdup(name) });
        e = &vec_last(&f->entries);
    }
    image_unref(&e->image);
    e->image = im;
    e->version = version;
}

bool flows_find(const struct flows *f, const char *name, struct flow_ref *out)
{
    const struct entry *e = entry_of(f, name);
    if (!e)
        return false;
    *out = (struct flow_ref){ e->image, e->version };
    return true;
}

/* Decodes, verifies, and checks that this server knows the actions: an image that passes can be run. */
static enum err load(struct image **out, const struct trust *trust, struct str bytes, struct image_refusal *why)
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
    if (load(&im, f->server->trust, (struct str){ (const char *)v->image, v->size }, &why) != ERR_OK) {
        log_error("flows", "flow %s version %u is refused: %s", v->flow, v->version, why.text);
        return;
    }
    struct sbuf names = { 0 };
    if (rehearse_missing(f->server, im, &names))
        log_warn("flows", "flow %s plays what is not there: %s", v->flow, names.p);
    sbuf_free(&names);
    swap(f, v->flow, im, v->version);
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
    else if ((e = load(&im, NULL, sbuf_view(&bytes), &refusal)) != ERR_OK)
        sbuf_fmt(why, "the built-in flow %s is refused: %s", path, refusal.text);
    else
        swap(f, name, im, 0);
    sbuf_free(&bytes);
    sbuf_free(&path_text);
    return e;
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

/* A deployment on its way: worker (verify, look for its files) -> rehearsal -> directory (store) -> swap. So the first
 * call of a version finds all that it says ready. */
struct deployment {
    struct flows *flows;
    char *name;
    struct sbuf bytes;
    struct image *image;
    enum err e;
    struct image_refusal why;
    struct pronounce *pronounce; /* as the list stands at this deployment */
    struct music *music;         /* and the folders */
    struct directory_done done;
};

static void finish(struct deployment *d, enum err e, const char *why)
{
    if (d->done.done)
        d->done.done(e, why, d->done.arg);
    image_unref(&d->image);
    pronounce_free(&d->pronounce);
    music_free(&d->music);
    sbuf_free(&d->bytes);
    free(d->name);
    free(d);
}

static void refuse(struct deployment *d, enum err e, const struct sbuf *why)
{
    d->e = e;
    snprintf(d->why.text, sizeof d->why.text, "%s", why->p);
}

static void verify(void *arg)
{
    struct deployment *d = arg;
    const struct server *s = d->flows->server;
    struct sbuf names = { 0 }, why = { 0 };
    d->e = load(&d->image, s->trust, sbuf_view(&d->bytes), &d->why);
    if (!d->e && rehearse_missing(s, d->image, &names)) {
        sbuf_fmt(&why, "it plays what is not in %s/sounds: %s", s->data, names.p);
        refuse(d, ERR_NOT_FOUND, &why);
    }
    if (!d->e) {
        enum err e = server_read_pronunciation(s, &d->pronounce, &why);
        if (e)
            refuse(d, e, &why);
    }
    d->music = server_read_music(s);
    sbuf_free(&names);
    sbuf_free(&why);
}

static void on_stored(enum err e, const char *why, void *arg)
{
    struct deployment *d = arg;
    if (!e) {
        const struct flow_version *v = directory_flow(d->flows->server->directory, d->name);
        log_info("flows", "flow %s is now version %u", d->name, v ? v->version : 0);
        swap(d->flows, d->name, d->image, v ? v->version : 0);
        d->image = NULL;
    }
    finish(d, e, why);
}

static void on_rehearsed(const struct rehearsed *r, void *arg)
{
    struct deployment *d = arg;
    if (r->stopped)
        finish(d, ERR_BUSY, "the server is stopping");
    else
        directory_deploy(d->flows->server->directory, d->name, sbuf_view(&d->bytes),
                         (struct directory_done){ on_stored, d });
}

/* What an operator has changed beside the flows holds from now on. */
static void take_sounds(struct deployment *d)
{
    struct server *s = d->flows->server;
    struct pronounce *old = s->pronounce;
    s->pronounce = d->pronounce;
    d->pronounce = old;
    struct music *heard = s->music;
    s->music = d->music;
    d->music = heard;
}

static void on_verified(void *arg)
{
    struct deployment *d = arg;
    if (d->e) {
        log_warn("flows", "a deployment is refused: %s", d->why.text);
        finish(d, d->e, *d->why.text ? d->why.text : err_text(d->e));
        return;
    }
    if (!*d->name) {
        free(d->name);
        d->name = strndup(d->image->flow.p, d->image->flow.len);
    }
    take_sounds(d);
    rehearse(d->flows->server, d->image, on_rehearsed, d);
}

void flows_deploy(struct flows *f, const char *name, struct str image, struct directory_done done)
{
    struct deployment *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    d->flows = f;
    d->name = strdup(name ? name : "");
    d->done = done;
    sbuf_str(&d->bytes, image);
    if (workers_submit(f->server->workers, verify, on_verified, d) != ERR_OK) {
        snprintf(d->why.text, sizeof d->why.text, "the server is busy: try again");
        d->e = ERR_BUSY;
        on_verified(d); /* flows_deploy's caller is a request of the console, which waits for done anyway */
    }
}
