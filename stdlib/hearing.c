#include "stdlib/hearing.h"

_Static_assert((int)OUT_say_done == (int)OUT_play_done && (int)OUT_say_failed == (int)OUT_play_failed &&
                   (int)OUT_say_interrupted == (int)OUT_play_interrupted,
               "'say' and 'play' share this code");

static void on_played(enum play_end how, void *owner)
{
    struct hearing *h = owner;
    h->op = NULL;
    action_complete(&h->base, how == PLAY_DONE ? OUT_say_done : OUT_say_failed, NULL);
}

/* The key stays typed ahead for the next gather, unless the flow itself wants it here. */
static void interrupt(struct hearing *h, int place)
{
    char key = action_digits(&h->base)->queue[place];
    struct vm_value digit = value_text((struct str){ &key, 1 });
    if (action_wants(&h->base, OUT_say_interrupted))
        digits_take_at(action_digits(&h->base), place);
    action_complete(&h->base, OUT_say_interrupted, &digit);
}

void hearing_start(struct hearing *h, const struct play_request *rq, struct str barge)
{
    const struct call_port *port = action_port(&h->base);
    h->barge = barge;
    int place = digits_find(action_digits(&h->base), barge);
    if (place >= 0)
        interrupt(h, place);
    else
        h->op = port->play(port->self, rq, on_played, h);
}

void hearing_digit(struct running *r)
{
    struct hearing *h = (struct hearing *)r;
    int place = digits_find(action_digits(r), h->barge);
    if (place >= 0)
        interrupt(h, place);
}

void hearing_stop(struct running *r) { action_stop_op(r, &((struct hearing *)r)->op); }
