#include <stdlib.h>
#include <string.h>

#include "sipfront/media/codec_g711.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/prompt_data.h"

static void encode(enum codec codec, uint8_t *out, const struct prompt_audio *a, size_t padded)
{
    if (a->count > 0)
        codec_encode(codec, out, a->samples, a->count);
    memset(out + a->count, codec_silence(codec), padded - a->count);
}

enum err prompt_new(struct prompt **out, const struct prompt_audio *a)
{
    size_t padded = (a->count + PROMPT_FRAME - 1) / PROMPT_FRAME * PROMPT_FRAME;
    struct prompt *p = malloc(sizeof *p + 2 * padded);

    *out = NULL;
    if (!p)
        return ERR_NOMEM;
    atomic_init(&p->refs, 1);
    p->samples = a->count;
    p->padded = padded;
    p->pcmu = (uint8_t *)(p + 1);
    p->pcma = p->pcmu + padded;
    encode(CODEC_PCMU, p->pcmu, a, padded);
    encode(CODEC_PCMA, p->pcma, a, padded);
    *out = p;
    return ERR_OK;
}

struct prompt *prompt_ref(struct prompt *p)
{
    atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    return p;
}

void prompt_unref(struct prompt **pp)
{
    struct prompt *p = *pp;

    *pp = NULL;
    if (p && atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) == 1)
        free(p);
}

int64_t prompt_length_ms(const struct prompt *p) { return (int64_t)(p->samples * 1000 / PROMPT_RATE); }
