/* Forwarding by a phone or a carrier: where its 301 or 302 leads (RFC 3261 §8.1.3.4), and what the INVITE that follows
 * it tells of the way: Diversion (RFC 5806) and History-Info (RFC 7044). Plain data and readers. Loop thread. */
#ifndef SIPFRONT_SIP_DIVERT_H
#define SIPFRONT_SIP_DIVERT_H

#include <stdbool.h>

struct leg;

enum { DIVERSIONS_MAX = 5, DIVERSION_USER = 64 };

/* One that has forwarded the call. */
struct leg_diversion {
    char user[DIVERSION_USER]; /* whose phone it is, or which number outside */
    int status;                /* its answer: 301, 302 */
    bool rang;                 /* before it */
    bool outside;              /* a carrier has done it */
};
/* The way of a call, the first one first. */
struct leg_diversions {
    struct leg_diversion list[DIVERSIONS_MAX];
    unsigned count;
    char to[DIVERSION_USER]; /* where the last one has sent it: a SIP user or a number */
};

/* Within on_ended of a refused leg: the user part of the Contact that the phone likes best, or its tel: number; ""
 * without one. The host is not looked at: what a phone is forwarded to is dialled here. */
const char *leg_forwards_to(const struct leg *leg);

#endif
