/* PocketSphinx behind hear_pcm: a spoken prompt is understood, what is no speech has no words, what cannot be is
 * refused. The prompt is of Debian's asterisk-core-sounds-en-g722. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sipfront/media/codec.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/transcribe/hear.h"
#include "vm/base/str.h"

#define SOUNDS "/usr/share/asterisk/sounds/en_US_f_Allison/agent-alreadyon"
enum { RATE = 16000, PACKET = 160, FILE_MOST = 1 << 20 };

static struct hear *hear;

static int setup(void **state)
{
    (void)state;
    return hear_open(NULL, &hear) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    hear_close(&hear);
    hear_close(&hear);
    return 0;
}

/* The prompt at 16 or 8 kHz; NULL: its package is not installed. */
static int16_t *prompt(int rate, size_t *count)
{
    static const char wide[] = SOUNDS ".g722", narrow[] = SOUNDS ".wav";
    struct prompt_audio a = { .codec = CODEC_PCMU };
    struct sbuf file = { 0 };
    if (rate == 8000 ? prompt_audio_file(&a, narrow) : sbuf_read_file(&file, wide, FILE_MOST))
        return NULL;
    *count = a.count;
    if (rate == 8000)
        return a.samples; /* which it owned */
    struct decoder *d = decoder_new(CODEC_G722);
    int16_t *pcm = calloc(file.len * 2, sizeof *pcm);
    assert_non_null(pcm);
    for (size_t at = 0; at + PACKET <= file.len; at += PACKET)
        *count += decoder_decode(d, (const uint8_t *)file.p + at, PACKET, pcm + *count);
    decoder_free(&d);
    sbuf_free(&file);
    return pcm;
}

static bool heard(const struct hear_words *w, const char *text)
{
    for (size_t i = 0; i < w->len; i++)
        if (strcmp(w->items[i].text, text) == 0)
            return true;
    return false;
}

static void words_are_whole(const struct hear_words *w, int length_ms)
{
    int last = 0;
    for (size_t i = 0; i < w->len; i++) {
        const struct hear_word *word = &w->items[i];
        assert_true(word->confidence >= 0 && word->confidence <= 1);
        assert_true(word->start_ms >= last && word->end_ms > word->start_ms && word->end_ms <= length_ms);
        assert_null(strpbrk(word->text, "()<>[]"));
        last = word->end_ms;
    }
}

/* At 8 kHz too: the bands that are not there are told from those that are. */
static void a_prompt_is_understood(void **state)
{
    static const char *const wanted[] = { "please", "agent", "number", "followed", "by" };
    static const int rates[] = { 16000, 8000 };
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        size_t count = 0, found = 0;
        int16_t *pcm = prompt(rates[k], &count);
        struct hear_words w = { 0 };
        if (!pcm)
            skip();
        assert_int_equal(hear_pcm(hear, pcm, count, rates[k], &w), ERR_OK);
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
            found += heard(&w, wanted[i]);
        assert_true(found >= 4);
        words_are_whole(&w, (int)(count * 1000 / (size_t)rates[k]));
        hear_words_free(&w);
        free(pcm);
    }
}

/* Nothing of one message is left for the next: neither the level of its noise nor the dither. */
static void a_message_is_heard_alike_each_time(void **state)
{
    size_t count = 0;
    int16_t *pcm = prompt(8000, &count);
    struct hear_words first = { 0 }, again = { 0 };
    struct hear *fresh;
    (void)state;
    if (!pcm)
        skip();
    assert_int_equal(hear_pcm(hear, pcm, count, 8000, &again), ERR_OK);
    assert_int_equal(hear_open(NULL, &fresh), ERR_OK);
    assert_int_equal(hear_pcm(fresh, pcm, count, 8000, &first), ERR_OK);
    assert_int_equal(first.len, again.len);
    for (size_t i = 0; i < first.len; i++)
        assert_string_equal(first.items[i].text, again.items[i].text);
    hear_close(&fresh);
    hear_words_free(&first);
    hear_words_free(&again);
    free(pcm);
}

/* Longer than the decoder takes at once: the times go on, and all of it is heard. */
static void long_audio_is_heard_to_its_end(void **state)
{
    size_t count = 0, times = 8;
    int16_t *one = prompt(RATE, &count);
    struct hear_words w = { 0 };
    (void)state;
    if (!one || !count) {
        skip();
        return;
    }
    int16_t *pcm = calloc(count * times, sizeof *pcm);
    assert_non_null(pcm);
    for (size_t i = 0; i < times; i++)
        memcpy(pcm + i * count, one, count * sizeof *pcm);
    assert_int_equal(hear_pcm(hear, pcm, count * times, RATE, &w), ERR_OK);
    assert_true(w.len > 8 * times);
    words_are_whole(&w, (int)(count * times * 1000 / RATE));
    assert_true(w.items[w.len - 1].end_ms > (int)(count * (times - 1) * 1000 / RATE));
    hear_words_free(&w);
    free(pcm);
    free(one);
}

static void silence_has_no_words(void **state)
{
    static const struct {
        int rate, noise;
        size_t count;
    } rows[] = { { 16000, 0, 32000 }, { 8000, 0, 16000 }, { 16000, 8, 32000 },
                 { 8000, 8, 16000 },  { 8000, 0, 0 },     { 8000, 0, 7 } };
    int16_t *pcm = calloc(32000, sizeof *pcm);
    assert_non_null(pcm);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hear_words w = { 0 };
        for (size_t k = 0; k < rows[i].count; k++)
            pcm[k] = (int16_t)((int)(k * 7919 % 101) % (2 * rows[i].noise + 1) - rows[i].noise);
        assert_int_equal(hear_pcm(hear, pcm, rows[i].count, rows[i].rate, &w), ERR_OK);
        assert_int_equal(w.len, 0);
        hear_words_free(&w);
    }
    free(pcm);
}

/* Loud, and shorter than a frame or no speech at all: no fault, whatever is heard. */
static void what_is_no_speech_is_harmless(void **state)
{
    static const size_t counts[] = { 200, 399, 400, 800, 16000 };
    int16_t *pcm = calloc(16000, sizeof *pcm);
    assert_non_null(pcm);
    (void)state;
    for (size_t k = 0; k < 16000; k++)
        pcm[k] = k / 20 % 2 ? INT16_MAX : INT16_MIN;
    for (size_t i = 0; i < 2 * sizeof counts / sizeof *counts; i++) {
        struct hear_words w = { 0 };
        size_t n = counts[i / 2];
        int rate = i % 2 ? 8000 : 16000;
        assert_int_equal(hear_pcm(hear, pcm, n, rate, &w), ERR_OK);
        words_are_whole(&w, (int)(n * 1000 / (size_t)rate) + 10);
        hear_words_free(&w);
    }
    free(pcm);
}

static void other_rates_are_refused(void **state)
{
    static const int rates[] = { 0, -8000, 44100, 48000 };
    static const int16_t pcm[160];
    (void)state;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct hear_words w = { 0 };
        assert_int_equal(hear_pcm(hear, pcm, 160, rates[i], &w), ERR_INVALID);
        assert_null(w.items);
    }
}

static void a_model_that_is_not_there_is_told(void **state)
{
    static const char *const folders[] = { "/nowhere/xx-yy", "/nowhere/xx-yy/", "", "/", "/usr/share" };
    (void)state;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct hear *h = hear;
        assert_int_equal(hear_open(folders[i], &h), ERR_NOT_FOUND);
        assert_null(h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prompt_is_understood),
        cmocka_unit_test(a_message_is_heard_alike_each_time),
        cmocka_unit_test(long_audio_is_heard_to_its_end),
        cmocka_unit_test(silence_has_no_words),
        cmocka_unit_test(what_is_no_speech_is_harmless),
        cmocka_unit_test(other_rates_are_refused),
        cmocka_unit_test(a_model_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
