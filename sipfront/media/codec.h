/* The codecs as one table, and what turns samples into payloads and back. An encoder or decoder has a state of its own
 * and is one thread's at a time; the table and the other functions are any thread's. */
#ifndef SIPFRONT_MEDIA_CODEC_H
#define SIPFRONT_MEDIA_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum codec {
    CODEC_NONE,
#define CODEC(id, ...) CODEC_##id,
#include "sipfront/media/codec.def"
#undef CODEC
};
enum {
    CODEC_COUNT = 1 /* with NONE */
#define CODEC(id, ...) +1
#include "sipfront/media/codec.def"
#undef CODEC
};
enum {
    CODEC_RATE_MAX = 16000,
    CODEC_PACKET_MS = 120, /* the longest packet that is understood (RFC 7587 §4.2) */
    CODEC_SAMPLES = CODEC_RATE_MAX / 1000 * CODEC_PACKET_MS, /* of such a packet */
    CODEC_FRAME_MS = 20,                                     /* of prompts and of silence */
};

struct codec_functions;
struct codec_info {
    const char *name; /* as in SDP, lower case; NONE: "" */
    uint8_t pt;
    unsigned clock, rate; /* of RTP timestamps, of samples; a second */
    uint8_t channels;
    const char *fmtp; /* NULL: none */
    double bpl;       /* ITU-T G.113 Appendix I for G.711 with concealment, else our estimate */
    const struct codec_functions *functions;
};
const struct codec_info *codec_info(enum codec codec);
enum codec codec_find(const char *name, unsigned clock); /* CODEC_NONE when it is none of ours */

static inline unsigned codec_khz(enum codec codec) { return codec == CODEC_OPUS ? 48 : 8; }

/* How long this payload plays, in ticks of the RTP clock; 0: it is not of the codec. */
uint32_t codec_ticks(enum codec codec, const uint8_t *payload, size_t len);

struct encoder;
struct encoder *encoder_new(enum codec codec); /* aborts when short of memory, as loop_post() */
void encoder_free(struct encoder **e);
/* Samples (10, 20, 40 or 60 ms; 30 and 50 too but not for Opus) to one payload. Its length; 0: it does not fit. */
size_t encoder_encode(struct encoder *e, const int16_t *samples, size_t n, uint8_t *out, size_t cap);

/* Whether what a payload sounds like depends on those before it. */
bool codec_has_memory(enum codec codec);

/* Whether a far end may be switched from one encoder to another that has heard the same for a while. */
bool encoder_may_change(enum codec codec);
/* `to` goes on as `from` would; both of one codec, which allows it. */
void encoder_copy(struct encoder *to, const struct encoder *from);

struct decoder;
struct decoder *decoder_new(enum codec codec);
void decoder_free(struct decoder **d);
/* One payload to at most CODEC_SAMPLES samples; how many. 0: it is damaged. */
size_t decoder_decode(struct decoder *d, const uint8_t *payload, size_t len, int16_t *out);
/* Fills in n samples that are missing: from what the payload after them says of them (Opus FEC; next may be NULL), else
 * from the sound before (fades to silence). n is a multiple of 2.5 ms. */
void decoder_conceal(struct decoder *d, const uint8_t *next, size_t len, int16_t *out, size_t n);

/* A payload of silence of ms (10 to 60; Opus: multiples of 20). Its length. */
size_t codec_silence_packet(enum codec codec, unsigned ms, uint8_t *out, size_t cap);
/* Makes all of them, which takes some ten ms; else the first packet that is wanted waits for that. */
void codec_make_silence(void);

/* What a codec is made of: a private matter of codec_*.c. self is what *_new gave. */
struct codec_functions {
    void *(*encoder_new)(void);
    void (*encoder_free)(void *self);
    void (*encoder_copy)(void *to, const void *from); /* NULL: its decoder follows one encoder closely */
    size_t (*encode)(void *self, const int16_t *samples, size_t n, uint8_t *out, size_t cap);
    void *(*decoder_new)(void);
    void (*decoder_free)(void *self);
    size_t (*decode)(void *self, const uint8_t *payload, size_t len, int16_t *out);
    /* NULL: concealment is made of the samples before */
    void (*conceal)(void *self, const uint8_t *next, size_t len, int16_t *out, size_t n);
    uint32_t (*ticks)(const uint8_t *payload, size_t len);
    /* One payload of several frames, each this one; NULL: it cannot be put together */
    size_t (*repeat)(const uint8_t *payload, size_t len, unsigned times, uint8_t *out, size_t cap);
    uint8_t silence; /* the byte that, again and again, is silence; 0: there is none */
};
#define CODEC(id, name, pt, clock, rate, channels, fmtp, bpl, functions) extern const struct codec_functions functions;
#include "sipfront/media/codec.def"
#undef CODEC

#endif
