#include "sipfront/call/call_op.h"

static void on_later(void *arg)
{
    struct call_op *op = arg;
    op->later = NULL;
    op->finish(op);
}

void call_op_later(struct call_op *op)
{
    if (!op->later)
        op->later = clock_start(op->call->port.clock, 0, on_later, op);
}

void call_op_cancel_later(struct call_op *op) { clock_stop(op->call->port.clock, &op->later); }

void call_op_stop(void *self, struct call_op **op)
{
    struct call_op *o = *op;
    (void)self;
    if (!o)
        return;
    *op = NULL;
    o->stop(o);
}
