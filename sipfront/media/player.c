#include "sipfront/media/player.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/media/codec_g711.h"
#include "sipfront/media/mouth.h"

/* The way from the prompt's codec to the stream's. */
struct foreign {
    enum codec codec; /* of the decoder */
    struct decoder *decoder;
    struct mouth *mouth;
    size_t ready; /* samples */
    int16_t samples[CODEC_RATE_MAX / 1000 * (EAR_MS_MAX + CODEC_FRAME_MS)];
};

static void foreign_free(struct foreign **fp)
{
    struct foreign *f = *fp;

    *fp = NULL;
    if (!f)
        return;
    decoder_free(&f->decoder);
    mouth_free(&f->mouth);
    free(f);
}

void player_stop(struct player *p)
{
    for (unsigned i = 0; i < p->n; i++)
        prompt_unref(&p->prompts[i]);
    free(p->prompts);
    foreign_free(&p->foreign);
    *p = (struct player){ 0 };
}

/* Moves to the next prompt that has sound; a list without any ends at once, however often it is to be played. */
static void skip_empty(struct player *p)
{
    unsigned skipped = 0;

    while (p->loops > 0 && p->at_ms >= prompt_ms(p->prompts[p->at]) && skipped++ <= p->n) {
        p->at_ms = 0;
        if (++p->at == p->n) {
            p->at = 0;
            p->loops--;
        }
    }
    if (skipped > p->n)
        p->loops = 0;
}

void player_start(struct player *p, struct prompt **prompts, unsigned n, unsigned loops)
{
    player_stop(p);
    *p = (struct player){ .prompts = prompts, .n = n, .loops = n == 0 ? 0 : loops ? loops : 1 };
    skip_empty(p);
}

bool player_ended(const struct player *p) { return p->loops == 0; }

void player_skip(struct player *p, int64_t ms)
{
    int64_t all = 0;
    for (unsigned i = 0; i < p->n; i++)
        all += prompt_ms(p->prompts[i]);
    if (player_ended(p) || all == 0)
        return;
    p->at = 0;
    for (ms %= all; ms >= prompt_ms(p->prompts[p->at]); p->at++)
        ms -= prompt_ms(p->prompts[p->at]);
    p->at_ms = (unsigned)(ms / CODEC_FRAME_MS * CODEC_FRAME_MS);
}

static void advance(struct player *p, unsigned ms)
{
    p->at_ms += ms;
    skip_empty(p);
}

/* Of both laws of G.711: a byte is a sample. */
static size_t next_g711(struct player *p, enum codec codec, unsigned ms, uint8_t *out)
{
    const struct prompt *now = p->prompts[p->at];
    size_t want = (size_t)ms * (G711_RATE / 1000), at = (size_t)p->at_ms * (G711_RATE / 1000);
    size_t take = now->padded - at < want ? now->padded - at : want;

    memcpy(out, prompt_payload(now, codec) + at, take);
    memset(out + take, codec_silence(codec), want - take);
    advance(p, ms);
    return want;
}

static const uint8_t *frame(const struct prompt *p, unsigned at_ms, size_t *len)
{
    const size_t law = G711_RATE / 1000 * CODEC_FRAME_MS;
    unsigned f = at_ms / CODEC_FRAME_MS;

    *len = p->starts ? p->starts[f + 1] - p->starts[f] : law;
    return p->payloads + (p->starts ? p->starts[f] : f * law);
}

static size_t next_frame(struct player *p, uint8_t *out, size_t cap)
{
    size_t len;
    const uint8_t *payload = frame(p->prompts[p->at], p->at_ms, &len);

    if (len > cap)
        return 0;
    memcpy(out, payload, len);
    advance(p, CODEC_FRAME_MS);
    return len;
}

static void foreign_fill(struct player *p, struct foreign *f, size_t want)
{
    while (f->ready < want && !player_ended(p)) {
        const struct prompt *now = p->prompts[p->at];
        size_t len;
        const uint8_t *payload = frame(now, p->at_ms, &len);
        if (f->codec != now->codec) {
            decoder_free(&f->decoder);
            f->ready = 0;
        }
        f->codec = now->codec;
        if (!f->decoder)
            f->decoder = decoder_new(f->codec);
        f->ready += decoder_decode(f->decoder, payload, len, f->samples + f->ready);
        advance(p, CODEC_FRAME_MS - p->at_ms % CODEC_FRAME_MS);
    }
}

static size_t next_foreign(struct player *p, enum codec codec, unsigned ms, uint8_t *out, size_t cap)
{
    struct foreign *f = p->foreign;
    unsigned rate = codec_info(p->prompts[p->at]->codec)->rate;
    size_t n = (size_t)ms * (rate / 1000), take;
    struct pcm sound = { .rate = rate, .n = n };

    foreign_fill(p, f, n);
    take = f->ready < n ? f->ready : n;
    memcpy(sound.samples, f->samples, take * sizeof *f->samples);
    memset(sound.samples + take, 0, (n - take) * sizeof *f->samples);
    f->ready -= take;
    memmove(f->samples, f->samples + take, f->ready * sizeof *f->samples);
    return mouth_encode(&f->mouth, codec, &sound, out, cap);
}

size_t player_next(struct player *p, enum codec codec, unsigned ms, uint8_t *out, size_t cap)
{
    const struct prompt *now = player_ended(p) ? NULL : p->prompts[p->at];

    if (!now)
        return codec_silence_packet(codec, ms, out, cap);
    if (codec_is_g711(codec) && prompt_speaks(now, codec) && cap >= (size_t)ms * (G711_RATE / 1000))
        return next_g711(p, codec, ms, out);
    if (prompt_speaks(now, codec) && ms == CODEC_FRAME_MS && p->at_ms % CODEC_FRAME_MS == 0)
        return next_frame(p, out, cap);
    if (!p->foreign)
        p->foreign = calloc(1, sizeof *p->foreign);
    if (!p->foreign)
        abort(); /* as loop_post() */
    return next_foreign(p, codec, ms, out, cap);
}
