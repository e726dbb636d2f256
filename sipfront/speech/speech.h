/* Speech out: flite voices behind one call. Any worker thread; voices are made once at speech_new(), flite itself is
 * not thread safe in places, so the calls that need it are serialised inside. */
#ifndef SIPFRONT_SPEECH_SPEECH_H
#define SIPFRONT_SPEECH_SPEECH_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/base/err.h"
#include "vm/base/str.h"

struct speech;
enum err speech_new(struct speech **out) MUST_USE;
void speech_free(struct speech **s);

/* Mono, 16 bit, at `rate` Hz. The caller frees samples. */
struct speech_audio {
    int16_t *samples;
    unsigned count, rate;
};

/* Speaks text (UTF-8): its first sound comes within 10 ms. voice "" is slt; percent 50-200. out is written only on
 * success. ERR_INVALID for an unknown voice or rate, ERR_TOO_BIG for a text over 16 KiB. */
enum err speech_say(struct speech *s, struct str text, struct str voice, int percent,
                    struct speech_audio *out) MUST_USE;
bool speech_has_voice(struct str voice);

#endif
