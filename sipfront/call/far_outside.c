#include "sipfront/call/far_outside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/cdr.h"
#include "sipfront/call/dial_ring.h"
#include "sipfront/call/digit_way.h"
#include "sipfront/call/secrecy.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/directory/trunk_lists.h"
#include "vm/base/log.h"

enum { REST_MOST_S = 300 };

struct far_outside {
    char number[NUMBER_TEXT], caller[NUMBER_TEXT];
    struct ways ways;
    unsigned next; /* the first way that has not been tried */
    struct way *way;
    bool insists; /* the way takes RTP/SAVP alone */
};

static struct call *call_of(const struct far_leg *f) { return dial_call(f->dial); }

const char *far_outside_payer(const struct far_leg *f) { return *f->payer ? f->payer : call_of(f)->facts.dialed; }

void call_note_outside(struct call *c, const char *trunk, const char *number)
{
    free(c->facts.trunk);
    free(c->facts.number);
    c->facts.trunk = strdup(trunk);
    c->facts.number = strdup(number);
}

/* ---- what answers mean: on to the next way, or the end; and to the flow (RFC 3261 §21) ---- */

static const struct {
    int first, last;
    bool goes_on; /* the next way may do better: the gateway's trouble, not the called one's word */
    struct dial_refusal means;
} meanings[] = {
    { 401, 401, true, { DIAL_FAILED, "the carrier refuses our credentials" } },
    { 402, 402, true, { DIAL_FAILED, "the carrier wants payment" } },
    { 403, 403, false, { DIAL_FAILED, "the carrier does not allow this call" } },
    { 404, 404, false, { DIAL_FAILED, "no such number" } },
    { 407, 407, true, { DIAL_FAILED, "the carrier refuses our credentials" } },
    { 408, 408, true, { DIAL_FAILED, "the carrier does not answer" } },
    { 410, 410, false, { DIAL_FAILED, "no such number" } },
    { 415, 415, false, { DIAL_FAILED, "no common codec" } },
    { 480, 480, false, { DIAL_NO_ANSWER, NULL } },
    { 482, 483, false, { DIAL_FAILED, "the call went in a circle" } },
    { 484, 485, false, { DIAL_FAILED, "no such number" } },
    { 486, 486, false, { DIAL_BUSY, NULL } },
    { 487, 487, false, { DIAL_NO_ANSWER, NULL } },
    { 488, 488, false, { DIAL_FAILED, "no common codec" } },
    { 500, 599, true, { DIAL_FAILED, "no carrier could take the call" } },
    { 600, 600, false, { DIAL_BUSY, NULL } },
    { 603, 603, false, { DIAL_DECLINED, NULL } },
    { 604, 604, false, { DIAL_FAILED, "no such number" } },
    { 606, 606, false, { DIAL_FAILED, "no common codec" } },
    { 607, 608, false, { DIAL_DECLINED, NULL } },
};
enum { MEANINGS = sizeof meanings / sizeof meanings[0] };

static int meaning_of(int status)
{
    for (int i = 0; i < MEANINGS; i++)
        if (status >= meanings[i].first && status <= meanings[i].last)
            return i;
    return -1;
}

struct dial_refusal far_outside_outcome(const struct far_leg *f, int status)
{
    int i = meaning_of(status);
    if (f->media.security == AUDIO_SECURE_REQUIRED && far_leg_refuses_offer(status))
        return (struct dial_refusal){ DIAL_FAILED, "no common codec, or no encrypted audio" };
    return i >= 0 ? meanings[i].means : (struct dial_refusal){ DIAL_FAILED, "the carrier refuses the call" };
}

/* ---- one way ---- */

void far_outside_cut(enum meter_verdict why, void *owner)
{
    struct far_leg *f = owner;
    call_of(f)->facts.limit = why;
    dial_cut(f, meter_text(why));
}

static enum meter_verdict pay(struct far_leg *f, const struct trunk_settings *t)
{
    const struct call *c = call_of(f);
    struct server *s = c->server;
    struct meter_ask ask = { .user = far_outside_payer(f),
                             .rate = rate_of(t->rates, f->outside->number),
                             .exempt = numbering_is_emergency(&s->outside.numbering, f->outside->number),
                             .cut = far_outside_cut,
                             .owner = f };
    struct meter_use *use;
    fare_end(&f->fare);
    enum meter_verdict v = meter_begin(&use, s->outside.meters, &ask);
    if (v == METER_GOES)
        f->fare = fare_new(t->name, use);
    return v;
}

/* The numbers of the last step, which is all that is told, as the carrier wants them. NULL: it was not forwarded. */
static const struct leg_diversions *way_for(const struct far_leg *f, const struct trunk_settings *t,
                                            struct leg_diversions *out)
{
    const struct numbering *n = &call_of(f)->server->outside.numbering;
    char number[NUMBER_TEXT];
    if (!f->diverted || !f->diverted->count)
        return NULL;
    *out = *f->diverted;
    struct leg_diversion *last = &out->list[out->count - 1];
    if (last->outside) {
        numbering_to_carrier(n, t, last->user, number);
        snprintf(last->user, sizeof last->user, "%s", number);
    }
    if (*out->to == '+') {
        numbering_to_carrier(n, t, out->to, number);
        snprintf(out->to, sizeof out->to, "%s", number);
    }
    return out;
}

static enum err dial(struct far_leg *f, const struct trunk_settings *t, const char *password)
{
    struct far_outside *o = f->outside;
    struct call *c = call_of(f);
    const struct trunk *trunk = trunk_find(c->server->agent, t->name);
    struct sbuf uri = { 0 }, hop = { 0 }, sdp = { 0 };
    char number[NUMBER_TEXT], caller[NUMBER_TEXT];
    numbering_to_carrier(&c->server->outside.numbering, t, o->number, number);
    numbering_to_carrier(&c->server->outside.numbering, t, o->caller, caller);
    trunk_uri(trunk, number, &uri);
    trunk_hop(&o->way->target, &hop);
    leg_media_secure(&f->media, o->insists ? AUDIO_SECURE_REQUIRED : secrecy_of_trunk(t));
    f->media.digits = digit_way_of_trunk(t);
    leg_media_offer(&f->media, c->media.theirs, &sdp);
    struct leg_trunk lt = {
        .domain = trunk_domain(trunk),
        .auth_user = *t->auth_user ? t->auth_user : t->user,
        .auth_password = password,
        .in_from = strcmp(t->identity, "pai") != 0,
        .asserted = strcmp(t->identity, "from") != 0,
        .account = t->user,
        .hidden = c->caller.hidden,
        .patience_ms = t->patience_ms,
    };
    struct leg_diversions way;
    struct leg_dial d = {
        .uri = uri.p, .next_hop = hop.p, .from_user = *o->caller ? caller : "", .sdp = sdp.p, .trunk = &lt
    };
    d.diverted = way_for(f, t, &way);
    d.route = trunk_route(trunk);
    d.max_forwards = c->leg ? leg_max_forwards(c->leg) - 1 : 0;
    f->state = FAR_CALLING;
    enum err e = leg_dial(&f->leg, c->server->agent, &d, &far_leg_events, f);
    sbuf_free(&uri);
    sbuf_free(&hop);
    sbuf_free(&sdp);
    return e;
}

static enum err take_way(struct far_leg *f, const struct trunk_settings *t)
{
    struct far_outside *o = f->outside;
    const struct call *c = call_of(f);
    struct sbuf password = { 0 }, why = { 0 };
    snprintf(o->caller, sizeof o->caller, "%s",
             outside_caller(c->server, far_outside_payer(f), dial_caller_id(f->dial), t->name));
    enum err e = *t->secret ? secret_open(c->server->outside.keyring, t->name, t->secret, &password, &why) : ERR_OK;
    if (!e)
        e = dial(f, t, password.p ? password.p : "");
    if (!e)
        far_leg_begun(f);
    if (!e)
        call_note_outside(call_of(f), t->name, o->number);
    if (password.p)
        explicit_bzero(password.p, password.len);
    sbuf_free(&password);
    sbuf_free(&why);
    return e;
}

/* The next way that can be taken. METER_GOES with f->leg set, or why there is none. */
static enum meter_verdict next_way(struct far_leg *f)
{
    struct far_outside *o = f->outside;
    struct call *c = call_of(f);
    enum meter_verdict v = METER_GOES;
    while (v == METER_GOES && !f->leg && o->next < o->ways.count) {
        o->way = &o->ways.list[o->next++];
        o->insists = false;
        const struct trunk_settings *t = directory_trunk(c->server->directory, o->way->trunk);
        if (!t || !trunk_find(c->server->agent, o->way->trunk))
            continue;
        v = pay(f, t);
        if (v == METER_GOES && take_way(f, t) != ERR_OK)
            f->leg = NULL;
    }
    return v;
}

/* ---- for the dial ---- */

/* The record of the leg is closed: what follows is another. */
static void leg_over(struct far_leg *f)
{
    cdr_leg(f, "refused");
    f->record = (struct leg_record){ 0 };
}

/* The same way once more, by RTP/SAVP (far_again.c). */
static bool insists(struct far_leg *f, enum leg_end how, int status)
{
    struct far_outside *o = f->outside;
    const struct trunk_settings *t = directory_trunk(call_of(f)->server->directory, o->way->trunk);
    if (!t || !trunk_find(call_of(f)->server->agent, o->way->trunk) || !far_leg_may_secure(f, how, status))
        return false;
    log_info("trunk", "call=%s %s by %s port %u: %d to RTP/AVP, once again by RTP/SAVP", call_of(f)->facts.id,
             o->way->trunk, o->way->target.address, o->way->target.port, status);
    leg_over(f);
    o->insists = true;
    return take_way(f, t) == ERR_OK;
}

bool far_outside_goes_on(struct far_leg *f, enum far_state was, enum leg_end how, int status)
{
    struct far_outside *o = f->outside;
    if (insists(f, how, status))
        return true;
    int i = meaning_of(how == LEG_END_REFUSED ? status : 503);
    struct call *c = call_of(f);
    if (was != FAR_CALLING || i < 0 || !meanings[i].goes_on || !c->leg || o->next >= o->ways.count)
        return false;
    log_info("trunk", "call=%s %s by %s port %u: %d, the next way is tried", c->facts.id, o->way->trunk,
             o->way->target.address, o->way->target.port, status);
    leg_over(f);
    return next_way(f) == METER_GOES && f->leg;
}

/* Retry-After of a 503: the gateway is left alone for that long (RFC 3261 §21.5.4). */
void far_outside_rest(struct far_leg *f, int status, unsigned retry_after_s)
{
    struct trunk *t = trunk_find(call_of(f)->server->agent, f->outside->way->trunk);
    if (t && status == 503 && retry_after_s)
        trunk_rest(t, &f->outside->way->target, 1000LL * (retry_after_s < REST_MOST_S ? retry_after_s : REST_MOST_S));
}

void far_outside_forwarded(struct far_leg *f)
{
    cdr_leg(f, "forwarded");
    f->record = (struct leg_record){ 0 };
    call_of(f)->facts.cost += fare_end(&f->fare);
}

bool far_outside_read(const struct far_leg *f, const char *text, char out[NUMBER_TEXT])
{
    const struct server *s = call_of(f)->server;
    const struct trunk_settings *t = directory_trunk(s->directory, f->outside->way->trunk);
    return t && numbering_caller(&s->outside.numbering, t, text, out);
}

const char *far_outside_caller(const struct far_leg *f) { return f->outside->caller; }

void far_outside_free(struct far_leg *f)
{
    call_of(f)->facts.cost += fare_end(&f->fare);
    free(f->outside);
    f->outside = NULL;
}

/* Before anything is tried: is there a way at all? */
static bool find_ways(struct far_leg *f, struct dial_refusal *refusal)
{
    struct call *c = call_of(f);
    struct far_outside *o = f->outside;
    outside_ways(c->server, o->number, &o->ways);
    if (!o->ways.count && o->ways.full)
        *refusal = (struct dial_refusal){ DIAL_LIMITED, NULL };
    else if (!o->ways.count)
        *refusal = (struct dial_refusal){ DIAL_FAILED, "no trunk" };
    else
        return true;
    return false;
}

static bool begin(struct far_leg *f, struct dial_refusal *refusal)
{
    struct call *c = call_of(f);
    struct sbuf hop = { 0 };
    char address[NETWORK_TEXT];
    trunk_hop(&f->outside->ways.list[0].target, &hop);
    agent_address_toward(c->server->agent, hop.p, address);
    sbuf_free(&hop);
    if (leg_media_open(&f->media, c->server->media, address, &far_stream_events, f) != ERR_OK) {
        *refusal = (struct dial_refusal){ DIAL_LIMITED, NULL };
        return false;
    }
    enum meter_verdict v = next_way(f);
    if (v != METER_GOES) {
        *refusal = (struct dial_refusal){ DIAL_LIMITED, NULL };
        c->facts.limit = v;
        log_info("trunk", "call=%s from %s to %s: %s", c->facts.id, far_outside_payer(f), f->outside->number,
                 meter_text(v));
    } else if (!f->leg) {
        *refusal = (struct dial_refusal){ DIAL_FAILED, "no carrier could take the call" };
    }
    return f->leg != NULL;
}

enum err far_outside_new(struct far_leg **out, struct dial *d, const char *number, const struct ring_for *as,
                         struct dial_refusal *refusal)
{
    struct far_leg *f = calloc(1, sizeof *f);
    struct far_outside *o = calloc(1, sizeof *o);
    *out = NULL;
    if (!f || !o)
        abort();
    f->dial = d;
    f->outside = o;
    far_leg_for(f, as);
    far_leg_name(f, number);
    snprintf(o->number, sizeof o->number, "%s", number);
    if (!find_ways(f, refusal) || !begin(f, refusal)) {
        far_leg_free(&f, NULL);
        return ERR_LIMIT;
    }
    *out = f;
    return ERR_OK;
}
