/* One who is called by a SIP URI, without a trunk: what the URI says, where its host is (RFC 3263), and whose
 * certificate is to be shown there. Loop thread. Owned by who calls; it lives as long as the call's leg. */
#ifndef SIPFRONT_SIP_URI_PEER_H
#define SIPFRONT_SIP_URI_PEER_H

#include <stdbool.h>

#include "vm/base/err.h"
#include "vm/base/str.h"

struct agent;
struct uri_peer;

/* Reads "sip:bob@example.org:5070;transport=tcp". ERR_INVALID when it is not one to be called, *why (a constant) says
 * in which way: it has headers, a password, or parameters that lead away from its host; its transport is not here. */
enum err uri_peer_new(struct uri_peer **out, struct agent *a, const char *uri, const char **why) MUST_USE;
void uri_peer_free(struct uri_peer **p);

/* Looks for the host. found() comes once, later, unless it is freed before. */
void uri_peer_find(struct uri_peer *p, void (*found)(void *owner), void *owner);
/* Goes on to the next place that was found, at first to the first; false: there is none (any more). */
bool uri_peer_next(struct uri_peer *p);

/* Of the place that it stands at: fit for leg_dial.next_hop; whether it is this server. */
void uri_peer_hop(const struct uri_peer *p, struct sbuf *out);
bool uri_peer_by_tls(const struct uri_peer *p);
bool uri_peer_is_here(const struct uri_peer *p);

const char *uri_peer_user(const struct uri_peer *p); /* unescaped, "" when there is none */
/* Why its host was not found, or its certificate refused; "" nothing. */
const char *uri_peer_why(const struct uri_peer *p);

/* Whether the host is written as an address, and is this server. */
bool uri_peer_names_us(const struct uri_peer *p);

#endif
