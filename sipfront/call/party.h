/* Who is at one end of a call. A plain value whose texts are borrowed; party_keep() makes one that owns them. Private
 * to sipfront/call. Any thread. */
#ifndef SIPFRONT_CALL_PARTY_H
#define SIPFRONT_CALL_PARTY_H

#include <stdbool.h>

#include "sipfront/call/outside.h"

enum { PARTY_USER = 256 }; /* the longest user, with its NUL */

struct party {
    const char *user;  /* the Connection's SIP user, the number that a carrier tells, or a SIP URI that was called; "":
                          unknown */
    const char *name;  /* as its phone gives it */
    const char *trunk; /* by which it is reached; "": a phone of ours, so the user is proved */
    bool hidden;       /* it wants to be unknown to the others (RFC 3323): not to its flow, nor to the record */
    char *texts;       /* NULL: borrowed */
};

/* Of whom nothing is known. */
struct party party_nobody(void);
/* Who sends it. Borrowed from the invite. */
struct party party_of_invite(const struct leg_invite *invite);
/* *kept is that one from now on, with texts of its own; the ones that it had are freed, unless *former gets them.
 * former: NULL, or its owner frees it by party_drop(). */
void party_keep(struct party *kept, const struct party *who, struct party *former);
void party_drop(struct party *p);
/* The user as others may be told it; "": unknown. Borrowed. */
const char *party_shown(const struct party *p);
/* A phone of that Connection: who is behind a trunk is not, whatever number it shows. */
bool party_is(const struct party *p, const char *user);
/* Two phones of one Connection, or both behind one trunk. */
bool party_may_act_for(const struct party *p, const struct party *other);
/* The Connection; NULL: behind a trunk, or it is there no more. */
const struct connection *party_connection(const struct party *p, const struct directory *d);

#endif
