/* mailbox: the flow `mailbox` runs behind it. Who has come into the box has `done` with it; who has not was `denied`. A
 * host without that flow (the simulator) says itself what comes of it. */
#include "stdlib/actions.h"
#include "stdlib/behind.h"

struct mailbox {
    struct running base;
    struct call_op *op; /* of the host, or leaving the box */
    struct behind flow;
    bool visiting;
    enum flow_end how; /* of the flow */
};

static void on_left(bool ok, struct str text, void *owner)
{
    struct mailbox *m = owner;
    (void)text;
    m->op = NULL;
    action_complete(&m->base, ok ? OUT_mailbox_done : OUT_mailbox_denied, NULL);
}

static void on_visited(const struct box_end *end, void *owner)
{
    struct mailbox *m = owner;
    m->op = NULL;
    m->visiting = false;
    if (m->how == FLOW_CALLER_GONE)
        action_abandon(&m->base);
    else if (m->how == FLOW_HUNG_UP || m->how == FLOW_REJECTED)
        action_end_call(&m->base, m->how);
    else
        action_complete(&m->base, end->how == BOX_ENTERED ? OUT_mailbox_done : OUT_mailbox_denied, NULL);
}

static void on_flow_over(enum flow_end how, struct running *r)
{
    struct mailbox *m = (struct mailbox *)r;
    const struct call_port *port = action_port(r);
    m->how = how;
    m->op = port->box->end(port->self, on_visited, m);
}

static void start(struct running *r)
{
    struct mailbox *m = (struct mailbox *)r;
    const struct call_port *port = action_port(r);
    struct box_visit visit = { .box = arg_text(r, ARG_NO_mailbox_box, ""), .transcribe = true };
    if (port->mailbox) {
        m->op = port->mailbox(port->self, visit.box, on_left, m);
        return;
    }
    if (!behind_start(&m->flow, r, "mailbox", on_flow_over)) {
        action_complete(r, OUT_mailbox_denied, NULL);
        return;
    }
    port->box->begin(port->self, &visit);
    m->visiting = true;
}

static void digit(struct running *r) { behind_digits(&((struct mailbox *)r)->flow); }

static void hangup(struct running *r)
{
    struct mailbox *m = (struct mailbox *)r;
    if (m->flow.run)
        behind_hangup(&m->flow);
    else if (!m->visiting)
        action_abandon(r);
}

static void stop(struct running *r)
{
    struct mailbox *m = (struct mailbox *)r;
    action_stop_op(r, &m->op);
    behind_stop(&m->flow);
    if (m->visiting)
        action_port(r)->box->end(action_port(r)->self, NULL, NULL);
}

static bool offered(const struct call_port *port)
{
    return port->mailbox || (port->box && port->box->flow && port->box->begin);
}

const struct action_ops mailbox_ops = {
    .size = sizeof(struct mailbox), .offered = offered, .start = start, .digit = digit, .hangup = hangup, .stop = stop
};
