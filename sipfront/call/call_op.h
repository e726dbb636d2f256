/* The common part of everything an action has asked of the live call (call_port.h's struct call_op). Private to
 * sipfront/call. Loop thread. A request is freed right before its callback, or by call_op_stop(). */
#ifndef SIPFRONT_CALL_CALL_OP_H
#define SIPFRONT_CALL_CALL_OP_H

#include "sipfront/call/call.h"

struct call_op {
    struct call *call;
    void (*stop)(struct call_op *op);   /* cleans up and frees */
    void (*finish)(struct call_op *op); /* what call_op_later() calls */
    struct clock_timer *later;
};

/* Calls op->finish(op) from the loop, so that no callback comes from inside the request. Once; more calls change
 * nothing. */
void call_op_later(struct call_op *op);
void call_op_cancel_later(struct call_op *op);
/* call_port.stop */
void call_op_stop(void *self, struct call_op **op);

#endif
