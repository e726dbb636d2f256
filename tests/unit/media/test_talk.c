/* The recording of a bridge: two channels, each side in its own, beside each other in time, whatever the codecs. */
#include "tests/unit/media/media_fixture.h"
#include "tests/unit/media/sound.h"

#include <sndfile.h>

enum { FRAMES = 100, FRAME = 160 };

static size_t read_talk(const char *path, int16_t *left, int16_t *right, size_t most, int *rate)
{
    SF_INFO info = { 0 };
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    static int16_t both[2 * 10 * 16000];
    size_t n;

    assert_non_null(file);
    assert_int_equal(info.channels, 2);
    *rate = info.samplerate;
    n = (size_t)sf_readf_short(file, both, (sf_count_t)most);
    for (size_t i = 0; i < n; i++) {
        left[i] = both[2 * i];
        right[i] = both[2 * i + 1];
    }
    sf_close(file);
    return n;
}

static void set(struct fixture *f, enum codec a, enum codec b)
{
    struct stream_remote ra = phone_remote(&f->pa), rb = phone_remote(&f->pb);

    ra.codec = a;
    ra.pt = codec_info(a)->pt;
    rb.codec = b;
    rb.pt = codec_info(b)->pt;
    stream_set_remote(f->a, &ra);
    stream_set_remote(f->b, &rb);
    stream_bridge(f->a, f->b);
}

static bool is_written(const char *path)
{
    SF_INFO info = { 0 };
    SNDFILE *file = sf_open(path, SFM_READ, &info);

    if (file)
        sf_close(file);
    return file && info.frames > info.samplerate * 3 / 2;
}

static void record(struct fixture *f, enum codec codec, int want_rate)
{
    static int16_t said[2][FRAMES * 320], left[10 * 16000], right[10 * 16000];
    struct encoder *e[2] = { encoder_new(codec), encoder_new(codec) };
    unsigned rate = codec_info(codec)->rate;
    size_t frame = rate / 50, n, at;
    char path[] = "/tmp/talkXXXXXX";
    int got_rate;

    close(mkstemp(path));
    sound_make(said[0], FRAMES * frame, rate);
    for (size_t i = 0; i < FRAMES * frame; i++)
        said[1][i] = said[0][FRAMES * frame - 1 - i]; /* another sound */
    set(f, codec, codec);
    stream_record_talk(f->a, path);
    phone_flush(&f->pa);
    for (unsigned i = 0; i < FRAMES; i++) {
        struct phone *phones[2] = { &f->pa, &f->pb };
        for (unsigned side = 0; side < 2; side++) {
            uint8_t payload[400];
            size_t len = encoder_encode(e[side], said[side] + i * frame, frame, payload, sizeof payload);
            struct rtp_packet r = { .pt = codec_info(codec)->pt, .seq = (uint16_t)i, .ts = i * 20 * codec_khz(codec) };
            r.ssrc = 1 + side;
            r.payload = payload;
            r.len = len;
            phone_send_as(phones[side], &r);
        }
        usleep(20000); /* a phone's own clock */
    }
    for (unsigned i = 0; i < 300 && !is_written(path); i++)
        usleep(20000);
    stream_unbridge(f->a);
    usleep(300000);
    n = read_talk(path, left, right, sizeof left / sizeof *left, &got_rate);
    assert_int_equal(got_rate, want_rate);
    assert_true(sound_find(left, n < 3 * rate ? n : 3 * rate, said[0] + frame * 40, frame * 20, &at) > 0.9);
    assert_true(sound_find(right, n < 3 * rate ? n : 3 * rate, said[1] + frame * 40, frame * 20, &at) > 0.9);
    assert_true(sound_find(left, n < 3 * rate ? n : 3 * rate, said[1] + frame * 40, frame * 20, &at) < 0.8);
    encoder_free(&e[0]);
    encoder_free(&e[1]);
    unlink(path);
}

static void each_side_has_its_channel(void **state) { record(*state, CODEC_PCMU, 8000); }
static void wide_band_when_both_are(void **state) { record(*state, CODEC_G722, 16000); }

/* A side that pauses is recorded with the noise that it speaks of. */
static void comfort_noise_is_recorded(void **state)
{
    static int16_t left[10 * 16000], right[10 * 16000];
    struct fixture *f = *state;
    uint8_t level[] = { 40 };
    struct rtp_packet cn = { .pt = 13, .seq = 1, .ssrc = 1, .payload = level, .len = 1 };
    char path[] = "/tmp/talkXXXXXX";
    int rate;

    close(mkstemp(path));
    set(f, CODEC_PCMU, CODEC_PCMU);
    stream_record_talk(f->a, path);
    phone_flush(&f->pa);
    phone_send_as(&f->pa, &cn);
    for (unsigned i = 0; i < 300 && !is_written(path); i++)
        usleep(20000);
    stream_unbridge(f->a);
    usleep(300000);
    size_t n = read_talk(path, left, right, sizeof left / sizeof *left, &rate);
    assert_true(n > 8000);
    assert_true(fabs(sound_level_db(left + n / 2, n / 2) + 40) < 1);
    assert_true(sound_level_db(right, n) < -89);
    unlink(path);
}

/* Without a bridge, or on a disk that refuses, nothing breaks. */
static void nothing_to_record(void **state)
{
    struct fixture *f = *state;

    stream_record_talk(f->a, "/tmp/talk-without-a-bridge.wav");
    set(f, CODEC_PCMU, CODEC_PCMU);
    stream_record_talk(f->a, "/nowhere/talk.wav");
    for (unsigned i = 0; i < 20; i++)
        (void)phone_read(&f->pa);
    stream_close(&f->b);
    assert_int_equal(f->ta.recorded, 0);
    unlink("/tmp/talk-without-a-bridge.wav");
}

#define ON_AN_ENGINE(f) cmocka_unit_test_setup_teardown(f, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_AN_ENGINE(each_side_has_its_channel),
        ON_AN_ENGINE(wide_band_when_both_are),
        ON_AN_ENGINE(comfort_noise_is_recorded),
        ON_AN_ENGINE(nothing_to_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
