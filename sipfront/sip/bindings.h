/* The location service (RFC 3261 §10): which contacts each user has. Loop thread. Owns its bindings and their expiry
 * timers. Private to sipfront/sip. */
#ifndef SIPFRONT_SIP_BINDINGS_H
#define SIPFRONT_SIP_BINDINGS_H

#include "sipfront/sip/agent.h"

struct bindings;

enum { BINDINGS_A_USER = 10 };

/* changed: as agent_port.bound, for every binding added, refreshed, removed or expired. */
enum err bindings_new(struct bindings **out, const struct clock *clock,
                      void (*changed)(void *owner, const struct sip_binding *b, bool gone), void *owner) MUST_USE;
void bindings_free(struct bindings **b);

/* Adds or refreshes: the same URI (RFC 3261 §19.1.4), or the same instance and reg-id (RFC 5626 §6), is replaced. A
 * user with more than `most` loses those that would expire first. Nothing when it has expired already. quiet: changed
 * is not told. */
void bindings_put(struct bindings *bs, const struct sip_binding *b, unsigned most, bool quiet);
/* Is b out of order (§10.3 step 7): same contact, same Call-ID, and a CSeq that is not higher? */
bool bindings_stale(const struct bindings *bs, const struct sip_binding *b);
void bindings_remove(struct bindings *bs, const struct sip_binding *b);
void bindings_remove_all(struct bindings *bs, const char *user);

unsigned bindings_count(const struct bindings *bs, const char *user);
bool bindings_at(const struct bindings *bs, const char *user, unsigned i, struct sip_binding *out);
void bindings_each(const struct bindings *bs, void (*each)(const struct sip_binding *b, void *arg), void *arg);

#endif
