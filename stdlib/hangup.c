#include "stdlib/actions.h"

static void start(struct running *r)
{
    port_hang_up(action_port(r));
    action_end_call(r, FLOW_HUNG_UP);
}

const struct action_ops hangup_ops = { .size = sizeof(struct running), .start = start };
