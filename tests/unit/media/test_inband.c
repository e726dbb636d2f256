/* Digits in the audio: ten thousand of ours and of a phone's heard once each, through every codec, with loss; none in
 * speech or music-like sound. And ten thousand by RFC 4733 with loss and packets out of order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "sipfront/media/inband.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/telephone_event.h"
#include "tests/unit/media/sound.h"

enum { MANY = 10000, FEW = 400, FRAME_MS = 20 };
static const char keys[] = "0123456789*#ABCD";

static char nth(unsigned i)
{
    return i % 7 == 3 ? keys[(i - 1) * 11 % 16] : keys[i * 11 % 16];
} /* some twice in a row */

/* A tone as phones make them: level and length differ, the higher tone up to 3.5 dB louder (Q.24 wants 4). */
static void phone_tone(int16_t *out, char digit, unsigned ms, double level, double twist)
{
    static const double low[] = { 697, 770, 852, 941 }, high[] = { 1209, 1336, 1477, 1633 };
    size_t at = (size_t)(strchr("123A456B789C*0#D", digit) - "123A456B789C*0#D");

    for (unsigned i = 0; i < ms * 8; i++)
        out[i] = (int16_t)(level *
                           (sin(2 * M_PI * low[at / 4] * i / 8000) + twist * sin(2 * M_PI * high[at % 4] * i / 8000)));
}

static void a_phones_digits(void **state)
{
    struct inband *b = inband_new();
    static int16_t tone[8 * 300];
    unsigned wrong = 0;

    (void)state;
    srand(3);
    for (unsigned i = 0; i < MANY; i++) {
        unsigned on = 60 + (unsigned)rand() % 60, off = 50 + (unsigned)rand() % 60, n;
        char out[8] = "";
        memset(tone, 0, sizeof tone);
        phone_tone(tone, nth(i), on, 1500 + rand() % 6000, 0.8 + rand() % 70 / 100.0);
        for (unsigned k = 0; k < (on + off) * 8; k++)
            tone[k] = (int16_t)(tone[k] + rand() % 61 - 30); /* line noise */
        n = inband_hear(b, tone, (on + off) * 8, out, sizeof out);
        wrong += n != 1 || out[0] != nth(i);
    }
    inband_free(&b);
    assert_int_equal(wrong, 0);
}

/* What we send in band, in packets through the codec, a share of them lost; how many of n were not heard right. */
static unsigned through(enum codec codec, unsigned n, unsigned lost_percent)
{
    struct inband *b = inband_new();
    struct encoder *e = encoder_new(codec);
    struct rtp_packet p = { .ssrc = 4 };
    unsigned wrong = 0;

    srand(5);
    for (unsigned i = 0; i < n; i++) {
        struct inband_sender s = { 0 };
        char out[8] = "";
        unsigned heard = 0;
        assert_true(inband_start(&s, nth(i)));
        while (s.busy) {
            struct pcm sound = { .rate = codec_info(codec)->rate };
            uint8_t payload[400];
            inband_next(&s, FRAME_MS, &sound);
            p.len = encoder_encode(e, sound.samples, sound.n, payload, sizeof payload);
            p.payload = payload;
            if ((unsigned)rand() % 100 >= lost_percent)
                heard += inband_packet(b, codec, &p, out + heard, 4);
            p.seq++;
            p.ts += FRAME_MS * codec_khz(codec);
        }
        wrong += heard != 1 || out[0] != nth(i);
    }
    encoder_free(&e);
    inband_free(&b);
    return wrong;
}

static void our_digits_through_each_codec(void **state)
{
    (void)state;
    assert_int_equal(through(CODEC_PCMU, MANY, 0), 0);
    for (unsigned c = 1; c < CODEC_COUNT; c++) {
        unsigned wrong = through((enum codec)c, FEW, 0);
        if (wrong)
            fail_msg("%s: %u of %u wrong", codec_info((enum codec)c)->name, wrong, (unsigned)FEW);
    }
}

static void with_loss(void **state)
{
    unsigned wrong = through(CODEC_PCMU, MANY, 1);

    (void)state;
    /* Tones have no numbers: one cut in two by loss can be too short. That comes to one in 300,000; in this draw, none.
     */
    assert_int_equal(wrong, 0);
}

/* Pauses that are not sent (silence suppression) part two presses of one key. */
static void pause_that_is_not_sent(void **state)
{
    struct inband *b = inband_new();
    struct rtp_packet p = { .ssrc = 4 };
    int16_t tone[160];
    uint8_t payload[160];
    unsigned heard = 0;

    (void)state;
    for (unsigned press = 0; press < 20; press++) {
        struct encoder *e = encoder_new(CODEC_PCMU);
        int16_t whole[8 * 100];
        phone_tone(whole, '5', 100, 4000, 1);
        for (unsigned i = 0; i < 5; i++, p.seq++, p.ts += 160) {
            char out[4];
            memcpy(tone, whole + i * 160, sizeof tone);
            p.len = encoder_encode(e, tone, 160, payload, sizeof payload);
            p.payload = payload;
            heard += inband_packet(b, CODEC_PCMU, &p, out, 4);
        }
        p.ts += 60 * 8;
        encoder_free(&e);
    }
    inband_free(&b);
    assert_int_equal(heard, 20);
}

/* hushed: packets of 20 ms at whose end a tone seems to sound. */
static unsigned digits_in(const char *path, double *seconds, unsigned *hushed)
{
    struct prompt_audio a = { 0 };
    struct inband *b = inband_new();
    char out[64];
    unsigned n = 0;

    if (prompt_audio_file(&a, path) == ERR_OK) {
        for (size_t at = 0; at + 160 <= a.count; at += 160) {
            n += inband_hear(b, a.samples + at, 160, out, sizeof out);
            *hushed += inband_sounds(b);
        }
        *seconds += (double)a.count / 8000;
    }
    prompt_audio_free(&a);
    inband_free(&b);
    return n;
}

/* Recorded human prompts, where they are installed (tests/bench/dtmf_false does all of them at four levels). */
static void none_in_speech(void **state)
{
    static const char folder[] = "/usr/share/asterisk/sounds/en_US_f_Allison";
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    double seconds = 0;
    unsigned found = 0, files = 0, hushed = 0;

    (void)state;
    if (!dir) {
        skip();
        return;
    }
    while ((entry = readdir(dir)) && files < 200) {
        char path[512];
        if (!strstr(entry->d_name, ".wav"))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        found += digits_in(path, &seconds, &hushed);
        files++;
    }
    closedir(dir);
    print_message("%u digits in %.0f s of speech, %u packets of it hushed\n", found, seconds, hushed);
    assert_true(hushed <= seconds / 10);
    assert_true(seconds > 60);
    assert_int_equal(found, 0);
}

struct on_the_way {
    int64_t at_ms;
    uint16_t seq;
    struct rtp_packet p;
    uint8_t payload[EVENT_PAYLOAD];
};

static int by_arrival(const void *a, const void *b)
{
    const struct on_the_way *x = a, *y = b;
    return x->at_ms != y->at_ms ? (x->at_ms < y->at_ms ? -1 : 1) : x->seq - y->seq;
}

/* 3 % lost, and delays of up to 60 ms, so that packets overtake each other: none lost, none doubled, all in order. */
static void events_with_loss_and_disorder(void **state)
{
    static struct on_the_way packets[MANY * 12];
    static char told[MANY + 2];
    struct event_receiver r = { 0 };
    size_t n = 0, ntold = 0, lost = 0, swapped = 0;
    uint16_t seq = 0;
    int64_t now = 0;

    (void)state;
    srand(8);
    for (unsigned i = 0; i < MANY; i++) {
        struct event_sender s = { 0 };
        assert_true(event_start(&s, nth(i), (uint32_t)now * 8, 8));
        for (; s.busy; now += FRAME_MS) {
            struct event_packet out;
            struct on_the_way *w = &packets[n];
            event_next(&s, FRAME_MS, &out);
            if (!out.send)
                continue;
            memcpy(w->payload, out.payload, sizeof w->payload);
            w->p = (struct rtp_packet){ .pt = 101, .seq = seq++, .ts = s.ts, .ssrc = 1, .len = EVENT_PAYLOAD };
            w->at_ms = now + rand() % 61;
            if (rand() % 100 < 3)
                lost++;
            else
                n++;
        }
    }
    qsort(packets, n, sizeof packets[0], by_arrival);
    for (size_t i = 0; i < n; i++) {
        char digit;
        swapped += i > 0 && packets[i].p.seq < packets[i - 1].p.seq;
        packets[i].p.payload = packets[i].payload;
        digit = event_receive(&r, &packets[i].p, packets[i].at_ms);
        if (digit && ntold < sizeof told - 1)
            told[ntold++] = digit;
    }
    print_message("%zu packets lost, %zu out of order\n", lost, swapped);
    assert_true(lost > 2000 && swapped > 5000);
    assert_int_equal(ntold, MANY);
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(told[i], nth(i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phones_digits), cmocka_unit_test(our_digits_through_each_codec),
        cmocka_unit_test(with_loss),       cmocka_unit_test(pause_that_is_not_sent),
        cmocka_unit_test(none_in_speech),  cmocka_unit_test(events_with_loss_and_disorder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
