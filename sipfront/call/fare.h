/* What a leg through a trunk takes: a channel of it, and somebody's minutes. Goes with the leg from call to call when
 * it is transferred, so that it is counted as long as it lasts, and cut where it is when a limit is reached. Private to
 * sipfront/call. Loop thread. Owned by who has the leg. */
#ifndef SIPFRONT_CALL_FARE_H
#define SIPFRONT_CALL_FARE_H

#include "sipfront/call/meter.h"

struct fare;

/* Takes use; NULL for a leg that costs nobody anything here (it has come in). */
struct fare *fare_new(const char *trunk, struct meter_use *use);
const char *fare_trunk(const struct fare *f); /* "" for NULL */
void fare_answered(struct fare *f);           /* from now on it costs; accepts NULL */
/* Another has the leg: whom a limit that is reached is told (struct meter_ask). Accepts NULL. */
void fare_follow(struct fare *f, void (*cut)(enum meter_verdict why, void *owner), void *owner);
/* The leg has ended. What it cost, in MONEY_UNIT; sets *f to NULL; accepts a pointer to NULL. */
int64_t fare_end(struct fare **f);

#endif
