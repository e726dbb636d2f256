#include "stdlib/actions.h"

static void start(struct running *r)
{
    const struct call_port *port = action_port(r);
    if (port->is_answered(port->self))
        port->hangup(port->self);
    else
        port->reject(port->self, 0);
    action_end_call(r, FLOW_HUNG_UP);
}

const struct action_ops hangup_ops = { .size = sizeof(struct running), .start = start };
