/* Where a prompt's samples come from: files (libsndfile), samples of speech, tones made here; all become 8 kHz mono.
 * Called on workers; blocks on files. */
#ifndef SIPFRONT_MEDIA_PROMPT_AUDIO_H
#define SIPFRONT_MEDIA_PROMPT_AUDIO_H

#include <stddef.h>
#include <stdint.h>

#include "sipfront/media/prompt.h"

enum { PROMPT_RATE = 8000, PROMPT_FRAME = 160 /* samples of 20 ms */, PROMPT_MAX_SECONDS = 1800 };

/* Samples at 8 kHz; zero it to begin, free with prompt_audio_free(). */
struct prompt_audio {
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

/* Encodes (all codecs). One reference, the caller's. */
enum err prompt_new(struct prompt **out, const struct prompt_audio *a) MUST_USE;

#endif
