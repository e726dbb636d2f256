/* The pretend call's conferences: the world says what comes of one, and when. */
#include "stdlib/sim/sim_op.h"

struct conference_op {
    struct call_op op;
    conference_played_cb *done;
    struct sim_conference_plan plan;
};

static void on_end(void *owner)
{
    struct conference_op *c = owner;
    conference_played_cb *done = c->done;
    struct sim_conference_plan plan = c->plan;
    void *who = c->op.owner;
    c->op.timer = NULL;
    op_free(&c->op);
    done(plan.outcome, plan.after_ms, who);
}

static struct call_op *played(void *self, int64_t max_ms, conference_played_cb *done, void *owner)
{
    static const struct op_kind kind = { 0 };
    struct sim_call *call = self;
    struct conference_op *c = (struct conference_op *)op_new(call, sizeof *c, &kind, owner);
    c->done = done;
    if (call->world->conferred)
        call->world->conferred(max_ms, &c->plan, call->world->owner);
    op_after(&c->op, c->plan.after_ms, on_end);
    return &c->op;
}

const struct conference_port sim_conference_port = { .played = played };
