/* The world outside as the server sees it: its trunks, how numbers are written, what calls cost. Private to
 * sipfront/call. Loop thread. Owned by the server. */
#ifndef SIPFRONT_CALL_OUTSIDE_H
#define SIPFRONT_CALL_OUTSIDE_H

#include "sipfront/call/meter.h"
#include "sipfront/call/numbering.h"
#include "sipfront/directory/secret.h"
#include "sipfront/sip/trunk.h"

struct server;
struct server_params;
struct call;

struct outside {
    struct numbering numbering; /* its texts are owned */
    struct keyring *keyring;
    struct meters *meters;
    bool rotating; /* a new server key is on its way */
};

/* Reads the server key, or makes one where no password is sealed yet. Blocks: before the loop runs. */
enum err outside_open(struct server *s, const struct server_params *p, struct sbuf *why) MUST_USE;
/* Starts every trunk, once there is an agent. */
void outside_start(struct server *s);
void outside_close(struct server *s);

/* The trunk is made anew as its row says now, or goes when there is none. */
void outside_sync(struct server *s, const char *trunk);
/* How many calls it carries, both ways. */
unsigned outside_calls(const struct server *s, const char *trunk);

enum { TRUNK_NAME = 64, OUTSIDE_WAYS = 12 };

/* The ways a call may take, in the order in which they are tried: the trunks that carry the number by priority, of each
 * the gateways. */
struct way {
    char trunk[TRUNK_NAME];
    struct trunk_target target;
};
struct ways {
    struct way list[OUTSIDE_WAYS];
    unsigned count;
    bool full; /* a trunk that carries it had no channel free */
};
void outside_ways(struct server *s, const char *number, struct ways *out);

/* The number that the Connection's calls show: wanted if it is one of its Numbers, else its first, else the trunk's
 * main number, "" when there is none. */
const char *outside_caller(const struct server *s, const char *user, const char *wanted, const char *trunk);

#endif
