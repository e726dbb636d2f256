/* What a flow will say and play, made ready before the first call asks for it. Private to sipfront/call. Loop thread
 * but where it says otherwise. */
#ifndef SIPFRONT_CALL_REHEARSE_H
#define SIPFRONT_CALL_REHEARSE_H

#include "sipfront/call/server_parts.h"

struct rehearsal; /* one under way */

struct rehearsed {
    unsigned texts, failed;
    int64_t took_ms;
    bool stopped; /* the server closes */
};
typedef void rehearsed_cb(const struct rehearsed *r, void *arg);

/* Makes the image's constant texts one after another, in the voices that the flow names and for every codec, so that
 * calls that need a voice meanwhile wait for one sentence at most. done (may be NULL) comes once, later. Holds the
 * image. */
void rehearse(struct server *s, struct image *im, rehearsed_cb *done, void *arg);
/* Ends all: done comes from inside, with stopped. */
void rehearse_stop_all(struct server *s);

/* Any thread; blocks: how many of the image's sound files are missing, and their names, for people. */
unsigned rehearse_missing(const struct server *s, const struct image *im, struct sbuf *names);

#endif
