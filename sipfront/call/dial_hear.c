/* What the caller hears while a dial rings: the phone's own ringing, a tone, music, or the far end's early media. */
#include "sipfront/call/dial.h"
#include "sipfront/call/far_leg.h"
#include "sipfront/call/transfer.h"

static void on_heard(enum play_end how, void *owner)
{
    struct dial *d = owner;
    (void)how;
    d->hearing = NULL;
}

void dial_hear(struct dial *d, struct play_request rq)
{
    rq.loops = PLAY_FOR_EVER;
    rq.early = true;
    d->hearing = call_play_start(d->op.call, &rq, on_heard, d);
}

/* A phone that is not answered rings for itself on our 180; where it hears us already the tone is ours to make. */
void dial_ringback(struct dial *d)
{
    static const struct vm_sound tone = { SOUND_TONE, { "ring", 4 } };
    struct call *c = d->op.call;
    if (d->music || d->hearing || d->through || !c->media.stream)
        return;
    if (c->state == CALL_EARLY || call_caller_is_on(c))
        dial_hear(d, (struct play_request){ .sounds = &tone, .count = 1 });
    else
        call_ring(c);
}

/* Early media of a single device goes through; of several the caller would hear a mixture, so it hears ringback. The
 * SDP of the others is kept all the same: their 200 may have none (RFC 3262 §5). */
void dial_on_ringing(struct far_leg *f, const char *sdp)
{
    struct dial *d = f->dial;
    struct call *c = d->op.call;
    if (d->op.later || d->winner || !c->leg)
        return;
    if (c->onward)
        transfer_rings(c->onward);
    bool usable = sdp && leg_media_take_answer(&f->media, sdp) == ERR_OK;
    bool alone = d->devices == 1 && !d->music && !d->question && !d->announce;
    if (!usable || !alone || !call_early_media(c)) {
        dial_ringback(d);
        return;
    }
    call_op_stop(c, &d->hearing);
    d->through = true;
    dial_bridge(d, f);
}
