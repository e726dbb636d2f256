/* Whom a bridge rings: a target to devices, or out through a trunk. Private to sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_DIAL_RING_H
#define SIPFRONT_CALL_DIAL_RING_H

#include "sipfront/call/dial.h"
#include "sipfront/directory/directory.h"
#include "sipfront/sip/divert.h"

/* For whom, besides the flow, a target is rung. */
struct ring_for {
    int line;                              /* the flow's permit line that counts it, -1: none */
    const char *payer;                     /* the Connection that pays outside; "": the one whose flow it is */
    const struct leg_diversions *diverted; /* who has forwarded the call, NULL: nobody */
    int64_t until_ms;                      /* as in struct far_leg */
};

/* As the flow names it; what cannot be rung is noted. */
void dial_ring_target(struct dial *d, const char *name, int line);
/* All devices of that Connection; a number outside. */
void dial_ring_user(struct dial *d, const struct connection *to, const struct ring_for *as);
void dial_ring_number(struct dial *d, const char *number, const struct ring_for *as);

/* That leg is taken and the others are let go. Its media may still lack the answer. */
void dial_join(struct dial *d, struct far_leg *f);
/* Why a target has not answered: what tells best is the dial's outcome. why: with DIAL_FAILED; copied. */
void dial_note(struct dial *d, enum dial_outcome how, const char *why);

#endif
