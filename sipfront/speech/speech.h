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

/* Speaks text: *samples (malloc'ed, the caller frees) mono 16 bit at *rate Hz. voice "" is slt; percent 50-200.
 * ERR_INVALID for an unknown voice. */
enum err speech_say(struct speech *s, struct str text, struct str voice, int percent, int16_t **samples,
                    unsigned *count, unsigned *rate) MUST_USE;
bool speech_has_voice(struct str voice);

#endif
