/* A flow that runs for one call: the VM, the action in progress, the queue of typed digits, and what happens at the
 * caller's hangup. The same code drives the live call and the simulated one. Loop thread. Owns the VM; borrows the
 * port, which outlives it. */
#ifndef STDLIB_FLOW_RUN_H
#define STDLIB_FLOW_RUN_H

#include "stdlib/call_port.h"
#include "vm/run/mark.h"
#include "vm/run/vm.h"

struct flow_run;
struct running;

enum flow_end {
    FLOW_HUNG_UP,     /* the flow has ended the call, or come to its end: the call has been told to hang up */
    FLOW_REJECTED,    /* the flow has refused the call */
    FLOW_CALLER_GONE, /* the caller hung up, and 'on hangup' has run */
    FLOW_CONTINUE,    /* wants flow_run_continue_with() */
    FLOW_FAULT,       /* flow_run_fault(): the call goes to the fallback */
    FLOW_DONE,        /* only of a flow behind an action: it has come to its end, and the call goes on */
};

struct flow_events {
    /* Once, last, never from inside flow_run_start(); the run is freed by its owner, also from inside this callback. */
    void (*ended)(enum flow_end how, void *owner);
    /* Each action as it starts and as it ends (outcome NULL at the start). For traces. May be NULL. Secret values are
     * left out. */
    void (*traced)(struct image_line at, const char *action, const char *outcome, void *owner);
    /* The same of a flow that runs behind an action (behind.h). May be NULL. */
    void (*inner)(struct image_line at, const char *action, const char *outcome, void *owner);
    void *owner;
};

/* Checks that every import of the image is known here with these types, and that the port can do it: to be called
 * before an image is accepted. port NULL: one with nothing that a port may be without. ERR_UNSUPPORTED with the reason
 * in *why. */
enum err flow_bind_check(const struct image *im, const struct call_port *port, struct image_refusal *why) MUST_USE;

/* Makes a run of the image; host gives fields, headers and hours (action.h). Nothing runs before flow_run_start(). */
enum err flow_run_new(struct flow_run **out, struct image *im, const struct call_port *port,
                      const struct action_host *host, const struct flow_events *events) MUST_USE;
/* Before the start: its machine leaves marks there. For coverage of tests. */
void flow_run_mark(struct flow_run *run, struct vm_marks *marks);
void flow_run_start(struct flow_run *run);
/* A digit of the caller, '0'-'9', '*', '#', 'A'-'D'. Queued (32) when no action takes it. */
void flow_run_digit(struct flow_run *run, char digit);
/* The caller has hung up. The action in progress is stopped or ends normally (catalogue), then the rest of the flow up
 * to the first action that needs the caller, then 'on hangup' (30 s at most), then ended(FLOW_CALLER_GONE). */
void flow_run_hangup(struct flow_run *run);
struct str flow_run_continue_with(const struct flow_run *run);
const char *flow_run_fault(const struct flow_run *run); /* text of the fault, with the flow's line when known */
/* The action in progress, "" when none. For 'calls' listings. */
const char *flow_run_action(const struct flow_run *run);
/* The same with its arguments (running.h), NULL when none. For the simulator, from inside flow_events.traced. */
const struct running *flow_run_running(const struct flow_run *run);
void flow_run_free(struct flow_run **run); /* stops what runs; accepts NULL and a pointer to NULL */

#endif
