/* A far leg that is called by a SIP URI, straight and without a trunk: its host is looked up, then one of its places
 * after another is tried. A URI of this server's own is a Connection's, whose devices ring. Private to sipfront/call.
 * Loop thread. Owned by its far leg. */
#ifndef SIPFRONT_CALL_FAR_URI_H
#define SIPFRONT_CALL_FAR_URI_H

#include "sipfront/call/far_outside.h"

struct far_uri;

/* Calls the URI on behalf of the call; the leg's SIP leg begins once the host is found. *refusal says why not. */
enum err far_uri_new(struct far_leg **out, struct dial *d, const char *uri, const struct ring_for *as,
                     struct dial_refusal *refusal) MUST_USE;
/* Accepts a leg of another kind. */
void far_uri_free(struct far_leg *f);
/* Its host is being looked up. Of a leg of any kind. */
bool far_uri_is_sought(const struct far_leg *f);
/* The search is given up. */
void far_uri_give_up(struct far_leg *f);
/* The leg has ended with that status before it was answered. true: another place is being tried. */
bool far_uri_goes_on(struct far_leg *f, enum far_state was, enum leg_end how, int status);
/* What the status of the last place means to the flow; the text lives as long as the leg. */
struct dial_refusal far_uri_outcome(const struct far_leg *f, enum far_state was, int status);
const char *far_uri_caller(const struct far_leg *f); /* the user part that is shown */

/* Whether that target is a SIP URI. */
bool far_uri_is_one(const char *target);
/* The user part of a URI whose host is this server, written as an address, in user; false: it is none. */
bool far_uri_is_ours(const struct server *s, const char *uri, char user[PARTY_USER]);

#endif
