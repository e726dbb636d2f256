/* Opus (RFC 6716, RFC 7587): mono from 16 kHz, with forward error correction. */
#include "sipfront/media/codec.h"

#include <stdlib.h>
#include <string.h>

#include <opus/opus.h>

enum { RATE = 16000, CLOCK = 48000, BIT_RATE = 28000, COMPLEXITY = 5, EXPECTED_LOSS = 10 /* percent: turns FEC on */ };

static void *opus_encoder(void)
{
    int failed;
    OpusEncoder *e = opus_encoder_create(RATE, 1, OPUS_APPLICATION_VOIP, &failed);

    if (!e)
        return NULL;
    opus_encoder_ctl(e, OPUS_SET_BITRATE(BIT_RATE));
    opus_encoder_ctl(e, OPUS_SET_COMPLEXITY(COMPLEXITY));
    opus_encoder_ctl(e, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    opus_encoder_ctl(e, OPUS_SET_INBAND_FEC(1));
    opus_encoder_ctl(e, OPUS_SET_PACKET_LOSS_PERC(EXPECTED_LOSS));
    return e;
}

/* The state is one piece of memory, made to be copied. */
static void copy_encoder(void *to, const void *from) { memcpy(to, from, (size_t)opus_encoder_get_size(1)); }

static void *opus_decoder(void)
{
    int failed;

    return opus_decoder_create(RATE, 1, &failed);
}

static void drop_encoder(void *self) { opus_encoder_destroy(self); }
static void drop_decoder(void *self) { opus_decoder_destroy(self); }

static size_t encode(void *self, const int16_t *samples, size_t n, uint8_t *out, size_t cap)
{
    opus_int32 len = opus_encode(self, samples, (int)n, out, (opus_int32)cap);

    return len > 0 ? (size_t)len : 0;
}

static size_t decode(void *self, const uint8_t *payload, size_t len, int16_t *out)
{
    int n = opus_decode(self, payload, (opus_int32)len, out, CODEC_SAMPLES, 0);

    return n > 0 ? (size_t)n : 0;
}

/* Whether the first frame of this packet holds a copy of what was before it. */
static bool has_copy(const uint8_t *payload, size_t len)
{
    return len > 0 && (payload[0] & 0x80) == 0; /* SILK or hybrid; the decoder itself looks for the flag */
}

static void conceal(void *self, const uint8_t *next, size_t len, int16_t *out, size_t n)
{
    bool copy = next && has_copy(next, len);
    int got =
        copy ? opus_decode(self, next, (opus_int32)len, out, (int)n, 1) : opus_decode(self, NULL, 0, out, (int)n, 0);

    if (got < (int)n)
        memset(out + (got > 0 ? got : 0), 0, (n - (size_t)(got > 0 ? got : 0)) * sizeof *out);
}

static uint32_t ticks(const uint8_t *payload, size_t len)
{
    int n = opus_packet_get_nb_samples(payload, (opus_int32)len, CLOCK);

    return n > 0 && n <= CLOCK / 1000 * CODEC_PACKET_MS ? (uint32_t)n : 0;
}

static size_t repeat(const uint8_t *payload, size_t len, unsigned times, uint8_t *out, size_t cap)
{
    OpusRepacketizer *r = opus_repacketizer_create();
    opus_int32 n = 0;

    for (unsigned i = 0; r && i < times; i++)
        opus_repacketizer_cat(r, payload, (opus_int32)len);
    if (r)
        n = opus_repacketizer_out(r, out, (opus_int32)cap);
    opus_repacketizer_destroy(r);
    return n > 0 ? (size_t)n : 0;
}

const struct codec_functions codec_opus_functions = { .encoder_new = opus_encoder,
                                                      .encoder_free = drop_encoder,
                                                      .encoder_copy = copy_encoder,
                                                      .encode = encode,
                                                      .decoder_new = opus_decoder,
                                                      .decoder_free = drop_decoder,
                                                      .decode = decode,
                                                      .conceal = conceal,
                                                      .ticks = ticks,
                                                      .repeat = repeat };
