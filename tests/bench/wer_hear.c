/* What hear.c makes of sound files: wer_hear FILE...   a line a file, "RATE<tab>MS<tab>FILE<tab>WORDS", where a file
 * that ends in .g722 has 16000 Hz and any other 8000. --bands: for tests/bench/restore_learn.py, the mel bands of each
 * .g722 file and of the same at 8 kHz: a count, then so many frames of floats, twice. --model=DIR: as hear_open() takes
 * it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sipfront/media/prompt_audio.h"
#include "sipfront/transcribe/hear.h"
#include "sipfront/transcribe/hear_front.h"
#include "vm/base/str.h"

enum { G722_BYTES = 160, FILE_MOST = 64 << 20 };

static enum err g722_read(struct prompt_audio *a, const char *path)
{
    struct sbuf file = { 0 };
    enum err e = sbuf_read_file(&file, path, FILE_MOST);
    if (e)
        return e;
    struct decoder *d = decoder_new(CODEC_G722);
    a->samples = calloc(file.len * 2 + 1, sizeof *a->samples);
    for (size_t at = 0; a->samples && at + G722_BYTES <= file.len; at += G722_BYTES)
        a->count += decoder_decode(d, (const uint8_t *)file.p + at, G722_BYTES, a->samples + a->count);
    decoder_free(&d);
    sbuf_free(&file);
    return a->samples ? ERR_OK : ERR_NOMEM;
}

static enum err bands_write(struct hear_front *f, const struct prompt_audio *a, int rate)
{
    struct hear_frames frames;
    enum err e = hear_front_bands(f, a->samples, a->count, rate, &frames);
    int32_t count = (int32_t)frames.len;
    if (!e) {
        fwrite(&count, sizeof count, 1, stdout);
        fwrite(frames.items, sizeof *frames.items, frames.len, stdout);
    }
    hear_frames_free(&frames);
    return e;
}

/* Wide, and what a call of 8 kHz would leave of it. */
static int bands(struct hear_front *f, const struct prompt_audio *wide)
{
    struct prompt_audio narrow = { .codec = CODEC_PCMU };
    enum err e = prompt_audio_samples(&narrow, wide->samples, wide->count, 16000);
    if (!e)
        e = bands_write(f, wide, 16000);
    if (!e)
        e = bands_write(f, &narrow, 8000);
    prompt_audio_free(&narrow);
    return e ? 1 : 0;
}

static int words(struct hear *h, const struct prompt_audio *a, int rate, const char *path)
{
    struct hear_words w;
    clock_t start = clock();
    enum err e = hear_pcm(h, a->samples, a->count, rate, &w);
    if (e) {
        fprintf(stderr, "wer_hear: %s: %s\n", path, err_text(e));
        return 1;
    }
    printf("%d\t%ld\t%s\t", rate, (long)((clock() - start) * 1000 / CLOCKS_PER_SEC), path);
    for (size_t i = 0; i < w.len; i++)
        printf("%s%s", i ? " " : "", w.items[i].text);
    puts("");
    fflush(stdout);
    hear_words_free(&w);
    return 0;
}

int main(int argc, char **argv)
{
    struct hear *h = NULL;
    struct hear_front *f = NULL;
    int failed = 0;
    bool spectra = argc > 1 && strcmp(argv[1], "--bands") == 0;
    const char *model = argc > 1 && str_starts(str_of(argv[1]), "--model=") ? argv[1] + strlen("--model=") : NULL;
    enum err e = spectra ? hear_front_new(&f) : hear_open(model, &h);
    if (e) {
        fprintf(stderr, "wer_hear: %s\n", err_text(e));
        return 1;
    }
    for (int i = spectra || model ? 2 : 1; i < argc; i++) {
        struct prompt_audio a = { 0 };
        int rate = str_ends(str_of(argv[i]), ".g722") ? 16000 : 8000;
        e = rate == 16000 ? g722_read(&a, argv[i]) : prompt_audio_file(&a, argv[i]);
        if (e)
            fprintf(stderr, "wer_hear: %s: %s\n", argv[i], err_text(e));
        failed |= e ? 1 : spectra ? bands(f, &a) : words(h, &a, rate, argv[i]);
        prompt_audio_free(&a);
    }
    hear_front_free(&f);
    hear_close(&h);
    return failed;
}
