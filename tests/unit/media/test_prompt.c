/* Prompts: rendering of files, words and tones, and the cache that shares them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sndfile.h>

#include "sipfront/media/codec_g711.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/prompt_data.h"

static atomic_uint rendered;

/* Speech of a sort: text.len * 100 ms of a constant, at 16 kHz. "!" fails. */
static enum err render(void *self, const struct prompt_request *rq, int16_t **samples, unsigned *count, unsigned *rate)
{
    (void)self;
    atomic_fetch_add(&rendered, 1);
    if (str_is(rq->text, "!"))
        return ERR_UNSUPPORTED;
    *rate = 16000;
    *count = (unsigned)rq->text.len * 1600;
    *samples = malloc(*count * sizeof **samples + 1);
    for (unsigned i = 0; i < *count; i++)
        (*samples)[i] = 1000;
    return ERR_OK;
}

struct fixture {
    struct loop *loop;
    struct workers *workers;
    struct prompt_cache *cache;
    unsigned waiting;
    struct prompt *got; /* of the last answer */
    enum err e;
};

static void on_ready(struct prompt *p, enum err e, void *owner)
{
    struct fixture *f = owner;

    prompt_unref(&f->got);
    f->got = p ? prompt_ref(p) : NULL;
    f->e = e;
    if (--f->waiting == 0)
        loop_stop(f->loop);
}

static struct prompt_wait *ask(struct fixture *f, enum prompt_source source, const char *text)
{
    struct prompt_request rq = { .source = source, .text = str_of(text) };

    f->waiting++;
    return prompt_get(f->cache, &rq, on_ready, f);
}

static void get(struct fixture *f, enum prompt_source source, const char *text)
{
    ask(f, source, text);
    loop_run(f->loop);
}

static void open_cache(struct fixture *f, uint64_t max_bytes)
{
    struct prompt_cache_params p = { f->loop, f->workers, { render, NULL }, max_bytes };

    assert_int_equal(prompt_cache_new(&f->cache, &p), ERR_OK);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    *state = f;
    assert_int_equal(loop_new(&f->loop), ERR_OK);
    assert_int_equal(workers_new(&f->workers, f->loop, "test", 2, 8), ERR_OK);
    open_cache(f, 0);
    atomic_store(&rendered, 0);
    return 0;
}

static void stop(void *arg) { loop_stop(arg); }

static int teardown(void **state)
{
    struct fixture *f = *state;

    prompt_cache_free(&f->cache);
    workers_free(&f->workers);
    loop_post(f->loop, stop, f->loop); /* done functions of the last jobs */
    loop_run(f->loop);
    prompt_unref(&f->got);
    loop_free(&f->loop);
    free(f);
    return 0;
}

static void write_wav(const char *path, const int16_t *samples, int n, int rate, int channels)
{
    SF_INFO info = { .samplerate = rate, .channels = channels, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16 };
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);

    assert_non_null(file);
    assert_int_equal(sf_writef_short(file, samples, n), n);
    sf_close(file);
}

/* 8 kHz files come out sample by sample, with the tail of the last frame silent. */
static void file_is_exact(void **state)
{
    struct fixture *f = *state;
    char path[] = "/tmp/prompt_XXXXXX";
    int16_t samples[1234];
    uint8_t want[1280];

    for (int i = 0; i < 1234; i++)
        samples[i] = (int16_t)(i * 53 - 32768);
    close(mkstemp(path));
    write_wav(path, samples, 1234, 8000, 1);
    get(f, PROMPT_AUDIO_FILE, path);
    assert_int_equal(f->e, ERR_OK);
    assert_int_equal(f->got->samples, 1234);
    assert_int_equal(f->got->padded, 1280);
    assert_int_equal(prompt_length_ms(f->got), 154);
    for (unsigned law = CODEC_PCMU; law <= CODEC_PCMA; law++) {
        memset(want, codec_silence(law), sizeof want);
        codec_encode(law, want, samples, 1234);
        assert_memory_equal(prompt_payload(f->got, law), want, sizeof want);
    }
    unlink(path);
}

/* A changed file is heard at once, an unchanged one is not read again, a vanished one is an error. */
static void changed_file_is_read_again(void **state)
{
    struct fixture *f = *state;
    char path[] = "/tmp/prompt_XXXXXX";
    int16_t samples[800] = { 0 };
    struct prompt *first;

    close(mkstemp(path));
    write_wav(path, samples, 400, 8000, 1);
    get(f, PROMPT_AUDIO_FILE, path);
    first = prompt_ref(f->got);
    get(f, PROMPT_AUDIO_FILE, path);
    assert_ptr_equal(first, f->got);
    write_wav(path, samples, 800, 8000, 1);
    get(f, PROMPT_AUDIO_FILE, path);
    assert_int_equal(f->got->samples, 800);
    assert_int_equal(first->samples, 400); /* whoever plays the old one keeps it */
    prompt_unref(&first);
    unlink(path);
    get(f, PROMPT_AUDIO_FILE, path);
    assert_null(f->got);
    assert_int_equal(f->e, ERR_NOT_FOUND);
}

static const struct {
    const char *name;
    int rate, channels;
} formats[] = {
    { "16 kHz", 16000, 1 }, { "44.1 kHz stereo", 44100, 2 }, { "48 kHz", 48000, 1 }, { "11025 Hz", 11025, 1 }
};

/* A 440 Hz sine of one second at any rate is the same sine at 8 kHz: right length, right phase. */
static void resampled_is_in_place(void **state)
{
    struct fixture *f = *state;
    char path[] = "/tmp/prompt_XXXXXX";
    int16_t *samples = calloc(48000 * 2, sizeof *samples);

    close(mkstemp(path));
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct prompt_audio a = { 0 };
        double error = 0;
        int n = formats[i].rate, ch = formats[i].channels;
        for (int k = 0; k < n * ch; k++)
            samples[k] = (int16_t)(8000 * sin(2 * M_PI * 440 * floor((double)k / ch) / n));
        write_wav(path, samples, n, n, ch);
        assert_int_equal(prompt_audio_file(&a, path), ERR_OK);
        for (size_t k = 200; k + 200 < a.count; k++)
            error = fmax(error, fabs(a.samples[k] - 8000 * sin(2 * M_PI * 440 * (double)k / 8000)));
        if (error > 200 || a.count < 7990 || a.count > 8010)
            fail_msg("%s: %zu samples, error %f", formats[i].name, a.count, error);
        prompt_audio_free(&a);
    }
    unlink(path);
    free(samples);
    (void)f;
}

/* Float audio beyond full scale is turned down, not clipped. */
static void loud_is_turned_down(void **state)
{
    char path[] = "/tmp/prompt_XXXXXX";
    SF_INFO info = { .samplerate = 8000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT };
    SNDFILE *file;
    float loud[4] = { 0.5F, 2.0F, -2.0F, 1.0F };
    struct prompt_audio a = { 0 };

    (void)state;
    close(mkstemp(path));
    file = sf_open(path, SFM_WRITE, &info);
    sf_writef_float(file, loud, 4);
    sf_close(file);
    assert_int_equal(prompt_audio_file(&a, path), ERR_OK);
    assert_in_range(a.samples[0], 8190, 8193);
    assert_int_equal(a.samples[1], 32767);
    assert_int_equal(a.samples[2], -32767);
    assert_in_range(a.samples[3], 16382, 16385);
    prompt_audio_free(&a);
    unlink(path);
}

static const struct {
    const char *path;
    enum err want;
} refused[] = {
    { "/nonexistent/file.wav", ERR_NOT_FOUND }, { "/dev/zero", ERR_IO }, { "/", ERR_IO }, { "/etc/passwd", ERR_IO }
};

static void what_is_no_audio_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct prompt_audio a = { 0 };
        enum err e = prompt_audio_file(&a, refused[i].path);
        if (e != refused[i].want)
            fail_msg("%s: %s", refused[i].path, err_text(e));
    }
}

static const struct {
    const char *name;
    int64_t ms;
} tones[] = { { "ring", 5000 }, { "busy", 1000 }, { "congestion", 500 }, { "dial", 4000 }, { "beep", 300 } };

static void tones_have_their_cadence(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof tones / sizeof *tones; i++) {
        get(f, PROMPT_NAMED_TONE, tones[i].name);
        assert_int_equal(f->e, ERR_OK);
        assert_int_equal(prompt_length_ms(f->got), tones[i].ms);
    }
    get(f, PROMPT_NAMED_TONE, "siren");
    assert_int_equal(f->e, ERR_INVALID);
}

/* Ten at once for one thing: one job; then from memory. */
static void one_flight(void **state)
{
    struct fixture *f = *state;
    struct prompt_cache_stats s;

    for (int i = 0; i < 10; i++)
        ask(f, PROMPT_WORDS, "hello");
    loop_run(f->loop);
    get(f, PROMPT_WORDS, "hello");
    assert_int_equal(atomic_load(&rendered), 1);
    assert_int_equal(prompt_length_ms(f->got), 500);
    prompt_cache_stats(f->cache, &s);
    assert_int_equal(s.misses, 1);
    assert_int_equal(s.hits, 10);
    assert_int_equal(s.entries, 1);
}

static void voice_and_rate_are_part_of_the_request(void **state)
{
    struct fixture *f = *state;
    struct prompt_request rq[] = { { PROMPT_WORDS, STR("b"), STR("a"), 0, CODEC_NONE },
                                   { PROMPT_WORDS, STR("ab"), STR(""), 0, CODEC_NONE },
                                   { PROMPT_WORDS, STR("ab"), STR(""), 100, CODEC_NONE },
                                   { PROMPT_WORDS, STR("ab"), STR(""), 90, CODEC_NONE } };

    for (int i = 0; i < 4; i++) {
        f->waiting++;
        prompt_get(f->cache, &rq[i], on_ready, f);
    }
    loop_run(f->loop);
    assert_int_equal(atomic_load(&rendered), 3);
}

static void errors_are_not_kept(void **state)
{
    struct fixture *f = *state;
    struct prompt_cache_stats s;

    for (unsigned i = 1; i <= 2; i++) {
        get(f, PROMPT_WORDS, "!");
        assert_int_equal(f->e, ERR_UNSUPPORTED);
        assert_null(f->got);
        assert_int_equal(atomic_load(&rendered), i);
    }
    prompt_cache_stats(f->cache, &s);
    assert_int_equal(s.entries, 0);
    assert_int_equal(s.bytes, 0);
}

static void least_recently_used_goes(void **state)
{
    struct fixture *f = *state;
    struct prompt_cache_stats s;

    prompt_cache_free(&f->cache);
    open_cache(f, 8000); /* each second character is 1600 bytes: "aaaa" takes 6400 */
    get(f, PROMPT_WORDS, "aa");
    get(f, PROMPT_WORDS, "bb");
    get(f, PROMPT_WORDS, "aa");
    get(f, PROMPT_WORDS, "cc"); /* bb goes */
    prompt_cache_stats(f->cache, &s);
    assert_true(s.bytes <= 8000);
    assert_int_equal(s.entries, 2);
    assert_int_equal(atomic_load(&rendered), 3);
    get(f, PROMPT_WORDS, "aa");
    assert_int_equal(atomic_load(&rendered), 3);
    get(f, PROMPT_WORDS, "bb");
    assert_int_equal(atomic_load(&rendered), 4);
}

/* A stopped wait is not called, whether its answer was under way or known. */
static void stopped_is_not_called(void **state)
{
    struct fixture *f = *state;
    struct prompt_wait *w = ask(f, PROMPT_WORDS, "one");

    prompt_wait_stop(&w);
    assert_null(w);
    f->waiting--;
    get(f, PROMPT_WORDS, "one");
    w = ask(f, PROMPT_WORDS, "one");
    prompt_wait_stop(&w);
    f->waiting--;
    get(f, PROMPT_WORDS, "two");
    assert_int_equal(f->waiting, 0);
    prompt_wait_stop(&w); /* a pointer to NULL is fine */
}

static void cache_may_go_while_it_renders(void **state)
{
    struct fixture *f = *state;

    ask(f, PROMPT_WORDS, "a long sentence");
    ask(f, PROMPT_AUDIO_FILE, "/nonexistent");
    prompt_cache_free(&f->cache); /* no callback any more */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(file_is_exact, setup, teardown),
        cmocka_unit_test_setup_teardown(changed_file_is_read_again, setup, teardown),
        cmocka_unit_test_setup_teardown(resampled_is_in_place, setup, teardown),
        cmocka_unit_test(loud_is_turned_down),
        cmocka_unit_test(what_is_no_audio_is_refused),
        cmocka_unit_test_setup_teardown(tones_have_their_cadence, setup, teardown),
        cmocka_unit_test_setup_teardown(one_flight, setup, teardown),
        cmocka_unit_test_setup_teardown(voice_and_rate_are_part_of_the_request, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_are_not_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(least_recently_used_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(stopped_is_not_called, setup, teardown),
        cmocka_unit_test_setup_teardown(cache_may_go_while_it_renders, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
