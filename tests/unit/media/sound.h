/* Sounds of the tests and how alike two are. */
#ifndef TESTS_UNIT_MEDIA_SOUND_H
#define TESTS_UNIT_MEDIA_SOUND_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* A voice-like sound that is nowhere like itself a little later: harmonics of a gliding pitch, in syllables. */
static inline void sound_make(int16_t *out, size_t n, unsigned rate)
{
    double phase = 0;

    for (size_t i = 0; i < n; i++) {
        double t = (double)i / rate, pitch = 140 + 60 * sin(2 * M_PI * 0.31 * t);
        double level = 2600 * (0.55 + 0.45 * sin(2 * M_PI * 2.9 * t));
        phase += 2 * M_PI * pitch / rate;
        out[i] = (int16_t)(level * (sin(phase) + 0.7 * sin(3 * phase + 1) + 0.5 * sin(7 * phase + 2)));
    }
}

/* The correlation (0 to 1) of two stretches. */
static inline double sound_likeness(const int16_t *a, const int16_t *b, size_t n)
{
    double ab = 0, aa = 1, bb = 1;

    for (size_t i = 0; i < n; i++) {
        ab += (double)a[i] * b[i];
        aa += (double)a[i] * a[i];
        bb += (double)b[i] * b[i];
    }
    return ab / sqrt(aa * bb);
}

/* The best likeness of `wanted` with what was heard, shifted by up to `most` samples either way; *at where. */
static inline double sound_find(const int16_t *heard, size_t nheard, const int16_t *wanted, size_t n, size_t *at)
{
    double best = -1;

    for (size_t shift = 0; shift + n <= nheard; shift++) {
        double like = sound_likeness(heard + shift, wanted, n);
        if (like > best) {
            best = like;
            *at = shift;
        }
    }
    return best;
}

static inline double sound_level_db(const int16_t *s, size_t n)
{
    double sum = 1;

    for (size_t i = 0; i < n; i++)
        sum += (double)s[i] * s[i];
    return 10 * log10(sum / (double)n / (32768.0 * 32768.0));
}

#endif
