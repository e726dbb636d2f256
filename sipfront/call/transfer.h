/* Transfers (RFC 3515, 3891, 5589): a phone that talks sends REFER, and the other side is put through to somebody else.
 * The server carries it out itself. Loop thread. Private to sipfront/call.
 *
 *   transferor     the call it was in          the call that goes on
 *     REFER ->       lends its other phone  ->   a new call of that phone to the target, answered or not (blind),
 *     <- 202                                     or the call that Replaces names, where it takes the transferor's place
 *     <- NOTIFY 180                              its target rings; the transferee hears the ringing
 *     <- NOTIFY 200  ends, by transfer           it is answered: by a person, or by a flow that speaks
 *     or NOTIFY 4xx  has its phone back     <-   it is refused: the talk goes on
 *
 * When the transferor has hung up meanwhile, a refused transferee that was the caller goes on in its flow, and one that
 * was called is hung up. */
#ifndef SIPFRONT_CALL_TRANSFER_H
#define SIPFRONT_CALL_TRANSFER_H

#include "sipfront/call/call.h"
#include "sipfront/call/party.h"
#include "sipfront/sip/refer.h"

struct transfer;

/* A phone of the call has sent REFER: its caller, or the one who was called. */
void transfer_asked(struct call *c, bool by_caller, struct referral *r, const struct refer_request *rq);

/* Its flow puts its caller through, to a target that is routed so; c->referring hears how it went. */
void transfer_by_flow(struct call *c, const char *to, const struct call_route *route);

/* Its only phone that rang forwards to a Connection: o says which, and the way. Its dial hears how it went: answered,
 * it ends as by a transfer; else it has the refusal, and the caller back. The caller may still wait for an answer. */
void transfer_by_phone(struct call *c, const struct onward *o);
bool transfer_caller_is_on(const struct transfer *t); /* its phone is up */

/* How the call that goes on fares; all but rings end the transfer and set *t to NULL. */
void transfer_goes_on(struct transfer *t, struct call *to);
void transfer_rings(struct transfer *t);
void transfer_answered(struct transfer **t);
void transfer_refused(struct transfer **t, int status);
void transfer_transferee_gone(struct transfer **t);

/* The phone that asked has hung up; the transfer goes on. */
void transfer_transferor_gone(struct transfer *t);

/* The phone takes the place of the caller, or of the one who was called and talks, who is hung up. The first of the two
 * steps of a caller's changes who it is, the second joins it. */
bool transfer_caller_free(const struct call *c); /* may it be replaced? */
void transfer_into_caller(struct call *to, struct line_end *end);
void transfer_into_caller_done(struct call *to);
void transfer_into_callee(struct call *to, struct line_end *end);

/* What a call's bridge does with its phones when one is lent to another call (dial_lend.c). */
bool dial_may_lend(const struct dial *d);
void dial_lend_callee(struct dial *d, struct line_end *out);
void dial_take_callee_back(struct dial *d, struct line_end *end);
/* The caller is back, and talks to the callee again; false when the callee has hung up. */
bool dial_rejoin(struct dial *d);
void dial_unjoin(struct dial *d);
/* The one that was called gives its place to another phone. */
void dial_replace_callee(struct dial *d, struct line_end *end);
/* The caller's place was given to another phone: what it is to hear. */
void dial_caller_replaced(struct dial *d);
/* The leg of this dialog, among those that are talked to. */
bool dial_holds(const struct dial *d, const struct leg_dialog_id *id);
const char *dial_callee(const struct dial *d);        /* as others may be told it; "": nobody, or unknown */
struct party dial_callee_party(const struct dial *d); /* who was called and talks */
struct leg *dial_callee_leg(const struct dial *d);

#endif
