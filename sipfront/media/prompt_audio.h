/* Where a prompt's samples come from: files (libsndfile), samples of speech, tones made here; all become mono at the
 * rate of the codec that plays them. Called on workers; blocks on files. */
#ifndef SIPFRONT_MEDIA_PROMPT_AUDIO_H
#define SIPFRONT_MEDIA_PROMPT_AUDIO_H

#include <stddef.h>
#include <stdint.h>

#include "sipfront/media/codec.h"
#include "sipfront/media/prompt.h"

enum { PROMPT_MAX_SECONDS = 1800 };

/* Samples at the rate of `codec`; zero it but for the codec to begin, free with prompt_audio_free(). */
struct prompt_audio {
    enum codec codec; /* that they are for; NONE: G.711 */
    int16_t *samples;
    size_t count;
};
void prompt_audio_free(struct prompt_audio *a);

/* Any format of libsndfile, mixed down, resampled; loud enough to clip is turned down as a whole. ERR_NOT_FOUND, ERR_IO
 * (not readable as audio), ERR_TOO_BIG (longer than PROMPT_MAX_SECONDS). */
enum err prompt_audio_file(struct prompt_audio *out, const char *path) MUST_USE;

/* Samples at another rate. */
enum err prompt_audio_samples(struct prompt_audio *out, const int16_t *samples, size_t count, unsigned rate) MUST_USE;

/* ring busy dial beep congestion, in the cadence of ETSI TS 101 041-2; ring, busy and congestion are one period, dial 4
 * s that loop without a seam. ERR_INVALID for another name. */
enum err prompt_audio_tone(struct prompt_audio *out, struct str name) MUST_USE;

static inline unsigned prompt_audio_rate(const struct prompt_audio *a) { return codec_info(a->codec)->rate; }

/* Encodes. One reference, the caller's. */
enum err prompt_new(struct prompt **out, const struct prompt_audio *a) MUST_USE;

#endif
