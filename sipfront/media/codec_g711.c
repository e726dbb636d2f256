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

uint8_t codec_silence(enum codec codec) { return codec == CODEC_PCMA ? 0xD5 : 0xFF; }
