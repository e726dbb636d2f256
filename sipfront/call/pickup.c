#include "sipfront/call/pickup.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/call/caller_media.h"
#include "sipfront/call/dial_ring.h"
#include "sipfront/call/far_leg.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/call/transfer.h"
#include "sipfront/directory/trunk_lists.h"
#include "sipfront/sip/replaces.h"
#include "vm/base/fmt.h"
#include "vm/base/log.h"

/* What is to be replaced: a call's caller (far NULL), or one whom it rings or talks to. */
struct place {
    struct call *call;
    struct far_leg *far;
};

static struct far_leg *find_far(const struct call *c, const struct leg_dialog_id *id)
{
    struct far_leg *f = c->dial ? c->dial->legs : NULL;
    while (f && !(f->leg && leg_is_replaced(f->leg, id)))
        f = f->next;
    return f;
}

static bool find(const struct server *s, const struct leg_dialog_id *id, struct place *out)
{
    for (struct call *c = s->calls; c; c = c->next) {
        *out = (struct place){ c, find_far(c, id) };
        if (out->far || (c->leg && leg_is_replaced(c->leg, id)))
            return true;
    }
    return false;
}

static bool rings(const struct place *at)
{
    const struct dial *d = at->call->dial;
    return at->far && at->far->state <= FAR_RINGING && !d->winner && !d->op.later && at->call->leg;
}

static bool talks(const struct place *at)
{
    if (!at->far)
        return at->call->state == CALL_UP;
    return at->far == at->call->dial->winner && !at->call->dial->op.later;
}

static bool names(const char *groups, struct str group)
{
    const char *at = groups;
    struct str one;
    while (list_next(&at, &one))
        if (str_eq(one, group))
            return true;
    return false;
}

/* Its own calls, and those of who shares a pickup group. rung: a number outside is in none. */
static bool may_pick_up(const struct server *s, const char *rung, const struct connection *who)
{
    const struct connection *whose = directory_connection(s->directory, rung);
    const char *at = whose ? whose->pickup_groups : "";
    struct str group;
    if (whose == who)
        return true;
    while (list_next(&at, &group))
        if (names(who->pickup_groups, group))
            return true;
    return false;
}

/* 0, or why it is not given (RFC 3891 §3). A talk is given to another phone of the same Connection alone; what rings
 * also to those who share a pickup group with it. */
static int judge(const struct server *s, const struct place *at, const struct leg_invite *invite)
{
    const struct party holder = at->far ? far_leg_party(at->far) : at->call->caller;
    const struct connection *who = directory_connection(s->directory, invite->from_user);
    if (rings(at))
        return !may_pick_up(s, holder.user, who) || server_calls_limited(s, who) ? 403 : 0;
    if (!talks(at))
        return 481; /* a caller whose own call rings, or one who is being asked whether he takes it */
    if (invite->replaces->early_only)
        return 486;
    if (!party_is(&holder, invite->from_user))
        return 403;
    if (at->call->lent || !(at->far ? dial_may_lend(at->call->dial) : transfer_caller_free(at->call)))
        return 491;
    return 0;
}

static const char *phrase_of(int status)
{
    switch (status) {
    case 403: return "Forbidden";
    case 481: return "Call/Transaction Does Not Exist";
    case 486: return "Busy Here";
    case 488: return "Not Acceptable Here";
    case 491: return "Request Pending";
    case 603: return "Decline";
    default: return "Service Unavailable";
    }
}

/* ---- the new phone ---- */

static int open_end(struct server *s, struct leg *leg, const struct leg_invite *invite, struct line_end *end)
{
    *end = (struct line_end){ .leg = leg, .who = party_of_invite(invite) };
    return caller_media_open(&end->media, s, leg, invite);
}

/* Without an offer of the phone ours goes into the 200, and its answer comes with the ACK. */
static void answer(struct line_end *end)
{
    struct sbuf sdp = { 0 };
    if (end->media.theirs) {
        leg_media_start(&end->media);
        leg_media_answer(&end->media, &sdp);
    } else {
        leg_media_offer(&end->media, NULL, &sdp);
    }
    leg_answer(end->leg, sdp.p);
    sbuf_free(&sdp);
}

/* ---- its place ---- */

/* As if the phone that rang had been answered; nobody who picks up is asked first. */
static void take_ringing(const struct place *at, struct line_end *end)
{
    struct dial *d = at->call->dial;
    struct far_leg *f = calloc(1, sizeof *f);
    if (!f)
        abort();
    f->dial = d;
    f->line = at->far->line;
    far_leg_name(f, end->who.user);
    far_leg_adopt(f, end);
    f->next = d->legs;
    d->legs = f;
    dial_join(d, f);
    call_introduce(at->call, at->call->leg, party_shown(&end->who));
    call_introduce(at->call, f->leg, party_shown(&at->call->caller));
}

static void take(const struct place *at, struct line_end *end)
{
    log_info("pickup", "call %s: %s takes the place of %s", at->call->facts.id, end->who.user,
             at->far ? at->far->user : at->call->caller.user);
    answer(end);
    if (rings(at)) {
        take_ringing(at, end);
    } else if (at->far) {
        transfer_into_callee(at->call, end);
    } else {
        transfer_into_caller(at->call, end);
        transfer_into_caller_done(at->call);
    }
}

void pickup_invited(struct server *s, struct leg *leg, const struct leg_invite *invite)
{
    struct place at;
    struct line_end end;
    int status;
    if (find(s, &invite->replaces->id, &at))
        status = judge(s, &at, invite);
    else
        status = agent_had_dialog(s->agent, &invite->replaces->id) ? 603 : 481;
    if (!status)
        status = open_end(s, leg, invite, &end);
    if (status)
        router_refuse(s, leg, invite, status, phrase_of(status));
    else
        take(&at, &end);
}
