/* Digits that are not there: each WAV file named is played to the in-band detector at several levels; prints what it
 * takes for digits. dtmf_false FILE...   exit status 1 when there was one. */
#include <stdio.h>
#include <stdlib.h>

#include "sipfront/media/inband.h"
#include "sipfront/media/prompt_audio.h"

enum { MOST = 64 };

static unsigned listen(const char *path, const struct prompt_audio *a, int db)
{
    static const double gains[] = { 1, 0.5, 0.25, 0.1 }; /* 0, -6, -12, -20 dB */
    struct inband *b = inband_new();
    unsigned found = 0;

    for (size_t at = 0; at < a->count; at += 160) {
        int16_t frame[160];
        char digits[MOST];
        size_t n = a->count - at < 160 ? a->count - at : 160;
        for (size_t i = 0; i < n; i++)
            frame[i] = (int16_t)(a->samples[at + i] * gains[db]);
        unsigned k = inband_hear(b, frame, n, digits, MOST);
        for (unsigned i = 0; i < k; i++)
            printf("%s: '%c' at %.2f s, level %d\n", path, digits[i], (double)at / 8000, db);
        found += k;
    }
    inband_free(&b);
    return found;
}

int main(int argc, char **argv)
{
    double seconds = 0;
    unsigned found = 0, files = 0;

    for (int i = 1; i < argc; i++) {
        struct prompt_audio a = { 0 };
        if (prompt_audio_file(&a, argv[i])) {
            fprintf(stderr, "%s cannot be read\n", argv[i]);
            continue;
        }
        files++;
        for (int db = 0; db < 4; db++) {
            found += listen(argv[i], &a, db);
            seconds += (double)a.count / 8000;
        }
        prompt_audio_free(&a);
    }
    printf("%u digits in %.0f s of sound: %u files at four levels\n", found, seconds, files);
    return found > 0;
}
