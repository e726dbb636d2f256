/* The pretend call's mailboxes: the world says what comes of each box action. */
#include <stdlib.h>

#include "stdlib/sim/sim_op.h"

struct box_op {
    struct call_op op;
    box_done_cb *done;
    struct sim_box_plan plan;
    char *texts[BOX_PAYLOAD_MAX]; /* copies of the payload's */
};

static void free_texts(struct call_op *op)
{
    struct box_op *b = (struct box_op *)op;
    for (unsigned i = 0; i < BOX_PAYLOAD_MAX; i++)
        free(b->texts[i]);
}

static void on_answer(void *owner)
{
    struct box_op *b = owner;
    struct box_answer answer = b->plan.answer;
    box_done_cb *done = b->done;
    void *who = b->op.owner;
    char *texts[BOX_PAYLOAD_MAX]; /* must outlive the request */
    for (unsigned i = 0; i < BOX_PAYLOAD_MAX; i++) {
        texts[i] = b->texts[i];
        b->texts[i] = NULL;
    }
    b->op.timer = NULL;
    op_free(&b->op);
    done(&answer, who);
    for (unsigned i = 0; i < BOX_PAYLOAD_MAX; i++)
        free(texts[i]);
}

static void on_caller_gone(struct call_op *op) { (void)op; } /* what was asked for is finished */

static struct call_op *ask(void *self, const struct box_request *rq, box_done_cb *done, void *owner)
{
    static const struct op_kind kind = { .caller_gone = on_caller_gone, .free = free_texts };
    struct sim_call *c = self;
    struct box_op *b = (struct box_op *)op_new(c, sizeof *b, &kind, owner);
    b->done = done;
    if (c->world->boxed)
        c->world->boxed(rq, &b->plan, c->world->owner);
    for (unsigned i = 0; i < BOX_PAYLOAD_MAX; i++) {
        struct vm_value *v = &b->plan.answer.payload[i];
        if (v->type != TYPE_TEXT && v->type != TYPE_SOUND)
            continue;
        b->texts[i] = op_copy(v->text);
        v->text = str_of(b->texts[i]);
    }
    op_after(&b->op, b->plan.after_ms, on_answer);
    return &b->op;
}

const struct box_port sim_box_port = { .ask = ask };
