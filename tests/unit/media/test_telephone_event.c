/* Each key press is told once, whatever the network does to its packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sipfront/media/telephone_event.h"

/* A packet of a press: number of the press (its timestamp), the key, duration in ms, and whether it is an end. */
struct step {
    uint32_t press;
    uint8_t code, ms, end;
    uint8_t ssrc;
    uint16_t after_ms;
};

static const struct {
    const char *name, *want;
    struct step steps[12];
} rows[] = {
    { "one press",
      "5",
      { { 1, 5, 20, 0, 0, 0 }, { 1, 5, 40, 0, 0, 20 }, { 1, 5, 60, 1, 0, 20 }, { 1, 5, 60, 1, 0, 1 } } },
    { "only the last end arrives", "7", { { 1, 7, 160, 1, 0, 0 } } },
    { "ends lost, next press", "12", { { 1, 1, 20, 0, 0, 0 }, { 2, 2, 20, 0, 0, 200 } } },
    { "the same key twice", "99", { { 1, 9, 60, 1, 0, 0 }, { 2, 9, 60, 1, 0, 200 } } },
    { "ends before starts", "3", { { 1, 3, 160, 1, 0, 0 }, { 1, 3, 20, 0, 0, 5 }, { 1, 3, 40, 0, 0, 5 } } },
    { "an end of the press before comes late",
      "12",
      { { 1, 1, 160, 1, 0, 0 }, { 2, 2, 20, 0, 0, 100 }, { 1, 1, 160, 1, 0, 5 }, { 2, 2, 40, 0, 0, 15 } } },
    { "doubled packets",
      "0",
      { { 1, 0, 20, 0, 0, 0 }, { 1, 0, 20, 0, 0, 0 }, { 1, 0, 160, 1, 0, 0 }, { 1, 0, 160, 1, 0, 0 } } },
    { "star, pound, letters",
      "*#AD",
      { { 1, 10, 20, 1, 0, 0 }, { 2, 11, 20, 1, 0, 9 }, { 3, 12, 20, 1, 0, 9 }, { 4, 15, 20, 1, 0, 9 } } },
    { "flash and fax tones are no keys", "", { { 1, 16, 20, 1, 0, 0 }, { 2, 36, 20, 1, 0, 0 } } },
    { "the phone's clock starts again", "12", { { 900, 1, 20, 1, 0, 0 }, { 5, 2, 20, 1, 0, 1500 } } },
    { "a new sender", "12", { { 900, 1, 20, 1, 0, 0 }, { 5, 2, 20, 1, 1, 40 } } },
};

static void give(struct event_receiver *r, const struct step *s, int64_t *now, char *told)
{
    unsigned samples = s->ms * 8;
    uint8_t payload[4] = { s->code, (uint8_t)(s->end ? 0x8A : 0x0A), (uint8_t)(samples >> 8), (uint8_t)samples };
    struct rtp_packet p = { .ts = s->press * 4000, .ssrc = s->ssrc, .payload = payload, .len = 4 };
    char digit;

    *now += s->after_ms;
    digit = event_receive(r, &p, *now);
    if (digit)
        told[strlen(told)] = digit;
}

static void told_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct event_receiver r = { 0 };
        char told[16] = "";
        int64_t now = 5000;
        for (size_t k = 0; k < 12 && rows[i].steps[k].ms; k++)
            give(&r, &rows[i].steps[k], &now, told);
        if (strcmp(told, rows[i].want) != 0)
            fail_msg("%s: told \"%s\", wanted \"%s\"", rows[i].name, told, rows[i].want);
    }
}

static void short_payload_is_no_event(void **state)
{
    struct event_receiver r = { 0 };
    uint8_t payload[3] = { 1, 0x0A, 0 };
    struct rtp_packet p = { .payload = payload, .len = 3 };

    (void)state;
    assert_int_equal(event_receive(&r, &p, 0), 0);
}

/* A key held for 20 s is cut into segments of 65535 samples (RFC 4733 §2.5.1.3). */
static void long_press_is_one(void **state)
{
    struct event_receiver r = { 0 };
    unsigned told = 0;

    (void)state;
    for (unsigned ms = 20; ms <= 20000; ms += 20) {
        uint32_t sample = ms * 8, segment = (sample - 1) / 65535;
        uint32_t in = sample - segment * 65535;
        uint8_t payload[4] = { 4, (uint8_t)(ms == 20000 ? 0x8A : 0x0A), (uint8_t)(in >> 8), (uint8_t)in };
        struct rtp_packet p = { .ts = 1000 + segment * 65535, .payload = payload, .len = 4 };
        told += event_receive(&r, &p, ms) != 0;
    }
    assert_int_equal(told, 1);
}

/* 2000 digits from our own sender: packets are lost at 3 %, doubled at 3 %, and swapped with the next at 5 %. */
static void survives_a_bad_network(void **state)
{
    struct event_receiver r = { 0 };
    struct event_sender s = { 0 };
    uint8_t held[EVENT_PAYLOAD];
    uint32_t ts = 0, held_ts = 0;
    unsigned wrong = 0, got = 0, seed = 7;
    bool holding = false;

    (void)state;
    for (unsigned n = 0; n < 2000; n++) {
        char digit = "0123456789*#"[n % 12];
        assert_true(event_start(&s, digit, ts, 8));
        while (s.busy) {
            struct event_packet out;
            event_next(&s, 20, &out);
            ts += 160;
            unsigned fate = (unsigned)rand_r(&seed) % 100;
            if (!out.send || fate < 3)
                continue;
            if (fate < 8 && !holding) {
                memcpy(held, out.payload, sizeof held);
                held_ts = s.ts;
                holding = true;
                continue;
            }
            struct rtp_packet p = { .ts = s.ts, .payload = out.payload, .len = 4 };
            for (unsigned k = 0; k < 1u + (fate > 96); k++) {
                char c = event_receive(&r, &p, ts / 8);
                got += c != 0;
                wrong += c && c != digit;
            }
            p = (struct rtp_packet){ .ts = held_ts, .payload = held, .len = 4 };
            if (holding)
                got += event_receive(&r, &p, ts / 8) != 0;
            holding = false;
        }
    }
    assert_int_equal(got, 2000);
    assert_int_equal(wrong, 0);
}

static void sends_as_the_rfc_says(void **state)
{
    struct event_sender s = { 0 };
    struct event_packet out;
    unsigned packets = 0, ends = 0, markers = 0, steps = 0, longest = 0;

    (void)state;
    assert_true(event_start(&s, 'b', 77, 8));
    while (s.busy) {
        event_next(&s, 20, &out);
        steps++;
        if (!out.send)
            continue;
        packets++;
        markers += out.marker;
        ends += (out.payload[1] & 0x80) != 0;
        longest = (unsigned)(out.payload[2] << 8 | out.payload[3]);
        assert_int_equal(out.payload[0], 13);
    }
    assert_int_equal(packets, 10);
    assert_int_equal(ends, 3);
    assert_int_equal(markers, 1);
    assert_int_equal(longest, 1280);
    assert_int_equal(steps, 12);
    assert_false(event_start(&s, 'x', 0, 8));
    assert_false(event_start(&s, '\0', 0, 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(told_once),
        cmocka_unit_test(short_payload_is_no_event),
        cmocka_unit_test(long_press_is_one),
        cmocka_unit_test(survives_a_bad_network),
        cmocka_unit_test(sends_as_the_rfc_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
