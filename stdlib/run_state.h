/* Inside of a flow run, shared by flow_run.c (its life), run_step.c (from action to action) and running.c (what actions
 * see). Loop thread. */
#ifndef STDLIB_RUN_STATE_H
#define STDLIB_RUN_STATE_H

#include "stdlib/running.h"

enum {
    RUN_CALL_MAX_MS = 12 * 3600 * 1000, /* the longest call */
    RUN_AFTER_HANGUP_MS = 30 * 1000,    /* for what is left of the flow, and again for 'on hangup' */
    RUN_ACTIONS_A_SECOND = 50,          /* beyond it the flow is slowed … */
    RUN_SLOWED_MAX = 10,                /* … and after so many such seconds in a row it faults */
};

enum run_phase {
    RUN_NEW,
    RUN_FLOW,      /* the caller is there */
    RUN_REST,      /* the caller has gone; on to the first action that needs one */
    RUN_ON_HANGUP, /* in 'on hangup' */
    RUN_OVER,      /* ended() has been called, or is being called */
};

struct flow_run {
    struct vm *vm;
    struct vm_marks *marks; /* NULL: nobody wants to know */
    const struct call_port *port;
    const struct action_host *host;
    bool inner;        /* runs behind an action of another run: its end is not the call's */
    void *ended_owner; /* for events.ended of an inner run */
    struct flow_events events;
    struct running *action;    /* in progress */
    struct clock_timer *next;  /* goes on with the flow: at the start, and when it is slowed */
    struct clock_timer *limit; /* the longest call, then the time after a hangup */
    struct digits digits;
    enum run_phase phase;
    bool stepping;     /* run_step() is at work: whoever completes leaves the rest to it */
    bool over_due;     /* an action has ended the call while stepping */
    enum flow_end how; /* with over_due */
    int64_t second;    /* mono_ms at which the second began whose actions are counted */
    int64_t refuelled;
    unsigned started, slowed; /* actions in this second; such seconds in a row */
    char fault[320];
};

/* Runs the VM until an action is in progress, the flow is slowed, or over. May free the run: touch nothing after it. */
void run_step(struct flow_run *run);
/* The end: cleans up, reports once. May free the run: touch nothing after it. */
void run_finish(struct flow_run *run, enum flow_end how);
/* The flow cannot go on. Ends as run_finish(). */
void run_fail(struct flow_run *run, const char *why);
/* The rest of the flow is not wanted: 'on hangup' if there is one and it has not run, else the end. */
void run_enter_on_hangup(struct flow_run *run);
/* Which of the import's parameters is which argument of the action. */
void run_bind_params(struct running *r, const struct image_import *import);
void run_drop_action(struct flow_run *run);
bool run_caller_gone(const struct flow_run *run);
void run_trace(struct flow_run *run, const char *action, const char *outcome);

#endif
