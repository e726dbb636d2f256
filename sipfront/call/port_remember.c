/* call_port: what a flow keeps for its later calls, in the directory. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/call_op.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/directory/note.h"
#include "vm/base/log.h"

struct asking {
    struct call_op op;
    asked_cb *done; /* NULL: nobody waits for it; the call may be gone */
    void *owner;
    bool storing; /* the directory will come back */
    bool ok;
    char *text; /* what was found */
};

static void release(struct asking *a)
{
    free(a->text);
    free(a);
}

static void stop(struct call_op *op)
{
    struct asking *a = (struct asking *)op;
    call_op_cancel_later(op);
    a->done = NULL;
    if (!a->storing)
        release(a);
}

static void finish(struct call_op *op)
{
    struct asking *a = (struct asking *)op;
    a->done(a->ok, str_of(a->text), a->owner);
    release(a);
}

static struct asking *asking_new(struct call *c, asked_cb *done, void *owner)
{
    struct asking *a = calloc(1, sizeof *a);
    if (!a)
        abort();
    a->op = (struct call_op){ .call = c, .stop = stop, .finish = finish };
    a->done = done;
    a->owner = owner;
    return a;
}

static char *copy(struct str s)
{
    char *p = strndup(s.p ? s.p : "", s.len);
    if (!p)
        abort();
    return p;
}

/* The directory's own why: a flow has no use for it, an operator has. */
static void on_stored(enum err e, const char *why, void *arg)
{
    struct asking *a = arg;
    a->storing = false;
    if (e)
        log_warn("remember", "%s", why);
    a->ok = e == ERR_OK;
    if (a->done)
        finish(&a->op);
    else
        release(a);
}

struct call_op *call_remember_start(void *self, const struct remember_request *rq, asked_cb *done, void *owner)
{
    struct call *c = self;
    struct asking *a = asking_new(c, done, owner);
    char *key = copy(rq->key), *value = copy(rq->value);
    struct note n = {
        .flow = c->facts.flow, .key = key, .value = value, .until_wall_ms = clock_wall(c->port.clock) + rq->for_ms
    };
    a->storing = true;
    directory_put_note(c->server->directory, &n, (struct directory_done){ on_stored, a });
    free(key);
    free(value);
    return &a->op;
}

struct call_op *call_recall_start(void *self, struct str key, asked_cb *done, void *owner)
{
    struct call *c = self;
    struct asking *a = asking_new(c, done, owner);
    char *name = copy(key);
    const struct note *n = directory_note(c->server->directory, c->facts.flow, name);
    a->ok = n != NULL;
    a->text = n ? copy(str_of(n->value)) : NULL;
    free(name);
    call_op_later(&a->op);
    return &a->op;
}
