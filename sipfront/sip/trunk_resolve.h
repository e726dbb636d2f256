/* Where a trunk's gateways are: NAPTR, SRV, A and AAAA (RFC 3263 §4) by sofia's resolver, which waits in the loop and
 * never blocks it. Loop thread. Private to sipfront/sip. */
#ifndef SIPFRONT_SIP_TRUNK_RESOLVE_H
#define SIPFRONT_SIP_TRUNK_RESOLVE_H

#include <sofia-sip/su_wait.h>

#include "sipfront/sip/trunk.h"

struct resolver;   /* one a server */
struct resolution; /* one question under way */

/* conf: path of a resolv.conf, NULL the system's. NULL when it cannot be made. */
struct resolver *resolver_new(su_root_t *root, const char *conf);
void resolver_free(struct resolver **r);

struct resolved {
    const struct trunk_target *targets; /* borrowed; in no order: rank and weight say it */
    unsigned count;                     /* 0: none was found */
    uint32_t ttl_s;                     /* how long they hold; 0 when all were written as addresses */
    const char *why;                    /* what went wrong with any of them, "" nothing */
};
/* Asks for all of them. done comes once, later, and frees *out, unless resolution_stop() comes first. r may be NULL:
 * then names are not found. */
struct resolve_order {
    const struct trunk_gateway *gateways;
    unsigned count;
    enum trunk_transport transport;
    bool v4, v6; /* which addresses we can send to; IPv6 ones are asked for where there is no IPv4 one */
    bool tls;    /* we can use it: TRUNK_AUTO may find it */
};
struct resolution *resolution_start(struct resolver *r, const struct clock *clock, const struct resolve_order *o,
                                    void (*done)(const struct resolved *found, void *owner), void *owner);
void resolution_stop(struct resolution **r);

#endif
