#include "sipfront/media/ear.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/media/jitter.h"
#include "sipfront/media/noise.h"

enum {
    SKIP_MS = 10, /* left out at a time when the buffer is longer than need be */
    FADE_MS = 5,  /* from one side of what is left out to the other */
    SKIP_EVERY_MS = 200,
    READY_MAX = CODEC_RATE_MAX / 1000 * (EAR_MS_MAX + CODEC_PACKET_MS + SKIP_MS + FADE_MS),
};

struct ear {
    struct jitter jitter;
    enum codec codec; /* of the decoder */
    struct decoder *decoder;
    unsigned rate;
    unsigned since_skip_ms;
    struct noise noise;
    bool pauses; /* the far end has said so, at that time of that source, and what the pause sounds like */
    uint32_t pause_ts, pause_ssrc;
    size_t ready; /* samples decoded, not yet taken */
    int16_t samples[READY_MAX];
};

struct ear *ear_new(void)
{
    struct ear *e = calloc(1, sizeof *e);

    if (!e)
        abort(); /* as loop_post() */
    e->rate = codec_info(CODEC_PCMU)->rate;
    jitter_reset(&e->jitter);
    return e;
}

void ear_free(struct ear **ep)
{
    struct ear *e = *ep;

    *ep = NULL;
    if (!e)
        return;
    jitter_reset(&e->jitter);
    decoder_free(&e->decoder);
    free(e);
}

void ear_put(struct ear *e, enum codec codec, const struct rtp_packet *p) { jitter_put(&e->jitter, codec, p); }

void ear_put_noise(struct ear *e, const struct rtp_packet *p)
{
    noise_set(&e->noise, p->payload, p->len);
    e->pauses = true;
    e->pause_ts = p->ts;
    e->pause_ssrc = p->ssrc;
    jitter_pause(&e->jitter, p);
}

int32_t ear_noise_peak(const struct ear *e) { return e->pauses ? e->noise.peak : 0; }

bool ear_has_noise(const struct ear *e) { return ear_noise_peak(e) > 0; }

/* What was said before the pause may come out behind its announcement. */
static void end_pause(struct ear *e, uint32_t ts)
{
    if (e->jitter.ssrc != e->pause_ssrc || rtp_ts_diff(ts, e->pause_ts) >= 0)
        e->pauses = false;
}

static void use_codec(struct ear *e, enum codec codec)
{
    if (e->decoder && e->codec == codec)
        return;
    decoder_free(&e->decoder);
    e->decoder = decoder_new(codec);
    e->codec = codec;
    if (e->rate != codec_info(codec)->rate)
        e->ready = 0; /* of another rate: a moment of sound at the change of codecs */
    e->rate = codec_info(codec)->rate;
}

static size_t samples_of(const struct ear *e, uint32_t ticks)
{
    return ticks / e->jitter.khz * (e->rate / 1000); /* rates and clocks are whole kHz */
}

static void add_audio(struct ear *e, struct jitter_packet *p)
{
    size_t n;

    if (e->pauses)
        end_pause(e, p->ts);
    use_codec(e, p->codec);
    n = decoder_decode(e->decoder, p->payload, p->len, e->samples + e->ready);
    if (n == 0) { /* damaged */
        n = samples_of(e, p->ticks);
        decoder_conceal(e->decoder, NULL, 0, e->samples + e->ready, n);
    }
    e->ready += n;
    free(p);
}

static void add_missing(struct ear *e, const struct jitter_packet *next, uint32_t ticks)
{
    size_t n = samples_of(e, ticks);

    if (next && next->codec == e->codec)
        decoder_conceal(e->decoder, next->payload, next->len, e->samples + e->ready, n);
    else
        decoder_conceal(e->decoder, NULL, 0, e->samples + e->ready, n);
    e->ready += n;
}

static void add_silence(struct ear *e, size_t n)
{
    if (ear_has_noise(e))
        noise_make(&e->noise, e->samples + e->ready, n);
    else
        memset(e->samples + e->ready, 0, n * sizeof *e->samples);
    e->ready += n;
}

/* Until `ms` are ready. false: nobody speaks. A codec of another rate on the way throws away what was ready, so the
 * wanted count is looked at anew each time. */
static bool fill(struct ear *e, unsigned ms)
{
    struct jitter_packet *p;
    uint32_t ticks;

    while (e->ready < (size_t)ms * (e->rate / 1000)) {
        switch (jitter_take(&e->jitter, &p, &ticks)) {
        case JITTER_NOTHING: return false;
        case JITTER_AUDIO: add_audio(e, p); break;
        case JITTER_PAUSE:
        case JITTER_WAIT: add_silence(e, samples_of(e, ticks)); break;
        case JITTER_MISSING: add_missing(e, p, ticks); break;
        }
    }
    return true;
}

static void take(struct ear *e, int16_t *out, size_t n, size_t skipped)
{
    memcpy(out, e->samples + skipped, n * sizeof *out);
    e->ready -= n + skipped;
    memmove(e->samples, e->samples + n + skipped, e->ready * sizeof *e->samples);
}

/* Leaves SKIP_MS out, fading from before to behind. */
static void take_shorter(struct ear *e, int16_t *out, size_t n)
{
    size_t skip = e->rate / 1000 * SKIP_MS, fade = e->rate / 1000 * FADE_MS;
    int16_t before[CODEC_RATE_MAX / 1000 * FADE_MS];

    memcpy(before, e->samples, fade * sizeof *before);
    take(e, out, n, skip);
    for (size_t i = 0; i < fade && i < n; i++)
        out[i] = (int16_t)((before[i] * (int)(fade - i) + out[i] * (int)i) / (int)fade);
    jitter_skipped(&e->jitter, SKIP_MS);
    e->since_skip_ms = 0;
}

bool ear_pull(struct ear *e, unsigned ms, struct pcm *out)
{
    bool shorter = e->since_skip_ms > SKIP_EVERY_MS && jitter_spare(&e->jitter) >= SKIP_MS;
    bool speaks = fill(e, shorter ? ms + SKIP_MS + FADE_MS : ms);

    e->since_skip_ms += ms;
    out->rate = e->rate;
    out->n = (size_t)ms * (e->rate / 1000);
    if (e->ready < out->n)
        add_silence(e, out->n - e->ready);
    if (shorter && speaks)
        take_shorter(e, out->samples, out->n);
    else
        take(e, out->samples, out->n, 0);
    return speaks;
}

void ear_stats(const struct ear *e, struct ear_stats *out)
{
    *out = (struct ear_stats){ .late = e->jitter.late, .concealed_ms = e->jitter.concealed_ms };
}
