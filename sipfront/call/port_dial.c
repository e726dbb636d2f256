/* call_port: dialling. Rings every device of every target at once; the first to accept wins and is connected with the
 * caller.
 *
 *   caller                dial                      devices
 *                  ----->  far_leg_new  ------------> INVITE (each)
 *   180 / 183 / tone <---  on_ringing  <------------- 18x
 *   200              <---  on_answered <------------- 200 (the winner); the others: CANCEL, "Call completed elsewhere"
 *   BYE              ---->  dial_caller_gone -------> BYE       DIAL_ENDED by caller
 *                          on_over     <------------- BYE       DIAL_ENDED by callee */
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/call_op.h"
#include "sipfront/call/far_leg.h"
#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

#define ELSEWHERE "SIP;cause=200;text=\"Call completed elsewhere\""

struct target {
    bool ended[DIAL_LIMITED + 1]; /* which outcomes its devices have had */
    const char *why;              /* DIAL_FAILED */
};

struct dial {
    struct call_op op;
    dial_done_cb *done;
    void *owner;
    struct far_leg *legs, *winner;
    struct target *targets;
    unsigned count, devices;
    int64_t max_ms, talk_from_ms; /* talk_from 0: not yet talking */
    char *caller_id;
    struct clock_timer *limit; /* of ringing, then of the talk */
    struct call_op *hearing;   /* what the caller hears meanwhile: music or ringback */
    bool music;
    struct dial_end end;
};

bool dial_talking(const struct dial *d) { return d && d->talk_from_ms; }

unsigned dial_legs(const struct dial *d)
{
    unsigned n = 0;
    for (const struct far_leg *f = d ? d->legs : NULL; f; f = f->next)
        n += f->leg != NULL;
    return n;
}

/* ---- ending ---- */

static void legs_free(struct dial *d, const char *reason)
{
    while (d->legs) {
        struct far_leg *f = d->legs;
        d->legs = f->next;
        far_leg_free(&f, reason);
    }
    d->winner = NULL;
}

static void stop(struct call_op *op)
{
    struct dial *d = (struct dial *)op;
    call_op_cancel_later(op);
    clock_stop(op->call->port.clock, &d->limit);
    call_op_stop(op->call, &d->hearing);
    if (d->winner || d->talk_from_ms)
        stream_unbridge(op->call->media.stream);
    legs_free(d, NULL);
    op->call->dial = NULL;
    free(d->targets);
    free(d->caller_id);
    free(d);
}

static void finish(struct call_op *op)
{
    struct dial *d = (struct dial *)op;
    dial_done_cb *done = d->done;
    void *owner = d->owner;
    struct dial_end end = d->end;
    stop(op);
    done(&end, owner);
}

static void end(struct dial *d, enum dial_outcome how)
{
    d->end.how = how;
    call_op_later(&d->op);
}

static void end_talk(struct dial *d, enum dial_by by)
{
    struct call *c = d->op.call;
    if (d->op.later)
        return;
    d->end.talk_ms = clock_mono(c->port.clock) - d->talk_from_ms;
    d->end.by = by;
    c->facts.talk_ms += d->end.talk_ms;
    c->facts.by = by == DIAL_BY_CALLER ? "caller" : by == DIAL_BY_CALLEE ? "callee" : "flow";
    end(d, DIAL_ENDED);
}

void dial_caller_gone(struct dial *d)
{
    if (dial_talking(d))
        end_talk(d, DIAL_BY_CALLER);
}

/* ---- nobody answered: which outcome tells it best (docs/language.md, bridge to several) ---- */

static void end_unanswered(struct dial *d)
{
    static const enum dial_outcome order[] = { DIAL_NO_ANSWER, DIAL_BUSY,   DIAL_DECLINED,
                                               DIAL_LIMITED,   DIAL_FAILED, DIAL_OFFLINE };
    for (size_t o = 0; o < sizeof order / sizeof order[0]; o++) {
        for (unsigned t = 0; t < d->count; t++) {
            if (!d->targets[t].ended[order[o]])
                continue;
            if (order[o] == DIAL_FAILED)
                d->end.reason = str_of(d->targets[t].why);
            end(d, order[o]);
            return;
        }
    }
    end(d, DIAL_OFFLINE);
}

static bool ringing_still(const struct dial *d)
{
    for (const struct far_leg *f = d->legs; f; f = f->next)
        if (f->leg)
            return true;
    return false;
}

static void note(struct dial *d, unsigned target, enum dial_outcome how, const char *why)
{
    d->targets[target].ended[how] = true;
    if (why)
        d->targets[target].why = why;
}

/* The final status of a device in the flow's words (RFC 3261 §21). 487 answers our own CANCEL. */
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
    case 408:
    case 480:
    case 487: return rang ? DIAL_NO_ANSWER : DIAL_OFFLINE;
    default: return DIAL_FAILED;
    }
}

/* RFC 3261 §21.6: a 6xx is the user's word, not the device's: the Connection's other devices stop ringing. */
static void drop_target(struct dial *d, unsigned target)
{
    for (struct far_leg *f = d->legs; f; f = f->next)
        if (f->target == target && f->leg)
            leg_hangup(f->leg, NULL);
}

static void on_ring_time(void *arg)
{
    struct dial *d = arg;
    d->limit = NULL;
    for (struct far_leg *f = d->legs; f; f = f->next)
        if (f->leg)
            note(d, f->target, f->state == FAR_RINGING ? DIAL_NO_ANSWER : DIAL_OFFLINE, NULL);
    end_unanswered(d);
}

/* ---- what the caller hears meanwhile ---- */

static void on_heard(enum play_end how, void *owner)
{
    struct dial *d = owner;
    (void)how;
    d->hearing = NULL;
}

static void hear(struct dial *d, const struct vm_sound *sounds, unsigned n)
{
    struct play_request rq = { .sounds = sounds, .count = n, .loops = PLAY_FOR_EVER, .early = true };
    d->hearing = call_play_start(d->op.call, &rq, on_heard, d);
}

/* A phone that is not answered rings for itself on our 180; in an answered call the tone is ours to make. */
static void ringback(struct dial *d)
{
    static const struct vm_sound tone = { SOUND_TONE, { "ring", 4 } };
    struct call *c = d->op.call;
    if (d->music || d->hearing)
        return;
    if (c->state == CALL_UP)
        hear(d, &tone, 1);
    else
        call_ring(c);
}

/* ---- events of the legs ---- */

/* Early media of a single device goes through; of several the caller would hear a mixture, so it hears ringback. */
static void on_ringing(struct far_leg *f, const char *sdp)
{
    struct dial *d = f->dial;
    struct call *c = d->op.call;
    if (d->op.later || d->winner)
        return;
    if (!sdp || d->devices > 1 || d->music || leg_media_take_answer(&f->media, sdp) != ERR_OK) {
        ringback(d);
        return;
    }
    call_op_stop(c, &d->hearing);
    call_early_media(c);
    stream_bridge(c->media.stream, f->media.stream);
}

static void on_talk_limit(void *arg)
{
    struct dial *d = arg;
    d->limit = NULL;
    end_talk(d, DIAL_BY_LIMIT);
}

static void join(struct dial *d)
{
    struct call *c = d->op.call;
    call_op_stop(c, &d->hearing);
    call_send_answer(c);
    stream_bridge(c->media.stream, d->winner->media.stream);
    d->talk_from_ms = clock_mono(c->port.clock);
    if (d->max_ms > 0)
        d->limit = clock_start(c->port.clock, d->max_ms, on_talk_limit, d);
}

static void free_losers(struct dial *d)
{
    struct far_leg *f = d->legs, *next;
    for (d->legs = NULL; f; f = next) {
        next = f->next;
        if (f == d->winner) {
            f->next = NULL;
            d->legs = f;
        } else {
            far_leg_free(&f, ELSEWHERE);
        }
    }
}

static void on_answered(struct far_leg *f, const char *sdp)
{
    struct dial *d = f->dial;
    struct call *c = d->op.call;
    if (d->op.later || d->winner || !c->leg) {
        leg_hangup(f->leg, NULL);
        return;
    }
    if (!sdp || leg_media_take_answer(&f->media, sdp) != ERR_OK) {
        note(d, f->target, DIAL_FAILED, "the device answered without usable audio");
        leg_hangup(f->leg, NULL);
        return;
    }
    clock_stop(c->port.clock, &d->limit);
    d->winner = f;
    free_losers(d);
    join(d);
}

static void on_over(struct far_leg *f, enum leg_end how, int status)
{
    struct dial *d = f->dial;
    if (d->op.later)
        return;
    if (f == d->winner) {
        end_talk(d, DIAL_BY_CALLEE);
        return;
    }
    if (how == LEG_END_REFUSED)
        note(d, f->target, outcome_of(status, false), "the device refused the call");
    else
        note(d, f->target, DIAL_OFFLINE, NULL);
    if (status >= 600)
        drop_target(d, f->target);
    if (!ringing_still(d))
        end_unanswered(d);
}

const struct far_leg_events dial_far_events = { .ringing = on_ringing, .answered = on_answered, .over = on_over };

/* ---- starting ---- */

static void ring_device(struct dial *d, unsigned target, const struct sip_binding *b)
{
    struct far_leg *f;
    enum err e = far_leg_new(&f, d, d->op.call, b, d->caller_id);
    if (e == ERR_LIMIT) {
        note(d, target, DIAL_LIMITED, NULL);
    } else if (e) {
        note(d, target, DIAL_FAILED, "the device's contact cannot be called");
    } else {
        f->target = target;
        f->next = d->legs;
        d->legs = f;
        d->devices++;
    }
}

/* A SIP URI, else a SIP user, else a Number, else with + a trunk call (docs/language.md, targets). */
static void ring_target(struct dial *d, unsigned target, const char *name)
{
    struct server *s = d->op.call->server;
    const struct connection *to = router_find(s, name);
    struct sip_binding b;
    if (strncmp(name, "sip:", 4) == 0 || strncmp(name, "sips:", 5) == 0) {
        note(d, target, DIAL_FAILED, "not permitted");
        return;
    }
    if (!to) {
        note(d, target, DIAL_FAILED, *name == '+' ? "no trunk" : "unknown target");
        return;
    }
    unsigned n = agent_bindings(s->agent, to->user);
    if (!n)
        note(d, target, DIAL_OFFLINE, NULL);
    for (unsigned i = 0; i < n; i++)
        if (agent_binding(s->agent, to->user, i, &b))
            ring_device(d, target, &b);
}

static char *copy(struct str s)
{
    char *p = strndup(s.p ? s.p : "", s.len);
    if (!p)
        abort();
    return p;
}

static struct dial *dial_new(struct call *c, const struct dial_request *rq, dial_done_cb *done, void *owner)
{
    struct dial *d = calloc(1, sizeof *d);
    if (!d || !(d->targets = calloc(rq->count + 1, sizeof d->targets[0])))
        abort();
    d->op = (struct call_op){ .call = c, .stop = stop, .finish = finish };
    d->done = done;
    d->owner = owner;
    d->count = rq->count;
    d->max_ms = rq->max_ms;
    d->caller_id = rq->caller_id.len ? copy(rq->caller_id) : strdup(c->facts.from);
    d->music = rq->nmusic > 0;
    c->dial = d;
    return d;
}

struct call_op *call_dial_start(void *self, const struct dial_request *rq, dial_done_cb *done, void *owner)
{
    struct call *c = self;
    struct dial *d = dial_new(c, rq, done, owner);
    for (unsigned t = 0; t < rq->count; t++) {
        char *name = copy(rq->targets[t]);
        ring_target(d, t, name);
        free(name);
    }
    if (!d->legs) {
        end_unanswered(d);
        return &d->op;
    }
    d->limit = clock_start(c->port.clock, rq->ring_ms, on_ring_time, d);
    if (d->music)
        hear(d, rq->music, rq->nmusic);
    return &d->op;
}
