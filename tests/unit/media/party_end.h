/* A phone of a room: says a tone (or a voice) and keeps what it has heard. For party.h. */
#ifndef TESTS_UNIT_MEDIA_PARTY_END_H
#define TESTS_UNIT_MEDIA_PARTY_END_H

#include "sipfront/media/codec.h"
#include "sipfront/media/room.h"
#include "tests/unit/media/media_fixture.h"
#include "tests/unit/media/sound.h"

enum { SECONDS_MOST = 4, HEARD = SECONDS_MOST * 2 * 16000, PACKET = 700, MOST = 8, STEP_MS = 10, PACKETS = 1000 };

struct end {
    enum codec codec;
    struct stream *stream;
    struct phone phone;
    struct encoder *encoder;
    struct decoder *decoder;
    unsigned ptime, hz;   /* hz 0: says nothing at all */
    unsigned ms;          /* said so far */
    const int16_t *voice; /* NULL: the tone is what is said */
    bool numbered;
    bool relayed; /* its line follows another phone's numbers */
    uint16_t seq;
    uint32_t ts; /* of the last packet that came */
    int16_t heard[HEARD];
    size_t n;
    uint32_t marks[PACKETS]; /* of each packet that came: what is in it */
    unsigned npackets;
    struct told told;
};

static inline void set_codec(struct end *e, enum codec codec)
{
    struct stream_remote r = phone_remote(&e->phone);

    encoder_free(&e->encoder);
    decoder_free(&e->decoder);
    e->codec = codec;
    e->encoder = encoder_new(codec);
    e->decoder = decoder_new(codec);
    r.codec = codec;
    r.pt = codec_info(codec)->pt;
    r.ptime = e->ptime;
    stream_set_remote(e->stream, &r);
}

static inline void say(struct end *e)
{
    unsigned rate = codec_info(e->codec)->rate, n = rate / 1000 * e->ptime;
    uint8_t payload[PACKET];
    int16_t samples[CODEC_SAMPLES];
    struct rtp_packet r = { .pt = codec_info(e->codec)->pt, .seq = e->phone.seq++, .ssrc = e->phone.ssrc };

    for (unsigned i = 0; i < n; i++) {
        double t = (double)e->ms / 1000 + (double)i / rate;
        samples[i] = (int16_t)(4000 * sin(2 * M_PI * e->hz * t));
    }
    if (e->voice)
        memcpy(samples, e->voice + (size_t)e->ms * rate / 1000, n * sizeof *samples);
    r.ts = e->ms * codec_khz(e->codec);
    r.len = encoder_encode(e->encoder, samples, n, payload, sizeof payload);
    r.payload = payload;
    phone_send_as(&e->phone, &r);
}

/* One source whose numbers go up by one and whose clock goes up by what was sent, whatever happens in the room. */
static inline void check_line(struct end *e, const struct rtp_packet *r)
{
    if (e->numbered && !e->relayed) {
        assert_int_equal(r->seq, (uint16_t)(e->seq + 1));
        assert_int_equal(r->ts - e->ts, e->ptime * codec_khz(e->codec));
    }
    e->numbered = true;
    e->seq = r->seq;
    e->ts = r->ts;
}

static inline uint32_t mark_of(const struct rtp_packet *r)
{
    uint32_t mark = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < r->len; i++)
        mark = (mark ^ r->payload[i]) * 16777619u;
    return mark;
}

static inline void hear(struct end *e)
{
    struct rtp_packet r;
    ssize_t n;

    while ((n = recv(e->phone.fd, e->phone.bytes, sizeof e->phone.bytes, MSG_DONTWAIT)) > 0) {
        if (e->phone.bytes[1] >= 200 && e->phone.bytes[1] <= 207)
            continue; /* RTCP of another test's */
        assert_int_equal(rtp_read(&r, e->phone.bytes, (size_t)n), ERR_OK);
        if (r.pt != codec_info(e->codec)->pt)
            continue; /* from before a change */
        check_line(e, &r);
        if (e->npackets < PACKETS)
            e->marks[e->npackets++] = mark_of(&r);
        assert_int_equal(codec_ticks(e->codec, r.payload, r.len), e->ptime * codec_khz(e->codec));
        if (e->n + CODEC_SAMPLES <= HEARD)
            e->n += decoder_decode(e->decoder, r.payload, r.len, e->heard + e->n);
    }
}

/* The level of one pitch in the last n samples, in dB of full scale (Goertzel). */
static inline double level_at(const int16_t *s, size_t n, double hz, unsigned rate)
{
    double w = 2 * M_PI * hz / rate, c = 2 * cos(w), a = 0, b = 0;

    for (size_t i = 0; i < n; i++) {
        double next = s[i] / 32768.0 + c * a - b;
        b = a;
        a = next;
    }
    return 10 * log10((a * a + b * b - c * a * b) * 4 / ((double)n * (double)n) + 1e-12);
}

/* Whether he has heard this tone in the last 400 ms: at the level that it was said, or not at all. */
static inline void expect(const struct end *e, unsigned hz, bool heard)
{
    unsigned rate = codec_info(e->codec)->rate;
    size_t n = rate * 4 / 10;
    double db;

    assert_true(e->n >= n);
    db = level_at(e->heard + e->n - n, n, hz, rate);
    print_message("%s %u ms: %u Hz at %.1f dB\n", codec_info(e->codec)->name, e->ptime, hz, db);
    if (heard ? db < -22.5 || db > -15.5 : db > -42)
        fail_msg("%s %u ms: %u Hz at %.1f dB, and it %s be heard", codec_info(e->codec)->name, e->ptime, hz, db,
                 heard ? "should" : "should not");
}

#endif
