/* From action to action: runs the VM between them, begins each, and keeps a flow from beginning too many. */
#include <stdlib.h>
#include <string.h>

#include "stdlib/ahead.h"
#include "stdlib/run_state.h"

static void on_next(void *owner)
{
    struct flow_run *run = owner;
    run->next = NULL;
    run_step(run);
}

/* Time refills the fuel. A parked VM burns none, so it is enough to look when it is about to run. */
static void refuel(struct flow_run *run)
{
    int64_t now = clock_mono(run->port->clock);
    if (now - run->refuelled < 1000)
        return;
    run->refuelled = now;
    vm_refuel(run->vm);
}

enum pace { PACE_GO, PACE_WAIT, PACE_FAULT };

/* Counts the action that is about to begin. */
static enum pace pace_of(struct flow_run *run)
{
    int64_t now = clock_mono(run->port->clock);
    if (now - run->second >= 1000) {
        if (run->started < RUN_ACTIONS_A_SECOND || now - run->second >= 2000)
            run->slowed = 0;
        run->second = now;
        run->started = 0;
    }
    if (run->started < RUN_ACTIONS_A_SECOND) {
        run->started++;
        return PACE_GO;
    }
    if (++run->slowed > RUN_SLOWED_MAX)
        return PACE_FAULT;
    run->next = clock_start(run->port->clock, run->second + 1000 - now, on_next, run);
    return PACE_WAIT;
}

void run_bind_params(struct running *r, const struct image_import *import)
{
    memset(r->param, -1, sizeof r->param);
    for (unsigned i = 0; i < import->nparams; i++) {
        int arg = action_arg_find(r->row, import->params[i].label);
        if (arg >= 0)
            r->param[arg] = (int8_t)i;
    }
}

static void on_answered(bool ok, void *owner)
{
    struct running *r = owner;
    struct flow_run *run = r->run;
    r->answering = NULL;
    if (ok)
        r->ops->start(r);
    else
        flow_run_hangup(run);
}

static void begin(struct running *r)
{
    const struct call_port *port = r->run->port;
    if (r->row->flags & ACTION_CLEARS_DIGITS)
        digits_clear(&r->run->digits);
    if ((r->row->flags & ACTION_ANSWERS) && !port->is_answered(port->self))
        r->answering = port->answer(port->self, on_answered, r);
    else
        r->ops->start(r);
}

/* The action that the VM is parked at. */
static void begin_action(struct flow_run *run)
{
    const struct image_import *import = vm_import(run->vm);
    const struct action_row *row = action_find(import->name);
    const struct action_ops *ops = row ? action_ops_of((unsigned)action_id_of(row)) : NULL;
    if (!ops) {
        run_fail(run, "the flow asks for an action that this server does not have");
        return;
    }
    if (run_caller_gone(run) && (row->flags & ACTION_NEEDS_CALLER)) {
        run_enter_on_hangup(run);
        return;
    }
    struct running *r = calloc(1, ops->size);
    if (!r) {
        run_fail(run, vm_fault_text(VM_FAULT_MEMORY));
        return;
    }
    r->ops = ops;
    r->row = row;
    r->run = run;
    run_bind_params(r, import);
    run->action = r;
    run_trace(run, row->name, NULL);
    begin(r);
    if (run->action == r)
        ahead_look(run);
}

static void on_parked(struct flow_run *run)
{
    switch (pace_of(run)) {
    case PACE_GO: begin_action(run); break;
    case PACE_WAIT: break;
    case PACE_FAULT: run_fail(run, "the flow begins too many actions a second"); break;
    }
}

static void on_flow_end(struct flow_run *run)
{
    if (run_caller_gone(run)) {
        run_enter_on_hangup(run);
        return;
    }
    if (run->inner) {
        run_finish(run, FLOW_DONE);
        return;
    }
    port_hang_up(run->port);
    run_finish(run, FLOW_HUNG_UP);
}

static void on_continue(struct flow_run *run)
{
    if (run_caller_gone(run))
        run_enter_on_hangup(run); /* there is nobody to hand over */
    else if (run->inner)
        run_fail(run, "a flow behind an action cannot continue with another");
    else
        run_finish(run, FLOW_CONTINUE);
}

static void step_once(struct flow_run *run)
{
    enum vm_state state = vm_state(run->vm);
    refuel(run);
    if (state == VM_READY)
        state = run->marks ? vm_run_marked(run->vm, run->marks) : vm_run(run->vm);
    switch (state) {
    case VM_READY: break;
    case VM_PARKED: on_parked(run); break;
    case VM_ENDED: on_flow_end(run); break;
    case VM_CONTINUE: on_continue(run); break;
    case VM_FAULTED: run_fail(run, vm_why(run->vm)); break;
    }
}

/* An action that ends while it begins, and an end of the flow, only leave a mark here: so the loop is never entered
 * twice, and the run is not freed under it. */
void run_step(struct flow_run *run)
{
    if (run->stepping)
        return;
    run->stepping = true;
    while (!run->over_due && !run->action && !run->next)
        step_once(run);
    run->stepping = false;
    if (run->over_due)
        run_finish(run, run->how);
}
