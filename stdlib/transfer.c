#include "stdlib/actions.h"
#include "stdlib/permit.h"

struct transfer {
    struct running base;
    struct call_op *op;
};

static void finish_failed(struct transfer *t, struct str reason)
{
    struct vm_value why = value_text(reason);
    action_complete(&t->base, OUT_transfer_failed, &why);
}

static void on_transferred(bool ok, struct str text, void *owner)
{
    struct transfer *t = owner;
    t->op = NULL;
    if (ok)
        action_complete(&t->base, OUT_transfer_done, NULL);
    else
        finish_failed(t, text);
}

static void start(struct running *r)
{
    struct transfer *t = (struct transfer *)r;
    const struct call_port *port = action_port(r);
    struct permit_ask ask = { .im = action_image(r),
                              .port = port,
                              .outside = arg_num(r, ARG_NO_transfer_outside, 0) != 0 };
    struct str target = arg_text(r, ARG_NO_transfer_target, "");
    int line;
    switch (permit_leg(&ask, target, &line)) {
    case PERMIT_GIVEN: t->op = port->transfer(port->self, target, line, on_transferred, t); break;
    case PERMIT_REFUSED: finish_failed(t, STR("not permitted")); break;
    case PERMIT_USED_UP: finish_failed(t, STR("limited")); break;
    }
}

static void stop(struct running *r) { action_stop_op(r, &((struct transfer *)r)->op); }
static bool offered(const struct call_port *port) { return port->transfer != NULL; }

const struct action_ops transfer_ops = {
    .size = sizeof(struct transfer), .offered = offered, .start = start, .stop = stop
};
