#include "stdlib/actions.h"

static void start(struct running *r)
{
    const struct call_port *port = action_port(r);
    port->trace(port->self, "log", arg_text(r, ARG_NO_log_text, ""));
    action_complete(r, OUT_log_done, NULL);
}

const struct action_ops log_ops = { .size = sizeof(struct running), .start = start };
