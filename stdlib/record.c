#include "stdlib/actions.h"

enum { RECORD_MS = 3 * 60 * 1000, RECORD_MAX_MS = 3600 * 1000, SILENCE_MS = 5000, GRACE_MS = 10 * 1000 };

struct record {
    struct running base;
    struct call_op *op;
    struct clock_timer *grace;
};

static void on_recorded(const struct record_end *end, void *owner)
{
    struct record *rec = owner;
    struct vm_value recording = { .type = TYPE_SOUND, .text = end->id, .sound = SOUND_RECORDING };
    rec->op = NULL;
    switch (end->how) {
    case RECORD_SAVED: action_complete(&rec->base, OUT_record_saved, &recording); return;
    case RECORD_EMPTY: action_complete(&rec->base, OUT_record_empty, NULL); return;
    case RECORD_FULL:
    case RECORD_FAILED: action_complete(&rec->base, OUT_record_failed, NULL); return;
    }
}

static void start(struct running *r)
{
    struct record *rec = (struct record *)r;
    const struct call_port *port = action_port(r);
    struct record_request rq = {
        .max_ms = arg_num_in(r, ARG_NO_record_max, RECORD_MS, 1000, RECORD_MAX_MS),
        .silence_ms = arg_num_in(r, ARG_NO_record_silence, SILENCE_MS, 500, RECORD_MAX_MS),
        .until = arg_text(r, ARG_NO_record_until, "#"),
        .beep = arg_num(r, ARG_NO_record_beep, 1) != 0,
    };
    rec->op = port->record(port->self, &rq, on_recorded, rec);
}

/* The recording itself watches for the key that ends it. */
static void digit(struct running *r) { digits_clear(action_digits(r)); }

static void on_grace_over(void *owner)
{
    struct record *rec = owner;
    rec->grace = NULL;
    action_complete(&rec->base, OUT_record_failed, NULL);
}

/* The port closes what was recorded, and reports it as at any other end. */
static void hangup(struct running *r)
{
    struct record *rec = (struct record *)r;
    if (rec->op)
        rec->grace = action_timer(r, GRACE_MS, on_grace_over, rec);
    else
        action_complete(r, OUT_record_empty, NULL);
}

static void stop(struct running *r)
{
    struct record *rec = (struct record *)r;
    action_stop_op(r, &rec->op);
    action_stop_timer(r, &rec->grace);
}

const struct action_ops record_ops = {
    .size = sizeof(struct record), .start = start, .digit = digit, .hangup = hangup, .stop = stop
};
