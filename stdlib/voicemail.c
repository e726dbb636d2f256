/* voicemail: the flow `voicemail` runs behind it, and what came of the visit to the box is the outcome. A greeting that
 * the action was given is played first. A host without that flow (the simulator), and a server whose flow faults before
 * a message is there, take the message the plain way:
 *   start --box full--> "the mailbox is full" --> full
 *     |                        ^
 *   greeting --end, or #--> recording --> left, empty, failed
 * The caller's hangup ends the greeting in 'empty' and a recording in what it holds. */
#include <stdlib.h>

#include "stdlib/actions.h"
#include "stdlib/behind.h"

enum { MESSAGE_MS = 3 * 60 * 1000, MESSAGE_MAX_MS = 3600 * 1000, SILENCE_MS = 5000, GRACE_MS = 10 * 1000 };

struct voicemail {
    struct running base;
    struct call_op *greeting, *recording, *sorry, *leaving;
    struct clock_timer *grace;
    struct behind flow;
    bool visiting;     /* between box->begin and box->end */
    bool greeted;      /* by the action's own greeting */
    bool plain;        /* without the flow: it has faulted */
    enum flow_end how; /* of the flow */
};

static void left(struct voicemail *v, struct str id, int64_t length_ms)
{
    struct vm_value payload[] = { value_text(id), value_num(TYPE_DURATION, length_ms) };
    action_complete(&v->base, OUT_voicemail_left, payload);
}

static void finish_left(struct voicemail *v, const struct record_end *end) { left(v, end->id, end->length_ms); }

static void on_told_full(enum play_end how, void *owner)
{
    struct voicemail *v = owner;
    (void)how;
    v->sorry = NULL;
    action_complete(&v->base, OUT_voicemail_full, NULL);
}

static void tell_full(struct voicemail *v)
{
    const struct call_port *port = action_port(&v->base);
    struct vm_sound words = { SOUND_SAY, STR("This mailbox is full and takes no more messages.") };
    struct play_request rq = { .sounds = &words, .count = 1, .image = action_image(&v->base), .loops = 1 };
    if (action_caller_gone(&v->base))
        action_complete(&v->base, OUT_voicemail_full, NULL);
    else
        v->sorry = port->play(port->self, &rq, on_told_full, v);
}

static void on_recorded(const struct record_end *end, void *owner)
{
    struct voicemail *v = owner;
    v->recording = NULL;
    switch (end->how) {
    case RECORD_SAVED: finish_left(v, end); return;
    case RECORD_EMPTY: action_complete(&v->base, OUT_voicemail_empty, NULL); return;
    case RECORD_FULL: tell_full(v); return;
    case RECORD_FAILED: action_complete(&v->base, OUT_voicemail_failed, NULL); return;
    }
}

static void record(struct voicemail *v)
{
    const struct running *r = &v->base;
    const struct call_port *port = action_port(r);
    struct record_request rq = {
        .box = arg_text(r, ARG_NO_voicemail_box, ""),
        .max_ms = arg_num_in(r, ARG_NO_voicemail_max, MESSAGE_MS, 1000, MESSAGE_MAX_MS),
        .silence_ms = arg_num_in(r, ARG_NO_voicemail_silence, SILENCE_MS, 500, MESSAGE_MAX_MS),
        .until = STR("#"),
        .beep = true,
        .transcribe = arg_num(r, ARG_NO_voicemail_transcribe, 1) != 0,
    };
    v->recording = port->record(port->self, &rq, on_recorded, v);
}

/* ---- the flow behind it ---- */

static void greet_by_box(struct voicemail *v);

/* What the box says has happened is the outcome; a flow that hung up ends the call as well. */
static void on_visited(const struct box_end *end, void *owner)
{
    struct voicemail *v = owner;
    v->leaving = NULL;
    v->visiting = false;
    if (v->how == FLOW_FAULT && end->how == BOX_NOTHING) {
        v->plain = true;
        greet_by_box(v);
        return;
    }
    if (v->how == FLOW_HUNG_UP || v->how == FLOW_REJECTED) {
        action_end_call(&v->base, v->how);
        return;
    }
    switch (end->how) {
    case BOX_LEFT: left(v, end->id, end->length_ms); return;
    case BOX_FULL: action_complete(&v->base, OUT_voicemail_full, NULL); return;
    case BOX_FAILED: action_complete(&v->base, OUT_voicemail_failed, NULL); return;
    case BOX_NOTHING:
    case BOX_ENTERED: action_complete(&v->base, OUT_voicemail_empty, NULL); return;
    }
}

static void on_flow_over(enum flow_end how, struct running *r)
{
    struct voicemail *v = (struct voicemail *)r;
    const struct call_port *port = action_port(r);
    v->how = how;
    v->leaving = port->box->end(port->self, on_visited, v);
}

static bool visit(struct voicemail *v)
{
    struct running *r = &v->base;
    const struct call_port *port = action_port(r);
    struct box_visit visit = {
        .box = arg_text(r, ARG_NO_voicemail_box, ""),
        .max_ms = arg_num_in(r, ARG_NO_voicemail_max, MESSAGE_MS, 1000, MESSAGE_MAX_MS),
        .silence_ms = arg_num_in(r, ARG_NO_voicemail_silence, SILENCE_MS, 500, MESSAGE_MAX_MS),
        .greeted = v->greeted,
        .transcribe = arg_num(r, ARG_NO_voicemail_transcribe, 1) != 0,
    };
    if (v->plain || !port->box || !port->box->begin || !behind_start(&v->flow, r, "voicemail", on_flow_over))
        return false;
    port->box->begin(port->self, &visit);
    v->visiting = true;
    return true;
}

/* A greeting that cannot be played must not lose the message. */
static void on_greeted(enum play_end how, void *owner)
{
    struct voicemail *v = owner;
    (void)how;
    v->greeting = NULL;
    v->greeted = true;
    if (!visit(v))
        record(v);
}

static void greet(struct voicemail *v, const struct vm_sound *sounds, unsigned count)
{
    const struct call_port *port = action_port(&v->base);
    struct play_request rq = { .sounds = sounds, .count = count, .image = action_image(&v->base), .loops = 1 };
    v->greeting = port->play(port->self, &rq, on_greeted, v);
}

static void greet_by_box(struct voicemail *v)
{
    const struct call_port *port = action_port(&v->base);
    struct str box = arg_text(&v->base, ARG_NO_voicemail_box, "");
    struct sbuf words = { 0 };
    struct vm_sound own;
    if (!port->greeting(port->self, box, &own)) {
        sbuf_fmt(&words, "This is the mailbox of %.*s. Please leave a message after the tone.", STR_ARG(box));
        own = (struct vm_sound){ SOUND_SAY, sbuf_view(&words) };
    }
    greet(v, &own, 1);
    sbuf_free(&words); /* the port has copied it */
}

static void start(struct running *r)
{
    struct voicemail *v = (struct voicemail *)r;
    const struct call_port *port = action_port(r);
    struct vm_sound *sounds;
    unsigned count = arg_sounds(r, ARG_NO_voicemail_greeting, &sounds);
    bool full = port->box_full(port->self, arg_text(r, ARG_NO_voicemail_box, ""));
    if (count && !full)
        greet(v, sounds, count);
    else if (visit(v))
        ;
    else if (full)
        tell_full(v);
    else
        greet_by_box(v);
    free(sounds);
}

/* Who knows the greeting passes over it with #. The recording watches for its own keys. */
static void digit(struct running *r)
{
    struct voicemail *v = (struct voicemail *)r;
    if (v->flow.run) {
        behind_digits(&v->flow);
        return;
    }
    bool skip = v->greeting && digits_find(action_digits(r), STR("#")) >= 0;
    digits_clear(action_digits(r));
    if (!skip)
        return;
    action_stop_op(r, &v->greeting);
    v->greeted = true;
    if (!visit(v))
        record(v);
}

static void on_grace_over(void *owner)
{
    struct voicemail *v = owner;
    v->grace = NULL;
    action_complete(&v->base, OUT_voicemail_failed, NULL);
}

static void hangup(struct running *r)
{
    struct voicemail *v = (struct voicemail *)r;
    if (v->flow.run)
        behind_hangup(&v->flow);
    else if (v->leaving)
        return;
    else if (v->recording)
        v->grace = action_timer(r, GRACE_MS, on_grace_over, v);
    else
        action_complete(r, v->sorry ? OUT_voicemail_full : OUT_voicemail_empty, NULL);
}

static void stop(struct running *r)
{
    struct voicemail *v = (struct voicemail *)r;
    action_stop_op(r, &v->greeting);
    action_stop_op(r, &v->recording);
    action_stop_op(r, &v->sorry);
    action_stop_op(r, &v->leaving);
    behind_stop(&v->flow);
    if (v->visiting)
        action_port(r)->box->end(action_port(r)->self, NULL, NULL);
    action_stop_timer(r, &v->grace);
}

const struct action_ops voicemail_ops = {
    .size = sizeof(struct voicemail), .start = start, .digit = digit, .hangup = hangup, .stop = stop
};
