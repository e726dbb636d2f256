/* Datagrams before the stack sees them. The stack asks the SIP library's own su_getmsgsize() how long the next datagram
 * is and reads it with su_vrecv(); both are the server's here (the dynamic linker prefers the program's), so that what
 * needs no transaction - REGISTER, OPTIONS, keep-alives, who is banned, who has to wait - is answered from the buffer
 * it came in, and only the rest is handed on. Loop thread. Private to sipfront/sip. */
#ifndef SIPFRONT_SIP_FRONT_H
#define SIPFRONT_SIP_FRONT_H

#include "sipfront/sip/incoming.h"

struct front;

/* From now on datagrams to the agent's port come here first. */
enum err front_new(struct front **out, struct agent *a) MUST_USE;
void front_free(struct front **f);

/* The answer to a datagram, to where it came from (RFC 3261 §18.2.2, 3581). */
void front_answer(const struct incoming *r, int status, const char *phrase, const char *headers);

#endif
