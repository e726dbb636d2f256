/* G.711 (PCMU, PCMA): samples to bytes and back, and one law to the other (ITU-T G.711 tables 3 and 4). Pure functions,
 * any thread. codec is CODEC_PCMU or CODEC_PCMA. */
#ifndef SIPFRONT_MEDIA_CODEC_G711_H
#define SIPFRONT_MEDIA_CODEC_G711_H

#include "sipfront/media/codec.h"

enum { G711_RATE = 8000, G711_PT_PCMU = 0, G711_PT_PCMA = 8 /* RFC 3551 §6 */ };

static inline bool codec_is_g711(enum codec c) { return c == CODEC_PCMU || c == CODEC_PCMA; }
void codec_encode(enum codec codec, uint8_t *out, const int16_t *samples, size_t n);
void codec_decode(enum codec codec, int16_t *out, const uint8_t *bytes, size_t n);
/* out may be bytes. */
void codec_transcode(enum codec from, enum codec to, uint8_t *out, const uint8_t *bytes, size_t n);
/* The byte that stands for a sample of 0. */
uint8_t codec_silence(enum codec codec);

#endif
