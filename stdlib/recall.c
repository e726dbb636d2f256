#include "stdlib/actions.h"

struct recall {
    struct running base;
    struct call_op *op;
};

static void on_recalled(bool ok, struct str text, void *owner)
{
    struct recall *m = owner;
    struct vm_value value = value_text(text);
    m->op = NULL;
    action_complete(&m->base, ok ? OUT_recall_found : OUT_recall_missing, ok ? &value : NULL);
}

static void start(struct running *r)
{
    struct recall *m = (struct recall *)r;
    const struct call_port *port = action_port(r);
    m->op = port->recall(port->self, arg_text(r, ARG_NO_recall_key, ""), on_recalled, m);
}

static void stop(struct running *r) { action_stop_op(r, &((struct recall *)r)->op); }
static bool offered(const struct call_port *port) { return port->recall != NULL; }

const struct action_ops recall_ops = {
    .size = sizeof(struct recall), .offered = offered, .start = start, .stop = stop
};
