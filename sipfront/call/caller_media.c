#include "sipfront/call/caller_media.h"

#include "sipfront/call/secrecy.h"
#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

static const struct stream_events nobody;

int caller_media_open(struct leg_media *out, struct server *s, struct leg *leg, const struct leg_invite *invite)
{
    char address[NETWORK_TEXT];
    const char *why;
    agent_address_toward(s->agent, invite->source, address);
    if (leg_media_open(out, s->media, address, &nobody, NULL) != ERR_OK)
        return 503;
    out->security = secrecy_of_caller(s, invite);
    out->digits = digit_way_of_caller(s, invite);
    out->silence_ms = s->rtp_timeout_ms;
    if (!invite->sdp || leg_media_take_offer(out, invite->sdp) == ERR_OK)
        return 0;
    why = leg_media_objection(out, invite->sdp);
    leg_warn(leg, why);
    log_info("call", "the call of %s to %s: 488: %s", invite->from_user, invite->to_user, why);
    leg_media_close(out);
    return 488;
}
