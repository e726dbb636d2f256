#include "sipfront/media/codec_g711.h"

#include <string.h>

#include <spandsp/telephony.h>
#include <spandsp/bit_operations.h>
#include <spandsp/g711.h>

void codec_encode(enum codec codec, uint8_t *out, const int16_t *samples, size_t n)
{
    if (codec == CODEC_PCMA) {
        for (size_t i = 0; i < n; i++)
            out[i] = linear_to_alaw(samples[i]);
        return;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = linear_to_ulaw(samples[i]);
}

void codec_decode(enum codec codec, int16_t *out, const uint8_t *bytes, size_t n)
{
    if (codec == CODEC_PCMA) {
        for (size_t i = 0; i < n; i++)
            out[i] = alaw_to_linear(bytes[i]);
        return;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = ulaw_to_linear(bytes[i]);
}

void codec_transcode(enum codec from, enum codec to, uint8_t *out, const uint8_t *bytes, size_t n)
{
    if (from == to) {
        memmove(out, bytes, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = from == CODEC_PCMU ? ulaw_to_alaw(bytes[i]) : alaw_to_ulaw(bytes[i]);
}

uint8_t codec_silence(enum codec codec) { return codec_info(codec)->functions->silence; }

static size_t encode(enum codec law, const int16_t *samples, size_t n, uint8_t *out, size_t cap)
{
    if (n > cap)
        return 0;
    codec_encode(law, out, samples, n);
    return n;
}

static size_t decode(enum codec law, const uint8_t *payload, size_t len, int16_t *out)
{
    if (len > G711_RATE / 1000 * CODEC_PACKET_MS)
        return 0;
    codec_decode(law, out, payload, len);
    return len;
}

static size_t pcmu_encode(void *self, const int16_t *samples, size_t n, uint8_t *out, size_t cap)
{
    (void)self;
    return encode(CODEC_PCMU, samples, n, out, cap);
}

static size_t pcma_encode(void *self, const int16_t *samples, size_t n, uint8_t *out, size_t cap)
{
    (void)self;
    return encode(CODEC_PCMA, samples, n, out, cap);
}

static size_t pcmu_decode(void *self, const uint8_t *payload, size_t len, int16_t *out)
{
    (void)self;
    return decode(CODEC_PCMU, payload, len, out);
}

static size_t pcma_decode(void *self, const uint8_t *payload, size_t len, int16_t *out)
{
    (void)self;
    return decode(CODEC_PCMA, payload, len, out);
}

static uint32_t ticks(const uint8_t *payload, size_t len)
{
    (void)payload;
    return (uint32_t)len;
}

const struct codec_functions codec_pcmu_functions = {
    .encode = pcmu_encode, .decode = pcmu_decode, .ticks = ticks, .silence = 0xFF
};
const struct codec_functions codec_pcma_functions = {
    .encode = pcma_encode, .decode = pcma_decode, .ticks = ticks, .silence = 0xD5
};
