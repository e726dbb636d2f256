#include "sipfront/media/codec.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/media/plc.h"

static const struct codec_info table[CODEC_COUNT] = {
    { .name = "", .clock = 8000, .rate = 8000, .channels = 1, .bpl = 1 },
#define CODEC(id, name, pt, clock, rate, channels, fmtp, bpl, functions)                                               \
    { name, pt, clock, rate, channels, fmtp, bpl, &(functions) },
#include "sipfront/media/codec.def"
#undef CODEC
};

const struct codec_info *codec_info(enum codec codec) { return &table[codec]; }

enum codec codec_find(const char *name, unsigned clock)
{
    for (unsigned i = 1; i < CODEC_COUNT; i++)
        if (strcmp(table[i].name, name) == 0 && table[i].clock == clock)
            return (enum codec)i;
    return CODEC_NONE;
}

uint32_t codec_ticks(enum codec codec, const uint8_t *payload, size_t len)
{
    return codec == CODEC_NONE || len == 0 ? 0 : table[codec].functions->ticks(payload, len);
}

struct encoder {
    const struct codec_functions *functions;
    void *self;
};

static void *must(void *p)
{
    if (!p)
        abort(); /* as loop_post() */
    return p;
}

struct encoder *encoder_new(enum codec codec)
{
    struct encoder *e = must(malloc(sizeof *e));

    e->functions = table[codec].functions;
    e->self = e->functions->encoder_new ? must(e->functions->encoder_new()) : NULL;
    return e;
}

void encoder_free(struct encoder **ep)
{
    struct encoder *e = *ep;

    *ep = NULL;
    if (e && e->self)
        e->functions->encoder_free(e->self);
    free(e);
}

bool encoder_may_change(enum codec codec)
{
    const struct codec_functions *f = table[codec].functions;

    return !f->encoder_new || f->encoder_copy;
}

void encoder_copy(struct encoder *to, const struct encoder *from)
{
    if (to->self)
        to->functions->encoder_copy(to->self, from->self);
}

size_t encoder_encode(struct encoder *e, const int16_t *samples, size_t n, uint8_t *out, size_t cap)
{
    return e->functions->encode(e->self, samples, n, out, cap);
}

struct decoder {
    const struct codec_functions *functions;
    void *self;
    struct plc plc; /* where the codec has no concealment of its own */
};

bool codec_has_memory(enum codec codec) { return table[codec].functions && table[codec].functions->decoder_new; }

struct decoder *decoder_new(enum codec codec)
{
    struct decoder *d = must(malloc(sizeof *d));

    d->functions = table[codec].functions;
    d->self = d->functions->decoder_new ? must(d->functions->decoder_new()) : NULL;
    plc_start(&d->plc, table[codec].rate);
    return d;
}

void decoder_free(struct decoder **dp)
{
    struct decoder *d = *dp;

    *dp = NULL;
    if (d && d->self)
        d->functions->decoder_free(d->self);
    free(d);
}

size_t decoder_decode(struct decoder *d, const uint8_t *payload, size_t len, int16_t *out)
{
    size_t n = d->functions->decode(d->self, payload, len, out);

    if (n > 0 && !d->functions->conceal)
        plc_heard(&d->plc, out, n);
    return n;
}

void decoder_conceal(struct decoder *d, const uint8_t *next, size_t len, int16_t *out, size_t n)
{
    if (d->functions->conceal)
        d->functions->conceal(d->self, next, len, out, n);
    else
        plc_missing(&d->plc, out, n);
}

/* Silence of a codec without such a byte is what its encoder makes of zeros once it has settled: made once. */
enum { SETTLE_FRAMES = 50, SILENCE_UNIT_MS = 20, SILENCE_MOST_MS = 60, BYTES_A_MS = 8, SILENCE_MOST = 480 };

static struct silence {
    size_t len[SILENCE_MOST_MS / 10 + 1]; /* by tens of ms */
    uint8_t payload[SILENCE_MOST_MS / 10 + 1][SILENCE_MOST];
} silences[CODEC_COUNT];
static pthread_once_t silences_made = PTHREAD_ONCE_INIT;

static void make_silence(enum codec codec, unsigned ms)
{
    const int16_t zeros[CODEC_RATE_MAX / 1000 * SILENCE_MOST_MS] = { 0 };
    struct silence *s = &silences[codec];
    struct encoder *e;

    if (table[codec].functions->silence) {
        s->len[ms / 10] = (size_t)BYTES_A_MS * ms;
        memset(s->payload[ms / 10], table[codec].functions->silence, s->len[ms / 10]);
        return;
    }
    if (table[codec].functions->repeat && ms > SILENCE_UNIT_MS) {
        s->len[ms / 10] = table[codec].functions->repeat(s->payload[SILENCE_UNIT_MS / 10], s->len[SILENCE_UNIT_MS / 10],
                                                         ms / SILENCE_UNIT_MS, s->payload[ms / 10], SILENCE_MOST);
        return;
    }
    e = encoder_new(codec);
    for (unsigned i = 0; i < SETTLE_FRAMES; i++)
        s->len[ms / 10] = encoder_encode(e, zeros, table[codec].rate / 1000 * ms, s->payload[ms / 10], SILENCE_MOST);
    encoder_free(&e);
}

static void make_silences(void)
{
    for (unsigned c = 1; c < CODEC_COUNT; c++)
        for (unsigned ms = 10; ms <= SILENCE_MOST_MS; ms += 10)
            if (c != CODEC_OPUS || ms % SILENCE_UNIT_MS == 0)
                make_silence((enum codec)c, ms);
}

void codec_make_silence(void) { pthread_once(&silences_made, make_silences); }

size_t codec_silence_packet(enum codec codec, unsigned ms, uint8_t *out, size_t cap)
{
    const struct silence *s = &silences[codec];
    unsigned at = ms / 10;

    codec_make_silence();
    if (at > SILENCE_MOST_MS / 10 || s->len[at] > cap)
        return 0;
    memcpy(out, s->payload[at], s->len[at]);
    return s->len[at];
}
