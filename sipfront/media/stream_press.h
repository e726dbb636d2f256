/* How a partner's digits reach the peer of a stream. Media thread. Private to this folder. */
#ifndef SIPFRONT_MEDIA_STREAM_PRESS_H
#define SIPFRONT_MEDIA_STREAM_PRESS_H

#include "sipfront/media/engine.h"

/* A digit of the partner's, in the way that the peer of `to` gets them; ms: how long it was pressed, 0 not known. */
void stream_hand_on(struct media *m, struct stream *to, char digit, unsigned ms);

/* The partner of `from` is told: a packet of a key press has come; digit: 0, or it is the first of that press. */
void stream_hold(struct media *m, struct stream *from, char digit);
/* The key that is held is up, if there is one. */
void stream_let_go(struct media *m, struct stream *from);
/* With each grid point: the end of the press may have been lost. */
void stream_check_held(struct media *m, struct stream *from);

#endif
