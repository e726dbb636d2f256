#include "sipfront/call/far_uri.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/call/cdr.h"
#include "sipfront/call/dial_ring.h"
#include "sipfront/call/secrecy.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/sip/uri_peer.h"
#include "vm/base/cover.h"
#include "vm/base/fmt.h"
#include "vm/base/log.h"

enum { PATIENCE_MS = 6000 }; /* with a place that says nothing at all, as a trunk's */

struct far_uri {
    struct uri_peer *peer;
    char caller[PARTY_USER];
    bool sought;  /* its host is being looked up */
    bool insists; /* it takes RTP/SAVP alone */
    bool reached; /* the last answer was the far end's own */
};

static struct call *call_of(const struct far_leg *f) { return dial_call(f->dial); }

bool far_uri_is_one(const char *target) { return *target != '+' && cover_is_abroad(str_of(target)); }
bool far_uri_is_sought(const struct far_leg *f) { return f->uri && f->uri->sought; }
const char *far_uri_caller(const struct far_leg *f) { return f->uri->caller; }

bool far_uri_is_ours(const struct server *s, const char *uri, char user[PARTY_USER])
{
    struct uri_peer *p;
    const char *why;
    if (uri_peer_new(&p, s->agent, uri, &why) != ERR_OK)
        return false;
    bool ours = uri_peer_names_us(p);
    fmt_text(user, PARTY_USER, "%s", uri_peer_user(p));
    uri_peer_free(&p);
    return ours;
}

/* ---- what answers mean to the flow (RFC 3261 §21) ---- */

static const struct {
    int first, last;
    struct dial_refusal means;
} meanings[] = {
    { 300, 399, { DIAL_FAILED, "the far end sends the call elsewhere" } },
    { 401, 401, { DIAL_FAILED, "the far end wants credentials" } },
    { 403, 403, { DIAL_DECLINED, NULL } },
    { 404, 404, { DIAL_FAILED, "the far end knows no such user" } },
    { 407, 407, { DIAL_FAILED, "the far end wants credentials" } },
    { 408, 408, { DIAL_FAILED, "the far end does not answer" } },
    { 410, 410, { DIAL_FAILED, "the far end knows no such user" } },
    { 415, 415, { DIAL_FAILED, "no common codec" } },
    { 482, 483, { DIAL_FAILED, "the call went in a circle" } },
    { 484, 485, { DIAL_FAILED, "the far end knows no such user" } },
    { 486, 486, { DIAL_BUSY, NULL } },
    { 488, 488, { DIAL_FAILED, "no common codec" } },
    { 500, 599, { DIAL_FAILED, "the far end cannot take the call" } },
    { 600, 600, { DIAL_BUSY, NULL } },
    { 603, 603, { DIAL_DECLINED, NULL } },
    { 604, 604, { DIAL_FAILED, "the far end knows no such user" } },
    { 606, 606, { DIAL_FAILED, "no common codec" } },
    { 607, 608, { DIAL_DECLINED, NULL } },
};

struct dial_refusal far_uri_outcome(const struct far_leg *f, enum far_state was, int status)
{
    const char *why = uri_peer_why(f->uri->peer);
    if (*why)
        return (struct dial_refusal){ DIAL_FAILED, why };
    if (!f->uri->reached && status >= 500)
        return (struct dial_refusal){ DIAL_FAILED, "the far end cannot be reached" };
    if (f->media.security == AUDIO_SECURE_REQUIRED && far_leg_refuses_offer(status))
        return (struct dial_refusal){ DIAL_FAILED, "no common codec, or no encrypted audio" };
    if (status == 0 || status == 480 || status == 487)
        return (struct dial_refusal){ was == FAR_RINGING ? DIAL_NO_ANSWER : DIAL_OFFLINE, NULL };
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (status >= meanings[i].first && status <= meanings[i].last)
            return meanings[i].means;
    return (struct dial_refusal){ DIAL_FAILED, "the far end refuses the call" };
}

/* ---- one place ---- */

/* Who pays is shown, as to a carrier: by its Number, and without one by its SIP user. */
static void choose_caller(struct far_leg *f)
{
    const char *payer = far_outside_payer(f);
    const char *number = outside_caller(call_of(f)->server, payer, dial_caller_id(f->dial), "");
    fmt_text(f->uri->caller, sizeof f->uri->caller, "%s", *number ? number : payer);
}

static enum err dial(struct far_leg *f)
{
    struct call *c = call_of(f);
    struct sbuf hop = { 0 }, sdp = { 0 };
    char here[NETWORK_TEXT];
    uri_peer_hop(f->uri->peer, &hop);
    agent_address_toward(c->server->agent, hop.p, here);
    leg_media_offer(&f->media, c->media.theirs, &sdp);
    struct leg_trunk lt = {
        .domain = here,
        .auth_user = "",
        .auth_password = "",
        .in_from = true,
        .account = "",
        .hidden = c->caller.hidden,
        .patience_ms = PATIENCE_MS,
    };
    struct leg_dial d = {
        .uri = f->user,
        .next_hop = hop.p,
        .from_user = lt.hidden ? "" : f->uri->caller,
        .sdp = sdp.p,
        .max_forwards = c->leg ? leg_max_forwards(c->leg) - 1 : 0,
        .trunk = &lt,
    };
    f->state = FAR_CALLING;
    enum err e = leg_dial(&f->leg, c->server->agent, &d, &far_leg_events, f);
    if (!e)
        far_leg_begun(f);
    sbuf_free(&hop);
    sbuf_free(&sdp);
    return e;
}

/* Keys are told by TLS alone, as to a carrier (docs/security.md). */
static bool secure(struct far_leg *f)
{
    enum audio_security s = secrecy_of_uri(call_of(f)->server, uri_peer_by_tls(f->uri->peer));
    leg_media_secure(&f->media, f->uri->insists ? AUDIO_SECURE_REQUIRED : s);
    return s != AUDIO_SECURE_REQUIRED || uri_peer_by_tls(f->uri->peer);
}

/* Its stream is of the family and network of the place. */
static enum err open_media(struct far_leg *f)
{
    struct call *c = call_of(f);
    struct sbuf hop = { 0 };
    char here[NETWORK_TEXT];
    uri_peer_hop(f->uri->peer, &hop);
    agent_address_toward(c->server->agent, hop.p, here);
    sbuf_free(&hop);
    if (f->media.stream && strcmp(f->media.address, here) == 0)
        return ERR_OK;
    leg_media_close(&f->media);
    enum err e = leg_media_open(&f->media, c->server->media, here, &far_stream_events, f);
    f->media.silence_ms = c->server->rtp_timeout_ms;
    return e;
}

/* Costs nothing, and counts among the minutes and the calls outside of who pays, which may be limited. */
static bool pay(struct far_leg *f)
{
    struct call *c = call_of(f);
    struct meter_ask ask = { .user = far_outside_payer(f), .cut = far_outside_cut, .owner = f };
    struct meter_use *use;
    if (f->fare)
        return true;
    enum meter_verdict v = meter_begin(&use, c->server->outside.meters, &ask);
    if (v == METER_GOES) {
        f->fare = fare_new("", use);
    } else {
        c->facts.limit = v;
        log_info("call", "%s: from %s to %s: %s", c->facts.id, ask.user, f->user, meter_text(v));
    }
    return v == METER_GOES;
}

/* The place that it stands at, or the next that can be tried. Without f->leg there is none, for that reason. */
static struct dial_refusal try_place(struct far_leg *f)
{
    struct dial_refusal refusal = { DIAL_FAILED, "the far end cannot be reached" };
    do {
        if (uri_peer_is_here(f->uri->peer))
            refusal.why = "the call went in a circle";
        else if (open_media(f) != ERR_OK || !pay(f))
            return (struct dial_refusal){ DIAL_LIMITED, NULL };
        else if (!secure(f))
            refusal.why = "audio has to be encrypted, and keys are told by TLS alone";
        else if (dial(f) != ERR_OK)
            f->leg = NULL;
    } while (!f->leg && uri_peer_next(f->uri->peer));
    return refusal;
}

/* ---- for the dial ---- */

/* An answer that says no word of the called one: the next place may do better. */
static bool is_trouble(enum leg_end how, int status)
{
    return how != LEG_END_REFUSED || status == 408 || (status >= 500 && status < 600);
}

bool far_uri_goes_on(struct far_leg *f, enum far_state was, enum leg_end how, int status)
{
    struct far_uri *u = f->uri;
    bool secures = uri_peer_by_tls(u->peer) && far_leg_may_secure(f, how, status);
    u->reached = how == LEG_END_REFUSED;
    if (!secures && (was != FAR_CALLING || !is_trouble(how, status) || !call_of(f)->leg || !uri_peer_next(u->peer)))
        return false;
    log_info("call", "%s: %s: %d, %s", call_of(f)->facts.id, f->user, status,
             secures ? "once again by RTP/SAVP" : "the next place is tried");
    cdr_leg(f, "refused");
    f->record = (struct leg_record){ 0 };
    u->insists = secures;
    (void)try_place(f);
    return f->leg;
}

/* ---- its host is found ---- */

static void fail(struct far_leg *f, struct dial_refusal why)
{
    struct dial *d = f->dial;
    log_info("call", "%s: %s cannot be called: %s", d->op.call->facts.id, f->user, why.why ? why.why : "a limit");
    dial_note(d, why.how, why.why);
    f->state = FAR_OVER;
    dial_check(d);
}

/* It is a Connection's: its devices ring instead of a call of ours to ourselves. */
static void go_inside(struct far_leg *f)
{
    struct dial *d = f->dial;
    const struct connection *to = router_find(d->op.call->server, uri_peer_user(f->uri->peer));
    const struct ring_for as = { f->line, f->payer, f->diverted, dial_ring_until(d, to) };
    if (!to) {
        fail(f, (struct dial_refusal){ DIAL_FAILED, "unknown target" });
        return;
    }
    f->state = FAR_OVER;
    d->devices--; /* they stand in its place */
    dial_ring_user(d, to, &as);
    dial_ring_again(d);
    dial_check(d);
}

static void on_found(void *owner)
{
    struct far_leg *f = owner;
    struct far_uri *u = f->uri;
    u->sought = false;
    if (f->dial->op.later || f->dial->winner || !call_of(f)->leg) {
        f->state = FAR_OVER;
    } else if (!uri_peer_next(u->peer)) {
        fail(f, (struct dial_refusal){ DIAL_FAILED, uri_peer_why(u->peer) });
    } else if (uri_peer_is_here(u->peer)) {
        go_inside(f);
    } else {
        struct dial_refusal refusal = try_place(f);
        if (!f->leg)
            fail(f, refusal);
    }
}

enum err far_uri_new(struct far_leg **out, struct dial *d, const char *uri, const struct ring_for *as,
                     struct dial_refusal *refusal)
{
    struct far_leg *f = calloc(1, sizeof *f);
    struct far_uri *u = calloc(1, sizeof *u);
    const char *why = NULL;
    *out = NULL;
    if (!f || !u)
        abort();
    f->dial = d;
    f->uri = u;
    far_leg_for(f, as);
    far_leg_name(f, uri);
    if (uri_peer_new(&u->peer, d->op.call->server->agent, uri, &why) != ERR_OK || strlen(uri) >= PARTY_USER) {
        *refusal = (struct dial_refusal){ DIAL_FAILED, why ? why : "the URI is too long" };
        far_leg_free(&f, NULL);
        return ERR_INVALID;
    }
    choose_caller(f);
    u->sought = true;
    uri_peer_find(u->peer, on_found, f);
    *out = f;
    return ERR_OK;
}

void far_uri_give_up(struct far_leg *f)
{
    dial_note(f->dial, DIAL_FAILED, "the name servers do not answer");
    far_uri_free(f);
    f->state = FAR_OVER;
}

void far_uri_free(struct far_leg *f)
{
    if (!f->uri)
        return;
    uri_peer_free(&f->uri->peer);
    free(f->uri);
    f->uri = NULL;
}
