/* Some sound at one rate. A plain value. */
#ifndef SIPFRONT_MEDIA_PCM_H
#define SIPFRONT_MEDIA_PCM_H

#include "sipfront/media/codec.h"

struct pcm {
    unsigned rate; /* 8000 or 16000 */
    size_t n;
    int16_t samples[CODEC_SAMPLES];
};

#endif
