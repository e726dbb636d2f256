/* Changing the server key: the new key joins the file, every password is sealed anew, the old keys leave the file. It
 * may be interrupted anywhere, for the file always holds every key that a stored password needs. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/server_outside.h"
#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

struct rotation {
    struct server *server;
    struct keyring *ring; /* being written by a worker */
    struct directory_done done;
    enum err e;
    struct sbuf why;
    unsigned waiting; /* passwords on their way to the database */
};

static void finish(struct rotation *r)
{
    if (r->ring)
        r->server->outside.rotating = false;
    if (r->done.done)
        r->done.done(r->e, r->e ? r->why.p : "", r->done.arg);
    keyring_free(&r->ring);
    sbuf_free(&r->why);
    free(r);
}

static void write_ring(void *arg)
{
    struct rotation *r = arg;
    r->e = keyring_write(r->ring, &r->why);
}

static void on_old_gone(void *arg)
{
    struct rotation *r = arg;
    if (!r->e) {
        keyring_drop_old(r->server->outside.keyring);
        log_info("trunk", "the server key is changed");
    }
    finish(r);
}

/* All passwords are sealed with the newest key: the others go, unless something could not be sealed anew. */
static void drop_old(struct rotation *r)
{
    if (!r->e && r->server->workers) { /* else the server is being closed: the file keeps all keys */
        keyring_drop_old(r->ring);
        r->e = workers_submit(r->server->workers, write_ring, on_old_gone, r);
        if (!r->e)
            return;
        sbuf_cstr(&r->why, "the server is busy: try again");
    }
    finish(r);
}

static void on_sealed(enum err e, const char *why, void *arg)
{
    struct rotation *r = arg;
    if (e && !r->e) {
        r->e = e;
        sbuf_cstr(&r->why, why);
    }
    if (--r->waiting == 0)
        drop_old(r);
}

/* One that cannot be opened keeps what it has; its fault is shown already. */
static void seal_again(const struct trunk_settings *t, void *arg)
{
    struct rotation *r = arg;
    const struct keyring *k = r->server->outside.keyring;
    struct sbuf plain = { 0 }, sealed = { 0 }, why = { 0 };
    struct trunk_settings with = *t;
    if (*t->secret && secret_open(k, t->name, t->secret, &plain, &why) == ERR_OK &&
        secret_seal(k, t->name, plain.p ? plain.p : "", &sealed) == ERR_OK) {
        with.secret = sealed.p;
        r->waiting++;
        directory_set_trunk(r->server->directory, &with, (struct directory_done){ on_sealed, r });
    }
    if (plain.p)
        explicit_bzero(plain.p, plain.len);
    sbuf_free(&plain);
    sbuf_free(&sealed);
    sbuf_free(&why);
}

static void on_new_written(void *arg)
{
    struct rotation *r = arg;
    if (r->e) {
        finish(r);
        return;
    }
    keyring_free(&r->server->outside.keyring);
    r->server->outside.keyring = keyring_copy(r->ring);
    r->waiting = 1; /* this function's own */
    directory_each_trunk(r->server->directory, seal_again, r);
    on_sealed(ERR_OK, "", r);
}

static void refuse(void *arg) { finish(arg); }

void server_rotate_key(struct server *s, struct directory_done done)
{
    struct rotation *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    r->server = s;
    r->done = done;
    if (s->outside.rotating) {
        r->e = ERR_BUSY;
        sbuf_cstr(&r->why, "the server key is being changed already");
        loop_post(s->loop, refuse, r);
        return;
    }
    s->outside.rotating = true;
    r->ring = keyring_copy(s->outside.keyring);
    r->e = keyring_add(r->ring);
    if (!r->e)
        r->e = workers_submit(s->workers, write_ring, on_new_written, r);
    if (r->e) {
        sbuf_fmt(&r->why, "the server key cannot be changed: %s", err_text(r->e));
        loop_post(s->loop, refuse, r);
    }
}
