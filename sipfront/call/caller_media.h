/* The audio of a phone or carrier that sends an INVITE. Private to sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_CALLER_MEDIA_H
#define SIPFRONT_CALL_CALLER_MEDIA_H

#include "sipfront/call/leg_media.h"

struct server;

/* Opens it as its Connection or trunk and the server want it, and takes the offer if there is one. Nothing comes of its
 * stream before somebody listens. 0, or the status to refuse the call with: 503 no port is left, 488 (with a Warning,
 * RFC 3261 §20.43) the offer is of no use; then nothing is open. */
int caller_media_open(struct leg_media *out, struct server *s, struct leg *leg, const struct leg_invite *invite);

#endif
