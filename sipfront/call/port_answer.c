/* call_port: answering, refusing and ending the caller's leg. */
#include <stdlib.h>

#include "sipfront/call/call_op.h"

struct answering {
    struct call_op op;
    answered_cb *done;
    void *owner;
    bool ok;
};

static void stop(struct call_op *op)
{
    struct answering *a = (struct answering *)op;
    call_op_cancel_later(op);
    op->call->answering = NULL;
    free(a);
}

static void finish(struct call_op *op)
{
    struct answering *a = (struct answering *)op;
    answered_cb *done = a->done;
    void *owner = a->owner;
    bool ok = a->ok;
    stop(op);
    done(ok, owner);
}

void answering_confirmed(struct answering *a, bool ok)
{
    if (!a)
        return;
    a->ok = ok;
    call_op_later(&a->op);
}

struct call_op *call_answer_start(void *self, answered_cb *done, void *owner)
{
    struct call *c = self;
    struct answering *a = calloc(1, sizeof *a);
    if (!a)
        abort();
    *a = (struct answering){ .op = { .call = c, .stop = stop, .finish = finish }, .done = done, .owner = owner };
    c->answering = a;
    if (c->state == CALL_UP || c->state == CALL_DOWN)
        answering_confirmed(a, c->state == CALL_UP);
    else
        call_send_answer(c);
    return &a->op;
}
