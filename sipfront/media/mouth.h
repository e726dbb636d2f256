/* What a stream says, from samples to payloads of its codec: resampler and encoder, made at the first sound and anew
 * when the codec changes. One thread: the media thread. */
#ifndef SIPFRONT_MEDIA_MOUTH_H
#define SIPFRONT_MEDIA_MOUTH_H

#include "sipfront/media/ear.h"

struct mouth;
/* One payload of this sound; its length, 0 when it does not fit. *m is made when NULL. */
size_t mouth_encode(struct mouth **m, enum codec codec, const struct pcm *sound, uint8_t *out, size_t cap);
void mouth_free(struct mouth **m);
/* *to goes on as `from` would (NULL: at a loss, *to is left as it is); for sound of the codec's own rate. */
void mouth_copy(struct mouth **to, const struct mouth *from);

#endif
