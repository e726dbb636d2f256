#include "sipfront/call/dial_hold.h"

#include "sipfront/call/dial.h"
#include "sipfront/call/far_leg.h"

static void hush(struct hold_ear *ear)
{
    if (ear->music)
        music_stop(&ear->music);
}

/* Who holds both ways hears nothing, so nothing is played to it. */
static void update(struct hold_ear *ear, struct server *s, struct leg_media *to, const struct leg_media *other)
{
    bool waits = leg_media_holds(other) && !leg_media_holds(to);
    if (ear->music && waits && ear->codec == leg_media_codec(to))
        return;
    hush(ear);
    if (!waits)
        return;
    ear->codec = leg_media_codec(to);
    ear->music = music_start(s, to, str_of("hold"));
}

void dial_hold_update(struct dial *d)
{
    if (!d || !dial_talking(d))
        return;
    struct call *c = d->op.call;
    if (d->op.later || !c->media.stream || !d->winner || !d->winner->media.stream)
        return; /* it is over, or one of the two is lent to another call */
    update(&d->hold.caller, c->server, &c->media, &d->winner->media);
    update(&d->hold.callee, c->server, &d->winner->media, &c->media);
}

void dial_hold_stop(struct dial *d)
{
    hush(&d->hold.caller);
    hush(&d->hold.callee);
}
