/* box_record: a recording that becomes a message of the open box. */
#include "stdlib/actions.h"

enum { MESSAGE_MS = 3 * 60 * 1000, MESSAGE_MAX_MS = 3600 * 1000, SILENCE_MS = 5000, GRACE_MS = 10 * 1000 };

struct box_record {
    struct running base;
    struct call_op *op;
    struct clock_timer *grace;
};

static void failed(struct box_record *b, bool kept)
{
    struct vm_value payload[] = { value_num(TYPE_BOOL, kept) };
    action_complete(&b->base, OUT_box_record_failed, payload);
}

static void on_recorded(const struct record_end *end, void *owner)
{
    struct box_record *b = owner;
    b->op = NULL;
    if (end->how == RECORD_SAVED) {
        struct vm_value payload[] = { { .type = TYPE_SOUND, .text = end->id, .sound = SOUND_RECORDING },
                                      value_num(TYPE_DURATION, end->length_ms),
                                      value_num(TYPE_BOOL, end->by_key) };
        action_complete(&b->base, OUT_box_record_recorded, payload);
        return;
    }
    if (end->how == RECORD_EMPTY)
        action_complete(&b->base, OUT_box_record_empty, NULL);
    else
        failed(b, end->kept);
}

static void start(struct running *r)
{
    struct box_record *b = (struct box_record *)r;
    const struct call_port *port = action_port(r);
    struct record_request rq = {
        .max_ms = arg_num_in(r, ARG_NO_box_record_max, MESSAGE_MS, 1000, MESSAGE_MAX_MS),
        .silence_ms = arg_num_in(r, ARG_NO_box_record_silence, SILENCE_MS, 500, MESSAGE_MAX_MS),
        .until = arg_text(r, ARG_NO_box_record_until, "#"),
        .beep = true,
        .draft = true,
    };
    b->op = port->record(port->self, &rq, on_recorded, b);
}

static void digit(struct running *r) { digits_clear(action_digits(r)); }

static void on_grace_over(void *owner)
{
    struct box_record *b = owner;
    b->grace = NULL;
    failed(b, true); /* the file is on the disk, but nobody has said so yet */
}

static void hangup(struct running *r)
{
    struct box_record *b = (struct box_record *)r;
    if (b->op)
        b->grace = action_timer(r, GRACE_MS, on_grace_over, b);
    else
        action_complete(r, OUT_box_record_empty, NULL);
}

static void stop(struct running *r)
{
    struct box_record *b = (struct box_record *)r;
    action_stop_op(r, &b->op);
    action_stop_timer(r, &b->grace);
}

static bool offered(const struct call_port *port) { return port->box != NULL; }

const struct action_ops box_record_ops = { .size = sizeof(struct box_record),
                                           .offered = offered,
                                           .start = start,
                                           .digit = digit,
                                           .hangup = hangup,
                                           .stop = stop };
