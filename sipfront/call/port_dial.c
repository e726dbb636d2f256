/* call_port: dialling. Rings every device of every target at once; the first to accept wins and is connected with the
 * caller.
 *
 *   caller                dial                         devices
 *                  ----->  far_leg_new  -------------->  INVITE (each)
 *   180 / 183 / tone <---  dial_on_ringing  <----------  18x
 *                          dial_on_answered <----------  200; asked first when there is a screen
 *   200              <---  join                          the others: CANCEL, "Call completed elsewhere"
 *   BYE              ---->  dial_caller_gone --------->  BYE      DIAL_ENDED by caller
 *                          dial_on_over     <----------  BYE      DIAL_ENDED by callee */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/cdr.h"
#include "sipfront/call/dial_divert.h"
#include "sipfront/call/dial_ring.h"
#include "sipfront/call/far_uri.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/call/transfer.h"
#include "stdlib/dial_rank.h"
#include "vm/base/fmt.h"
#include "vm/base/log.h"

#define ELSEWHERE                                                                                                      \
    "SIP;cause=200;text=\"Call completed elsewhere\"" /* RFC 3326, so that the phones show no missed call */

struct call *dial_call(const struct dial *d) { return d->op.call; }

bool dial_talking(const struct dial *d) { return d && d->talk_from_ms; }

const struct far_leg *dial_first(const struct dial *d) { return d ? d->legs : NULL; }
const char *dial_caller_id(const struct dial *d) { return d->caller_id ? d->caller_id : d->op.call->caller.user; }

struct leg_alert dial_alert(const struct far_leg *f)
{
    const struct dial *d = f->dial;
    return (struct leg_alert){ d->ring_tone, d->auto_answer && !f->diverted };
}

/* ---- ending ---- */

/* Frees all legs but `keep` (may be NULL). */
static void free_legs(struct dial *d, const struct far_leg *keep, const char *reason)
{
    struct far_leg *f = d->legs, *next;
    for (d->legs = NULL; f; f = next) {
        next = f->next;
        if (f == keep) {
            f->next = NULL;
            d->legs = f;
        } else {
            far_leg_free(&f, reason);
        }
    }
}

static void stop(struct call_op *op)
{
    struct dial *d = (struct dial *)op;
    call_op_cancel_later(op);
    clock_stop(op->call->port.clock, &d->limit);
    call_op_stop(op->call, &d->hearing);
    dial_hold_stop(d);
    if (op->call->media.stream) /* else the caller was transferred */
        stream_unbridge(op->call->media.stream);
    free_legs(d, NULL, NULL);
    op->call->dial = NULL;
    free(d->caller_id);
    free(d->why);
    free(d->announce);
    free(d->question);
    free(d->forward);
    free(d->ring_tone);
    free(d);
}

static void finish(struct call_op *op)
{
    struct dial *d = (struct dial *)op;
    dial_done_cb *done = d->done;
    void *owner = d->owner;
    struct dial_end end = d->end;
    char *why = d->why; /* outlives the dial */
    d->why = NULL;
    end.reason = str_of(end.how == DIAL_FAILED ? why : NULL);
    if (!d->hooks)
        op->call->was_busy = end.how == DIAL_BUSY;
    stop(op);
    done(&end, owner);
    free(why);
}

/* Devices stop ringing at once; the flow hears of it from the loop. */
static void end(struct dial *d, enum dial_outcome how)
{
    d->end.how = how;
    dial_hold_stop(d);
    free_legs(d, NULL, NULL);
    d->winner = NULL;
    call_op_later(&d->op);
}

static const char *const by_texts[] = {
    [DIAL_BY_CALLER] = "caller",
    [DIAL_BY_CALLEE] = "callee",
    [DIAL_BY_LIMIT] = "flow",
    [DIAL_BY_TRANSFER] = "transfer",
};

void dial_end_talk(struct dial *d, enum dial_by by)
{
    struct call *c = d->op.call;
    d->end.talk_ms = clock_mono(c->port.clock) - d->talk_from_ms;
    d->end.by = by;
    c->facts.talk_ms += d->end.talk_ms;
    if (d->winner->media.stream) { /* else it was transferred */
        c->facts.far_codec = leg_media_codec(&d->winner->media);
        c->facts.far_suite = d->winner->media.suite;
        stream_stats(d->winner->media.stream, &c->facts.far);
    }
    c->facts.by = by_texts[by];
    end(d, DIAL_ENDED);
}

void dial_forwarded(struct dial *d)
{
    d->end.talk_ms = 0; /* it is not talked here */
    d->end.by = DIAL_BY_TRANSFER;
    end(d, DIAL_ENDED);
}

/* Whoever is to have the call when no phone takes it has it now. */
static bool hand_over(struct dial *d)
{
    if (!d->forward || !d->op.call->leg)
        return false;
    clock_stop(d->op.call->port.clock, &d->limit);
    call_op_stop(d->op.call, &d->hearing);
    stream_unbridge(d->op.call->media.stream); /* of a phone's early media */
    free_legs(d, NULL, NULL);
    return dial_divert_hand_over(d);
}

void dial_end_unanswered(struct dial *d)
{
    if (hand_over(d))
        return;
    end(d, d->tried ? d->best : DIAL_OFFLINE);
}

void dial_caller_gone(struct dial *d, bool elsewhere)
{
    if (!d || d->op.later)
        return;
    if (dial_talking(d) && d->op.call->lent)
        transfer_transferor_gone(d->op.call->lent);
    else if (dial_talking(d))
        dial_end_talk(d, DIAL_BY_CALLER);
    else if (!d->hooks) { /* a queue hands on what rings */
        free_legs(d, NULL, elsewhere ? ELSEWHERE : NULL);
        end(d, DIAL_NO_ANSWER);
    }
}

/* ---- why a device did not answer ---- */

void dial_note(struct dial *d, enum dial_outcome how, const char *why)
{
    if (how == DIAL_FAILED && !d->why && why)
        d->why = strdup(why);
    if (!d->tried || dial_outranks(how, d->best))
        d->best = how;
    d->tried = true;
}

/* The final status of a device in the flow's words (RFC 3261 §21); 0 is a leg that ended in another way. */
static enum dial_outcome outcome_of(int status, bool rang)
{
    switch (status) {
    case 486:
    case 600: return DIAL_BUSY;
    case 403:
    case 603: return DIAL_DECLINED;
    case 404:
    case 410:
    case 604: return DIAL_OFFLINE;
    case 0:
    case 408:
    case 480:
    case 487: return rang ? DIAL_NO_ANSWER : DIAL_OFFLINE;
    default: return DIAL_FAILED;
    }
}

void dial_not_forwarded(struct dial *d, int status, bool rang)
{
    dial_note(d, outcome_of(status, rang), "the one it was forwarded to refused the call");
    dial_end_unanswered(d);
}

/* RFC 3261 §21.6: a 6xx is the user's word, not the device's: the Connection's other devices stop ringing. */
static void drop_user(struct dial *d, const char *user)
{
    for (struct far_leg *f = d->legs; f; f = f->next)
        if (f->leg && strcmp(f->user, user) == 0)
            leg_hangup(f->leg, NULL);
}

/* ---- the talk ---- */

static void on_talk_limit(void *arg)
{
    struct dial *d = arg;
    d->limit = NULL;
    dial_end_talk(d, DIAL_BY_LIMIT);
}

void dial_start_limit(struct dial *d)
{
    if (d->max_ms > 0 && !d->limit)
        d->limit = clock_start(d->op.call->port.clock, d->max_ms, on_talk_limit, d);
}

/* recordings/CALL-talkN.wav: the caller left, the callee right. The CDR names it. */
static void record_talk(struct dial *d)
{
    struct call *c = d->op.call;
    char id[40];
    char *path;
    snprintf(id, sizeof id, "%s-talk%u", c->facts.id, ++c->facts.talks_recorded);
    if (server_recording_path(c->server, "", id, &path) != ERR_OK)
        return;
    stream_record_talk(c->media.stream, path);
    log_info("record", "call %s: the talk is recorded in %s", c->facts.id, path);
    free(path);
}

void dial_bridge(const struct dial *d, struct far_leg *f)
{
    struct call *c = d->op.call;
    leg_media_choose_digits(&c->media, c->leg);
    leg_media_choose_digits(&f->media, f->leg);
    stream_bridge(c->media.stream, f->media.stream);
}

void dial_join(struct dial *d, struct far_leg *f)
{
    struct call *c = d->op.call;
    d->winner = f;
    screen_free(&f->screen);
    clock_stop(c->port.clock, &d->limit);
    free_legs(d, f, ELSEWHERE);
    call_op_stop(c, &d->hearing);
    if (d->hooks)
        d->hooks->joined(d, f->user);
    call_send_answer(c);
    dial_bridge(d, f);
    if (d->record)
        record_talk(d);
    d->talk_from_ms = clock_mono(c->port.clock);
    cdr_note(c);
    dial_start_limit(d);
    dial_hold_update(d);
    if (c->parent[0]) /* its caller was talking to somebody else */
        call_introduce(c, c->leg, dial_callee(d));
    if (f->passed)
        call_introduce(c, f->leg, party_shown(&c->caller));
}

static void refuse(struct dial *d, struct far_leg *f, enum dial_outcome how, const char *why)
{
    dial_note(d, how, why);
    f->state = FAR_OVER;      /* its outcome is noted */
    leg_hangup(f->leg, NULL); /* dial_on_over() follows */
}

void dial_cut(struct far_leg *f, const char *why)
{
    struct dial *d = f->dial;
    log_info("call", "%s: cut: %s", d->op.call->facts.id, why);
    if (d->op.later)
        return;
    if (f == d->winner)
        dial_end_talk(d, DIAL_BY_LIMIT);
    else if (f->leg)
        refuse(d, f, DIAL_LIMITED, NULL);
}

static void on_decided(bool taken, void *owner)
{
    struct far_leg *f = owner;
    struct dial *d = f->dial;
    if (!f->leg || d->op.later)
        return;
    if (taken)
        dial_join(d, f);
    else
        refuse(d, f, DIAL_DECLINED, NULL);
}

static void ask(struct dial *d, struct far_leg *f)
{
    struct screen_params p = {
        .prompts = d->op.call->server->prompts,
        .clock = d->op.call->port.clock,
        .stream = f->media.stream,
        .announce = str_of(d->announce),
        .question = str_of(d->question),
        .codec = leg_media_codec(&f->media),
        .decided = on_decided,
        .owner = f,
    };
    f->screen = screen_new(&p);
}

void dial_on_answered(struct far_leg *f, const char *sdp)
{
    if (f->dial->hooks && !f->dial->op.later && !f->dial->winner)
        f->dial->hooks->answered(f);
    struct dial *d = f->dial;
    if (d->op.later || d->winner || !d->op.call->leg)
        leg_hangup(f->leg, NULL);
    else if (sdp ? leg_media_take_answer(&f->media, sdp) != ERR_OK : !f->media.theirs)
        refuse(d, f, DIAL_FAILED, "the device answered without usable audio");
    else if (d->announce || d->question)
        ask(d, f);
    else
        dial_join(d, f);
}

void dial_on_over(struct far_leg *f, enum far_state was, int status)
{
    struct dial *d = f->dial;
    if (d->op.later)
        return;
    if (f == d->winner && d->op.call->lent) {
        transfer_transferor_gone(d->op.call->lent);
        return;
    }
    if (f == d->winner) {
        dial_end_talk(d, DIAL_BY_CALLEE);
        return;
    }
    struct dial_refusal told = { outcome_of(status, was == FAR_RINGING), "the device refused the call" };
    if (f->outside)
        told = far_outside_outcome(f, status);
    else if (f->uri)
        told = far_uri_outcome(f, was, status);
    if (was != FAR_OVER)
        dial_note(d, was == FAR_ANSWERED ? DIAL_DECLINED : told.how, told.why);
    if (status >= 600)
        drop_user(d, f->user);
    if (!dial_legs(d))
        dial_end_unanswered(d);
}

/* ---- starting ---- */

/* NULL for the empty text. */
static char *copy(struct str s)
{
    char *p = s.len ? strndup(s.p, s.len) : NULL;
    if (s.len && !p)
        abort();
    return p;
}

static void on_warmed(struct prompt *p, enum err e, void *owner) { (void)p, (void)e, (void)owner; }

/* As they are to be spoken. They are made while it rings: nobody who answers waits for them. */
static char *copy_words(struct call *c, const struct image *im, struct str text)
{
    struct sbuf words = { 0 };
    if (!text.len)
        return NULL;
    server_words(c->server, im, text, &words);
    struct prompt_request rq = { .source = PROMPT_WORDS, .text = sbuf_view(&words) };
    (void)prompt_get(c->server->prompts, &rq, on_warmed, NULL);
    return words.p;
}

struct dial *dial_new(struct call *c, const struct dial_request *rq, dial_done_cb *done, void *owner)
{
    struct dial *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    d->op = (struct call_op){ .call = c, .stop = stop, .finish = finish };
    d->done = done;
    d->owner = owner;
    d->max_ms = rq->max_ms;
    d->caller_id = copy(rq->caller_id);
    d->announce = copy_words(c, rq->image, rq->announce);
    d->question = copy_words(c, rq->image, rq->screen);
    d->ring_tone = copy(rq->ring_tone);
    d->auto_answer = rq->auto_answer;
    d->music = rq->nmusic > 0;
    d->image = rq->image;
    d->record = rq->record;
    d->alone = rq->alone;
    d->own_ring = rq->own_ring;
    d->ring_ms = rq->ring_ms;
    c->dial = d;
    return d;
}

void dial_also(struct dial *d, struct str target, int line)
{
    char *name = copy(target);
    if (!d->op.later)
        dial_ring_target(d, name ? name : "", line);
    free(name);
}

void dial_check(struct dial *d)
{
    if (!d->op.later && !dial_legs(d))
        dial_end_unanswered(d);
}

struct call_op *call_dial_start(void *self, const struct dial_request *rq, dial_done_cb *done, void *owner)
{
    struct call *c = self;
    struct dial *d = dial_new(c, rq, done, owner);
    for (unsigned t = 0; t < rq->count; t++)
        dial_also(d, rq->targets[t], rq->lines[t]);
    dial_check(d);
    if (!d->legs)
        return &d->op;
    dial_start_ring_limit(d, d->own_ring ? 0 : rq->ring_ms);
    if (d->music && c->media.stream)
        dial_hear(d, (struct play_request){ .sounds = rq->music, .count = rq->nmusic, .image = rq->image });
    return &d->op;
}
