/* From 8000 to 16000 samples a second and back, as the sound flows (libspeexdsp). One thread. */
#ifndef SIPFRONT_MEDIA_RESAMPLE_H
#define SIPFRONT_MEDIA_RESAMPLE_H

#include "sipfront/media/pcm.h"

struct resample;
/* in at `rate`: into *out, as long as in. *r is made when needed, NULL while the rates are equal. */
void resample_to(struct resample **r, const struct pcm *in, unsigned rate, struct pcm *out);
void resample_free(struct resample **r);

#endif
