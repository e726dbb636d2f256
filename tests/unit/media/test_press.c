/* Digits of one side of a bridge for a peer that gets them outside the RTP: told once each, in order, with how long
 * they were down, and nothing of them in its RTP. */
#include "sipfront/media/inband.h"
#include "sipfront/media/telephone_event.h"
#include "tests/unit/media/media_fixture.h"

enum { EVENTS = 101, ENDS = 3, STEP = 160 };

/* B's peer is the one that is told. */
static void connect_both(struct fixture *f, int events_of_a, int events_of_b)
{
    struct stream_remote ra = phone_remote(&f->pa), rb = phone_remote(&f->pb);

    ra.event_pt = events_of_a;
    rb.event_pt = events_of_b;
    stream_set_remote(f->a, &ra);
    stream_set_remote(f->b, &rb);
    stream_tell_presses(f->b, true);
    stream_bridge(f->a, f->b);
    for (unsigned i = 0; i < 3; i++) { /* the commands have run once both send */
        phone_read(&f->pa);
        phone_read(&f->pb);
    }
}

/* Packet n of a key press at p->ts, of which the first `held` say that it goes on. false: the network has lost it. */
static void press_packet(struct phone *p, uint8_t code, unsigned n, unsigned held)
{
    unsigned ticks = STEP * (n < held ? n + 1 : held);
    uint8_t payload[4] = { code, n < held ? 10 : 0x8A, (uint8_t)(ticks >> 8), (uint8_t)ticks };
    struct rtp_packet in = {
        .pt = EVENTS, .ssrc = p->ssrc, .seq = p->seq++, .ts = p->ts, .payload = payload, .len = 4
    };

    in.marker = n == 0;
    phone_send_as(p, &in);
}

static void press(struct phone *p, uint8_t code, unsigned held)
{
    for (unsigned n = 0; n < held + ENDS; n++)
        press_packet(p, code, n, held);
    p->ts += STEP * (held + ENDS);
}

static void await_pressed(struct fixture *f, unsigned n)
{
    while (f->tb.npressed < n)
        await(f, 1);
    while (f->ta.ndigits < n)
        await(f, 1);
}

/* What the next packets of a phone hold: events, or digits as tones. */
static void expect_no_digits(struct phone *p, unsigned packets)
{
    struct inband *ear = inband_new();
    char heard[8] = "";

    for (unsigned i = 0; i < packets; i++) {
        struct rtp_packet r = phone_read(p);
        assert_int_equal(r.pt, 0);
        assert_int_equal(inband_packet(ear, CODEC_PCMU, &r, heard, sizeof heard), 0);
    }
    inband_free(&ear);
}

/* With and without events of its own. */
static void events_are_told(void **state)
{
    struct fixture *f = *state;
    static const int events_of_b[] = { -1, 96 };

    for (unsigned i = 0; i < 2; i++) {
        stream_unbridge(f->a);
        connect_both(f, EVENTS, events_of_b[i]);
        phone_flush(&f->pb);
        press(&f->pa, 5, 7);
        await_pressed(f, 2 * i + 1);
        press(&f->pa, 11, 1);
        await_pressed(f, 2 * i + 2);
        expect_no_digits(&f->pb, 20);
    }
    assert_string_equal(f->tb.pressed, "5#5#");
    assert_string_equal(f->ta.digits, "5#5#");
    assert_int_equal(f->tb.pressed_ms[0], 140);
    assert_int_equal(f->tb.pressed_ms[1], 20);
    assert_int_equal(f->ta.npressed, 0);
}

/* RFC 4733 §2.5.1.3: after 65535 ticks it goes on as another event. */
static void a_long_press_is_one(void **state)
{
    struct fixture *f = *state;
    uint8_t full[4] = { 3, 10, 0xFF, 0xFF }, rest[4] = { 3, 0x8A, 0x03, 0x20 };
    struct rtp_packet in = { .pt = EVENTS, .ssrc = 7, .seq = 1, .ts = 1000, .payload = full, .len = 4 };

    connect_both(f, EVENTS, -1);
    phone_send_as(&f->pa, &in);
    in.seq++;
    in.ts += 0xFFFF;
    in.payload = rest;
    phone_send_as(&f->pa, &in);
    await_pressed(f, 1);
    assert_string_equal(f->tb.pressed, "3");
    assert_int_equal(f->tb.pressed_ms[0], (0xFFFF + 800) / 8);
}

/* Its end never comes: it is over when nothing more of it does, or when the next begins. */
static void a_lost_end_is_told(void **state)
{
    struct fixture *f = *state;

    connect_both(f, EVENTS, -1);
    for (unsigned n = 0; n < 3; n++)
        press_packet(&f->pa, 1, n, 5);
    await_pressed(f, 1);
    press_packet(&f->pa, 1, 3, 5); /* late: it was told */
    f->pa.ts += 8 * STEP;
    press_packet(&f->pa, 2, 0, 5);
    f->pa.ts += 8 * STEP;
    press(&f->pa, 3, 4);
    await_pressed(f, 3);
    assert_string_equal(f->tb.pressed, "123");
    assert_int_equal(f->tb.pressed_ms[0], 60);
    assert_int_equal(f->tb.pressed_ms[1], 20);
    assert_int_equal(f->tb.pressed_ms[2], 80);
}

/* Every thirtieth packet or so is lost, doubled or late by one. */
static void many_with_loss(void **state)
{
    enum { DIGITS = 400, HELD = 3 };
    static const char keys[] = "0123456789*#ABCD";
    struct fixture *f = *state;
    char wanted[DIGITS + 1] = "";
    uint32_t seed = 1;
    unsigned lost = 0, doubled = 0;

    connect_both(f, EVENTS, -1);
    for (unsigned i = 0; i < DIGITS; i++) {
        uint8_t code = (uint8_t)(i * 5 / 3 % 16);
        wanted[i] = keys[code];
        for (unsigned n = 0; n < HELD + ENDS; n++) {
            seed = seed * 1664525 + 1013904223;
            if (seed >> 24 < 8) {
                f->pa.seq++;
                lost++;
                continue;
            }
            press_packet(&f->pa, code, n, HELD);
            if (seed >> 24 > 247) {
                press_packet(&f->pa, code, n, HELD);
                doubled++;
            }
        }
        f->pa.ts += STEP * (HELD + ENDS);
        if (i % 20 == 19)
            await_pressed(f, i + 1);
    }
    assert_in_range(lost, DIGITS * (HELD + ENDS) * 2 / 100, DIGITS * (HELD + ENDS) * 5 / 100);
    assert_true(doubled > 0);
    assert_string_equal(f->tb.pressed, wanted);
    assert_string_equal(f->ta.digits, wanted);
}

/* The bridge ends, or the peer gets digits by RTP again, while a key is down. */
static void a_held_key_is_not_forgotten(void **state)
{
    struct fixture *f = *state;

    connect_both(f, EVENTS, 96);
    press_packet(&f->pa, 4, 0, 5);
    while (f->ta.ndigits < 1)
        await(f, 1);
    stream_unbridge(f->a);
    await_pressed(f, 1);
    press_packet(&f->pa, 4, 1, 5);
    f->pa.ts += 8 * STEP;

    stream_bridge(f->a, f->b);
    phone_read(&f->pa);
    phone_read(&f->pa);
    press_packet(&f->pa, 6, 0, 5);
    while (f->ta.ndigits < 2)
        await(f, 1);
    stream_tell_presses(f->b, false);
    await_pressed(f, 2);
    phone_flush(&f->pb);
    for (unsigned n = 1; n < 5 + ENDS; n++)
        press_packet(&f->pa, 6, n, 5);
    expect_no_digits(&f->pb, 20);
    assert_string_equal(f->tb.pressed, "46");
}

/* They are told, and hushed in the audio, also on their way to a peer with events. */
static void tones_are_told_and_hushed(void **state)
{
    static const char keys[] = "0123456789*#ABCD";
    struct fixture *f = *state;

    connect_both(f, -1, -1);
    for (unsigned i = 0; keys[i]; i++) {
        phone_flush(&f->pb);
        press_by_tone(&f->pa, keys[i]);
        expect_no_digits(&f->pb, 12);
        await_pressed(f, i + 1);
    }
    assert_string_equal(f->tb.pressed, keys);
    assert_string_equal(f->ta.digits, keys);
    assert_int_equal(f->tb.pressed_ms[0], 0);
}

/* Who sends digits by INFO sends them in no other way. */
static void digits_of_info_are_told(void **state)
{
    struct fixture *f = *state;

    connect_both(f, EVENTS, -1);
    stream_pass_digit(f->a, '7', 210);
    stream_pass_digit(f->a, '8', 0);
    while (f->tb.npressed < 2)
        await(f, 1);
    press(&f->pa, 7, 5);
    expect_no_digits(&f->pb, 20);
    stream_pass_digit(f->a, '9', 90);
    while (f->tb.npressed < 3)
        await(f, 1);
    assert_string_equal(f->tb.pressed, "789");
    assert_int_equal(f->tb.pressed_ms[0], 210);
    assert_int_equal(f->tb.pressed_ms[1], 0);
    assert_int_equal(f->ta.ndigits, 0);
}

/* What its owner cannot tell it outside the RTP is sent by RTP all the same. */
static void what_is_sent_is_sent(void **state)
{
    struct fixture *f = *state;
    unsigned events = 0;

    connect_both(f, EVENTS, 96);
    stream_send_digit(f->b, '2');
    for (unsigned i = 0; i < 20; i++) {
        struct rtp_packet r = phone_read(&f->pb);
        events += r.pt == 96 && r.payload[0] == 2;
    }
    assert_int_equal(events, 10);
    assert_int_equal(f->tb.npressed, 0);
}

/* Typed ahead, or given back by who refuses INFO: none is lost, though each takes its time to be sent. */
static void a_hundred_wait(void **state)
{
    enum { DIGITS = 100 };
    static const char keys[] = "0123456789*#ABCD";
    struct fixture *f = *state;
    struct event_receiver in = { 0 };
    char wanted[DIGITS + 1] = "", sent[DIGITS + 1] = "";
    unsigned n = 0;
    int64_t ms = 0;

    connect_both(f, EVENTS, 96);
    for (unsigned i = 0; i < DIGITS; i++)
        stream_send_digit(f->b, wanted[i] = keys[i * 5 / 3 % 16]);
    while (n < DIGITS) {
        struct rtp_packet r = phone_read(&f->pb);
        char digit = r.pt == 96 ? event_receive(&in, &r, ms += 20) : 0;
        if (digit)
            sent[n++] = digit;
    }
    assert_string_equal(sent, wanted);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(events_are_told),         TEST(a_long_press_is_one),         TEST(a_lost_end_is_told),
        TEST(many_with_loss),          TEST(a_held_key_is_not_forgotten), TEST(tones_are_told_and_hushed),
        TEST(digits_of_info_are_told), TEST(what_is_sent_is_sent),        TEST(a_hundred_wait),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
