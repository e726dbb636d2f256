/* A deployment on its way: worker (verify, look for its files) -> rehearsal -> directory (store) -> pointers swapped.
 * So the first call of a version finds all that it says ready. Several images are one deployment: none is stored unless
 * all can be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/music.h"
#include "sipfront/call/rehearse.h"
#include "vm/base/log.h"

struct part {
    char *name; /* "" until the image has told its own */
    struct sbuf bytes;
    struct image *image;
};

struct deployment {
    struct server *server;
    struct part *parts;
    unsigned n, at; /* at: the part that is rehearsed, then stored */
    enum err e;
    struct sbuf why;
    struct pronounce *pronounce; /* as the list stands at this deployment */
    struct music *music;         /* and the folders */
    struct directory_done done;
};

static void finish(struct deployment *d, enum err e, const char *why)
{
    if (d->done.done)
        d->done.done(e, why, d->done.arg);
    for (unsigned i = 0; i < d->n; i++) {
        image_unref(&d->parts[i].image);
        sbuf_free(&d->parts[i].bytes);
        free(d->parts[i].name);
    }
    free(d->parts);
    pronounce_free(&d->pronounce);
    music_free(&d->music);
    sbuf_free(&d->why);
    free(d);
}

/* Begins d->why: which of several images it is about. */
static enum err refuse(struct deployment *d, const struct part *p, enum err e)
{
    sbuf_clear(&d->why);
    if (d->n > 1)
        sbuf_fmt(&d->why, "image %u of %u: ", (unsigned)(p - d->parts) + 1, d->n);
    return e;
}

/* ---- on the worker ---- */

static enum err verify_part(struct deployment *d, struct part *p)
{
    const struct server *s = d->server;
    struct image_refusal refusal = { "" };
    struct sbuf names = { 0 };
    enum err e = flows_load(&p->image, s->trust, sbuf_view(&p->bytes), &refusal);
    if (e) {
        refuse(d, p, e);
        sbuf_cstr(&d->why, *refusal.text ? refusal.text : err_text(e));
    } else if (rehearse_missing(s, p->image, &names)) {
        e = refuse(d, p, ERR_NOT_FOUND);
        sbuf_fmt(&d->why, "it plays what is not in %s/sounds: %s", s->data, names.p);
    }
    sbuf_free(&names);
    return e;
}

static void verify(void *arg)
{
    struct deployment *d = arg;
    for (unsigned i = 0; i < d->n && !d->e; i++)
        d->e = verify_part(d, &d->parts[i]);
    if (!d->e)
        d->e = server_read_pronunciation(d->server, &d->pronounce, &d->why);
    d->music = server_read_music(d->server);
}

/* ---- on the loop again ---- */

static bool is_among(const struct deployment *d, struct str name)
{
    for (unsigned i = 0; i < d->n; i++)
        if (str_is(name, d->parts[i].name))
            return true;
    return false;
}

/* What it continues with is there already, or comes with it. */
static enum err check_continues(struct deployment *d, const struct part *p)
{
    const struct image *im = p->image;
    struct flow_ref found;
    for (uint32_t i = 0; i < im->ncontinues; i++) {
        struct str name = im->continues[i];
        if (is_among(d, name) || flows_find(d->server->flows, name, &found))
            continue;
        refuse(d, p, ERR_NOT_FOUND);
        sbuf_fmt(&d->why, "it continues with the flow '%.*s', which is not on this server", STR_ARG(name));
        return ERR_NOT_FOUND;
    }
    return ERR_OK;
}

static enum err check_all_continue(struct deployment *d)
{
    enum err e = ERR_OK;
    for (unsigned i = 0; i < d->n && !e; i++)
        e = check_continues(d, &d->parts[i]);
    return e;
}

static void give_up(struct deployment *d)
{
    log_warn("flows", "a deployment is refused: %s", d->why.p);
    finish(d, d->e, d->why.p);
}

static enum err check_names(struct deployment *d)
{
    for (unsigned i = 0; i < d->n; i++)
        for (unsigned k = 0; k < i; k++)
            if (strcmp(d->parts[i].name, d->parts[k].name) == 0) {
                refuse(d, &d->parts[i], ERR_EXISTS);
                sbuf_fmt(&d->why, "the flow '%s' is among them already", d->parts[i].name);
                return ERR_EXISTS;
            }
    return ERR_OK;
}

static void take_names(struct deployment *d)
{
    for (unsigned i = 0; i < d->n; i++) {
        struct part *p = &d->parts[i];
        if (*p->name)
            continue;
        free(p->name);
        p->name = strndup(p->image->flow.p, p->image->flow.len);
    }
}

/* What is stored becomes what new calls run, all at the same moment. */
static void take_images(struct deployment *d)
{
    for (unsigned i = 0; i < d->at; i++) {
        struct part *p = &d->parts[i];
        const struct flow_version *v = directory_flow(d->server->directory, p->name);
        log_info("flows", "flow %s is now version %u", p->name, v ? v->version : 0);
        flows_put(d->server->flows, p->name, p->image, v ? v->version : 0);
        p->image = NULL;
    }
}

static void store_next(struct deployment *d);

static void on_stored(enum err e, const char *why, void *arg)
{
    struct deployment *d = arg;
    d->at += !e;
    if (!e && d->at < d->n) {
        store_next(d);
        return;
    }
    take_images(d);
    finish(d, e, why);
}

static void store_next(struct deployment *d)
{
    const struct part *p = &d->parts[d->at];
    directory_deploy(d->server->directory, p->name, sbuf_view(&p->bytes), (struct directory_done){ on_stored, d });
}

static void on_rehearsed(const struct rehearsed *r, void *arg)
{
    struct deployment *d = arg;
    if (r->stopped) {
        finish(d, ERR_BUSY, "the server is stopping");
        return;
    }
    if (++d->at < d->n) {
        rehearse(d->server, d->parts[d->at].image, on_rehearsed, d);
        return;
    }
    d->at = 0;
    d->e = check_all_continue(d); /* once more: one that was there may be removed by now */
    if (d->e)
        give_up(d);
    else
        store_next(d);
}

/* What an operator has changed beside the flows holds from now on. */
static void take_sounds(struct deployment *d)
{
    struct server *s = d->server;
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
    if (!d->e) {
        take_names(d);
        d->e = check_names(d);
    }
    if (!d->e)
        d->e = check_all_continue(d);
    if (d->e) {
        give_up(d);
        return;
    }
    take_sounds(d);
    rehearse(d->server, d->parts[0].image, on_rehearsed, d);
}

void flows_deploy(struct server *s, const struct deploy_item *items, unsigned n, struct directory_done done)
{
    struct deployment *d = calloc(1, sizeof *d);
    struct part *parts = calloc(n, sizeof *parts);
    if (!d || !parts)
        abort();
    *d = (struct deployment){ .server = s, .parts = parts, .n = n, .done = done };
    for (unsigned i = 0; i < n; i++) {
        parts[i].name = strdup(items[i].name);
        sbuf_str(&parts[i].bytes, items[i].image);
    }
    if (workers_submit(s->workers, verify, on_verified, d) != ERR_OK) {
        sbuf_cstr(&d->why, "the server is busy: try again");
        d->e = ERR_BUSY;
        on_verified(d); /* who asked is a request of the console, which waits for done anyway */
    }
}
