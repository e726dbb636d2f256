#include <stdlib.h>
#include <string.h>

#include "sipfront/media/codec_g711.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/prompt_data.h"

enum { OPUS_FRAME_MAX = 400 /* bytes; at its bit rate 20 ms take some 70 */ };

static size_t frame_samples(const struct prompt *p) { return codec_info(p->codec)->rate / 1000 * CODEC_FRAME_MS; }

static void encode_law(struct prompt *p, enum codec law, const struct prompt_audio *a)
{
    uint8_t *out = p->payloads + (law == CODEC_PCMA ? p->padded : 0);

    if (a->count > 0)
        codec_encode(law, out, a->samples, a->count);
    memset(out + a->count, codec_silence(law), p->padded - a->count);
}

static enum err encode_g711(struct prompt *p, const struct prompt_audio *a)
{
    p->padded = p->frames * frame_samples(p);
    p->payloads = malloc(2 * p->padded + 1);
    if (!p->payloads)
        return ERR_NOMEM;
    encode_law(p, CODEC_PCMU, a);
    encode_law(p, CODEC_PCMA, a);
    return ERR_OK;
}

/* One frame, filled up with zeros. */
static size_t encode_frame(struct encoder *e, const struct prompt_audio *a, size_t at, size_t n, uint8_t *out)
{
    int16_t frame[CODEC_RATE_MAX / 1000 * CODEC_FRAME_MS] = { 0 };
    size_t have = a->count > at ? a->count - at : 0;

    memcpy(frame, a->samples + at, (have < n ? have : n) * sizeof *frame);
    return encoder_encode(e, frame, n, out, OPUS_FRAME_MAX);
}

/* Frames whose lengths may differ. */
static enum err encode_frames(struct prompt *p, const struct prompt_audio *a)
{
    size_t n = frame_samples(p);
    struct encoder *e;
    uint8_t *tight;

    p->payloads = malloc((size_t)p->frames * OPUS_FRAME_MAX + 1);
    p->starts = malloc((p->frames + 1u) * sizeof *p->starts);
    if (!p->payloads || !p->starts)
        return ERR_NOMEM;
    e = encoder_new(p->codec);
    for (unsigned f = 0; f < p->frames; f++) {
        p->starts[f] = (uint32_t)p->padded;
        p->padded += encode_frame(e, a, f * n, n, p->payloads + p->padded);
    }
    p->starts[p->frames] = (uint32_t)p->padded;
    encoder_free(&e);
    tight = realloc(p->payloads, p->padded + 1);
    if (tight)
        p->payloads = tight;
    return ERR_OK;
}

static void prompt_free(struct prompt *p)
{
    free(p->payloads);
    free(p->starts);
    free(p);
}

enum err prompt_new(struct prompt **out, const struct prompt_audio *a)
{
    struct prompt *p = calloc(1, sizeof *p);
    enum err e;

    *out = NULL;
    if (!p)
        return ERR_NOMEM;
    atomic_init(&p->refs, 1);
    p->codec = a->codec == CODEC_NONE || codec_is_g711(a->codec) ? CODEC_PCMU : a->codec;
    p->samples = a->count;
    p->frames = (unsigned)((a->count + frame_samples(p) - 1) / frame_samples(p));
    e = p->codec == CODEC_PCMU ? encode_g711(p, a) : encode_frames(p, a);
    if (e)
        prompt_free(p);
    else
        *out = p;
    return e;
}

size_t prompt_bytes(const struct prompt *p)
{
    size_t laws = p->codec == CODEC_PCMU ? 2 : 1;

    return sizeof *p + laws * p->padded + (p->starts ? (p->frames + 1u) * sizeof *p->starts : 0);
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
        prompt_free(p);
}

int64_t prompt_length_ms(const struct prompt *p) { return (int64_t)(p->samples * 1000 / codec_info(p->codec)->rate); }
