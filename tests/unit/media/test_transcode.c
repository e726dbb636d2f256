/* Every pair of codecs, bridged, on sockets: both sides speak at once and each hears the other; equal codecs are
 * relayed packet by packet, and so are those with equal packet lengths only. */
#include <time.h>

#include "sipfront/media/codec.h"
#include "tests/unit/media/media_fixture.h"
#include "tests/unit/media/sound.h"

enum { FRAMES = 150, NARROW = 8000 / 50, PACKET = 700, ENDS_MOST = 2 * CODEC_COUNT * CODEC_COUNT };

struct end {
    enum codec codec;
    struct stream *stream;
    struct phone phone;
    struct encoder *encoder;
    struct decoder *decoder;
    unsigned ptime, asks, packets;
    unsigned char lengths[256]; /* ms of each packet that came */
    int16_t said[FRAMES * 320], heard[FRAMES * 2 * 320 + CODEC_SAMPLES];
    size_t nheard;
    struct told told;
};

static struct media *engine(struct fixture *f) { return f->media; }

static void end_open(struct end *e, struct fixture *f, enum codec codec, unsigned ptime, unsigned asks)
{
    *e = (struct end){ .codec = codec, .ptime = ptime, .asks = asks };
    e->told.f = f;
    assert_int_equal(stream_open(&e->stream, engine(f), &stream_events_told, &e->told), ERR_OK);
    phone_open(&e->phone);
    phone_aim(&e->phone, e->stream);
    e->encoder = encoder_new(codec);
    e->decoder = decoder_new(codec);
    sound_make(e->said, FRAMES * codec_info(codec)->rate / 50, codec_info(codec)->rate);
    struct stream_remote r = phone_remote(&e->phone);
    r.codec = codec;
    r.pt = codec_info(codec)->pt;
    r.ptime = asks;
    stream_set_remote(e->stream, &r);
}

static void end_close(struct end *e)
{
    stream_close(&e->stream);
    close(e->phone.fd);
    encoder_free(&e->encoder);
    decoder_free(&e->decoder);
}

static void end_say(struct end *e, unsigned ms)
{
    size_t n = codec_info(e->codec)->rate / 1000 * e->ptime, at = codec_info(e->codec)->rate / 1000 * ms;
    uint8_t payload[PACKET];
    struct rtp_packet r = { .pt = codec_info(e->codec)->pt, .seq = e->phone.seq++, .ssrc = e->phone.ssrc };

    r.ts = ms * codec_khz(e->codec);
    r.len = encoder_encode(e->encoder, e->said + at, n, payload, sizeof payload);
    r.payload = payload;
    phone_send_as(&e->phone, &r);
}

static void end_hear(struct end *e)
{
    ssize_t n;
    struct rtp_packet r;

    while ((n = recv(e->phone.fd, e->phone.bytes, sizeof e->phone.bytes, MSG_DONTWAIT)) > 0) {
        assert_int_equal(rtp_read(&r, e->phone.bytes, (size_t)n), ERR_OK);
        assert_int_equal(r.pt, codec_info(e->codec)->pt);
        if (e->packets < sizeof e->lengths)
            e->lengths[e->packets++] = (unsigned char)(codec_ticks(e->codec, r.payload, r.len) / codec_khz(e->codec));
        if (e->nheard + CODEC_SAMPLES <= sizeof e->heard / sizeof *e->heard)
            e->nheard += decoder_decode(e->decoder, r.payload, r.len, e->heard + e->nheard);
    }
}

static void talk(struct end *ends, unsigned n)
{
    struct timespec t;

    for (unsigned i = 0; i < n; i++)
        phone_flush(&ends[i].phone); /* silence while the others were opened */
    clock_gettime(CLOCK_MONOTONIC, &t);
    for (unsigned ms = 0; ms + 60 <= FRAMES * 20; ms += 10) {
        for (unsigned i = 0; i < n; i++) {
            if (ms % ends[i].ptime == 0)
                end_say(&ends[i], ms);
            end_hear(&ends[i]);
        }
        t.tv_nsec += 10000000;
        t.tv_sec += t.tv_nsec / 1000000000;
        t.tv_nsec %= 1000000000;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    }
}

/* At 8 kHz, in place. */
static size_t narrow(enum codec codec, int16_t *s, size_t n)
{
    if (codec_info(codec)->rate == 8000)
        return n;
    for (size_t i = 0; i < n / 2; i++)
        s[i] = (int16_t)((s[2 * i] + s[2 * i + 1]) / 2);
    return n / 2;
}

/* Of what the other said, the share (0 to 1) of stretches of 200 ms that were heard. */
static double heard_share(struct end *hearer, struct end *speaker)
{
    enum { PIECE = 1600, AROUND = 4000 };
    size_t said = narrow(speaker->codec, speaker->said, FRAMES * codec_info(speaker->codec)->rate / 50);
    size_t heard = narrow(hearer->codec, hearer->heard, hearer->nheard);
    bool opus = hearer->codec == CODEC_OPUS || speaker->codec == CODEC_OPUS;
    unsigned pieces = 0, good = 0;

    for (size_t at = 4 * PIECE; at + 2 * PIECE < said && at + 2 * PIECE < heard; at += PIECE, pieces++) {
        size_t from = at > AROUND / 4 ? at - AROUND / 4 : 0, most = heard - from, where;
        if (most > PIECE + AROUND)
            most = PIECE + AROUND;
        good += sound_find(hearer->heard + from, most, speaker->said + at, PIECE, &where) > (opus ? 0.6 : 0.93);
    }
    return pieces ? (double)good / pieces : 0;
}

static void every_pair(void **state)
{
    static struct end ends[ENDS_MOST];
    unsigned n = 0;

    for (unsigned a = 1; a < CODEC_COUNT; a++)
        for (unsigned b = a; b < CODEC_COUNT; b++, n += 2) {
            end_open(&ends[n], *state, (enum codec)a, 20, 20);
            end_open(&ends[n + 1], *state, (enum codec)b, 20, 20);
            stream_bridge(ends[n].stream, ends[n + 1].stream);
        }
    talk(ends, n);
    for (unsigned i = 0; i < n; i++) {
        struct end *hearer = &ends[i], *speaker = &ends[i ^ 1];
        const char *to = codec_info(hearer->codec)->name, *from = codec_info(speaker->codec)->name;
        struct end copy = *speaker; /* narrow() changes what it looks at */
        double share = heard_share(hearer, &copy);
        print_message("%s to %s: %.2f\n", from, to, share);
        if (share < 0.8)
            fail_msg("%s to %s: of the sound %.2f was heard", from, to, share);
    }
    for (unsigned i = 0; i < n; i++)
        end_close(&ends[i]);
}

static const struct {
    enum codec codec;
    unsigned sends, wants, gets; /* ms; what comes, what the far end asks for, what it gets */
} lengths[] = {
    { CODEC_PCMU, 20, 30, 30 }, { CODEC_PCMU, 60, 10, 10 }, { CODEC_PCMA, 10, 60, 60 }, { CODEC_G722, 40, 20, 20 },
    { CODEC_G722, 30, 30, 30 }, { CODEC_OPUS, 20, 60, 60 }, { CODEC_OPUS, 60, 20, 20 }, { CODEC_OPUS, 20, 30, 20 },
};

/* Each gets the packet length that it asks for, whatever comes. */
static void every_packet_length(void **state)
{
    enum { N = sizeof lengths / sizeof *lengths };
    static struct end ends[2 * N];

    for (unsigned i = 0; i < N; i++) {
        end_open(&ends[2 * i], *state, lengths[i].codec, lengths[i].sends, lengths[i].sends);
        end_open(&ends[2 * i + 1], *state, lengths[i].codec, lengths[i].sends, lengths[i].wants);
        stream_bridge(ends[2 * i].stream, ends[2 * i + 1].stream);
    }
    talk(ends, 2 * N);
    for (unsigned i = 0; i < N; i++) {
        struct end *hearer = &ends[2 * i + 1], copy = ends[2 * i];
        double share;
        assert_true(hearer->packets > 20);
        for (unsigned k = 12; k < hearer->packets; k++)
            if (hearer->lengths[k] != lengths[i].gets)
                fail_msg("row %u: packet %u is of %u ms, wanted %u", i, k, hearer->lengths[k], lengths[i].gets);
        share = heard_share(hearer, &copy);
        if (share < 0.8)
            fail_msg("row %u: of the sound %.2f was heard", i, share);
    }
    for (unsigned i = 0; i < 2 * N; i++)
        end_close(&ends[i]);
}

/* What is relayed is not touched: the payloads of equal codecs come out as they went in. */
static void equal_codecs_are_relayed(void **state)
{
    static struct end ends[2];
    uint8_t payload[PACKET];
    unsigned same = 0;

    for (enum codec c = CODEC_NONE + 1; c <= CODEC_PCMA; c++) {
        end_open(&ends[0], *state, c, 20, 20);
        end_open(&ends[1], *state, c, 20, 20);
        stream_bridge(ends[0].stream, ends[1].stream);
        same = 0;
        phone_flush(&ends[1].phone);
        for (unsigned i = 0; i < 50 && same < 10; i++) {
            struct rtp_packet r;
            size_t n = codec_info(c)->rate / 50, len;
            len = encoder_encode(ends[0].encoder, ends[0].said + i * n, n, payload, sizeof payload);
            r = (struct rtp_packet){ .pt = codec_info(c)->pt, .seq = (uint16_t)i, .ts = i * 20 * codec_khz(c) };
            r.payload = payload;
            r.len = len;
            phone_send_as(&ends[0].phone, &r);
            for (unsigned k = 0; k < 3; k++) { /* there may be silence before it */
                r = phone_read(&ends[1].phone);
                if (r.len == len && memcmp(r.payload, payload, len) == 0)
                    break;
            }
            same += r.len == len && memcmp(r.payload, payload, len) == 0;
        }
        assert_true(same >= 10);
        end_close(&ends[0]);
        end_close(&ends[1]);
    }
}

/* A digit crosses from one clock to the other, once, with the far end's payload type. */
static void digits_cross_clocks(void **state)
{
    static struct end ends[2];
    struct rtp_packet r;
    unsigned packets = 0, last = 0;
    uint32_t ts = 0;

    end_open(&ends[0], *state, CODEC_PCMU, 20, 20);
    end_open(&ends[1], *state, CODEC_OPUS, 20, 20);
    stream_bridge(ends[0].stream, ends[1].stream);
    for (unsigned i = 0; i < 8; i++) {
        uint8_t event[] = { 5, i > 4 ? 0x8A : 0x0A, 0, (uint8_t)(160 * (i < 4 ? i + 1 : 5) >> 2) };
        struct rtp_packet key = { .pt = 101, .seq = (uint16_t)i, .ts = 900, .payload = event, .len = 4 };
        phone_send_as(&ends[0].phone, &key);
    }
    for (unsigned i = 0; i < 60 && packets < 10; i++) {
        r = phone_read(&ends[1].phone);
        if (r.pt != 101)
            continue;
        assert_true(packets == 0 || r.ts == ts);
        ts = r.ts;
        assert_int_equal(r.payload[0], 5);
        last = (unsigned)(r.payload[2] << 8 | r.payload[3]);
        packets++;
    }
    assert_int_equal(packets, 10);    /* seven of 20 ms, three ends */
    assert_int_equal(last, 160 * 48); /* of a clock of 48 kHz */
    end_close(&ends[0]);
    end_close(&ends[1]);
}

/* A pause on one side is noise on the other, where its sound is decoded, and in the recording. */
static void comfort_noise_crosses(void **state)
{
    static struct end ends[2];
    uint8_t level[] = { 40 };
    double heard = 0;

    end_open(&ends[0], *state, CODEC_PCMU, 20, 20);
    end_open(&ends[1], *state, CODEC_G722, 20, 20);
    stream_bridge(ends[0].stream, ends[1].stream);
    phone_flush(&ends[1].phone);
    for (unsigned i = 0; i < 5; i++)
        end_say(&ends[0], 20 * i);
    struct rtp_packet cn = { .pt = 13, .seq = ends[0].phone.seq++, .ssrc = ends[0].phone.ssrc, .ts = 100 * 8 };
    cn.payload = level;
    cn.len = 1;
    phone_send_as(&ends[0].phone, &cn);
    for (unsigned packets = 0; packets < 80 && !(heard > -42 && heard < -38); packets++) {
        int16_t sound[CODEC_SAMPLES];
        struct rtp_packet r = phone_read(&ends[1].phone);
        size_t n = decoder_decode(ends[1].decoder, r.payload, r.len, sound);
        heard = packets < 30 ? 0 : sound_level_db(sound, n); /* the voice is over by then */
    }
    assert_true(heard > -42 && heard < -38);
    end_close(&ends[0]);
    end_close(&ends[1]);
}

#define ON_AN_ENGINE(f) cmocka_unit_test_setup_teardown(f, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_AN_ENGINE(every_pair),          ON_AN_ENGINE(every_packet_length),   ON_AN_ENGINE(equal_codecs_are_relayed),
        ON_AN_ENGINE(digits_cross_clocks), ON_AN_ENGINE(comfort_noise_crosses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
