/* Recording in the pretend call: the world says what is said and for how long. */
#include <stdlib.h>
#include <string.h>

#include "stdlib/sim/sim_op.h"

struct record_op {
    struct call_op op;
    record_done_cb *done;
    struct sim_record_plan plan;
    char *id, *until;
    int64_t from;
    bool by_key;
};

static void on_end(void *owner)
{
    struct record_op *r = owner;
    char *id = r->id; /* must outlive the request */
    record_done_cb *done = r->done;
    void *who = r->op.owner;
    struct record_end end = { r->plan.how, str_of(id), clock_mono(r->op.call->clock) - r->from, r->by_key,
                              r->plan.kept };
    r->id = NULL;
    r->op.timer = NULL;
    op_free(&r->op);
    done(&end, who);
    free(id);
}

/* Cut short before a word was said, nothing is kept. */
static void end_now(struct record_op *r)
{
    if (r->plan.how == RECORD_SAVED && clock_mono(r->op.call->clock) == r->from)
        r->plan.how = RECORD_EMPTY;
    op_after(&r->op, 0, on_end);
}

static void on_caller_gone(struct call_op *op) { end_now((struct record_op *)op); }

static void on_key(struct call_op *op, char key)
{
    struct record_op *r = (struct record_op *)op;
    if (!strchr(r->until, key))
        return;
    r->by_key = true;
    end_now(r);
}

static void free_texts(struct call_op *op)
{
    struct record_op *r = (struct record_op *)op;
    free(r->id);
    free(r->until);
}

struct call_op *sim_record(void *self, const struct record_request *rq, record_done_cb *done, void *owner)
{
    static const struct op_kind kind = { .caller_gone = on_caller_gone, .key = on_key, .free = free_texts };
    struct sim_call *c = self;
    struct record_op *r = (struct record_op *)op_new(c, sizeof *r, &kind, owner);
    r->done = done;
    r->from = clock_mono(c->clock);
    r->plan = (struct sim_record_plan){ .how = RECORD_EMPTY, .length_ms = rq->silence_ms };
    if (c->world->recorded)
        c->world->recorded(rq, &r->plan, c->world->owner);
    r->by_key = r->plan.by_key;
    r->id = op_copy(r->plan.id);
    r->until = op_copy(rq->until);
    op_after(&r->op, r->plan.length_ms < rq->max_ms ? r->plan.length_ms : rq->max_ms, on_end);
    return &r->op;
}
