#include "stdlib/actions.h"

static void start(struct running *r)
{
    const struct call_port *port = action_port(r);
    struct notify_request rq = {
        .email = arg_text(r, ARG_NO_notify_email, ""),
        .webhook = arg_text(r, ARG_NO_notify_webhook, ""),
        .subject = arg_text(r, ARG_NO_notify_subject, ""),
        .text = arg_text(r, ARG_NO_notify_text, ""),
    };
    port->notify(port->self, &rq);
    action_complete(r, OUT_notify_queued, NULL);
}

static bool offered(const struct call_port *port) { return port->notify != NULL; }

const struct action_ops notify_ops = { .size = sizeof(struct running), .offered = offered, .start = start };
