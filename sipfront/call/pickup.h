/* An INVITE with Replaces (RFC 3891) of a telephone: it takes a call that rings at another one, or a talk from another
 * phone of its own Connection. Private to sipfront/call. Loop thread.
 *
 *   carol                         server                                 bob (rings)
 *     SUBSCRIBE bob, dialog  ->                                            <- INVITE of ann's call
 *                            <-   NOTIFY: early, call-id, both tags
 *     INVITE, Replaces       ->   200; ann and carol talk                  <- CANCEL, "Call completed elsewhere" */
#ifndef SIPFRONT_CALL_PICKUP_H
#define SIPFRONT_CALL_PICKUP_H

#include "sipfront/call/server.h"
#include "sipfront/sip/leg.h"

/* Takes the call or refuses it. The caller is a Connection. */
void pickup_invited(struct server *s, struct leg *leg, const struct leg_invite *invite);

#endif
