/* What the pretend call asks of others than the caller: the world says what comes of it, and when. */
#include <stdlib.h>

#include "stdlib/sim/sim_op.h"

/* ---- fetch ---- */

struct fetch_op {
    struct call_op op;
    fetch_done_cb *done;
    struct sim_fetch_plan plan;
    char *doc, *reason;
};

static void free_fetched(struct call_op *op)
{
    struct fetch_op *f = (struct fetch_op *)op;
    free(f->doc);
    free(f->reason);
}

static void on_fetched(void *owner)
{
    struct fetch_op *f = owner;
    fetch_done_cb *done = f->done;
    void *who = f->op.owner;
    char *doc = f->doc, *reason = f->reason; /* must outlive the request */
    struct fetch_end end = { f->plan.how, f->plan.code, str_of(doc), str_of(reason) };
    f->doc = f->reason = NULL;
    f->op.timer = NULL;
    op_free(&f->op);
    done(&end, who);
    free(doc);
    free(reason);
}

struct call_op *sim_fetch(void *self, const struct fetch_request *rq, fetch_done_cb *done, void *owner)
{
    static const struct op_kind kind = { .free = free_fetched };
    struct sim_call *c = self;
    struct fetch_op *f = (struct fetch_op *)op_new(c, sizeof *f, &kind, owner);
    f->done = done;
    f->plan = (struct sim_fetch_plan){ .how = FETCH_FAILED, .reason = STR("nobody answers") };
    if (c->world->fetched)
        c->world->fetched(rq, &f->plan, c->world->owner);
    f->doc = op_copy(f->plan.doc.len ? f->plan.doc : STR("null"));
    f->reason = op_copy(f->plan.reason);
    op_after(&f->op, f->plan.after_ms, on_fetched);
    return &f->op;
}

/* ---- what ends in yes or no ---- */

struct ask_op {
    struct call_op op;
    asked_cb *done;
    struct sim_ask_plan plan;
    char *text;
};

static void free_asked(struct call_op *op) { free(((struct ask_op *)op)->text); }

static void on_asked(void *owner)
{
    struct ask_op *a = owner;
    asked_cb *done = a->done;
    void *who = a->op.owner;
    bool ok = a->plan.ok;
    char *text = a->text; /* must outlive the request */
    a->text = NULL;
    a->op.timer = NULL;
    op_free(&a->op);
    done(ok, str_of(text), who);
    free(text);
}

struct question {
    enum sim_ask what;
    struct str about;
};

static struct call_op *ask(struct sim_call *c, struct question q, asked_cb *done, void *owner)
{
    static const struct op_kind kind = { .free = free_asked };
    struct ask_op *a = (struct ask_op *)op_new(c, sizeof *a, &kind, owner);
    a->done = done;
    a->plan.ok = q.what == SIM_REMEMBER;
    if (c->world->asked)
        c->world->asked(q.what, q.about, &a->plan, c->world->owner);
    a->text = op_copy(a->plan.text);
    op_after(&a->op, a->plan.after_ms, on_asked);
    return &a->op;
}

struct call_op *sim_transfer(void *self, struct str target, int line, asked_cb *done, void *owner)
{
    (void)line;
    return ask(self, (struct question){ SIM_TRANSFER, target }, done, owner);
}

struct call_op *sim_remember(void *self, const struct remember_request *rq, asked_cb *done, void *owner)
{
    return ask(self, (struct question){ SIM_REMEMBER, rq->key }, done, owner);
}

struct call_op *sim_recall(void *self, struct str key, asked_cb *done, void *owner)
{
    return ask(self, (struct question){ SIM_RECALL, key }, done, owner);
}

struct call_op *sim_mailbox(void *self, struct str box, asked_cb *done, void *owner)
{
    return ask(self, (struct question){ SIM_MAILBOX, box }, done, owner);
}

void sim_notify(void *self, const struct notify_request *rq)
{
    struct sim_call *c = self;
    if (c->world->notified)
        c->world->notified(rq, c->world->owner);
}
