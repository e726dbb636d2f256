/* What Connections use of the telephone network, and their limits a day. Loop thread. Time is taken in slices before it
 * is used, and each slice is stored before the next: calls at the same time cannot use a minute twice, and a crash
 * costs the Connection a slice at most, never the one who pays. */
#ifndef SIPFRONT_CALL_METER_H
#define SIPFRONT_CALL_METER_H

#include "sipfront/directory/outside.h"
#include "vm/run/clock.h"

struct meters;
struct meter_use; /* one call */

enum meter_verdict { METER_GOES, METER_MINUTES, METER_SPEND, METER_CALLS };
const char *meter_name(enum meter_verdict v); /* "minutes", for the CDR */
const char *meter_text(enum meter_verdict v); /* "the minutes of today are used up" */

struct meters *meters_new(struct directory *d, const struct clock *clock);
void meters_free(struct meters **m); /* no call is left */

struct meter_ask {
    const char *user;                                 /* the Connection that pays */
    int64_t rate;                                     /* of a minute, in MONEY_UNIT */
    bool exempt;                                      /* counted, and never refused or cut: an emergency */
    void (*cut)(enum meter_verdict why, void *owner); /* the limit is reached; once, later. meter_end() follows */
    void *owner;
};
/* Takes the first slice. *out is NULL unless METER_GOES. */
enum meter_verdict meter_begin(struct meter_use **out, struct meters *m, const struct meter_ask *ask);
/* Another is told from now on when it is cut. */
void meter_follow(struct meter_use *u, void (*cut)(enum meter_verdict why, void *owner), void *owner);
/* The other end has answered: from now on it costs. */
void meter_answered(struct meter_use *u);
/* What the call cost; what was taken and not used is given back. Sets *u to NULL; accepts a pointer to NULL. */
int64_t meter_end(struct meter_use **u);

/* What is used today, slices of calls in progress included. */
struct meter_today {
    int64_t used_ms, spent;
    unsigned calls;
};
void meter_today(const struct meters *m, const char *user, struct meter_today *out);

#endif
