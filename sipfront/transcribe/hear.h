/* Speech to words by PocketSphinx, on this machine. For a child process: it blocks, about as long as the audio lasts,
 * and takes some 150 MiB. One thread at a time an object. */
#ifndef SIPFRONT_TRANSCRIBE_HEAR_H
#define SIPFRONT_TRANSCRIBE_HEAR_H

#include <stddef.h>
#include <stdint.h>

#include "vm/base/err.h"

enum { HEAR_WORDS_MAX = 2000 };

/* A word as the dictionary writes it, in lower case, without the mark of its pronunciation. Times from the start of
 * the audio. confidence: its posterior among what else was heard there, 0 to 1. */
struct hear_word {
    char text[48];
    double confidence;
    int start_ms, end_ms;
};

/* Zero it to begin. */
struct hear_words {
    struct hear_word *items;
    size_t len;
};
void hear_words_free(struct hear_words *w); /* and zeroes it */

struct hear;

/* Loads a model: the folder DIR/NAME holds NAME/ (acoustic), NAME.lm.bin and cmudict-NAME.dict; NULL is Debian's
 * pocketsphinx-en-us. ERR_NOT_FOUND when a part is not there (the log says which), ERR_UNSUPPORTED when its features
 * are not those of en-us, ERR_INVALID when PocketSphinx refuses it. */
enum err hear_open(const char *model_dir, struct hear **out) MUST_USE;
void hear_close(struct hear **h); /* accepts a pointer to NULL */

/* The words of mono audio at 8000 or 16000 Hz (else ERR_INVALID). *out is written only on success, the caller frees
 * it; silence has no words. Noises and pauses are left out, and so is what comes behind HEAR_WORDS_MAX words. */
enum err hear_pcm(struct hear *h, const int16_t *pcm, size_t samples, int rate_hz, struct hear_words *out) MUST_USE;

#endif
