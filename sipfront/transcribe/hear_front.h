/* Samples to the cepstra that the acoustic model was trained on, by SphinxBase's filter bank. A part of hear.c, split
 * off; one thread at a time. */
#ifndef SIPFRONT_TRANSCRIBE_HEAR_FRONT_H
#define SIPFRONT_TRANSCRIBE_HEAR_FRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/base/err.h"

enum {
    HEAR_RATE = 16000,
    HEAR_FRAME_MS = 10,
    HEAR_BANDS = 25,   /* mel bands from 130 to 6800 Hz */
    HEAR_CEPSTRA = 13, /* c0 to c12 */
    HEAR_NARROW = 20,  /* bands that audio of 8 kHz has */
};

/* A frame a HEAR_FRAME_MS. */
struct hear_frames {
    float (*items)[HEAR_BANDS];
    size_t len;
};
void hear_frames_free(struct hear_frames *f);

struct hear_front;
enum err hear_front_new(struct hear_front **out) MUST_USE;
void hear_front_free(struct hear_front **f);

/* The logarithms of the bands. rate 8000 is brought to HEAR_RATE first. ERR_NOMEM, ERR_INVALID for another rate. */
enum err hear_front_bands(struct hear_front *f, const int16_t *pcm, size_t samples, int rate_hz,
                          struct hear_frames *out) MUST_USE;

/* Fills the bands from HEAR_NARROW on with what those below tell of them (hear_restore.c). */
void hear_restore(struct hear_frames *f);

/* One frame's cepstra: DCT-II and lifter, as in sphinxbase's fe. */
void hear_front_cepstra(const struct hear_front *f, const float *bands, float *cepstra);

#endif
