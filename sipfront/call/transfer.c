#include "sipfront/call/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/call/cdr.h"
#include "sipfront/call/dial.h"
#include "sipfront/call/referring.h"
#include "sipfront/call/server_parts.h"
#include "vm/base/fmt.h"
#include "vm/base/log.h"

struct transfer {
    struct referral *referral;                                  /* NULL: the flow's wish, or a phone's 302 */
    struct call *from;                                          /* which has lent; NULL once it has ended */
    struct call *to;                                            /* which goes on with the transferee */
    enum who { BY_CALLER, BY_CALLEE, BY_FLOW, BY_FORWARD } who; /* asked for it there */
};

static void transfer_free(struct transfer **tp)
{
    struct transfer *t = *tp;
    *tp = NULL;
    if (t->from)
        t->from->lent = NULL;
    free(t);
}

/* ---- the call that has lent ---- */

/* A call that was forwarded from, and may itself carry a transfer out. */
static void end_forwarding(struct call *c, enum dial_by by)
{
    bool answered = by == DIAL_BY_TRANSFER;
    if (c->onward && answered)
        transfer_answered(&c->onward);
    else if (c->onward)
        transfer_transferee_gone(&c->onward);
    if (!c->facts.answered_ms)
        c->facts.status = answered ? 302 : 487;
    if (answered && c->dial)
        dial_forwarded(c->dial);
}

/* Its talk is over: the transferee is somebody else's now. */
static void end_from(struct transfer *t, enum dial_by by)
{
    struct call *c = t->from;
    t->from = NULL;
    if (!c)
        return;
    c->lent = NULL;
    if (t->who == BY_FORWARD)
        end_forwarding(c, by);
    else if (t->who != BY_FLOW)
        dial_end_talk(c->dial, by);
    else if (by == DIAL_BY_TRANSFER)
        referring_answered(c->referring);
    if (t->who != BY_CALLER)
        call_caller_left(c, by == DIAL_BY_CALLER ? "caller" : "transfer");
}

void transfer_transferor_gone(struct transfer *t)
{
    if (t->who == BY_CALLER)
        end_from(t, DIAL_BY_TRANSFER);
    /* else the caller may still come back to its flow: transfer_refused() */
}

static void hang_up(struct line_end *end)
{
    leg_hangup(end->leg, NULL);
    leg_listen(end->leg, NULL, NULL);
    leg_media_close(&end->media);
    fare_end(&end->fare);
}

/* To a flow, or to one who was called. */
static void give_caller_back(struct call *c, enum who who, struct line_end *end, int status)
{
    call_adopt(c, end);
    if (who == BY_FLOW && c->flow_over)
        call_drop(c, 0); /* its time was over meanwhile */
    else if (who == BY_FLOW)
        referring_refused(c->referring, status);
    else if (!dial_rejoin(c->dial))
        dial_end_talk(c->dial, DIAL_BY_TRANSFER); /* its flow goes on */
}

/* To a bridge, which ends as the one it was forwarded to has ended it. */
static void give_forwarded_back(struct call *c, const struct call *to, struct line_end *end, int status)
{
    call_adopt(c, end);
    if (c->state != CALL_UP && c->state != to->state)
        call_move(c, to->state); /* what the caller was told there */
    if (c->flow_over)
        call_drop(c, 0);
    else
        dial_not_forwarded(c->dial, status, to->state != CALL_OFFERED);
}

static void give_back(struct transfer *t, struct line_end *end, int status)
{
    struct call *c = t->from;
    if (!c) {
        hang_up(end);
        return;
    }
    c->lent = NULL;
    t->from = NULL;
    if (t->who == BY_CALLER)
        dial_take_callee_back(c->dial, end);
    else if (t->who == BY_FORWARD)
        give_forwarded_back(c, t->to, end, status);
    else
        give_caller_back(c, t->who, end, status);
    if (c->server->closing)
        call_abandon(c);
}

/* ---- the call that goes on ---- */

void transfer_goes_on(struct transfer *t, struct call *to) { t->to = to; }

void transfer_rings(struct transfer *t)
{
    referral_tell(t->referral, 180);
    if (t->who == BY_FORWARD && t->from->onward)
        transfer_rings(t->from->onward);
}

bool transfer_caller_is_on(const struct transfer *t) { return t->who != BY_FORWARD || call_caller_is_on(t->from); }

void transfer_answered(struct transfer **tp)
{
    struct transfer *t = *tp;
    struct call *from = t->from;
    log_info("transfer", "call %s goes on as %s", from ? from->facts.id : "-", t->to ? t->to->facts.id : "-");
    referral_end(&t->referral, 200);
    end_from(t, DIAL_BY_TRANSFER);
    if (from && t->who == BY_CALLER)
        call_drop(from, 0); /* the transferor has nobody to talk to */
    transfer_free(tp);
}

void transfer_refused(struct transfer **tp, int status)
{
    struct transfer *t = *tp;
    struct line_end end;
    log_info("transfer", "call %s: refused with %d", t->to->facts.id, status);
    free(t->to->facts.permit_flow); /* the flow that has its caller back may try again */
    t->to->facts.permit_flow = NULL;
    call_lend_caller(t->to, &end);
    referral_end(&t->referral, status);
    give_back(t, &end, status);
    transfer_free(tp);
}

void transfer_transferee_gone(struct transfer **tp)
{
    struct transfer *t = *tp;
    referral_end(&t->referral, 487);
    end_from(t, t->who == BY_CALLER ? DIAL_BY_CALLEE : DIAL_BY_CALLER);
    transfer_free(tp);
}

/* ---- the beginning ---- */

static struct transfer *transfer_new(struct call *c, enum who who, struct referral *r, struct line_end *end)
{
    struct transfer *t = calloc(1, sizeof *t);
    if (!t)
        abort();
    *t = (struct transfer){ .referral = r, .from = c, .who = who };
    if (r)
        referral_accept(r);
    if (who == BY_CALLER) {
        dial_lend_callee(c->dial, end);
    } else {
        if (who == BY_CALLEE)
            dial_unjoin(c->dial);
        call_lend_caller(c, end);
    }
    c->lent = t;
    return t;
}

/* Told by NOTIFY: as an answer to the REFER itself such a status would end its dialog (RFC 5057 §5.1). */
static void decline(struct referral *r, int status)
{
    referral_accept(r);
    referral_end(&r, status);
}

void transfer_by_flow(struct call *c, const char *to, const struct call_route *route)
{
    struct line_end end;
    stream_play_stop(c->media.stream);
    struct transfer *t = transfer_new(c, BY_FLOW, NULL, &end);
    call_begin_onward(c, &(struct onward){ t, &end, to, route, NULL });
}

void transfer_by_phone(struct call *c, const struct onward *o)
{
    struct line_end end;
    struct transfer *t = transfer_new(c, BY_FORWARD, NULL, &end);
    log_info("transfer", "call %s is forwarded to %s", c->facts.id, o->to);
    call_begin_onward(c, &(struct onward){ t, &end, o->to, o->route, o->way });
}

static struct party party_at(const struct call *c, bool caller)
{
    return caller ? c->caller : dial_callee_party(c->dial);
}

/* Where the transferee goes: as if the transferor had dialled it, by its rights and at its cost; the other side of a
 * trunk may not dial outside here. 0, or why not. */
static int route_blind(const struct call *c, enum who who, const char *to, char number[NUMBER_TEXT],
                       struct call_route *out)
{
    const struct party transferor = party_at(c, who == BY_CALLER);
    const struct connection *asks = party_connection(&transferor, c->server->directory);
    if (asks)
        return router_dial(c->server, asks, to, number, out);
    *out = (struct call_route){ .dialed = router_find(c->server, to) };
    number[0] = '\0';
    return out->dialed ? 0 : 404;
}

/* RFC 5589 §6: a call to the target, as any other but that its caller is up already. */
static void go_blind(struct call *c, enum who who, struct referral *r, const struct refer_request *rq)
{
    char number[NUMBER_TEXT];
    struct call_route route;
    struct line_end end;
    int status = route_blind(c, who, rq->user, number, &route);
    if (status) {
        decline(r, status);
        return;
    }
    struct transfer *t = transfer_new(c, who, r, &end);
    call_begin_onward(c, &(struct onward){ t, &end, *number ? number : rq->user, &route, NULL });
}

/* ---- the call that Replaces names ---- */

void transfer_into_caller(struct call *to, struct line_end *end)
{
    struct leg *old = to->leg;
    struct leg_media old_media = to->media;
    bool up = to->state == CALL_UP;
    cdr_caller(to, "replaced");
    if (to->onward) /* it was forwarded here, and rings */
        transfer_transferee_gone(&to->onward);
    if (up && to->dial) {
        dial_hold_stop(to->dial);
        stream_unbridge(old_media.stream);
    }
    if (!up)
        leg_reject(old, 487, "Request Terminated");
    leg_listen(old, NULL, NULL);
    to->facts.cost += fare_end(&to->fare);
    call_adopt(to, end);
    leg_media_close(&old_media);
    conference_caller_moved(to);
    playing_moved(to->playing);
}

/* What the phones are told and hear once that is done. */
void transfer_into_caller_done(struct call *to)
{
    if (to->dial)
        dial_caller_replaced(to->dial);
    if (to->state == CALL_UP && dial_talking(to->dial)) {
        call_introduce(to, to->leg, dial_callee(to->dial));
        call_introduce(to, dial_callee_leg(to->dial), party_shown(&to->caller));
    }
}

static void take_caller_place(struct transfer *t, struct call *to, struct line_end *end)
{
    bool up = to->state == CALL_UP;
    t->to = to;
    fmt_text(to->parent, sizeof to->parent, "%s", t->from->facts.id);
    transfer_into_caller(to, end);
    if (!up)
        to->onward = t;
    transfer_into_caller_done(to);
    if (up)
        transfer_answered(&t);
}

void transfer_into_callee(struct call *to, struct line_end *end)
{
    dial_replace_callee(to->dial, end);
    call_introduce(to, to->leg, party_shown(&end->who));
    call_introduce(to, dial_callee_leg(to->dial), party_shown(&to->caller));
}

static void take_callee_place(struct transfer *t, struct call *to, struct line_end *end)
{
    t->to = to;
    transfer_into_callee(to, end);
    transfer_answered(&t);
}

/* Whether that phone may be replaced in the call: its caller, while it neither records nor is lent, or the one who was
 * called and talks. */
bool transfer_caller_free(const struct call *c)
{
    bool transferred = c->onward && transfer_caller_is_on(c->onward);
    return c->leg && !transferred && !c->recording && c->state != CALL_ANSWERED;
}

static bool holds(const struct call *c, const struct leg_dialog_id *id, bool *caller)
{
    *caller = transfer_caller_free(c) && leg_is_dialog(c->leg, id);
    return !c->lent && (*caller || dial_holds(c->dial, id));
}

/* Its own talk alone may a phone give away, of this phone or another of its Connection. */
static bool may_give(const struct call *c, enum who who, const struct call *to, bool caller)
{
    const struct party transferor = party_at(c, who == BY_CALLER), owner = party_at(to, caller);
    return party_may_act_for(&transferor, &owner);
}

static void go_attended(struct call *c, enum who who, struct referral *r, const struct refer_request *rq)
{
    struct line_end end;
    bool caller = false;
    struct call *to = c->server->calls;
    while (to && (to == c || !holds(to, &rq->replaces, &caller)))
        to = to->next;
    if (!to) {
        decline(r, 481); /* RFC 3891 §3 */
        return;
    }
    if (!may_give(c, who, to, caller)) {
        log_warn("transfer", "call %s: names a dialog of call %s that is not its own", c->facts.id, to->facts.id);
        decline(r, 403);
        return;
    }
    struct transfer *t = transfer_new(c, who, r, &end);
    if (caller)
        take_caller_place(t, to, &end);
    else
        take_callee_place(t, to, &end);
}

void transfer_asked(struct call *c, bool by_caller, struct referral *r, const struct refer_request *rq)
{
    enum who who = by_caller ? BY_CALLER : BY_CALLEE;
    if (c->lent)
        referral_refuse(&r, 491);
    else if (!dial_may_lend(c->dial))
        referral_refuse(&r, 403); /* nobody is there who could be put through, or who may be */
    else if (*rq->replaces.call_id)
        go_attended(c, who, r, rq);
    else
        go_blind(c, who, r, rq);
}
