/* A phone that is rung forwards the call (301, 302): the target is called as if its Connection had dialled it, with its
 * rights and at its cost, in what is left of the ring time. Private to sipfront/call. Loop thread.
 *
 * At most 5 phones forward one call; nobody is rung twice for it, and nobody forwards to who calls. */
#ifndef SIPFRONT_CALL_DIAL_DIVERT_H
#define SIPFRONT_CALL_DIAL_DIVERT_H

#include "sipfront/call/far_leg.h"

/* Whether that answer sends us elsewhere: then the target rings, or why it does not is noted. was: the leg's state
 * before. `to`: of its Contact. */
bool dial_divert(struct far_leg *f, enum far_state was, int status, const char *to);

#endif
