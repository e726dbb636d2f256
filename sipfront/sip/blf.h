/* Busy lamps (RFC 4235): who has subscribed to the dialogs of a Connection is told of each of their changes, always
 * with all dialogs ("full"). Loop thread. */
#ifndef SIPFRONT_SIP_BLF_H
#define SIPFRONT_SIP_BLF_H

#include "sipfront/sip/agent.h"

/* The user's dialogs have changed. */
void blf_publish(struct agent *a, const char *user);
/* The body of a NOTIFY; false when there is no such Connection. */
bool blf_write(const struct agent *a, const char *user, unsigned version, struct sbuf *out);

#endif
