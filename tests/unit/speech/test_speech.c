/* Flite behind speech_say: each voice speaks, rate stretches, hostile texts are harmless, threads may call at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <pthread.h>

#include "sipfront/speech/speech.h"

static struct speech *speech;

static int setup(void **state)
{
    (void)state;
    return speech_new(&speech) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    speech_free(&speech);
    return 0;
}

static const struct {
    const char *name, *text, *voice;
    int percent;
    enum err want;
    unsigned min_ms;
} rows[] = {
    { "default voice", "Please press one.", "", 100, ERR_OK, 600 },
    { "slt", "Please press one.", "slt", 100, ERR_OK, 600 },
    { "rms", "Please press one.", "rms", 100, ERR_OK, 600 },
    { "awb", "Please press one.", "awb", 100, ERR_OK, 600 },
    { "kal", "Please press one.", "kal", 100, ERR_OK, 600 },
    { "unknown voice", "Please press one.", "bob", 100, ERR_INVALID, 0 },
    { "too slow", "Please press one.", "", 49, ERR_INVALID, 0 },
    { "too quick", "Please press one.", "", 201, ERR_INVALID, 0 },
    { "no words", "", "", 100, ERR_OK, 0 },
    { "blanks", " \n\t ", "", 100, ERR_OK, 0 },
    { "punctuation", "...!?,,;", "", 100, ERR_OK, 0 },
    { "letters beyond ASCII", "Gr\xC3\xBC\xC3\x9F Gott \xE2\x80\x94 caf\xC3\xA9", "", 100, ERR_OK, 400 },
    { "broken UTF-8", "one \xFF\xFE\xC3 two", "", 100, ERR_OK, 300 },
    { "control characters", "one\x01\x02\x1B two", "", 100, ERR_OK, 300 },
    { "digits", "31415926535", "", 100, ERR_OK, 1000 },
};

static unsigned length_ms(const struct speech_audio *a) { return a->count * 1000u / (a->rate ? a->rate : 1); }

static unsigned first_sound_ms(const struct speech_audio *a)
{
    unsigned i = 0;

    while (i < a->count && abs(a->samples[i]) < 131)
        i++;
    return i * 1000u / a->rate;
}

static void speaks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct speech_audio a = { 0 };
        enum err e = speech_say(speech, str_of(rows[i].text), str_of(rows[i].voice), rows[i].percent, &a);
        if (e == ERR_OK && rows[i].min_ms && first_sound_ms(&a) > 15)
            fail_msg("%s: the first sound comes after %u ms", rows[i].name, first_sound_ms(&a));
        if (e != rows[i].want || length_ms(&a) < rows[i].min_ms)
            fail_msg("%s: %s, %u ms", rows[i].name, err_text(e), length_ms(&a));
        free(a.samples);
    }
}

static void rate_stretches(void **state)
{
    struct speech_audio slow, usual, quick;
    struct str text = STR("The quick brown fox jumps over the lazy dog.");

    (void)state;
    assert_int_equal(speech_say(speech, text, STR(""), 50, &slow), ERR_OK);
    assert_int_equal(speech_say(speech, text, STR(""), 100, &usual), ERR_OK);
    assert_int_equal(speech_say(speech, text, STR(""), 200, &quick), ERR_OK);
    assert_in_range(length_ms(&slow), length_ms(&usual) * 17 / 10, length_ms(&usual) * 23 / 10);
    assert_in_range(length_ms(&quick), length_ms(&usual) * 4 / 10, length_ms(&usual) * 6 / 10);
    free(slow.samples);
    free(usual.samples);
    free(quick.samples);
}

static void too_long_is_refused(void **state)
{
    struct speech_audio a;
    static char text[20000];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_int_equal(speech_say(speech, (struct str){ text, sizeof text }, STR(""), 100, &a), ERR_TOO_BIG);
}

static void *say_in_thread(void *arg)
{
    struct speech_audio *a = arg;
    enum err e = speech_say(speech, STR("Goodbye."), STR("kal"), 100, a);

    return e ? arg : NULL;
}

static void threads_may_speak_at_once(void **state)
{
    pthread_t thread[4];
    struct speech_audio a[4];
    void *failed;

    (void)state;
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, say_in_thread, &a[i]), 0);
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(thread[i], &failed);
        assert_null(failed);
        assert_int_equal(a[i].count, a[0].count);
    }
    for (unsigned i = 0; i < 4; i++)
        free(a[i].samples);
}

static void knows_its_voices(void **state)
{
    (void)state;
    assert_true(speech_has_voice(STR("")));
    assert_true(speech_has_voice(STR("awb")));
    assert_false(speech_has_voice(STR("AWB")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speaks),
        cmocka_unit_test(rate_stretches),
        cmocka_unit_test(too_long_is_refused),
        cmocka_unit_test(threads_may_speak_at_once),
        cmocka_unit_test(knows_its_voices),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
