/* call_port: the action `transfer`. Private to sipfront/call. Loop thread.
 *
 *   the caller's phone allows REFER, and may call the target itself   REFER; it says what becomes of it
 *   it does not, or refuses the REFER                                 the server puts the caller through: transfer.h
 *
 * `done` comes when the caller has left the call: the target has answered, or the phone has hung up after it accepted.
 */
#ifndef SIPFRONT_CALL_REFERRING_H
#define SIPFRONT_CALL_REFERRING_H

#include "sipfront/call/call.h"

struct referring;

struct call_op *call_transfer_start(void *self, struct str target, int line, asked_cb *done, void *owner);

/* 1 while that permit line counts it, else 0: until it is put through, when the call that goes on is counted. Accepts
 * NULL. */
unsigned referring_under(const struct referring *f, int line);

/* All accept NULL. What the phone says of our REFER (leg_events.on_put). */
void referring_told(struct referring *f, bool taken, int status);
/* The server's own way: the target has answered; it has not, and the caller is back. */
void referring_answered(struct referring *f);
void referring_refused(struct referring *f, int status);
/* The caller is gone, put through or not; may free it. */
void referring_caller_gone(struct referring *f);
/* Has the phone accepted, or the target answered? Then who hangs up does it for the transfer's sake. */
bool referring_taken(const struct referring *f);

#endif
