/* The box actions: what each row hands to the port, and back. One code for all of them: the row says which argument is
 * what. */
#include <string.h>

#include "stdlib/actions.h"

struct box {
    struct running base;
    struct call_op *op;
};

static void on_answer(const struct box_answer *a, void *owner)
{
    struct box *b = owner;
    b->op = NULL;
    action_complete(&b->base, a->outcome, a->payload);
}

/* The first argument of each kind that the row has. */
static void take_arg(struct box_request *rq, const struct running *r, unsigned arg)
{
    switch (r->row->args[arg].type) {
    case ARG_BOX:
    case ARG_TEXT: rq->text = arg_text(r, arg, ""); break;
    case ARG_BOOL: rq->flag = arg_num(r, arg, 0) != 0; break;
    case ARG_SOUND: rq->sound = arg_sound(r, arg); break;
    default: break;
    }
}

static void start(struct running *r)
{
    struct box *b = (struct box *)r;
    const struct call_port *port = action_port(r);
    struct box_request rq = { .action = (unsigned)action_id_of(r->row) };
    for (unsigned i = 0; i < r->row->nargs; i++)
        take_arg(&rq, r, i);
    b->op = port->box->ask(port->self, &rq, on_answer, b);
}

static void stop(struct running *r) { action_stop_op(r, &((struct box *)r)->op); }
static bool offered(const struct call_port *port) { return port->box != NULL; }

/* What was begun for a caller who has hung up is finished all the same, where the row needs no caller. */
static void hangup(struct running *r)
{
    if (r->row->flags & ACTION_NEEDS_CALLER)
        action_abandon(r);
}

const struct action_ops box_ops = {
    .size = sizeof(struct box), .offered = offered, .start = start, .hangup = hangup, .stop = stop
};
