#include "stdlib/actions.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
enum { KEEP_DAYS = 30, KEEP_DAYS_MAX = 3660 };

struct remember {
    struct running base;
    struct call_op *op;
};

static void on_kept(bool ok, struct str text, void *owner)
{
    struct remember *m = owner;
    (void)text;
    m->op = NULL;
    action_complete(&m->base, ok ? OUT_remember_done : OUT_remember_failed, NULL);
}

static void start(struct running *r)
{
    struct remember *m = (struct remember *)r;
    const struct call_port *port = action_port(r);
    struct remember_request rq = {
        .key = arg_text(r, ARG_NO_remember_key, ""),
        .value = arg_text(r, ARG_NO_remember_value, ""),
        .for_ms = arg_num_in(r, ARG_NO_remember_for, KEEP_DAYS * DAY_MS, 1000, KEEP_DAYS_MAX * DAY_MS),
    };
    m->op = port->remember(port->self, &rq, on_kept, m);
}

static void stop(struct running *r) { action_stop_op(r, &((struct remember *)r)->op); }
static bool offered(const struct call_port *port) { return port->remember != NULL; }

const struct action_ops remember_ops = {
    .size = sizeof(struct remember), .offered = offered, .start = start, .stop = stop
};
