/* Conferences: rooms by name in which the callers of any flows talk with each other. One begins with its first member
 * and is over with its last. Loop thread. The server owns them, each member is a request of his call. */
#ifndef SIPFRONT_CALL_CONFERENCE_H
#define SIPFRONT_CALL_CONFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "stdlib/conference_port.h"
#include "vm/base/err.h"

struct call;
struct server;

/* call_port.conference of a live call. */
extern const struct conference_port call_conference_port;

/* The caller's place was taken by another phone, which is now where the old one was. */
void conference_caller_moved(struct call *c);

/* ---- for the console ---- */

struct conference_info {
    const char *name;
    unsigned members, muted;
    bool recorded;
    int64_t started_wall_ms;
    const char *const *calls; /* the members' ids, `members` of them, the first to come first */
};
void server_each_conference(struct server *s, void (*each)(const struct conference_info *c, void *arg), void *arg);
/* For all who are in it: their flows go on with `ended`. ERR_NOT_FOUND. */
enum err server_end_conference(struct server *s, const char *name) MUST_USE;

#endif
