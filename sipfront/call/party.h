/* Who is at one end of a call. A plain value. Private to sipfront/call. Any thread. */
#ifndef SIPFRONT_CALL_PARTY_H
#define SIPFRONT_CALL_PARTY_H

#include <stdbool.h>

#include "sipfront/call/outside.h"

enum { PARTY_USER = 256, PARTY_NAME = 96 };

struct party {
    char user[PARTY_USER];  /* the Connection's SIP user, the number that a carrier tells, or a SIP URI that was called;
                               "": unknown */
    char name[PARTY_NAME];  /* as its phone gives it */
    char trunk[TRUNK_NAME]; /* by which it is reached; "": a phone of ours, so the user is proved */
    bool hidden;            /* it wants to be unknown to the others (RFC 3323): not to its flow, nor to the record */
};

/* Who sends it. */
void party_of_invite(struct party *out, const struct leg_invite *invite);
/* The user as others may be told it; "": unknown. Borrowed. */
const char *party_shown(const struct party *p);
/* A phone of that Connection: who is behind a trunk is not, whatever number it shows. */
bool party_is(const struct party *p, const char *user);
/* Two phones of one Connection, or both behind one trunk. */
bool party_may_act_for(const struct party *p, const struct party *other);
/* The Connection; NULL: behind a trunk, or it is there no more. */
const struct connection *party_connection(const struct party *p, const struct directory *d);

#endif
