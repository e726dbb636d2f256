/* The message lamp (RFC 3842): who has subscribed to it is notified, and every registered phone that has not is told
 * unasked, at its REGISTER and at every change. Loop thread. The counts are asked of agent_port.waiting each time, so
 * there is no second copy of them that could be wrong. */
#ifndef SIPFRONT_SIP_MWI_H
#define SIPFRONT_SIP_MWI_H

#include "sipfront/sip/agent.h"

/* The counts of the user's mailbox have changed. Nothing happens when it has none, or no phone. */
void mwi_publish(struct agent *a, const char *user);

/* The body of a NOTIFY; false when the user has no mailbox. It needs no version. */
bool mwi_write(const struct agent *a, const char *user, unsigned version, struct sbuf *out);

/* The agent's own: a binding was made or refreshed; the agent stops. */
void mwi_on_register(struct agent *a, const struct sip_binding *b);
void mwi_end_all(struct agent *a);

#endif
