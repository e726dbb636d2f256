/* What a bridge does with its phones when one of them is transferred (transfer.h). */
#include <string.h>

#include "sipfront/call/cdr.h"
#include "sipfront/call/dial.h"
#include "sipfront/call/far_uri.h"
#include "sipfront/call/transfer.h"
#include "vm/base/fmt.h"

bool dial_may_lend(const struct dial *d)
{
    return d && d->talk_from_ms && !d->op.later && d->winner && d->winner->leg && d->op.call->leg;
}

const char *dial_callee(const struct dial *d) { return d && d->winner && !d->winner->hidden ? d->winner->user : ""; }
struct party dial_callee_party(const struct dial *d) { return far_leg_party(d->winner); }
struct leg *dial_callee_leg(const struct dial *d) { return d && d->winner ? d->winner->leg : NULL; }

bool dial_holds(const struct dial *d, const struct leg_dialog_id *id)
{
    return dial_may_lend(d) && leg_is_dialog(d->winner->leg, id);
}

void dial_unjoin(struct dial *d)
{
    clock_stop(d->op.call->port.clock, &d->limit);
    dial_hold_stop(d);
    stream_unbridge(d->op.call->media.stream);
    stream_play_stop(d->op.call->media.stream);
    stream_play_stop(d->winner->media.stream);
}

static void join_again(struct dial *d)
{
    stream_play_stop(d->op.call->media.stream);
    stream_play_stop(d->winner->media.stream);
    dial_bridge(d, d->winner);
    dial_start_limit(d);
    dial_hold_update(d);
}

void dial_lend_callee(struct dial *d, struct line_end *out)
{
    struct far_leg *f = d->winner;
    dial_unjoin(d);
    *out = (struct line_end){ .leg = f->leg, .media = f->media, .fare = f->fare, .who = far_leg_party(f) };
    f->leg = NULL;
    f->media = (struct leg_media){ 0 };
    f->fare = NULL;
    f->record.end = "transferred";
}

void dial_take_callee_back(struct dial *d, struct line_end *end)
{
    far_leg_adopt(d->winner, end);
    join_again(d);
}

bool dial_rejoin(struct dial *d)
{
    if (!d->winner || !d->winner->leg)
        return false;
    join_again(d);
    return true;
}

void dial_replace_callee(struct dial *d, struct line_end *end)
{
    struct far_leg *f = d->winner;
    char *was = f->user;
    dial_unjoin(d);
    cdr_leg(f, "replaced");
    f->record = (struct leg_record){ 0 };
    leg_hangup(f->leg, NULL);
    leg_listen(f->leg, NULL, NULL);
    leg_media_close(&f->media);
    far_outside_free(f);
    far_uri_free(f);
    f->user = NULL;
    far_leg_name(f, end->who.user);
    far_leg_adopt(f, end);
    watch_changed(d->op.call, was);
    free(was);
    join_again(d);
}

static void ring_for_another(struct dial *d)
{
    for (struct far_leg *f = d->legs; f; f = f->next)
        f->passed = true;
    dial_ringback(d);
}

void dial_caller_replaced(struct dial *d)
{
    if (d->winner && d->winner->leg)
        join_again(d);
    else
        ring_for_another(d);
}
