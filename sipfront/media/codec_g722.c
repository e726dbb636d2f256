/* G.722 at 64 kbit/s (spandsp): a byte is two samples of 16 kHz; its RTP clock is 8000 by an old mistake that stays
 * (RFC 3551 §4.5.2). */
#include "sipfront/media/codec.h"

#include <stdlib.h>

#include <spandsp/telephony.h>
#include <spandsp/g722.h>

enum { BIT_RATE = 64000, BYTES_A_MS = 8 };

static void *g722_encoder(void) { return g722_encode_init(NULL, BIT_RATE, 0); }
static void *g722_decoder(void) { return g722_decode_init(NULL, BIT_RATE, 0); }
static void drop_encoder(void *self) { g722_encode_free(self); }
static void drop_decoder(void *self) { g722_decode_free(self); }

static size_t encode(void *self, const int16_t *samples, size_t n, uint8_t *out, size_t cap)
{
    int len = n / 2 <= cap ? g722_encode(self, out, samples, (int)n) : 0;

    return len > 0 ? (size_t)len : 0;
}

static size_t decode(void *self, const uint8_t *payload, size_t len, int16_t *out)
{
    int n = len <= (size_t)BYTES_A_MS * CODEC_PACKET_MS ? g722_decode(self, out, payload, (int)len) : 0;

    return n > 0 ? (size_t)n : 0;
}

static uint32_t ticks(const uint8_t *payload, size_t len)
{
    (void)payload;
    return (uint32_t)len;
}

const struct codec_functions codec_g722_functions = { .encoder_new = g722_encoder,
                                                      .encoder_free = drop_encoder,
                                                      .encode = encode,
                                                      .decoder_new = g722_decoder,
                                                      .decoder_free = drop_decoder,
                                                      .decode = decode,
                                                      .ticks = ticks,
                                                      .silence = 0xFF }; /* the smallest step of both bands */
