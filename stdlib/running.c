#include "stdlib/running.h"

#include <stdlib.h>

#include "stdlib/run_state.h"

const struct call_port *action_port(const struct running *r) { return r->run->port; }
struct digits *action_digits(const struct running *r) { return &r->run->digits; }
const struct image *action_image(const struct running *r) { return vm_image(r->run->vm); }
bool action_caller_gone(const struct running *r) { return run_caller_gone(r->run); }

struct clock_timer *action_timer(const struct running *r, int64_t ms, void (*fire)(void *owner), void *owner)
{
    return clock_start(r->run->port->clock, ms, fire, owner);
}

void action_stop_timer(const struct running *r, struct clock_timer **t)
{
    if (*t)
        clock_stop(r->run->port->clock, t);
}

void action_stop_op(const struct running *r, struct call_op **op)
{
    const struct call_port *port = r->run->port;
    if (*op)
        port->stop(port->self, op);
}

/* The import's number of the catalogue's outcome, -1 when the image does not know it. */
static int import_outcome(const struct running *r, unsigned outcome)
{
    const struct image_import *import = vm_import(r->run->vm);
    for (unsigned i = 0; i < import->noutcomes; i++)
        if (str_is(import->outcomes[i].name, r->row->outcomes[outcome].name))
            return (int)i;
    return -1;
}

bool action_wants(const struct running *r, unsigned outcome)
{
    const struct image_import *import = vm_import(r->run->vm);
    int known = import_outcome(r, outcome);
    return known >= 0 && (import->outcomes[known].npayload > 0 || r->row->outcomes[outcome].npayload == 0);
}

bool arg_given(const struct running *r, unsigned arg) { return r->param[arg] >= 0; }

int64_t arg_num(const struct running *r, unsigned arg, int64_t fallback)
{
    return arg_given(r, arg) ? vm_arg_num(r->run->vm, (unsigned)r->param[arg]) : fallback;
}

int64_t arg_num_in(const struct running *r, unsigned arg, int64_t fallback, int64_t low, int64_t high)
{
    int64_t n = arg_num(r, arg, fallback);
    return n < low ? low : n > high ? high : n;
}

struct str arg_text(const struct running *r, unsigned arg, const char *fallback)
{
    return arg_given(r, arg) ? vm_arg_text(r->run->vm, (unsigned)r->param[arg]) : str_of(fallback);
}

unsigned arg_count(const struct running *r, unsigned arg)
{
    return arg_given(r, arg) ? vm_arg_count(r->run->vm, (unsigned)r->param[arg]) : 0;
}

struct str arg_item(const struct running *r, unsigned arg, unsigned i)
{
    return vm_arg_item(r->run->vm, (unsigned)r->param[arg], i);
}

struct vm_sound arg_sound(const struct running *r, unsigned arg)
{
    return arg_given(r, arg) ? vm_arg_sound(r->run->vm, (unsigned)r->param[arg], 0) : (struct vm_sound){ 0 };
}

unsigned arg_sounds(const struct running *r, unsigned arg, struct vm_sound **out)
{
    unsigned n = arg_count(r, arg);
    *out = n ? calloc(n, sizeof **out) : NULL;
    if (!*out)
        return 0;
    for (unsigned i = 0; i < n; i++)
        (*out)[i] = vm_arg_sound(r->run->vm, (unsigned)r->param[arg], i);
    return n;
}

void arg_json(const struct running *r, unsigned arg, struct sbuf *out)
{
    if (arg_given(r, arg))
        vm_arg_json(r->run->vm, (unsigned)r->param[arg], out);
}

void action_complete(struct running *r, unsigned outcome, const struct vm_value *payload)
{
    struct flow_run *run = r->run;
    int known = import_outcome(r, outcome);
    run_trace(run, r->row->name, r->row->outcomes[outcome].name);
    /* A payload beyond the VM's memory faults it, and run_step() sees that. */
    enum err e = known < 0 ? ERR_UNSUPPORTED : vm_resume(run->vm, (unsigned)known, payload);
    run_drop_action(run);
    if (e == ERR_UNSUPPORTED)
        run_fail(run, "the flow does not know the outcome of its action");
    else
        run_step(run);
}

void action_abandon(struct running *r) { run_enter_on_hangup(r->run); }

void action_end_call(struct running *r, enum flow_end how)
{
    struct flow_run *run = r->run;
    run_drop_action(run);
    run_finish(run, how);
}

void port_hang_up(const struct call_port *port)
{
    if (port->is_answered(port->self))
        port->hangup(port->self);
    else
        port->reject(port->self, 0);
}

void run_drop_action(struct flow_run *run)
{
    struct running *r = run->action;
    if (!r)
        return;
    run->action = NULL;
    if (r->answering)
        run->port->stop(run->port->self, &r->answering);
    if (r->ops->stop)
        r->ops->stop(r);
    free(r);
}
