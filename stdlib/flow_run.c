#include "stdlib/flow_run.h"

#include <stdio.h>
#include <stdlib.h>

#include "stdlib/run_state.h"

static void on_call_too_long(void *owner)
{
    struct flow_run *run = owner;
    run->limit = NULL;
    run_drop_action(run);
    port_hang_up(run->port);
    run_finish(run, FLOW_HUNG_UP);
}

static void on_start(void *owner)
{
    struct flow_run *run = owner;
    run->next = NULL;
    run_step(run);
}

enum err flow_run_new(struct flow_run **out, struct image *im, const struct call_port *port,
                      const struct action_host *host, const struct flow_events *events)
{
    *out = NULL;
    struct flow_run *run = calloc(1, sizeof *run);
    if (!run)
        return ERR_NOMEM;
    enum err e = vm_new(&run->vm, im, host, NULL);
    if (e) {
        free(run);
        return e;
    }
    run->port = port;
    run->host = host;
    run->events = *events;
    run->refuelled = run->second = clock_mono(port->clock);
    *out = run;
    return ERR_OK;
}

void flow_run_mark(struct flow_run *run, struct vm_marks *marks) { run->marks = marks; }

void flow_run_start(struct flow_run *run)
{
    run->phase = RUN_FLOW;
    run->next = clock_start(run->port->clock, 0, on_start, run);
    run->limit = clock_start(run->port->clock, RUN_CALL_MAX_MS, on_call_too_long, run);
}

void flow_run_digit(struct flow_run *run, char digit)
{
    if (run->phase != RUN_FLOW || !digit_is_key(digit))
        return;
    if (!digits_put(&run->digits, digit, clock_mono(run->port->clock)))
        return;
    struct running *r = run->action;
    if (r && !r->answering && r->ops->digit)
        r->ops->digit(r);
}

static void on_rest_too_long(void *owner)
{
    struct flow_run *run = owner;
    run->limit = NULL;
    run_enter_on_hangup(run);
}

void flow_run_hangup(struct flow_run *run)
{
    if (run->phase != RUN_FLOW)
        return;
    run->phase = RUN_REST;
    clock_stop(run->port->clock, &run->limit);
    run->limit = clock_start(run->port->clock, RUN_AFTER_HANGUP_MS, on_rest_too_long, run);
    struct running *r = run->action;
    if (!r)
        return; /* between two actions: the next that needs the caller stops the flow */
    if (r->ops->hangup)
        r->ops->hangup(r);
    else
        run_enter_on_hangup(run);
}

static void on_too_long_after(void *owner)
{
    struct flow_run *run = owner;
    run->limit = NULL;
    run_finish(run, FLOW_CALLER_GONE);
}

void run_enter_on_hangup(struct flow_run *run)
{
    run_drop_action(run);
    if (run->phase == RUN_ON_HANGUP || vm_hangup(run->vm) != VM_READY) {
        run_finish(run, FLOW_CALLER_GONE);
        return;
    }
    run->phase = RUN_ON_HANGUP;
    clock_stop(run->port->clock, &run->next);
    clock_stop(run->port->clock, &run->limit);
    run->limit = clock_start(run->port->clock, RUN_AFTER_HANGUP_MS, on_too_long_after, run);
    run_step(run);
}

/* The only way out that the call sees: clean up, report once, touch nothing more. */
void run_finish(struct flow_run *run, enum flow_end how)
{
    if (run->stepping) {
        run->over_due = true;
        run->how = how;
        return;
    }
    if (run->phase == RUN_OVER)
        return;
    run->phase = RUN_OVER;
    run_drop_action(run);
    clock_stop(run->port->clock, &run->next);
    clock_stop(run->port->clock, &run->limit);
    run->events.ended(how, run->inner ? run->ended_owner : run->events.owner);
}

void run_fail(struct flow_run *run, const char *why)
{
    struct image_line at = vm_line(run->vm);
    const struct image *im = vm_image(run->vm);
    if (at.line && at.file < im->nsources)
        snprintf(run->fault, sizeof run->fault, "%s (%.*s:%u)", why, STR_ARG(im->sources[at.file].path), at.line);
    else
        snprintf(run->fault, sizeof run->fault, "%s", why);
    run->port->trace(run->port->self, "fault", str_of(run->fault));
    run_finish(run, run_caller_gone(run) ? FLOW_CALLER_GONE : FLOW_FAULT);
}

bool run_caller_gone(const struct flow_run *run) { return run->phase == RUN_REST || run->phase == RUN_ON_HANGUP; }

void run_trace(struct flow_run *run, const char *action, const char *outcome)
{
    if (run->events.traced)
        run->events.traced(vm_line(run->vm), action, outcome, run->events.owner);
}

struct str flow_run_continue_with(const struct flow_run *run) { return vm_continue_with(run->vm); }

const char *flow_run_fault(const struct flow_run *run) { return run->fault; }

const char *flow_run_action(const struct flow_run *run) { return run->action ? run->action->row->name : ""; }

const struct running *flow_run_running(const struct flow_run *run) { return run->action; }

void flow_run_free(struct flow_run **run)
{
    if (!run || !*run)
        return;
    struct flow_run *gone = *run;
    *run = NULL;
    run_drop_action(gone);
    clock_stop(gone->port->clock, &gone->next);
    clock_stop(gone->port->clock, &gone->limit);
    vm_free(&gone->vm);
    free(gone);
}
