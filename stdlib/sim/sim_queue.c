/* Waiting in a queue of the pretend call, as the first in line:
 *   wait --agent answers--> talk --> served
 *     |--> left, timeout, full, no_agents */
#include <stdlib.h>
#include <string.h>

#include "stdlib/sim/sim_op.h"

struct queue_op {
    struct call_op op;
    queue_done_cb *done;
    void (*joined)(void *owner);
    struct sim_queue_plan plan;
    char *words;
    int64_t every_ms, talk_ms;
    int64_t due;       /* mono_ms: when the waiting ends */
    int64_t talk_from; /* mono_ms; -1 while it waits */
};

static void on_end(void *owner)
{
    struct queue_op *q = owner;
    queue_done_cb *done = q->done;
    void *who = q->op.owner;
    struct sim_queue_plan plan = q->plan;
    struct dial_end talk = { .how = DIAL_ENDED, .by = plan.by };
    if (plan.how == QUEUE_SERVED)
        talk.talk_ms = clock_mono(q->op.call->clock) - q->talk_from;
    q->op.timer = NULL;
    op_free(&q->op);
    done(plan.how, plan.how == QUEUE_SERVED ? &talk : NULL, who);
}

static void join(struct queue_op *q)
{
    q->talk_from = clock_mono(q->op.call->clock);
    q->joined(q->op.owner);
    if (q->plan.talk_ms > q->talk_ms) {
        q->plan.talk_ms = q->talk_ms;
        q->plan.by = DIAL_BY_LIMIT;
    }
    op_after(&q->op, q->plan.talk_ms, on_end);
}

static void on_due(void *owner)
{
    struct queue_op *q = owner;
    q->op.timer = NULL;
    if (q->plan.how == QUEUE_SERVED)
        join(q);
    else
        on_end(q);
}

/* Says the place, and waits until the next time or the end. */
static void announce(void *owner)
{
    struct queue_op *q = owner;
    struct sbuf said = { 0 };
    int64_t left = q->due - clock_mono(q->op.call->clock);
    bool again = q->every_ms && q->every_ms < left;
    q->op.timer = NULL;
    for (const char *p = q->words; *p; p++)
        sbuf_char(&said, *p == '*' ? '1' : *p);
    op_after(&q->op, again ? q->every_ms : left, again ? announce : on_due);
    if (q->every_ms)
        sim_hear(q->op.call, &(struct vm_sound){ SOUND_SAY, sbuf_view(&said) });
    sbuf_free(&said);
}

static void on_caller_gone(struct call_op *op)
{
    struct queue_op *q = (struct queue_op *)op;
    if (q->talk_from < 0) {
        clock_stop(op->call->clock, &op->timer); /* nobody is left to connect with */
        return;
    }
    q->plan.by = DIAL_BY_CALLER;
    op_after(op, 0, on_end);
}

static void free_words(struct call_op *op) { free(((struct queue_op *)op)->words); }

struct call_op *sim_queue(void *self, const struct queue_request *rq, queue_done_cb *done, void *owner)
{
    static const struct op_kind kind = { .caller_gone = on_caller_gone, .free = free_words };
    struct sim_call *c = self;
    struct queue_op *q = (struct queue_op *)op_new(c, sizeof *q, &kind, owner);
    q->done = done;
    q->joined = rq->joined;
    q->words = op_copy(rq->words);
    q->every_ms = rq->every_ms;
    q->talk_ms = rq->talk_ms;
    q->talk_from = -1;
    q->plan = (struct sim_queue_plan){ .how = QUEUE_NO_AGENTS };
    if (c->world->queued)
        c->world->queued(rq, &q->plan, c->world->owner);
    bool waits = q->plan.how != QUEUE_FULL && q->plan.how != QUEUE_NO_AGENTS;
    q->due = clock_mono(c->clock) + q->plan.after_ms;
    for (unsigned i = 0; waits && i < rq->nmusic; i++)
        sim_hear(c, &rq->music[i]);
    op_after(&q->op, waits ? 0 : q->plan.after_ms, waits ? announce : on_due);
    return &q->op;
}
