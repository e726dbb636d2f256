#include "sipfront/call/call.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/call/box_visit.h"
#include "sipfront/call/cdr.h"
#include "sipfront/call/dial_hold.h"
#include "sipfront/call/far_outside.h"
#include "sipfront/call/referring.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/call/transfer.h"
#include "vm/base/fmt.h"
#include "vm/base/log.h"

enum { HANDOVERS_MAX = 20 };

/* ---- state ---- */

static const struct {
    enum call_state from, to;
} moves[] = {
#define STATE(name, text)
#define MOVE(from, to) { CALL_##from, CALL_##to },
#include "sipfront/call/call_state.def"
#undef STATE
#undef MOVE
};

const char *call_state_text(enum call_state st)
{
    static const char *const texts[] = {
#define STATE(name, text) text,
#define MOVE(from, to)
#include "sipfront/call/call_state.def"
#undef STATE
#undef MOVE
    };
    return texts[st];
}

bool call_move(struct call *c, enum call_state to)
{
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        if (moves[i].from == c->state && moves[i].to == to) {
            c->state = to;
            watch_changed(c, c->caller.user);
            return true;
        }
    }
    log_warn("call", "%s: cannot go from %s to %s", c->facts.id, call_state_text(c->state), call_state_text(to));
    return false;
}

static bool before_answer(const struct call *c)
{
    return c->state == CALL_OFFERED || c->state == CALL_RINGING || c->state == CALL_EARLY;
}

/* ---- what the caller's leg is told ---- */

bool call_caller_is_on(const struct call *c)
{
    return c->state == CALL_UP || (c->onward && transfer_caller_is_on(c->onward));
}

void call_ring(struct call *c)
{
    if (c->state == CALL_OFFERED && call_move(c, CALL_RINGING) && !call_caller_is_on(c))
        leg_progress(c->leg, 180, NULL);
}

/* Our answer to the caller's offer, or our own offer when it made none. */
static void local_sdp(struct call *c, struct sbuf *sdp)
{
    if (c->media.theirs)
        leg_media_answer(&c->media, sdp);
    else
        leg_media_offer(&c->media, NULL, sdp);
}

bool call_early_media(struct call *c)
{
    struct sbuf sdp = { 0 };
    if (c->state != CALL_OFFERED && c->state != CALL_RINGING)
        return true;
    if (!c->media.theirs) { /* where to send what it could hear only its ACK says (RFC 3261 §13.2.1) */
        call_ring(c);
        return false;
    }
    call_move(c, CALL_EARLY);
    if (call_caller_is_on(c))
        return true; /* its caller hears us already */
    local_sdp(c, &sdp);
    leg_progress(c->leg, 183, sdp.p);
    leg_media_start(&c->media);
    sbuf_free(&sdp);
    return true;
}

/* There is nobody to be sent a 200: the caller of a transferred call is up. */
static void answer_onward(struct call *c)
{
    call_move(c, CALL_ANSWERED);
    call_move(c, CALL_UP);
    c->facts.answered_ms = clock_wall(c->port.clock);
    c->facts.status = 200;
    cdr_note(c);
    transfer_answered(&c->onward);
    answering_confirmed(c->answering, true);
}

void call_send_answer(struct call *c)
{
    struct sbuf sdp = { 0 };
    if (!before_answer(c))
        return;
    if (call_caller_is_on(c)) {
        answer_onward(c);
        return;
    }
    if (c->media.theirs && c->state != CALL_EARLY)
        leg_media_start(&c->media);
    call_move(c, CALL_ANSWERED);
    c->facts.answered_ms = clock_wall(c->port.clock);
    c->facts.status = 200;
    cdr_note(c);
    local_sdp(c, &sdp);
    leg_answer(c->leg, sdp.p);
    sbuf_free(&sdp);
    if (c->onward) /* of a forwarded call */
        transfer_answered(&c->onward);
}

void call_drop(struct call *c, int status)
{
    if (!c->leg)
        return;
    if (!before_answer(c)) {
        leg_hangup(c->leg, NULL);
        return;
    }
    c->facts.status = status ? status : 480;
    if (c->onward) {
        transfer_refused(&c->onward, c->facts.status);
        call_move(c, CALL_DOWN);
        call_check_over(c);
        return;
    }
    leg_reject(c->leg, c->facts.status, c->facts.limit ? meter_text(c->facts.limit) : cause_phrase(c->facts.status));
}

/* ---- the end ---- */

static void call_free(struct call *c)
{
    flow_run_free(&c->run);
    leg_media_close(&c->media);
    fare_end(&c->fare);
    party_drop(&c->caller);
    free(c->facts.from);
    free(c->facts.to);
    free(c->facts.dialed);
    free(c->facts.flow);
    free(c->facts.came_by);
    free(c->facts.diverted);
    free(c->facts.permit_flow);
    free(c->facts.trunk);
    free(c->facts.number);
    free(c->way);
    free(c);
}

static void call_unlink(struct call *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        c->server->calls = c->next;
    if (c->next)
        c->next->prev = c->prev;
}

static void on_over(void *arg)
{
    struct call *c = arg;
    struct server *s = c->server;
    c->over = NULL;
    cdr_write(c);
    call_unlink(c);
    call_free(c);
    server_call_gone(s);
}

/* From the loop, because whoever notices may still be in the middle of the call. */
void call_check_over(struct call *c)
{
    if (c->flow_over && !c->recording)
        visit_close(c, NULL, NULL); /* of a flow that used the box actions itself */
    if (!c->leg && c->flow_over && !c->recording && !c->lent && !c->over)
        c->over = clock_start(c->port.clock, 0, on_over, c);
}

void call_abandon(struct call *c) { call_drop(c, 503); }

/* ---- the flow ---- */

static void on_fault(struct call *c)
{
    log_error("call", "%s: flow %s faulted: %s", c->facts.id, c->facts.flow, flow_run_fault(c->run));
    c->server->faults++;
    flow_run_free(&c->run);
    if (!c->leg || c->fallback || strcmp(c->facts.flow, "default") == 0) {
        c->flow_over = true;
        call_drop(c, 500);
        return;
    }
    c->fallback = true;
    if (!call_run_flow(c, "default"))
        call_drop(c, 500);
}

static void on_continue(struct call *c)
{
    char name[128];
    fmt_text(name, sizeof name, "%.*s", STR_ARG(flow_run_continue_with(c->run)));
    flow_run_free(&c->run);
    if (++c->handovers > HANDOVERS_MAX || !call_run_flow(c, name)) {
        log_error("call", "%s: cannot continue with flow %s", c->facts.id, name);
        c->fallback = true;
        if (!call_run_flow(c, "default"))
            call_drop(c, 500);
    }
}

static void on_flow_ended(enum flow_end how, void *owner)
{
    struct call *c = owner;
    switch (how) {
    case FLOW_HUNG_UP:
    case FLOW_REJECTED:
    case FLOW_CALLER_GONE:
    case FLOW_DONE: c->flow_over = true; break;
    case FLOW_CONTINUE: on_continue(c); break;
    case FLOW_FAULT: on_fault(c); break;
    }
    call_check_over(c);
}

static void on_traced(struct image_line at, const char *action, const char *outcome, void *owner)
{
    const struct call *c = owner;
    log_debug("trace", "call=%s line %u: %s %s", c->facts.id, at.line, action, outcome ? outcome : "...");
}

static void on_inner(struct image_line at, const char *action, const char *outcome, void *owner)
{
    const struct call *c = owner;
    log_debug("inner", "call=%s line %u: %s %s", c->facts.id, at.line, action, outcome ? outcome : "...");
}

bool call_run_flow(struct call *c, const char *name)
{
    struct flow_ref ref;
    struct flow_events events = { .ended = on_flow_ended, .traced = on_traced, .inner = on_inner, .owner = c };
    c->flow_over = true;
    if (!flows_find(c->server->flows, str_of(name), &ref))
        return false;
    if (flow_run_new(&c->run, ref.image, &c->port, &c->host, &events) != ERR_OK)
        return false;
    c->flow_over = false;
    char *running = strdup(name); /* name may be the one that is freed here */
    free(c->facts.flow);
    c->facts.flow = running;
    c->facts.version = ref.version;
    flow_run_start(c->run);
    return true;
}

/* ---- events of the caller's leg and stream ---- */

static void media_changed(struct call *c)
{
    leg_media_choose_digits(&c->media, c->leg);
    dial_hold_update(c->dial);
}

static void on_confirmed(const char *sdp, void *owner)
{
    struct call *c = owner;
    if (c->state == CALL_UP) { /* a re-INVITE without an offer: the ACK holds the answer to ours */
        leg_media_reanswer(&c->media, sdp);
        media_changed(c);
        return;
    }
    if (!call_move(c, CALL_UP))
        return;
    if (!c->media.theirs && (!sdp || leg_media_take_answer(&c->media, sdp) != ERR_OK)) {
        log_warn("call", "%s: the ACK holds no usable answer to our offer", c->facts.id);
        call_drop(c, 0);
        return;
    }
    media_changed(c);
    answering_confirmed(c->answering, true);
}

static void on_reoffer(const char *sdp, void *owner)
{
    struct call *c = owner;
    leg_media_reoffer(&c->media, c->leg, sdp);
    media_changed(c);
}

static void on_reanswered(int status, const char *sdp, void *owner)
{
    struct call *c = owner;
    (void)status;
    leg_media_reanswer(&c->media, sdp);
    media_changed(c);
}

/* A digit goes to the recording that it ends, or to the flow; while two people talk it is theirs. */
static void on_digit(char digit, void *owner)
{
    struct call *c = owner;
    if (recording_digit(c->recording, digit) || dial_talking(c->dial))
        return;
    if (c->run)
        flow_run_digit(c->run, digit);
}

static void on_info_digit(char digit, unsigned ms, void *owner)
{
    struct call *c = owner;
    if (leg_media_pass_digit(&c->media, digit, ms))
        on_digit(digit, owner);
}

static void on_press(char digit, unsigned ms, void *owner)
{
    struct call *c = owner;
    leg_media_send_digit(&c->media, c->leg, digit, ms);
}

static void on_digit_refused(char digit, void *owner)
{
    struct call *c = owner;
    leg_media_send_digit(&c->media, NULL, digit, 0);
}

/* elsewhere: another has taken the call. */
static void tell_gone(struct call *c, bool elsewhere)
{
    answering_confirmed(c->answering, false);
    referring_caller_gone(c->referring);
    dial_caller_gone(c->dial, elsewhere);
    recording_caller_gone(c->recording);
    if (c->run && !c->flow_over)
        flow_run_hangup(c->run);
    call_check_over(c);
}

static void on_ended(enum leg_end how, int status, const char *reason, void *owner)
{
    struct call *c = owner;
    bool cancelled = how == LEG_END_CANCEL || how == LEG_END_ELSEWHERE;
    (void)status;
    log_debug("call", "%s: caller's leg ended: %s", c->facts.id, reason);
    c->leg = NULL;
    c->facts.cost += fare_end(&c->fare);
    call_move(c, CALL_DOWN);
    if (referring_taken(c->referring))
        c->facts.by = "transfer";
    else if (how == LEG_END_BYE || cancelled)
        c->facts.by = "caller";
    if (cancelled)
        c->facts.status = 487;
    if (c->onward)
        transfer_transferee_gone(&c->onward);
    tell_gone(c, how == LEG_END_ELSEWHERE);
}

static void on_refer(struct referral *r, const struct refer_request *rq, void *owner)
{
    transfer_asked(owner, true, r, rq);
}

static void on_put(bool taken, int status, void *owner)
{
    const struct call *c = owner;
    referring_told(c->referring, taken, status);
}

static void on_played(bool ok, unsigned tag, void *owner)
{
    struct call *c = owner;
    playing_done(c->playing, ok, tag);
}

static void on_recorded(const struct stream_recorded *r, void *owner)
{
    struct call *c = owner;
    recording_done(c->recording, r);
}

const struct leg_events call_leg_events = {
    .on_confirmed = on_confirmed,
    .on_reoffer = on_reoffer,
    .on_reanswered = on_reanswered,
    .on_info_digit = on_info_digit,
    .on_digit_refused = on_digit_refused,
    .on_refer = on_refer,
    .on_put = on_put,
    .on_ended = on_ended,
};
const struct stream_events call_stream_events = {
    .on_digit = on_digit,
    .on_played = on_played,
    .on_recorded = on_recorded,
    .on_silent_peer = call_on_silent_peer,
    .on_press = on_press,
};

/* ---- the caller's place, which a transfer gives to another phone ---- */

void call_lend_caller(struct call *c, struct line_end *out)
{
    *out = (struct line_end){ .leg = c->leg, .media = c->media, .fare = c->fare, .who = c->caller };
    c->leg = NULL;
    c->media = (struct leg_media){ 0 };
    c->fare = NULL;
}

/* One that was called outside, and put into this call. */
static void on_caller_cut(enum meter_verdict why, void *owner)
{
    struct call *c = owner;
    log_info("call", "%s: cut: %s", c->facts.id, meter_text(why));
    c->facts.limit = why;
    c->facts.by = "flow"; /* as a bridge that reaches its limit */
    leg_hangup(c->leg, NULL);
}

void call_adopt(struct call *c, struct line_end *caller)
{
    struct party was;
    party_keep(&c->caller, &caller->who, &was);
    c->leg = caller->leg;
    c->media = caller->media;
    c->fare = caller->fare;
    fare_follow(c->fare, on_caller_cut, c);
    leg_listen(c->leg, &call_leg_events, c);
    stream_listen(c->media.stream, &call_stream_events, c);
    if (strcmp(was.user, c->caller.user) != 0)
        watch_changed(c, was.user);
    watch_changed(c, c->caller.user);
    party_drop(&was);
}

void call_caller_left(struct call *c, const char *by)
{
    call_move(c, CALL_DOWN);
    c->facts.by = by;
    tell_gone(c, false);
}

void call_introduce(const struct call *c, struct leg *leg, const char *user)
{
    const struct connection *who = directory_connection(c->server->directory, user);
    if (leg)
        leg_identify(leg, &(struct leg_identity){ user, who ? who->name : "" });
}
