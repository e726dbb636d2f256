/* A far leg that goes through trunks: one way after another until one takes the call. Private to sipfront/call. Loop
 * thread. Owned by its far leg. */
#ifndef SIPFRONT_CALL_FAR_OUTSIDE_H
#define SIPFRONT_CALL_FAR_OUTSIDE_H

#include "sipfront/call/far_leg.h"
#include "sipfront/call/numbering.h"

struct far_outside;

/* Why a call outside is not made, or has failed: an outcome, and with DIAL_FAILED its reason. */
struct dial_refusal {
    enum dial_outcome how;
    const char *why;
};

/* Calls the number, E.164 or an emergency one, on behalf of the call. *refusal says why not. */
enum err far_outside_new(struct far_leg **out, struct dial *d, const char *number, const struct ring_for *as,
                         struct dial_refusal *refusal) MUST_USE;
/* Its carrier has sent the call elsewhere: its record and its cost end. */
void far_outside_forwarded(struct far_leg *f);
/* A number as its carrier writes it; false when it is none. */
bool far_outside_read(const struct far_leg *f, const char *text, char out[NUMBER_TEXT]);
const char *far_outside_payer(const struct far_leg *f); /* the Connection that pays */
/* With what it costs. Of a device too. */
void far_outside_free(struct far_leg *f);
void far_outside_cut(enum meter_verdict why, void *owner); /* its fare tells (fare_follow); owner: the far leg */
/* The leg has ended with that status before it was answered. true: another way is being tried. */
bool far_outside_goes_on(struct far_leg *f, enum far_state was, enum leg_end how, int status);
/* That status came with this Retry-After. */
void far_outside_rest(struct far_leg *f, int status, unsigned retry_after_s);
/* What the status of the last way means to the flow. */
struct dial_refusal far_outside_outcome(const struct far_leg *f, int status);
const char *far_outside_caller(const struct far_leg *f); /* the number that is shown */

/* call.c: what the CDR tells of it. Copies. */
void call_note_outside(struct call *c, const char *trunk, const char *number);

/* port_dial.c: the one who pays has reached a limit. */
void dial_cut(struct far_leg *f, const char *why);
const struct far_leg *dial_first(const struct dial *d); /* of its legs; NULL too for no dial */
const char *dial_caller_id(const struct dial *d);
/* How many legs the dial has on that trunk; whether one of them shows that number. */
unsigned dial_on_trunk(const struct dial *d, const char *trunk);
bool dial_shows(const struct dial *d, const char *number);

#endif
