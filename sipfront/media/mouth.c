#include "sipfront/media/mouth.h"

#include <stdlib.h>

#include "sipfront/media/resample.h"

struct mouth {
    enum codec codec;
    struct encoder *encoder;
    struct resample *resample;
};

void mouth_free(struct mouth **mp)
{
    struct mouth *m = *mp;

    *mp = NULL;
    if (!m)
        return;
    encoder_free(&m->encoder);
    resample_free(&m->resample);
    free(m);
}

static struct mouth *mouth_new(enum codec codec)
{
    struct mouth *m = calloc(1, sizeof *m);

    if (!m)
        abort(); /* as loop_post() */
    m->codec = codec;
    m->encoder = encoder_new(codec);
    return m;
}

void mouth_copy(struct mouth **to, const struct mouth *from)
{
    if (!from)
        return;
    if (*to && (*to)->codec != from->codec)
        mouth_free(to);
    if (!*to)
        *to = mouth_new(from->codec);
    encoder_copy((*to)->encoder, from->encoder);
}

size_t mouth_encode(struct mouth **mp, enum codec codec, const struct pcm *sound, uint8_t *out, size_t cap)
{
    struct pcm own;

    if (*mp && (*mp)->codec != codec)
        mouth_free(mp);
    if (!*mp)
        *mp = mouth_new(codec);
    resample_to(&(*mp)->resample, sound, codec_info(codec)->rate, &own);
    return encoder_encode((*mp)->encoder, own.samples, own.n, out, cap);
}
