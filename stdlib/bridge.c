/* All targets in one dial, or, when it hunts, a dial for each. */
#include <stdlib.h>

#include "stdlib/actions.h"
#include "stdlib/dial_rank.h"
#include "stdlib/permit.h"
#include "vm/base/ring_tone.h"

enum {
    RING_MS = 20 * 1000,
    RING_MAX_MS = 3600 * 1000,
    TALK_MS = 4 * 3600 * 1000,
    TALK_MAX_MS = 12 * 3600 * 1000,
    GRACE_MS = 100, /* for the port to report a talk that the caller's hangup has ended */
};

struct bridge {
    struct running base;
    struct call_op *op;
    struct clock_timer *grace;
    struct str *targets; /* those of the dial in progress, and which permit line counts each */
    int *lines;
    unsigned count;
    unsigned next; /* the first target that has not been tried */
    struct vm_sound *music;
    unsigned nmusic;
    bool hunt, tried;       /* tried: best holds an outcome */
    enum dial_outcome best; /* of the dials so far, by dial_outranks() */
    struct sbuf reason;     /* with DIAL_FAILED */
    struct sbuf ring_tone;  /* without fault */
};

static unsigned outcome_of(enum dial_outcome how)
{
    switch (how) {
    case DIAL_ENDED: return OUT_bridge_ended;
    case DIAL_BUSY: return OUT_bridge_busy;
    case DIAL_NO_ANSWER: return OUT_bridge_no_answer;
    case DIAL_DECLINED: return OUT_bridge_declined;
    case DIAL_OFFLINE: return OUT_bridge_offline;
    case DIAL_LIMITED: return OUT_bridge_limited;
    case DIAL_FAILED: break;
    }
    return OUT_bridge_failed;
}

static void finish_ended(struct bridge *b, const struct dial_end *end)
{
    struct vm_value payload[] = { value_num(TYPE_DURATION, end->talk_ms), value_text(dial_by_text(end->by)) };
    action_complete(&b->base, OUT_bridge_ended, payload);
}

static void finish_refused(struct bridge *b)
{
    struct vm_value reason = value_text(sbuf_view(&b->reason));
    action_complete(&b->base, outcome_of(b->best), b->best == DIAL_FAILED ? &reason : NULL);
}

static void note_refusal(struct bridge *b, enum dial_outcome how, struct str reason)
{
    if (how == DIAL_FAILED && b->reason.len == 0)
        sbuf_str(&b->reason, reason);
    if (!b->tried || dial_outranks(how, b->best))
        b->best = how;
    b->tried = true;
}

static void dial_next(struct bridge *b);

static void on_dialled(const struct dial_end *end, void *owner)
{
    struct bridge *b = owner;
    b->op = NULL;
    if (end->how == DIAL_ENDED) {
        finish_ended(b, end);
        return;
    }
    note_refusal(b, end->how, end->reason);
    if (action_caller_gone(&b->base))
        action_abandon(&b->base);
    else
        dial_next(b);
}

static void dial(struct bridge *b)
{
    const struct call_port *port = action_port(&b->base);
    bool says_ring = arg_num(&b->base, ARG_NO_bridge_ring, -1) >= 0;
    struct dial_request rq = {
        .targets = b->targets,
        .lines = b->lines,
        .count = b->count,
        .ring_ms = arg_num_in(&b->base, ARG_NO_bridge_ring, RING_MS, 1000, RING_MAX_MS),
        .own_ring = !says_ring,
        .max_ms = arg_num_in(&b->base, ARG_NO_bridge_max, TALK_MS, 1000, TALK_MAX_MS),
        .caller_id = arg_text(&b->base, ARG_NO_bridge_caller_id, ""),
        .ring_tone = sbuf_view(&b->ring_tone),
        .auto_answer = arg_num(&b->base, ARG_NO_bridge_auto_answer, 0) != 0,
        .announce = arg_text(&b->base, ARG_NO_bridge_announce, ""),
        .screen = arg_text(&b->base, ARG_NO_bridge_screen, ""),
        .image = action_image(&b->base),
        .music = b->music,
        .nmusic = b->nmusic,
        .record = arg_num(&b->base, ARG_NO_bridge_record, 0) != 0,
        .alone = arg_count(&b->base, ARG_NO_bridge_target) == 1,
    };
    b->op = port->dial(port->self, &rq, on_dialled, b);
}

/* Joins the targets of the next dial when it may be dialled; else its refusal is noted. */
static void take(struct bridge *b, struct str target)
{
    struct permit_ask ask = { .im = action_image(&b->base),
                              .port = action_port(&b->base),
                              .outside = arg_num(&b->base, ARG_NO_bridge_outside, 0) != 0,
                              .lines = b->lines,
                              .nlines = b->count };
    switch (permit_leg(&ask, target, &b->lines[b->count])) {
    case PERMIT_GIVEN: b->targets[b->count++] = target; break;
    case PERMIT_REFUSED: note_refusal(b, DIAL_FAILED, STR("not permitted")); break;
    case PERMIT_USED_UP: note_refusal(b, DIAL_LIMITED, STR("")); break;
    }
}

/* The next of the hunt, or all; the end when there is none left. */
static void dial_next(struct bridge *b)
{
    unsigned all = arg_count(&b->base, ARG_NO_bridge_target);
    b->count = 0;
    while (b->next < all && !(b->hunt && b->count))
        take(b, arg_item(&b->base, ARG_NO_bridge_target, b->next++));
    if (b->count)
        dial(b);
    else
        finish_refused(b);
}

/* Constants were judged by the compiler. A tone that is none is left off: the phone rings as it does by itself. */
static void take_ring_tone(struct bridge *b)
{
    const struct call_port *port = action_port(&b->base);
    struct sbuf line = { 0 };
    ring_tone_escape(arg_text(&b->base, ARG_NO_bridge_ring_tone, ""), &b->ring_tone);
    const char *fault = ring_tone_fault(sbuf_view(&b->ring_tone));
    if (!fault)
        return;
    sbuf_fmt(&line, "the ring tone is left off, since it %s", fault);
    port->trace(port->self, "bridge", sbuf_view(&line));
    sbuf_free(&line);
    sbuf_clear(&b->ring_tone);
}

static bool make_room(struct bridge *b)
{
    unsigned n = arg_count(&b->base, ARG_NO_bridge_target);
    b->targets = n ? calloc(n, sizeof *b->targets) : NULL;
    b->lines = n ? calloc(n, sizeof *b->lines) : NULL;
    return b->targets && b->lines;
}

static void start(struct running *r)
{
    struct bridge *b = (struct bridge *)r;
    b->hunt = arg_num(r, ARG_NO_bridge_hunt, 0) != 0;
    b->nmusic = arg_sounds(r, ARG_NO_bridge_music, &b->music);
    take_ring_tone(b);
    if (make_room(b)) {
        dial_next(b);
    } else {
        note_refusal(b, DIAL_FAILED, STR("no target"));
        finish_refused(b);
    }
}

/* Keys pressed in a talk are for the far end. */
static void digit(struct running *r) { digits_clear(action_digits(r)); }

static void on_grace_over(void *owner)
{
    struct bridge *b = owner;
    b->grace = NULL;
    action_abandon(&b->base);
}

/* The port reports a talk as ended by the caller; while it still rings there is nothing to report, and the bridge is
 * abandoned. */
static void hangup(struct running *r)
{
    struct bridge *b = (struct bridge *)r;
    b->grace = action_timer(r, GRACE_MS, on_grace_over, b);
}

static void stop(struct running *r)
{
    struct bridge *b = (struct bridge *)r;
    action_stop_op(r, &b->op);
    action_stop_timer(r, &b->grace);
    sbuf_free(&b->reason);
    sbuf_free(&b->ring_tone);
    free(b->targets);
    free(b->lines);
    free(b->music);
}

const struct action_ops bridge_ops = {
    .size = sizeof(struct bridge), .start = start, .digit = digit, .hangup = hangup, .stop = stop
};
