#include "sipfront/media/resample.h"

#include <stdlib.h>
#include <string.h>

#include <speex/speex_resampler.h>

enum { QUALITY = 4 };

struct resample {
    unsigned from, to;
    SpeexResamplerState *state;
};

static struct resample *resample_new(unsigned from, unsigned to)
{
    struct resample *r = malloc(sizeof *r);
    int failed;

    if (r)
        *r = (struct resample){ from, to, speex_resampler_init(1, from, to, QUALITY, &failed) };
    if (!r || !r->state)
        abort(); /* as loop_post() */
    return r;
}

void resample_free(struct resample **rp)
{
    struct resample *r = *rp;

    *rp = NULL;
    if (!r)
        return;
    speex_resampler_destroy(r->state);
    free(r);
}

void resample_to(struct resample **r, const struct pcm *in, unsigned rate, struct pcm *out)
{
    spx_uint32_t took = (spx_uint32_t)in->n, made = sizeof out->samples / sizeof *out->samples;

    out->rate = rate;
    if (in->rate == rate) {
        out->n = in->n;
        memcpy(out->samples, in->samples, in->n * sizeof *in->samples);
        return;
    }
    if (*r && ((*r)->from != in->rate || (*r)->to != rate))
        resample_free(r);
    if (!*r)
        *r = resample_new(in->rate, rate);
    out->n = in->n * rate / in->rate;
    speex_resampler_process_int((*r)->state, 0, in->samples, &took, out->samples, &made);
    if (made < out->n)
        memset(out->samples + made, 0, (out->n - made) * sizeof *out->samples);
}
