/* A recording of what the phone of A says, and its file. For tests of recordings. */
#ifndef TESTS_UNIT_MEDIA_RECORDED_H
#define TESTS_UNIT_MEDIA_RECORDED_H

#include <sndfile.h>

#include "tests/unit/media/media_fixture.h"

static char path[64];

static inline int open_all(void **state)
{
    snprintf(path, sizeof path, "/tmp/recording_%d.wav", (int)getpid());
    unlink(path);
    return fixture_open(state);
}

static inline int close_all(void **state)
{
    unlink(path);
    return fixture_close(state);
}

/* The file's samples, read by libsndfile, which also checks the header. */
static inline int read_wav_at(int rate, int16_t *samples, int most)
{
    SF_INFO info = { 0 };
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    int n;

    if (!file)
        return -1;
    assert_int_equal(info.samplerate, rate);
    assert_int_equal(info.channels, 1);
    assert_int_equal(info.format & SF_FORMAT_SUBMASK, SF_FORMAT_PCM_16);
    n = (int)sf_readf_short(file, samples, most);
    assert_int_equal(n, info.frames);
    sf_close(file);
    return n;
}

static inline int read_wav(int16_t *samples, int most) { return read_wav_at(8000, samples, most); }

static inline void fill(uint8_t *payload, unsigned number)
{
    for (unsigned i = 0; i < 160; i++)
        payload[i] = (uint8_t)(number * 31 + i * 7);
}

/* Speech of a sort in the middle of each frame's range: loud for `loud` frames, then quiet. */
static inline void fill_voice(uint8_t *payload, bool loud)
{
    int16_t samples[160];

    for (int i = 0; i < 160; i++)
        samples[i] = (int16_t)((i * 37 % 97 - 48) * (loud ? 200 : 1));
    codec_encode(CODEC_PCMU, payload, samples, 160);
}

static inline void start(struct fixture *f, const struct stream_record *how)
{
    struct stream_remote remote = phone_remote(&f->pa);
    struct stream_record r = *how;

    r.path = path;
    stream_set_remote(f->a, &remote);
    phone_read(&f->pa);
    stream_record(f->a, &r);
    phone_read(&f->pa); /* the command has run */
}

/* One frame each time the stream's own frame comes: real time without a clock. */
static inline void say(struct fixture *f, unsigned first, unsigned n)
{
    uint8_t payload[160];

    for (unsigned i = 0; i < n; i++) {
        phone_read(&f->pa);
        fill(payload, first + i);
        phone_send(&f->pa, 0, payload, sizeof payload);
    }
}

static inline void expect_numbers(const int16_t *samples, unsigned first, unsigned n)
{
    uint8_t payload[160];
    int16_t want[160];

    for (unsigned i = 0; i < n; i++) {
        fill(payload, first + i);
        codec_decode(CODEC_PCMU, want, payload, 160);
        if (memcmp(samples + (size_t)i * 160, want, sizeof want) != 0)
            fail_msg("frame %u differs", i);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)

#endif
