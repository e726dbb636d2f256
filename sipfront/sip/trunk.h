/* A trunk: a carrier's gateways, the account there, and whether they are reachable. Loop thread. It keeps its gateways'
 * addresses looked up, registers when it is told to, and asks each gateway by OPTIONS whether it is there. Calls are
 * made by leg_dial() to the targets that trunk_targets() orders; nothing of a call waits for a name. */
#ifndef SIPFRONT_SIP_TRUNK_H
#define SIPFRONT_SIP_TRUNK_H

#include "sipfront/sip/agent.h"
#include "vm/base/network.h"

struct trunk;

/* TRUNK_AUTO: as the name servers say (RFC 3263 §4.1); never that of a target. */
enum trunk_transport { TRUNK_UDP, TRUNK_TCP, TRUNK_TLS, TRUNK_AUTO };

struct trunk_gateway {
    const char *host; /* a name or an address */
    uint16_t port;    /* 0: by SRV, or the transport's own */
    unsigned priority, weight;
};

/* Copied. */
struct trunk_params {
    const char *name;
    const char *domain;                      /* host part of what we write; "": the first gateway's */
    const char *user, *auth_user, *password; /* "" none; auth_user "": user */
    enum trunk_transport transport;
    const struct trunk_gateway *gateways;
    unsigned ngateways;
    const struct network *sources; /* of its calls, besides the gateways themselves */
    unsigned nsources;
    bool registers;
    int64_t expires_ms, ping_ms, patience_ms;
    const char *fault; /* not "": it cannot be used, and why (a password that cannot be read) */
};

/* Where one of its gateways is. */
struct trunk_target {
    char address[48]; /* numeric, without brackets */
    uint16_t port;
    enum trunk_transport transport;
    uint64_t rank;   /* the lowest is tried first */
    unsigned weight; /* among those of one rank (RFC 2782) */
};

enum err trunk_new(struct trunk **out, struct agent *a, const struct trunk_params *p) MUST_USE;
/* Registers no more and is gone; its calls go on. The carrier forgets the registration when it runs out. */
void trunk_free(struct trunk **t);
/* The one of that name, NULL when there is none. */
struct trunk *trunk_find(const struct agent *a, const char *name);
/* Asks everything anew: names, registration, OPTIONS. */
void trunk_refresh(struct trunk *t);
/* Whether all that trunk_refresh() asked has been answered. */
bool trunk_is_settled(const struct trunk *t);

enum trunk_state { TRUNK_STARTING, TRUNK_UP, TRUNK_DOWN };
const char *trunk_state_text(enum trunk_state st);
struct trunk_status {
    enum trunk_state state;
    const char *why;             /* borrowed; "" when there is nothing to say */
    int64_t registered_until_ms; /* wall clock; 0: it is not */
    unsigned targets, targets_up;
};
void trunk_status(const struct trunk *t, struct trunk_status *out);

/* Its targets in the order in which a call tries them: by rank, at random by weight, those that do not answer or asked
 * to be left alone last. At most `most`; how many. 0 when the trunk cannot be used. */
unsigned trunk_targets(const struct trunk *t, struct trunk_target *out, unsigned most);
/* A call found that target overloaded: it is left alone for that long (RFC 3261 §21.5.4). */
void trunk_rest(struct trunk *t, const struct trunk_target *target, int64_t ms);

const char *trunk_name(const struct trunk *t);
const char *trunk_domain(const struct trunk *t);
/* Routes that the carrier's registrar wants its calls to have (RFC 3608), NULL: none. Borrowed until the next event. */
const char *trunk_route(const struct trunk *t);
/* sip:user@domain of the number, and the target as the next hop. */
void trunk_uri(const struct trunk *t, const char *user, struct sbuf *out);
void trunk_hop(const struct trunk_target *target, struct sbuf *out);

#endif
