#include "sipfront/transcribe/hear_front.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <sphinxbase/cmd_ln.h>
#include <sphinxbase/fe.h>
#include <speex/speex_resampler.h>

enum { LIFTER = 22 };

struct hear_front {
    cmd_ln_t *config;
    float dct[HEAR_CEPSTRA][HEAR_BANDS]; /* with the lifter */
};

static void make_dct(struct hear_front *f)
{
    for (int i = 0; i < HEAR_CEPSTRA; i++) {
        double scale = sqrt((i ? 2.0 : 1.0) / HEAR_BANDS) * (1 + LIFTER / 2.0 * sin(i * M_PI / LIFTER));
        for (int j = 0; j < HEAR_BANDS; j++)
            f->dct[i][j] = (float)(scale * cos(i * M_PI / HEAR_BANDS * (j + 0.5)));
    }
}

/* Dither with a fixed seed: spans of zeros have no logarithm, and the same message gives the same words. Silence stays
 * in, so that times are those of the audio. */
enum err hear_front_new(struct hear_front **out)
{
    *out = NULL;
    struct hear_front *f = calloc(1, sizeof *f);
    if (!f)
        return ERR_NOMEM;
    f->config = cmd_ln_init(NULL, fe_get_args(), TRUE, "-lowerf", "130", "-upperf", "6800", "-nfilt", "25", "-lifter",
                            "0", "-transform", "dct", "-logspec", "yes", "-samprate", "16000", "-dither", "yes",
                            "-seed", "1", "-remove_noise", "yes", "-remove_silence", "no", NULL);
    make_dct(f);
    if (!f->config) {
        hear_front_free(&f);
        return ERR_NOMEM;
    }
    *out = f;
    return ERR_OK;
}

void hear_front_free(struct hear_front **f)
{
    if (!*f)
        return;
    cmd_ln_free_r((*f)->config);
    free(*f);
    *f = NULL;
}

void hear_frames_free(struct hear_frames *f)
{
    free(f->items);
    *f = (struct hear_frames){ 0 };
}

static enum err to_wide(const int16_t *pcm, size_t samples, int16_t **out)
{
    int bad = 0;
    SpeexResamplerState *r = speex_resampler_init(1, HEAR_RATE / 2, HEAR_RATE, SPEEX_RESAMPLER_QUALITY_MAX, &bad);
    int16_t *wide = calloc(samples * 2 + 1, sizeof *wide);
    spx_uint32_t in = (spx_uint32_t)samples, made = (spx_uint32_t)samples * 2;
    if (r && wide) {
        speex_resampler_skip_zeros(r);
        speex_resampler_process_int(r, 0, pcm, &in, wide, &made);
    }
    if (r)
        speex_resampler_destroy(r);
    if (!r || !wide) {
        free(wide);
        return ERR_NOMEM;
    }
    *out = wide;
    return ERR_OK;
}

static enum err frames_make(fe_t *fe, const int16_t *pcm, size_t samples, struct hear_frames *out)
{
    mfcc_t **made = NULL, rest[HEAR_BANDS];
    int32 count = 0, more = 0;
    fe_start_utt(fe);
    if (fe_process_utt(fe, pcm, samples, &made, &count) < 0)
        return ERR_INVALID;
    fe_end_utt(fe, rest, &more); /* less than a frame: dropped */
    out->items = calloc((size_t)count + 1, sizeof *out->items);
    out->len = out->items ? (size_t)count : 0;
    for (size_t i = 0; i < out->len; i++)
        memcpy(out->items[i], made[i], sizeof *out->items);
    if (made)
        fe_free_2d(made);
    return out->items ? ERR_OK : ERR_NOMEM;
}

/* A front end a message: one that was used keeps the noise of the message before, and its dither goes on. */
static enum err frames_of(struct hear_front *f, const int16_t *pcm, size_t samples, struct hear_frames *out)
{
    fe_t *fe = fe_init_auto_r(f->config);
    if (!fe)
        return ERR_NOMEM;
    enum err e = frames_make(fe, pcm, samples, out);
    fe_free(fe);
    return e;
}

enum err hear_front_bands(struct hear_front *f, const int16_t *pcm, size_t samples, int rate_hz,
                          struct hear_frames *out)
{
    *out = (struct hear_frames){ 0 };
    if (rate_hz == HEAR_RATE)
        return frames_of(f, pcm, samples, out);
    if (rate_hz != HEAR_RATE / 2)
        return ERR_INVALID;
    int16_t *wide = NULL;
    enum err e = to_wide(pcm, samples, &wide);
    if (!e)
        e = frames_of(f, wide, samples * 2, out);
    free(wide);
    return e;
}

void hear_front_cepstra(const struct hear_front *f, const float *bands, float *cepstra)
{
    for (int i = 0; i < HEAR_CEPSTRA; i++) {
        cepstra[i] = 0;
        for (int j = 0; j < HEAR_BANDS; j++)
            cepstra[i] += f->dct[i][j] * bands[j];
    }
}
