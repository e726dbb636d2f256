#include "stdlib/actions.h"

struct mailbox {
    struct running base;
    struct call_op *op;
};

static void on_left(bool ok, struct str text, void *owner)
{
    struct mailbox *m = owner;
    (void)text;
    m->op = NULL;
    action_complete(&m->base, ok ? OUT_mailbox_done : OUT_mailbox_denied, NULL);
}

static void start(struct running *r)
{
    struct mailbox *m = (struct mailbox *)r;
    const struct call_port *port = action_port(r);
    m->op = port->mailbox(port->self, arg_text(r, ARG_NO_mailbox_box, ""), on_left, m);
}

static void stop(struct running *r) { action_stop_op(r, &((struct mailbox *)r)->op); }
static bool offered(const struct call_port *port) { return port->mailbox != NULL; }

const struct action_ops mailbox_ops = {
    .size = sizeof(struct mailbox), .offered = offered, .start = start, .stop = stop
};
