#include "stdlib/behind.h"

#include "stdlib/run_state.h"

static void on_ended(enum flow_end how, void *owner)
{
    struct behind *b = owner;
    struct running *r = b->r;
    if (how == FLOW_FAULT)
        action_port(r)->trace(action_port(r)->self, "fault", str_of(flow_run_fault(b->run)));
    flow_run_free(&b->run);
    b->over(how, r);
}

bool behind_start(struct behind *b, struct running *r, const char *flow,
                  void (*over)(enum flow_end how, struct running *r))
{
    const struct call_port *port = action_port(r);
    struct flow_run *outer = r->run;
    struct flow_events events = { .ended = on_ended, .traced = outer->events.inner, .owner = outer->events.owner };
    struct image *im = port->box && port->box->flow ? port->box->flow(port->self, flow) : NULL;
    if (!im || outer->inner)
        return false;
    *b = (struct behind){ .r = r, .over = over };
    if (flow_run_new(&b->run, im, port, outer->host, &events) != ERR_OK)
        return false;
    b->run->inner = true;
    b->run->ended_owner = b;
    flow_run_start(b->run);
    behind_digits(b);
    if (run_caller_gone(outer))
        flow_run_hangup(b->run);
    return true;
}

void behind_digits(struct behind *b)
{
    char key;
    while (b->run && digits_take(action_digits(b->r), &key))
        flow_run_digit(b->run, key);
}

void behind_hangup(struct behind *b)
{
    if (b->run)
        flow_run_hangup(b->run);
}

void behind_stop(struct behind *b) { flow_run_free(&b->run); }
