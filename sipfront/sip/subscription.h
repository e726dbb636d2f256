/* Subscriptions of phones to what happens here (RFC 6665). Loop thread. Private to sipfront/sip.
 *
 *   phone                           server
 *     SUBSCRIBE Event: … ->
 *     <- 401                        as every request
 *     SUBSCRIBE, credentials ->
 *     <- 200 Expires
 *     <- NOTIFY active              the state now; 200 ->
 *     <- NOTIFY active              at every subscription_publish()
 *     SUBSCRIBE (refresh) ->        answered by the stack, with the last NOTIFY once more
 *     SUBSCRIBE Expires: 0 ->       200, NOTIFY terminated
 *
 * A subscription that is not refreshed in time, or whose NOTIFY is refused, ends by itself. */
#ifndef SIPFRONT_SIP_SUBSCRIPTION_H
#define SIPFRONT_SIP_SUBSCRIPTION_H

#include "sipfront/sip/agent_inner.h"

enum { SUBSCRIPTION_MIN_S = 60, SUBSCRIPTION_MAX_S = 3600, SUBSCRIPTIONS_A_USER = 200 };

enum event_package {
#define PACKAGE(name, event, type, write, may) PACKAGE_##name,
#include "sipfront/sip/event_package.def"
#undef PACKAGE
};

/* Tells the stack, once, which events there are. */
void subscription_allow(nua_t *nua);
/* A SUBSCRIBE that begins a subscription: challenged, refused, or taken. */
void subscription_on_subscribe(struct agent *a, const struct agent_event *ev);
/* The state of what they watch has changed: all subscriptions of that package to that user are notified. */
void subscription_publish(struct agent *a, enum event_package package, const char *user);
/* Has a phone that is reached there subscribed? received: as sip_binding's. */
bool subscription_covers(const struct agent *a, enum event_package package, const char *user, const char *received);
/* The agent stops: every subscription ends with a last NOTIFY. */
void subscription_end_all(struct agent *a);

#endif
