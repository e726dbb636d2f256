#include "sipfront/media/inband.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <spandsp/telephony.h>
#include <spandsp/logging.h>
#include <spandsp/queue.h>
#include <spandsp/tone_generate.h>
#include <spandsp/super_tone_rx.h>
#include <spandsp/dtmf.h>

#include "sipfront/media/resample.h"

enum {
    RATE = 8000,
    BLOCK = 102,        /* the detector's own, 12.75 ms */
    SURE_BLOCKS = 2,    /* in a row, beyond the two that the detector itself wants */
    PAUSE_BLOCKS = 2,   /* without a tone, before the same digit counts again */
    THRESHOLD = -36,    /* dBm0 a tone; phones send about -6 */
    PAUSE_MOST_MS = 60, /* of a pause that was not sent this much is played to the detector */
    BEHIND = 50,        /* packets: further behind is another beginning */
};

struct inband {
    dtmf_rx_state_t *rx;
    int16_t block[BLOCK];
    size_t filled;
    char candidate, told; /* 0: none */
    unsigned run, quiet;  /* blocks */
    /* of packets */
    enum codec codec;
    struct decoder *decoder;
    struct resample *resample;
    bool any;
    uint32_t ssrc, next_ts;
    uint16_t seq;
};

static void on_digits(void *owner, const char *digits, int n)
{
    (void)owner; /* the judge below looks at the status, block by block */
    (void)digits;
    (void)n;
}

struct inband *inband_new(void)
{
    struct inband *b = calloc(1, sizeof *b);

    if (b)
        b->rx = dtmf_rx_init(NULL, on_digits, b);
    if (!b || !b->rx)
        abort(); /* as loop_post() */
    dtmf_rx_parms(b->rx, 0, -1, -1, THRESHOLD);
    return b;
}

void inband_free(struct inband **bp)
{
    struct inband *b = *bp;

    *bp = NULL;
    if (!b)
        return;
    dtmf_rx_free(b->rx);
    decoder_free(&b->decoder);
    resample_free(&b->resample);
    free(b);
}

/* What the detector makes of this block: a digit while its tone lasts. */
static char look(struct inband *b)
{
    int status;

    dtmf_rx(b->rx, b->block, BLOCK);
    status = dtmf_rx_status(b->rx);
    return status && strchr("0123456789*#ABCD", status) ? (char)status : 0;
}

/* The digit that has become sure with this block, or 0. */
static char judge(struct inband *b, char now)
{
    b->quiet = now ? 0 : b->quiet + 1;
    if (b->quiet >= PAUSE_BLOCKS)
        b->told = 0;
    b->run = now && now == b->candidate ? b->run + 1 : 1;
    b->candidate = now;
    if (!now || now == b->told || b->run < SURE_BLOCKS)
        return 0;
    b->told = now;
    return now;
}

unsigned inband_hear(struct inband *b, const int16_t *samples, size_t n, char *out, unsigned most)
{
    unsigned digits = 0;

    while (n > 0) {
        size_t take = BLOCK - b->filled < n ? BLOCK - b->filled : n;
        memcpy(b->block + b->filled, samples, take * sizeof *samples);
        b->filled += take;
        samples += take;
        n -= take;
        if (b->filled < BLOCK)
            break;
        b->filled = 0;
        char digit = judge(b, look(b));
        if (digit && digits < most)
            out[digits++] = digit;
    }
    return digits;
}

bool inband_sounds(const struct inband *b) { return b->candidate != 0; }

static void use_codec(struct inband *b, enum codec codec)
{
    if (b->decoder && b->codec == codec)
        return;
    decoder_free(&b->decoder);
    b->decoder = decoder_new(codec);
    b->codec = codec;
}

/* Ms of a pause that the sender left out before this packet: its clock went on and its numbers did not. */
static unsigned pause_before(const struct inband *b, enum codec codec, const struct rtp_packet *p)
{
    int32_t ticks = rtp_ts_diff(p->ts, b->next_ts);
    unsigned ms;

    if (!b->any || p->ssrc != b->ssrc || p->seq != (uint16_t)(b->seq + 1) || ticks <= 0)
        return 0;
    ms = (unsigned)ticks / codec_khz(codec);
    return ms < PAUSE_MOST_MS ? ms : PAUSE_MOST_MS;
}

unsigned inband_packet(struct inband *b, enum codec codec, const struct rtp_packet *p, char *out, unsigned most)
{
    static const int16_t silence[RATE / 1000 * PAUSE_MOST_MS] = { 0 };
    int step = b->any && p->ssrc == b->ssrc ? rtp_seq_diff(p->seq, b->seq) : 1;
    struct pcm sound = { .rate = codec_info(codec)->rate }, narrow;
    unsigned digits;

    if (step <= 0 && step > -BEHIND)
        return 0;
    digits = inband_hear(b, silence, (size_t)pause_before(b, codec, p) * (RATE / 1000), out, most);
    use_codec(b, codec);
    b->any = true;
    b->ssrc = p->ssrc;
    b->seq = p->seq;
    b->next_ts = p->ts + codec_ticks(codec, p->payload, p->len);
    sound.n = decoder_decode(b->decoder, p->payload, p->len, sound.samples);
    resample_to(&b->resample, &sound, RATE, &narrow);
    return digits + inband_hear(b, narrow.samples, narrow.n, out + digits, most - digits);
}

/* --- making --- */

static const char keypad[] = "123A456B789C*0#D";
static const unsigned rows[] = { 697, 770, 852, 941 }, columns[] = { 1209, 1336, 1477, 1633 };
enum { PEAK = 5500 /* of each tone: about -11 dBm0 */, RAMP_MS = 3 };

bool inband_start(struct inband_sender *s, char digit)
{
    char upper = digit >= 'a' && digit <= 'd' ? (char)(digit - 'a' + 'A') : digit;
    const char *at = upper ? strchr(keypad, upper) : NULL;

    if (!at)
        return false;
    *s = (struct inband_sender){ .busy = true, .row = rows[(at - keypad) / 4], .column = columns[(at - keypad) % 4] };
    return true;
}

static int16_t tone(const struct inband_sender *s, double ms)
{
    double left = INBAND_TONE_MS - ms, edge = ms < left ? ms : left, t = 2 * M_PI * ms / 1000;
    double gain = edge <= 0 ? 0 : edge >= RAMP_MS ? 1 : edge / RAMP_MS;

    return (int16_t)lrint(PEAK * gain * (sin(t * s->row) + sin(t * s->column)));
}

void inband_next(struct inband_sender *s, unsigned ms, struct pcm *out)
{
    out->n = (size_t)ms * (out->rate / 1000);
    for (size_t i = 0; i < out->n; i++)
        out->samples[i] = tone(s, s->at_ms + (double)i * 1000 / out->rate);
    s->at_ms += ms;
    s->busy = s->at_ms < INBAND_TONE_MS + INBAND_PAUSE_MS;
}
