/* Music for who waits while the other side of a bridge holds (RFC 3264 §8.4: a direction of sendonly or inactive, or
 * the old way by c=0.0.0.0). Private to sipfront/call. Loop thread. Owned by its dial. */
#ifndef SIPFRONT_CALL_DIAL_HOLD_H
#define SIPFRONT_CALL_DIAL_HOLD_H

#include "sipfront/call/music.h"

struct dial;

/* One side that waits. */
struct hold_ear {
    struct music_play *music; /* NULL: it hears the other side, or there is no music */
    enum codec codec;         /* what it was made for */
};
struct dial_hold {
    struct hold_ear caller, callee;
};

/* What either side has offered may have changed, or who they are: who waits hears music, who does not hears the other
 * side. May be called at any time, as often as one likes; d may be NULL. */
void dial_hold_update(struct dial *d);
/* Before one of the streams is closed, lent or plays something else. */
void dial_hold_stop(struct dial *d);

#endif
