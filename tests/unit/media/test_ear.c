/* The ear by itself: packets with jitter, loss, swaps and pauses go in on a made-up clock, sound comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sipfront/media/ear.h"
#include "tests/unit/media/sound.h"

enum { SECONDS = 10, FRAMES = SECONDS * 50, RATE_MOST = CODEC_RATE_MAX, PACKET = 400 };

struct scene {
    int16_t said[SECONDS * RATE_MOST], heard[(SECONDS + 1) * RATE_MOST];
    size_t nsaid, nheard, frame;
    uint8_t payloads[FRAMES][PACKET];
    size_t len[FRAMES];
    int arrival_ms[FRAMES]; /* -1: lost */
    struct ear_stats stats;
    int delay_ms, longest_gap_ms;
};

static void speak(struct scene *s, enum codec codec)
{
    struct encoder *e = encoder_new(codec);

    s->frame = codec_info(codec)->rate / 50;
    s->nsaid = s->frame * FRAMES;
    sound_make(s->said, s->nsaid, codec_info(codec)->rate);
    for (unsigned i = 0; i < FRAMES; i++) {
        s->len[i] = encoder_encode(e, s->said + i * s->frame, s->frame, s->payloads[i], PACKET);
        s->arrival_ms[i] = (int)i * 20 + 3;
    }
    encoder_free(&e);
}

/* Jitter of up to `most` ms, loss of `percent`. */
static void disturb(struct scene *s, int most, int percent)
{
    srand(11);
    for (unsigned i = 0; i < FRAMES; i++) {
        s->arrival_ms[i] += most ? rand() % (most + 1) : 0;
        if (rand() % 100 < percent)
            s->arrival_ms[i] = -1;
    }
}

static void arrive(struct scene *s, struct ear *e, enum codec codec, int from_ms, int to_ms)
{
    for (unsigned i = 0; i < FRAMES; i++)
        if (s->arrival_ms[i] >= from_ms && s->arrival_ms[i] < to_ms) {
            struct rtp_packet p = { .seq = (uint16_t)(65000 + i), .ts = 0xFFFF0000u + i * 20 * codec_khz(codec) };
            p.ssrc = 7;
            p.payload = s->payloads[i];
            p.len = s->len[i];
            ear_put(e, codec, &p);
        }
}

static void listen(struct scene *s, enum codec codec, unsigned step_ms)
{
    struct ear *e = ear_new();
    struct pcm sound;

    s->nheard = 0;
    for (int ms = 0; ms + (int)step_ms <= SECONDS * 1000; ms += (int)step_ms) {
        arrive(s, e, codec, ms, ms + (int)step_ms);
        ear_pull(e, step_ms, &sound);
        memcpy(s->heard + s->nheard, sound.samples, sound.n * sizeof *sound.samples);
        s->nheard += sound.n;
    }
    ear_stats(e, &s->stats);
    ear_free(&e);
}

/* The likeness of the last seconds, by which the buffer has learnt, piece by piece of 400 ms: each piece may lie where
 * it likes. The delay is that of the last piece. */
static double likeness(struct scene *s)
{
    size_t rate = s->frame * 50, piece = rate * 2 / 5;
    double sum = 0;
    unsigned pieces = 0;

    for (size_t at = rate * 5; at + piece < s->nsaid - rate; at += 2 * piece, pieces++) {
        size_t most = at + piece + rate / 4 < s->nheard ? piece + rate / 4 : s->nheard - at, where = 0;
        sum += sound_find(s->heard + at, most, s->said + at, piece, &where);
        s->delay_ms = (int)(where * 1000 / rate);
    }
    return sum / pieces;
}

/* Opus keeps the sound and not the wave: its likeness is lower by nature. */
static const struct {
    const char *name;
    enum codec codec;
    int jitter_ms, loss;
    double least;
    int delay_most;
} rows[] = {
    { "PCMU, perfect", CODEC_PCMU, 0, 0, 0.99, 60 },       { "PCMU, 20 ms", CODEC_PCMU, 20, 0, 0.98, 90 },
    { "PCMU, 60 ms", CODEC_PCMU, 60, 0, 0.97, 130 },       { "PCMU, 1 %", CODEC_PCMU, 20, 1, 0.97, 90 },
    { "PCMA, 5 %, 60 ms", CODEC_PCMA, 60, 5, 0.94, 130 },  { "G.722, perfect", CODEC_G722, 0, 0, 0.98, 60 },
    { "G.722, 3 %, 40 ms", CODEC_G722, 40, 3, 0.94, 110 }, { "Opus, perfect", CODEC_OPUS, 0, 0, 0.68, 60 },
    { "Opus, 5 %, 60 ms", CODEC_OPUS, 60, 5, 0.64, 130 },
};

static void jitter_and_loss(void **state)
{
    static struct scene s;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double like;
        speak(&s, rows[i].codec);
        disturb(&s, rows[i].jitter_ms, rows[i].loss);
        listen(&s, rows[i].codec, 20);
        like = likeness(&s);
        print_message("%-20s likeness %.3f, delay %d ms, %llu late, %llu ms made up\n", rows[i].name, like, s.delay_ms,
                      (unsigned long long)s.stats.late, (unsigned long long)s.stats.concealed_ms);
        if (like < rows[i].least || s.delay_ms > rows[i].delay_most)
            fail_msg("%s: likeness %.3f, delay %d ms", rows[i].name, like, s.delay_ms);
    }
}

/* Whatever the pull's length, nothing is lost or doubled. */
static void any_pull(void **state)
{
    static const unsigned steps[] = { 10, 20, 30, 40, 60 };
    static struct scene s;

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        speak(&s, CODEC_PCMU);
        listen(&s, CODEC_PCMU, steps[i]);
        if (likeness(&s) < 0.99 || s.stats.late > 1)
            fail_msg("%u ms: likeness %.3f, %llu late", steps[i], likeness(&s), (unsigned long long)s.stats.late);
    }
}

/* After a second of bad network the delay comes back to what it was. */
static void delay_is_given_back(void **state)
{
    static struct scene s;

    (void)state;
    speak(&s, CODEC_PCMU);
    for (unsigned i = 50; i < 100; i++)
        s.arrival_ms[i] += (int)(i * 7919 % 90);
    listen(&s, CODEC_PCMU, 20);
    assert_true(likeness(&s) > 0.9);
    if (s.delay_ms > 75)
        fail_msg("%d ms ten seconds later", s.delay_ms);
}

/* A pause (no packets, the clock goes on) is silence, is no loss, and what follows is heard whole. */
static void pause_is_no_loss(void **state)
{
    static struct scene s;

    (void)state;
    speak(&s, CODEC_PCMU);
    for (unsigned i = 100; i < 200; i++)
        s.arrival_ms[i] = -1;
    listen(&s, CODEC_PCMU, 20);
    assert_true(s.stats.concealed_ms <= 600); /* until it is sure that nobody speaks */
    assert_true(sound_level_db(s.heard + 3 * 8000, 1600) < -80);
    assert_true(likeness(&s) > 0.97);
}

static void put_at(struct ear *e, unsigned i, unsigned seq, uint8_t byte)
{
    uint8_t payload[160];
    struct rtp_packet p = { .seq = (uint16_t)seq, .ts = i * 160, .ssrc = 1, .payload = payload, .len = 160 };

    memset(payload, byte, sizeof payload);
    ear_put(e, CODEC_PCMU, &p);
}

/* What is heard in the last 40 of so many pulls: its level, -90 and less for silence. */
static double pull_level(struct ear *e, unsigned pulls, unsigned *spoke)
{
    static int16_t heard[40 * 160];
    struct pcm sound;

    *spoke = 0;
    for (unsigned i = 0; i < pulls; i++) {
        *spoke += ear_pull(e, 20, &sound);
        memcpy(heard + i % 40 * 160, sound.samples, 160 * sizeof *heard);
    }
    return sound_level_db(heard, sizeof heard / sizeof *heard);
}

/* RFC 3389: the noise has the level that the packet says, is no speech and no loss, changes with the next such packet,
 * and ends with the sound that comes after it. */
static void comfort_noise(void **state)
{
    static const struct {
        uint8_t said;
        double least, most;
    } levels[] = {
        { 40, -41, -39 }, { 0x80 | 50, -51, -49 }, { 70, -71.5, -68.5 }, { 127, -200, -89 }, { 0, -31, -29 }
    };
    struct ear *e = ear_new();
    struct ear_stats stats;
    unsigned spoke;

    (void)state;
    for (unsigned i = 0; i < 25; i++) {
        put_at(e, i, i, 0x20);
        pull_level(e, 1, &spoke);
    }
    for (unsigned k = 0; k < sizeof levels / sizeof *levels; k++) {
        uint8_t payload[] = { levels[k].said, 60, 60 };
        struct rtp_packet p = { .pt = 13, .seq = (uint16_t)(25 + k), .ts = (25 + 50 * k) * 160, .ssrc = 1 };
        p.payload = payload;
        p.len = k % 2 ? 1 : 3;
        ear_put_noise(e, &p);
        double level = pull_level(e, 50, &spoke);
        if (level < levels[k].least || level > levels[k].most)
            fail_msg("%u: %.1f dB", levels[k].said & 127, level);
        assert_int_equal(ear_has_noise(e), levels[k].said != 127);
        assert_true(spoke <= (k ? 0 : 3)); /* what was still to be played */
    }
    for (unsigned i = 0; i < 10; i++) {
        put_at(e, 300 + i, 30 + i, 0x20);
        pull_level(e, 1, &spoke);
    }
    assert_false(ear_has_noise(e));
    ear_stats(e, &stats);
    assert_int_equal(stats.concealed_ms, 0);
    ear_free(&e);
}

/* A pause of three packets, shorter than what lies in the buffer: the noise stands between the two sounds. */
static void a_short_pause_has_its_noise(void **state)
{
    uint8_t level[] = { 40 };
    struct rtp_packet p = { .pt = 13, .seq = 10, .ts = 10 * 160, .ssrc = 1, .payload = level, .len = 1 };
    struct ear *e = ear_new();
    struct ear_stats stats;
    struct pcm sound;
    unsigned noisy = 0;

    (void)state;
    for (unsigned i = 0; i < 10; i++)
        put_at(e, i, i, 0xff); /* silence */
    for (unsigned i = 0; i < 22; i++) {
        if (i == 4) { /* long before its turn */
            ear_put_noise(e, &p);
            for (unsigned k = 13; k < 20; k++)
                put_at(e, k, k - 2, 0xff);
        }
        ear_pull(e, 20, &sound);
        double db = sound_level_db(sound.samples, sound.n);
        noisy += db > -43 && db < -37;
    }
    ear_stats(e, &stats);
    assert_int_equal(noisy, 3);
    assert_int_equal(stats.concealed_ms, 0);
    ear_free(&e);
}

static void another_source_starts_afresh(void **state)
{
    struct ear *e = ear_new();
    struct pcm sound;
    uint8_t payload[160];
    int heard = 0;

    (void)state;
    memset(payload, 0x20, sizeof payload);
    for (unsigned i = 0; i < 40; i++) {
        struct rtp_packet p = { .seq = (uint16_t)i, .ts = i * 160, .ssrc = 1, .payload = payload, .len = 160 };
        if (i >= 20) {
            p.ssrc = 2;
            p.seq = (uint16_t)(i * 3000);
            p.ts = 0x70000000 + i * 160;
        }
        p.seq = i >= 20 ? (uint16_t)(9000 + i) : p.seq;
        ear_put(e, CODEC_PCMU, &p);
        ear_pull(e, 20, &sound);
        heard += sound.samples[80] != 0;
    }
    assert_true(heard >= 34); /* each source is held back for 40 ms at its start */
    ear_free(&e);
}

/* From one codec to another in mid-stream, with and without another sample rate. */
static void codec_changes(void **state)
{
    static const enum codec order[] = { CODEC_PCMU, CODEC_PCMA, CODEC_G722, CODEC_OPUS, CODEC_PCMU };
    struct ear *e = ear_new();
    struct pcm sound = { 0 };
    uint32_t ts = 0;

    (void)state;
    for (unsigned c = 0; c < 5; c++) {
        struct encoder *enc = encoder_new(order[c]);
        int16_t said[320 * 20];
        uint8_t payload[PACKET];
        size_t frame = codec_info(order[c])->rate / 50;
        sound_make(said, frame * 20, codec_info(order[c])->rate);
        for (unsigned i = 0; i < 20; i++) {
            struct rtp_packet p = { .seq = (uint16_t)(c * 20 + i), .ts = ts, .ssrc = 5, .payload = payload };
            ts += 20 * codec_khz(order[c]);
            p.len = encoder_encode(enc, said + i * frame, frame, payload, PACKET);
            ear_put(e, order[c], &p);
            ear_pull(e, 20, &sound);
        }
        assert_int_equal(sound.rate, codec_info(order[c])->rate);
        assert_true(sound_level_db(sound.samples, sound.n) > -40);
        encoder_free(&enc);
    }
    ear_free(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jitter_and_loss),
        cmocka_unit_test(any_pull),
        cmocka_unit_test(delay_is_given_back),
        cmocka_unit_test(pause_is_no_loss),
        cmocka_unit_test(comfort_noise),
        cmocka_unit_test(a_short_pause_has_its_noise),
        cmocka_unit_test(another_source_starts_afresh),
        cmocka_unit_test(codec_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
