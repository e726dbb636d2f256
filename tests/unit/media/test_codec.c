/* Each row of the codec table: sound there and back, packet lengths, silence, concealment, damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sipfront/media/codec.h"
#include "tests/unit/media/sound.h"

enum { MS = 2000, FRAMES = MS / 20, RATE_MOST = CODEC_RATE_MAX };

struct there_and_back {
    int16_t said[RATE_MOST * MS / 1000], heard[RATE_MOST * MS / 1000];
    size_t n, frame;
};

/* Through encoder and decoder in packets of ms; every `lost`th packet (0: none) is concealed. */
static void send(struct there_and_back *t, enum codec codec, unsigned ms, unsigned lost)
{
    const struct codec_info *c = codec_info(codec);
    struct encoder *e = encoder_new(codec);
    struct decoder *d = decoder_new(codec);
    uint8_t packets[2][960];
    size_t len[2] = { 0, 0 };

    t->frame = c->rate / 1000 * ms;
    t->n = (size_t)c->rate * MS / 1000 / t->frame * t->frame;
    sound_make(t->said, t->n, c->rate);
    for (unsigned i = 0; i <= t->n / t->frame; i++) {
        int16_t *out = t->heard + (i - 1) * t->frame;
        if (i < t->n / t->frame) {
            len[i % 2] = encoder_encode(e, t->said + i * t->frame, t->frame, packets[i % 2], sizeof packets[0]);
            assert_true(len[i % 2] > 0);
            assert_int_equal(codec_ticks(codec, packets[i % 2], len[i % 2]), c->clock / 1000 * ms);
        }
        if (i == 0)
            continue;
        if (lost && i % lost == 0)
            decoder_conceal(d, packets[i % 2], len[i % 2], out, t->frame);
        else
            assert_int_equal(decoder_decode(d, packets[(i - 1) % 2], len[(i - 1) % 2], out), t->frame);
    }
    encoder_free(&e);
    decoder_free(&d);
}

/* The likeness of the second half, allowing for the codec's own delay (a few ms). */
static double likeness(const struct there_and_back *t)
{
    size_t at = 0, from = t->n / 2, most = t->n / 4;

    return sound_find(t->heard + from, most + 400, t->said + from, most, &at);
}

static const struct {
    enum codec codec;
    double clean, with_loss; /* at least; one packet in ten lost: silence in its place would leave 0.95 of the first */
} quality[] = {
    { CODEC_PCMU, 0.99, 0.96 },
    { CODEC_PCMA, 0.99, 0.96 },
    { CODEC_G722, 0.98, 0.96 },
    { CODEC_OPUS, 0.87, 0.86 },
};

static void there_and_back(void **state)
{
    static struct there_and_back t;
    static const unsigned lengths[] = { 10, 20, 40, 60 };

    (void)state;
    for (size_t i = 0; i < sizeof quality / sizeof *quality; i++)
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
            if (quality[i].codec == CODEC_OPUS && lengths[k] < 20)
                continue; /* never sent (stream.c) */
            send(&t, quality[i].codec, lengths[k], 0);
            if (likeness(&t) < quality[i].clean)
                fail_msg("%s, %u ms: likeness %.3f", codec_info(quality[i].codec)->name, lengths[k], likeness(&t));
        }
}

static void loss_is_concealed(void **state)
{
    static struct there_and_back t;

    (void)state;
    for (size_t i = 0; i < sizeof quality / sizeof *quality; i++) {
        send(&t, quality[i].codec, 20, 10);
        print_message("%s: one packet in ten lost: likeness %.3f\n", codec_info(quality[i].codec)->name, likeness(&t));
        if (likeness(&t) < quality[i].with_loss)
            fail_msg("%s: likeness %.3f", codec_info(quality[i].codec)->name, likeness(&t));
    }
}

/* Long loss fades to silence, whatever the codec. */
static void long_loss_is_silent(void **state)
{
    (void)state;
    for (unsigned c = 1; c < CODEC_COUNT; c++) {
        static struct there_and_back t;
        struct decoder *d = decoder_new((enum codec)c);
        struct encoder *e = encoder_new((enum codec)c);
        size_t n = codec_info((enum codec)c)->rate / 50;
        uint8_t payload[400];
        double level = 0;
        sound_make(t.said, sizeof t.said / 2, codec_info((enum codec)c)->rate);
        for (unsigned i = 0; i < 20; i++)
            decoder_decode(d, payload, encoder_encode(e, t.said + i * n, n, payload, sizeof payload), t.heard);
        for (unsigned i = 0; i < 25; i++)
            decoder_conceal(d, NULL, 0, t.heard, n);
        level = sound_level_db(t.heard, n);
        if (level > -50)
            fail_msg("%s: %.0f dB after 500 ms without packets", codec_info((enum codec)c)->name, level);
        encoder_free(&e);
        decoder_free(&d);
    }
}

static void silence_is_silent(void **state)
{
    (void)state;
    for (unsigned c = 1; c < CODEC_COUNT; c++)
        for (unsigned ms = 10; ms <= 60; ms += 10) {
            struct decoder *d = decoder_new((enum codec)c);
            int16_t samples[CODEC_SAMPLES];
            uint8_t payload[480];
            size_t len = codec_silence_packet((enum codec)c, ms, payload, sizeof payload);
            if (c != CODEC_OPUS || ms % 20 == 0) {
                assert_int_equal(codec_ticks((enum codec)c, payload, len), codec_khz((enum codec)c) * ms);
                for (int i = 0; i < 10; i++)
                    assert_int_equal(decoder_decode(d, payload, len, samples),
                                     codec_info((enum codec)c)->rate / 1000 * ms);
                if (sound_level_db(samples, 160) > -62)
                    fail_msg("%s, %u ms: %.0f dB", codec_info((enum codec)c)->name, ms, sound_level_db(samples, 160));
            } else {
                assert_int_equal(len, 0);
            }
            assert_int_equal(codec_silence_packet((enum codec)c, 20, payload, 1), 0); /* does not fit */
            decoder_free(&d);
        }
}

/* Any bytes are decoded or refused, within bounds (the sanitizer watches). */
static void damaged_payloads(void **state)
{
    static int16_t samples[CODEC_SAMPLES];
    uint8_t payload[1400];
    struct decoder *d[CODEC_COUNT] = { NULL };

    (void)state;
    srand(4);
    for (unsigned c = 1; c < CODEC_COUNT; c++)
        d[c] = decoder_new((enum codec)c);
    for (int i = 0; i < 4000; i++) {
        size_t len = (size_t)rand() % sizeof payload;
        unsigned c = 1 + (unsigned)i % (CODEC_COUNT - 1);
        for (size_t k = 0; k < len; k++)
            payload[k] = (uint8_t)rand();
        assert_true(decoder_decode(d[c], payload, len, samples) <= CODEC_SAMPLES);
        assert_true(codec_ticks((enum codec)c, payload, len) <= 120 * 48 || c != CODEC_OPUS);
        decoder_conceal(d[c], payload, len, samples, codec_info((enum codec)c)->rate / 50);
    }
    for (unsigned c = 1; c < CODEC_COUNT; c++)
        decoder_free(&d[c]);
}

static void found_by_name_and_clock(void **state)
{
    (void)state;
    for (unsigned c = 1; c < CODEC_COUNT; c++)
        assert_int_equal(codec_find(codec_info((enum codec)c)->name, codec_info((enum codec)c)->clock), c);
    assert_int_equal(codec_find("opus", 8000), CODEC_NONE);
    assert_int_equal(codec_find("g722", 16000), CODEC_NONE);
    assert_int_equal(codec_find("", 8000), CODEC_NONE);
    assert_int_equal(codec_find("g729", 8000), CODEC_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),      cmocka_unit_test(loss_is_concealed),
        cmocka_unit_test(long_loss_is_silent), cmocka_unit_test(silence_is_silent),
        cmocka_unit_test(damaged_payloads),    cmocka_unit_test(found_by_name_and_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
