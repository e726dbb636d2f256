/* Recordings as files: sample-exact, gaps of the right length, ends by silence, length, stop and close, failing disks,
 * and a file that is whole at any moment. */
#include "tests/unit/media/recorded.h"
#include "tests/unit/media/sound.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { WAV_BYTES = 44 + 300 * 16 };

static int only_path(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/recording_%d.wav", (int)getpid());
    return 0;
}

static int remove_path(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static void stop_is_exact(void **state)
{
    struct fixture *f = *state;
    static int16_t got[16000];

    start(f, &(struct stream_record){ 0 });
    say(f, 0, 40);
    stream_record_stop(f->a); /* what the socket still holds belongs to it */
    await(f, 1);
    assert_false(f->ta.failed);
    assert_int_equal(f->ta.length_ms, 800);
    assert_int_equal(read_wav(got, 16000), 40 * 160);
    expect_numbers(got, 0, 40);
}

/* Closing keeps the recording without telling. The file is complete once the engine is gone. */
static void close_keeps_all(void **state)
{
    struct fixture *f = *state;
    static int16_t got[16000];

    start(f, &(struct stream_record){ 0 });
    say(f, 0, 33);
    stream_close(&f->a);
    media_free(&f->media);
    assert_int_equal(f->ta.recorded, 0);
    assert_int_equal(read_wav(got, 16000), 33 * 160);
    expect_numbers(got, 0, 33);
}

/* Lost packets are made up at their length; swapped ones are put in order; doubled ones count once. */
static void timestamps_decide(void **state)
{
    struct fixture *f = *state;
    static const int order[] = { 0, 1, 3, 2, 2, 4, 8, 9, 10 };
    static int16_t got[16000];
    uint8_t payload[160];

    start(f, &(struct stream_record){ 0 });
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct rtp_packet r = { .pt = 0, .ssrc = 5, .payload = payload, .len = 160 };
        fill(payload, (unsigned)order[i]);
        r.seq = (uint16_t)(65530 + order[i]);
        r.ts = 0xFFFFFE00 + (uint32_t)order[i] * 160;
        phone_send_as(&f->pa, &r);
    }
    stream_record_stop(f->a);
    await(f, 1);
    assert_int_equal(read_wav(got, 16000), 11 * 160);
    expect_numbers(got, 0, 5);
    assert_true(sound_level_db(got + 5 * 160, 160) > sound_level_db(got, 5 * 160) - 6); /* then it fades */
    assert_true(sound_level_db(got + 7 * 160, 160) < sound_level_db(got, 5 * 160) - 6);
    expect_numbers(got + 9 * 160, 9, 2); /* 8 is faded into */
}

/* A codec with memory is decoded in the order of sending: a network that swaps packets changes nothing. */
static void swapped_packets_of_wide_band(void **state)
{
    struct fixture *f = *state;
    enum { FRAMES = 50, FRAME = 320 };
    static int16_t said[FRAMES * FRAME], straight[FRAMES * FRAME], swapped[FRAMES * FRAME];
    static uint8_t payloads[FRAMES][160];
    struct encoder *e = encoder_new(CODEC_G722);
    int16_t *into[] = { straight, swapped };

    sound_make(said, FRAMES * FRAME, 16000);
    for (unsigned i = 0; i < FRAMES; i++)
        assert_int_equal(encoder_encode(e, said + (size_t)i * FRAME, FRAME, payloads[i], 160), 160);
    encoder_free(&e);
    for (unsigned way = 0; way < 2; way++) {
        struct stream_remote remote = phone_remote(&f->pa);
        remote.codec = CODEC_G722;
        remote.pt = codec_info(CODEC_G722)->pt;
        stream_set_remote(f->a, &remote);
        stream_record(f->a, &(struct stream_record){ .path = path });
        for (unsigned i = 0; i < FRAMES; i++) {
            unsigned number = way && i >= 3 && i < FRAMES - 2 ? i / 3 * 3 + 2 - i % 3 : i;
            struct rtp_packet r = { .pt = remote.pt, .ssrc = 5 + way, .payload = payloads[number], .len = 160 };
            r.seq = (uint16_t)(65530 + number);
            r.ts = number * 160;
            phone_send_as(&f->pa, &r);
        }
        stream_record_stop(f->a);
        await(f, 1);
        assert_int_equal(read_wav_at(16000, into[way], FRAMES * FRAME), FRAMES * FRAME);
    }
    assert_memory_equal(straight, swapped, sizeof straight);
}

/* Where a key was pressed no audio was sent, and none is made up. */
static void a_pressed_key_is_no_loss(void **state)
{
    struct fixture *f = *state;
    static const uint8_t key[4] = { 11, 10, 0, 160 };
    static int16_t got[16000];
    uint8_t payload[160];

    start(f, &(struct stream_record){ 0 });
    for (unsigned i = 0; i < 6; i++) {
        bool event = i == 3 || i == 4;
        struct rtp_packet r = {
            .pt = event ? 101 : 0, .ssrc = 5, .payload = event ? key : payload, .len = event ? 4 : 160
        };
        fill(payload, i);
        r.seq = (uint16_t)(10 + i);
        r.ts = (event ? 3 : i) * 160;
        phone_send_as(&f->pa, &r);
    }
    stream_record_stop(f->a);
    await(f, 2); /* the digit, too */
    assert_int_equal(read_wav(got, 16000), 6 * 160);
    for (int i = 3 * 160; i < 5 * 160; i++)
        assert_int_equal(got[i], 0);
    expect_numbers(got + 5 * 160, 5, 1);
}

/* A new SSRC in mid-recording loses nothing. */
static void new_ssrc_goes_on(void **state)
{
    struct fixture *f = *state;
    static int16_t got[16000];
    int n;

    start(f, &(struct stream_record){ 0 });
    say(f, 0, 10);
    f->pa.ssrc++;
    f->pa.seq = 7;
    f->pa.ts = 0x33333333;
    say(f, 10, 10);
    stream_record_stop(f->a);
    await(f, 1);
    n = read_wav(got, 16000);
    assert_in_range(n, 20 * 160, 24 * 160);
    expect_numbers(got, 0, 10);
    expect_numbers(got + n - 10 * 160, 10, 10);
}

static void ends_at_its_limit(void **state)
{
    struct fixture *f = *state;
    static int16_t got[16000];

    start(f, &(struct stream_record){ .max_ms = 310 }); /* not a whole number of frames */
    say(f, 0, 25);
    await(f, 1);
    assert_int_equal(f->ta.length_ms, 310);
    assert_int_equal(read_wav(got, 16000), 310 * 8);
    expect_numbers(got, 0, 15);
}

/* The limit counts time, also when the phone sends nothing at all. */
static void ends_at_its_limit_in_silence(void **state)
{
    struct fixture *f = *state;
    static int16_t got[16000];

    start(f, &(struct stream_record){ .max_ms = 200 });
    await(f, 1);
    assert_false(f->ta.heard);
    assert_int_equal(read_wav(got, 16000), 200 * 8);
}

static void voice_then_silence(void **state)
{
    struct fixture *f = *state;
    uint8_t payload[160];
    unsigned sent = 0;

    start(f, &(struct stream_record){ .silence_ms = 500, .max_ms = 10000 });
    for (unsigned i = 0; i < 60; i++) {
        phone_read(&f->pa);
        fill_voice(payload, i >= 15 && i < 30);
        phone_send(&f->pa, 0, payload, sizeof payload);
        sent++;
    }
    await(f, 1);
    assert_true(f->ta.heard);
    /* voice until 600 ms, its hangover of some frames, 500 ms of silence */
    assert_in_range(f->ta.length_ms, 1060, 1200);
}

static void silence_from_the_start(void **state)
{
    struct fixture *f = *state;

    start(f, &(struct stream_record){ .silence_ms = 300 });
    await(f, 1);
    assert_false(f->ta.heard);
    assert_in_range(f->ta.length_ms, 0, 320);
}

/* The beep is heard by the caller first, and what comes during it is not in the file. */
static void beeps_first(void **state)
{
    struct fixture *f = *state;
    static int16_t got[16000];
    struct rtp_packet r;
    unsigned sound = 0;
    uint8_t payload[160];

    start(f, &(struct stream_record){ .beep = true });
    do {
        fill(payload, 200);
        phone_send(&f->pa, 0, payload, sizeof payload);
        r = phone_read(&f->pa);
        sound += r.payload[80] != 0xFF || r.payload[81] != 0xFF;
    } while (sound == 0 || r.payload[80] != 0xFF || r.payload[81] != 0xFF);
    assert_in_range(sound, 13, 15); /* 300 ms, the first frame may have been read by start() */
    f->pa.ssrc++;
    say(f, 0, 10);
    stream_record_stop(f->a);
    await(f, 1);
    assert_int_equal(f->ta.played, 0);
    assert_in_range(read_wav(got, 16000), 10 * 160, 12 * 160);
    expect_numbers(got + (f->ta.length_ms - 200) * 8, 0, 10);
}

static void stop_during_the_beep(void **state)
{
    struct fixture *f = *state;
    static int16_t got[160];

    start(f, &(struct stream_record){ .beep = true });
    stream_record_stop(f->a);
    await(f, 1);
    assert_int_equal(f->ta.length_ms, 0);
    assert_int_equal(read_wav(got, 160), 0);
}

/* While it is written the file can be played and is at most 200 ms behind what was said. */
static void whole_at_any_moment(void **state)
{
    struct fixture *f = *state;
    static int16_t got[16000];

    start(f, &(struct stream_record){ 0 });
    for (unsigned i = 0; i < 60; i += 10) {
        say(f, i, 10);
        int n = read_wav(got, 16000);
        assert_true(n >= (int)i * 160);
        if (n > 0)
            expect_numbers(got, 0, (unsigned)n / 160);
    }
    stream_record_stop(f->a);
    await(f, 1);
}

/* A phone that sends nothing while nobody speaks: what came before is in the file 200 ms later. */
static void nothing_is_kept_back_in_a_pause(void **state)
{
    struct fixture *f = *state;
    static int16_t got[16000];

    start(f, &(struct stream_record){ 0 });
    for (unsigned round = 0; round < 3; round++) {
        say(f, round * 10, 10);
        for (unsigned i = 0; i < 10; i++)
            phone_read(&f->pa);
        int n = read_wav(got, 16000);
        assert_int_equal(n, 160 * (20 * round + 10));
        expect_numbers(got + round * 20 * 160, round * 10, 10);
        f->pa.ts += 10 * 160; /* the pause */
    }
    stream_record_stop(f->a);
    await(f, 1);
    assert_int_equal(read_wav(got, 16000), 160 * 50);
}

/* The process is killed while the caller speaks: the file can be played and lacks 200 ms at most. */
static void survives_a_kill(void **state)
{
    static int16_t got[16000];
    pid_t child = fork();
    int n, status;

    (void)state;
    if (child == 0) {
        void *own = NULL;
        fixture_open(&own);
        start(own, &(struct stream_record){ 0 });
        say(own, 0, 50);
        kill(getpid(), SIGKILL);
    }
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    n = read_wav(got, 16000);
    assert_in_range(n, 40 * 160, 50 * 160);
    expect_numbers(got, 0, (unsigned)n / 160);
}

static void no_folder_is_said(void **state)
{
    struct fixture *f = *state;

    snprintf(path, sizeof path, "/tmp/there/is/no/such/folder.wav");
    start(f, &(struct stream_record){ 0 });
    await(f, 1);
    assert_true(f->ta.failed);
    assert_string_equal(f->ta.why, "cannot create the file: No such file or directory");
}

static void full_disk_at_once(void **state)
{
    struct fixture *f = *state;

    snprintf(path, sizeof path, "/dev/full");
    start(f, &(struct stream_record){ 0 });
    await(f, 1);
    snprintf(path, sizeof path, "/tmp/nothing");
    assert_true(f->ta.failed);
    assert_string_equal(f->ta.why, "cannot create the file: No space left on device");
}

/* The disk takes 300 ms and then no more: those stay, and can be played. */
static void full_disk_keeps_what_it_has(void **state)
{
    struct fixture *f = *state;
    struct rlimit limit, small;
    static int16_t got[16000];

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = WAV_BYTES;
    setrlimit(RLIMIT_FSIZE, &small);
    start(f, &(struct stream_record){ 0 });
    say(f, 0, 40);
    await(f, 1);
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_true(f->ta.failed);
    assert_string_equal(f->ta.why, "cannot write: File too large");
    assert_int_equal(f->ta.length_ms, 300);
    assert_int_equal(read_wav(got, 16000), 2400);
    expect_numbers(got, 0, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stop_is_exact),
        TEST(close_keeps_all),
        TEST(timestamps_decide),
        TEST(swapped_packets_of_wide_band),
        TEST(a_pressed_key_is_no_loss),
        TEST(new_ssrc_goes_on),
        TEST(ends_at_its_limit),
        TEST(ends_at_its_limit_in_silence),
        TEST(voice_then_silence),
        TEST(silence_from_the_start),
        TEST(beeps_first),
        TEST(stop_during_the_beep),
        TEST(whole_at_any_moment),
        TEST(nothing_is_kept_back_in_a_pause),
        cmocka_unit_test_setup_teardown(survives_a_kill, only_path, remove_path),
        TEST(no_folder_is_said),
        TEST(full_disk_at_once),
        TEST(full_disk_keeps_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
