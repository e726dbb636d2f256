#include "stdlib/actions.h"

static void start(struct running *r)
{
    const struct call_port *port = action_port(r);
    if (port->is_answered(port->self)) {
        port->hangup(port->self);
        action_end_call(r, FLOW_HUNG_UP);
        return;
    }
    port->reject(port->self, (int)arg_num_in(r, ARG_NO_reject_cause, 480, 400, 699));
    action_end_call(r, FLOW_REJECTED);
}

const struct action_ops reject_ops = { .size = sizeof(struct running), .start = start };
