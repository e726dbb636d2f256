/* A phone that takes encrypted audio only by RTP/SAVP, and so has refused an offer of RTP/AVP, is called once again.
 *
 *   dial                               phone
 *     INVITE, RTP/AVP    ->
 *                        <- 488, 415, 606
 *     INVITE, RTP/SAVP   ->            a call of its own: new Call-ID, new leg in the log
 */
#include <string.h>

#include "sipfront/call/cdr.h"
#include "sipfront/call/dial.h"
#include "sipfront/call/far_leg.h"
#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

/* The words of RFC 3261 §21 for an offer that cannot be taken. */
bool far_leg_refuses_offer(int status) { return status == 415 || status == 488 || status == 606; }

static bool is_optional(enum audio_security s) { return s == AUDIO_SECURE_OPTIONAL || s == AUDIO_SECURE_WISHED; }

bool far_leg_may_secure(const struct far_leg *f, enum leg_end how, int status)
{
    const struct dial *d = f->dial;
    return how == LEG_END_REFUSED && far_leg_refuses_offer(status) && is_optional(f->media.security) && !d->op.later &&
           !d->winner && d->op.call->leg;
}

/* It may have left meanwhile. */
static bool find_binding(const struct agent *a, const struct far_leg *f, struct sip_binding *out)
{
    for (unsigned i = 0; i < agent_bindings(a, f->user); i++)
        if (agent_binding(a, f->user, i, out) && strcmp(out->contact, f->contact) == 0)
            return true;
    return false;
}

bool far_leg_again(struct far_leg *f, enum leg_end how, int status)
{
    struct call *c = dial_call(f->dial);
    struct sip_binding to;
    if (!f->contact || !far_leg_may_secure(f, how, status) || !find_binding(c->server->agent, f, &to))
        return false;
    log_info("call", "%s: a phone of %s refuses RTP/AVP (%d): it is called again by RTP/SAVP", c->facts.id, f->user,
             status);
    cdr_leg(f, "refused");
    f->record = (struct leg_record){ 0 };
    f->state = FAR_CALLING;
    f->media.security = AUDIO_SECURE_REQUIRED;
    return far_leg_invite(f, &to) == ERR_OK;
}
