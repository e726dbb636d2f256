/* Dialling in the pretend call:  ring --answer--> talk --> ended
 *                                  |--> busy, no_answer, declined, offline, failed, limited */
#include <stdlib.h>

#include "stdlib/sim/sim_op.h"

struct dial_op {
    struct call_op op;
    dial_done_cb *done;
    struct sim_dial_plan plan;
    char *reason;
    int *lines; /* of the targets */
    unsigned count;
    int64_t max_ms;
    int64_t talk_from; /* mono_ms; -1 while it rings */
};

static void on_end(void *owner)
{
    struct dial_op *d = owner;
    char *reason = d->reason; /* must outlive the request */
    dial_done_cb *done = d->done;
    void *who = d->op.owner;
    struct dial_end end = { d->plan.how, 0, d->plan.by, str_of(reason) };
    if (d->plan.how == DIAL_ENDED)
        end.talk_ms = clock_mono(d->op.call->clock) - d->talk_from;
    d->reason = NULL;
    d->op.timer = NULL;
    op_free(&d->op);
    done(&end, who);
    free(reason);
}

static void on_answer(void *owner)
{
    struct dial_op *d = owner;
    d->op.timer = NULL;
    d->talk_from = clock_mono(d->op.call->clock);
    if (d->op.call->state == SIM_RINGING)
        d->op.call->state = SIM_ANSWERED;
    if (d->plan.talk_ms > d->max_ms) {
        d->plan.talk_ms = d->max_ms;
        d->plan.by = DIAL_BY_LIMIT;
    }
    op_after(&d->op, d->plan.talk_ms, on_end);
}

static void on_caller_gone(struct call_op *op)
{
    struct dial_op *d = (struct dial_op *)op;
    if (d->talk_from < 0) {
        clock_stop(op->call->clock, &op->timer); /* nobody is left to connect with */
        return;
    }
    d->plan.by = DIAL_BY_CALLER;
    op_after(op, 0, on_end);
}

static void free_rest(struct call_op *op)
{
    struct dial_op *d = (struct dial_op *)op;
    free(d->reason);
    free(d->lines);
}

static const struct op_kind kind = { .caller_gone = on_caller_gone, .free = free_rest };

/* In a talk the first target has answered. A call that is about to ask a web service asks no other. */
unsigned sim_held(void *self, int line)
{
    struct sim_call *c = self;
    unsigned n = c->world->held_elsewhere ? c->world->held_elsewhere(line, c->world->owner) : 0;
    for (struct call_op *op = c->ops; op; op = op->next) {
        const struct dial_op *d = (const struct dial_op *)op;
        for (unsigned i = 0; op->kind == &kind && i < (d->talk_from < 0 ? d->count : 1); i++)
            n += d->lines[i] == line;
    }
    return n;
}

static void copy_lines(struct dial_op *d, const struct dial_request *rq)
{
    d->count = rq->count;
    d->lines = calloc(rq->count + 1, sizeof *d->lines);
    if (!d->lines)
        abort();
    for (unsigned i = 0; i < rq->count; i++)
        d->lines[i] = rq->lines[i];
}

/* What the plan leaves open, and what it wants beyond the request's limits. */
static void complete_plan(struct sim_dial_plan *plan, const struct dial_request *rq)
{
    if (plan->after_ms < 0)
        plan->after_ms = plan->how == DIAL_NO_ANSWER ? rq->ring_ms : 0;
    if (plan->after_ms <= rq->ring_ms)
        return;
    plan->after_ms = rq->ring_ms;
    plan->how = DIAL_NO_ANSWER;
}

struct call_op *sim_dial(void *self, const struct dial_request *rq, dial_done_cb *done, void *owner)
{
    struct sim_call *c = self;
    struct dial_op *d = (struct dial_op *)op_new(c, sizeof *d, &kind, owner);
    d->done = done;
    d->max_ms = rq->max_ms;
    d->talk_from = -1;
    copy_lines(d, rq);
    d->plan = (struct sim_dial_plan){ .how = DIAL_OFFLINE, .after_ms = -1 };
    if (c->world->dialled)
        c->world->dialled(rq, &d->plan, c->world->owner);
    complete_plan(&d->plan, rq);
    d->reason = op_copy(d->plan.reason);
    for (unsigned i = 0; i < rq->nmusic; i++)
        sim_hear(c, &rq->music[i]);
    op_after(&d->op, d->plan.after_ms, d->plan.how == DIAL_ENDED ? on_answer : on_end);
    return &d->op;
}
