/* Carriers that ask for credentials within a dialog. Loop thread. Private to sipfront/sip. */
#ifndef SIPFRONT_SIP_LEG_CHALLENGE_H
#define SIPFRONT_SIP_LEG_CHALLENGE_H

#include "sipfront/sip/challenge.h"
#include "sipfront/sip/leg_inner.h"

/* The trunk's credentials, copied. Without a password the leg has none. */
void leg_account_set(struct leg *leg, const char *user, const char *password);
void leg_account_free(struct leg *leg);
/* NULL: the leg has none. */
const struct credentials *leg_account(const struct leg *leg);

/* There is a dialog: whatever the stack sends in it may be challenged from now on. */
void leg_challenge_expect(struct leg *leg);
/* true: the event was a challenge, and its request is on its way once again: another event tells what became of it. */
bool leg_challenge_taken(const struct agent_event *ev);
/* Adds to `header` the answer to the challenge of a request that is not the stack's. false: there is none. */
bool leg_challenge_header(const struct leg *leg, nta_outgoing_t *asked, const sip_t *response, struct sbuf *header);

#endif
