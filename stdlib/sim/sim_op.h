/* Inside of the pretend call: its requests in progress. */
#ifndef STDLIB_SIM_SIM_OP_H
#define STDLIB_SIM_SIM_OP_H

#include "stdlib/sim/sim_call.h"

struct op_kind {
    /* The caller has hung up. NULL: nothing, the action stops it. */
    void (*caller_gone)(struct call_op *op);
    void (*key)(struct call_op *op, char key);
    void (*free)(struct call_op *op); /* what it holds besides; NULL: nothing */
};

/* The base of each request. */
struct call_op {
    const struct op_kind *kind;
    struct sim_call *call;
    struct call_op *next;
    struct clock_timer *timer;
    void *owner;
};

struct sim_call {
    struct call_port port;
    const struct clock *clock;
    const struct sim_world *world;
    struct flow_run *run;
    struct call_op *ops;
    enum sim_call_state state;
    int status;
};

/* A request of that size, zeroed but for its base. Never NULL. */
struct call_op *op_new(struct sim_call *c, size_t size, const struct op_kind *kind, void *owner);
/* Starts the request's one timer anew. fire gets the request. */
void op_after(struct call_op *op, int64_t ms, void (*fire)(void *op));
/* To be called before the request's callback: the request is over. */
void op_free(struct call_op *op);
/* A copy of the text, to be freed. Never NULL. */
char *op_copy(struct str s);
void sim_hear(struct sim_call *c, const struct vm_sound *sound);

struct call_op *sim_play(void *self, const struct play_request *rq, play_done_cb *done, void *owner);
struct call_op *sim_dial(void *self, const struct dial_request *rq, dial_done_cb *done, void *owner);
struct call_op *sim_queue(void *self, const struct queue_request *rq, queue_done_cb *done, void *owner);
unsigned sim_held(void *self, int line);
struct call_op *sim_fetch(void *self, const struct fetch_request *rq, fetch_done_cb *done, void *owner);
struct call_op *sim_transfer(void *self, struct str target, int line, asked_cb *done, void *owner);
struct call_op *sim_remember(void *self, const struct remember_request *rq, asked_cb *done, void *owner);
struct call_op *sim_recall(void *self, struct str key, asked_cb *done, void *owner);
struct call_op *sim_mailbox(void *self, struct str box, asked_cb *done, void *owner);
extern const struct box_port sim_box_port;
extern const struct conference_port sim_conference_port;
void sim_notify(void *self, const struct notify_request *rq);
struct call_op *sim_record(void *self, const struct record_request *rq, record_done_cb *done, void *owner);

#endif
