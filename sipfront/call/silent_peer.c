/* A phone that has gone without a word: no RTP and no RTCP for as long as flowd --rtp-timeout says. Its leg is ended,
 * so that no call stays that nobody is in. Not asked of a leg that is held, only listens, or is not answered yet. */
#include "sipfront/call/far_leg.h"
#include "vm/base/log.h"

void call_on_silent_peer(void *owner)
{
    struct call *c = owner;
    if (c->state != CALL_UP || !c->leg)
        return;
    log_warn("call", "%s: nothing comes from %s any more: hung up", c->facts.id, c->caller.user);
    c->facts.by = "caller";
    leg_hangup(c->leg, "SIP;cause=408;text=\"No RTP\"");
}

void far_on_silent_peer(void *owner)
{
    struct far_leg *f = owner;
    if (f->state != FAR_ANSWERED || !f->leg)
        return;
    log_warn("call", "%s: nothing comes from %s any more: hung up", dial_call(f->dial)->facts.id, f->user);
    leg_hangup(f->leg, "SIP;cause=408;text=\"No RTP\"");
}
