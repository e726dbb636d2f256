/* How a call sounds, estimated from what the network did to it (E-model, ITU-T G.107, with the usual defaults for
 * everything but delay and loss). A pure function, any thread. */
#ifndef SIPFRONT_MEDIA_QUALITY_H
#define SIPFRONT_MEDIA_QUALITY_H

#include "sipfront/media/codec.h"

struct quality {
    enum codec codec;
    double loss;      /* share, 0 to 1 */
    double jitter_ms; /* what a jitter buffer has to hold back */
    double trip_ms;   /* there and back; negative: not known, taken as none */
};
/* 1.0 to 4.5. Narrow band scale: wide band sounds better than it says. */
double quality_mos(const struct quality *q);

#endif
