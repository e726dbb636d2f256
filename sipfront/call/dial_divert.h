/* A phone that is rung forwards the call (301, 302): the target is called as if its Connection had dialled it, with its
 * rights and at its cost. Private to sipfront/call. Loop thread.
 *
 * When nothing else rings for a bridge of one target, a Connection that it is forwarded to has the call itself: its
 * flow runs (transfer.h). Else its devices ring beside the others, in what is left of the ring time; one without
 * devices has the call when none of the others has taken it.
 *
 * A carrier that does so with a call outside leads to another number, by the same right and at the same cost.
 *
 * At most 5 forward one call; nobody is rung twice for it, and nobody forwards to who calls. */
#ifndef SIPFRONT_CALL_DIAL_DIVERT_H
#define SIPFRONT_CALL_DIAL_DIVERT_H

#include "sipfront/call/far_leg.h"

/* Whether that answer sends us elsewhere: then the target rings, or is to have the call (d->forward), or why it does
 * not is noted. was: the leg's state before. `to`: of its Contact. */
bool dial_divert(struct far_leg *f, enum far_state was, int status, const char *to);
/* The caller leaves for d->forward, which becomes NULL; no phone may ring. How that ends dial_forwarded() or
 * dial_not_forwarded() tells. false: that Connection is gone, which is noted. */
bool dial_divert_hand_over(struct dial *d);

#endif
