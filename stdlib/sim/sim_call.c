#include "stdlib/sim/sim_call.h"

#include <stdlib.h>
#include <string.h>

#include "stdlib/sim/sim_op.h"

/* ---- requests ---- */

struct call_op *op_new(struct sim_call *c, size_t size, const struct op_kind *kind, void *owner)
{
    struct call_op *op = calloc(1, size);
    if (!op)
        abort();
    op->kind = kind;
    op->call = c;
    op->owner = owner;
    op->next = c->ops;
    c->ops = op;
    return op;
}

void op_after(struct call_op *op, int64_t ms, void (*fire)(void *op))
{
    clock_stop(op->call->clock, &op->timer);
    op->timer = clock_start(op->call->clock, ms, fire, op);
}

void op_free(struct call_op *op)
{
    struct call_op **at = &op->call->ops;
    while (*at != op)
        at = &(*at)->next;
    *at = op->next;
    clock_stop(op->call->clock, &op->timer);
    if (op->kind->free)
        op->kind->free(op);
    free(op);
}

char *op_copy(struct str s)
{
    char *copy = strndup(s.p ? s.p : "", s.len);
    if (!copy)
        abort();
    return copy;
}

static void port_stop(void *self, struct call_op **op)
{
    (void)self;
    if (*op)
        op_free(*op);
    *op = NULL;
}

/* ---- answering and hanging up ---- */

struct answer_op {
    struct call_op op;
    answered_cb *done;
};

static void on_answer(void *owner)
{
    struct answer_op *a = owner;
    struct sim_call *c = a->op.call;
    answered_cb *done = a->done;
    void *who = a->op.owner;
    a->op.timer = NULL;
    op_free(&a->op);
    if (c->state == SIM_RINGING)
        c->state = SIM_ANSWERED;
    done(c->state == SIM_ANSWERED, who);
}

static struct call_op *port_answer(void *self, answered_cb *done, void *owner)
{
    static const struct op_kind kind = { 0 };
    struct answer_op *a = (struct answer_op *)op_new(self, sizeof *a, &kind, owner);
    a->done = done;
    op_after(&a->op, 0, on_answer);
    return &a->op;
}

static bool port_is_answered(void *self) { return ((struct sim_call *)self)->state == SIM_ANSWERED; }

static bool is_over(const struct sim_call *c) { return c->state != SIM_RINGING && c->state != SIM_ANSWERED; }

static void port_hangup(void *self)
{
    struct sim_call *c = self;
    if (!is_over(c))
        c->state = SIM_HUNG_UP;
}

static void port_reject(void *self, int status)
{
    struct sim_call *c = self;
    if (c->state != SIM_RINGING) {
        port_hangup(c);
        return;
    }
    c->state = SIM_REJECTED;
    c->status = status ? status : 480;
}

/* ---- the rest of the port ---- */

static bool port_greeting(void *self, struct str box, struct vm_sound *out)
{
    (void)self;
    (void)box;
    (void)out;
    return false;
}

static bool port_box_full(void *self, struct str box)
{
    struct sim_call *c = self;
    return c->world->box_full && c->world->box_full(box, c->world->owner);
}

static void port_trace(void *self, const char *area, struct str text)
{
    struct sim_call *c = self;
    if (c->world->traced)
        c->world->traced(area, text, c->world->owner);
}

void sim_hear(struct sim_call *c, const struct vm_sound *sound)
{
    if (c->world->heard)
        c->world->heard(sound, c->world->owner);
}

struct sim_call *sim_call_new(const struct clock *clock, const struct sim_world *world)
{
    struct sim_call *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->clock = clock;
    c->world = world;
    c->port = (struct call_port){
        .clock = clock,
        .answer = port_answer,
        .is_answered = port_is_answered,
        .reject = port_reject,
        .hangup = port_hangup,
        .play = sim_play,
        .dial = sim_dial,
        .queue = sim_queue,
        .held = sim_held,
        .record = sim_record,
        .greeting = port_greeting,
        .box_full = port_box_full,
        .stop = port_stop,
        .trace = port_trace,
        .transfer = sim_transfer,
        .fetch = sim_fetch,
        .conference = &sim_conference_port,
        .remember = sim_remember,
        .recall = sim_recall,
        .mailbox = sim_mailbox,
        .box = &sim_box_port,
        .notify = sim_notify,
        .self = c,
    };
    return c;
}

void sim_call_free(struct sim_call **c)
{
    if (!c || !*c)
        return;
    while ((*c)->ops)
        op_free((*c)->ops);
    free(*c);
    *c = NULL;
}

const struct call_port *sim_call_port(struct sim_call *c) { return &c->port; }
void sim_call_attach(struct sim_call *c, struct flow_run *run) { c->run = run; }
enum sim_call_state sim_call_state(const struct sim_call *c) { return c->state; }
int sim_call_status(const struct sim_call *c) { return c->status; }

/* ---- the caller ---- */

void sim_call_press(struct sim_call *c, char key)
{
    if (is_over(c))
        return;
    for (struct call_op *op = c->ops, *next; op; op = next) {
        next = op->next;
        if (op->kind->key)
            op->kind->key(op, key);
    }
    if (c->run)
        flow_run_digit(c->run, key);
}

void sim_call_hang_up(struct sim_call *c)
{
    if (is_over(c))
        return;
    c->state = SIM_CALLER_GONE;
    for (struct call_op *op = c->ops; op; op = op->next)
        if (op->kind->caller_gone)
            op->kind->caller_gone(op);
    if (c->run)
        flow_run_hangup(c->run);
}
