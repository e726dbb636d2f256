/* Two bridged streams: payload types mapped, codecs converted, one line of numbers through prompts, bridges, a new SSRC
 * and digits. */
#include <time.h>

#include "sipfront/media/inband.h"
#include "tests/unit/media/media_fixture.h"

static void connect_both(struct fixture *f, enum codec a, enum codec b)
{
    struct stream_remote ra = phone_remote(&f->pa), rb = phone_remote(&f->pb);

    ra.codec = a;
    ra.pt = a == CODEC_PCMU ? 0 : 8;
    rb.codec = b;
    rb.pt = b == CODEC_PCMU ? 0 : 8;
    rb.event_pt = 96;
    stream_set_remote(f->a, &ra);
    stream_set_remote(f->b, &rb);
    stream_bridge(f->a, f->b);
}

static void fill(uint8_t *payload, unsigned number)
{
    for (unsigned i = 0; i < 160; i++)
        payload[i] = (uint8_t)(number * 31 + i * 7);
}

static bool carries(const struct rtp_packet *r, unsigned number, const enum codec from, enum codec to)
{
    uint8_t want[160];

    fill(want, number);
    codec_transcode(from, to, want, want, sizeof want);
    return r->len == sizeof want && memcmp(r->payload, want, sizeof want) == 0;
}

static void send_number(struct phone *p, uint8_t pt, unsigned number)
{
    uint8_t payload[160];

    fill(payload, number);
    phone_send(p, pt, payload, sizeof payload);
}

/* Sends packet `number` and reads on until it comes out of the other side. */
static struct rtp_packet pass(struct phone *from, uint8_t pt, struct phone *to, unsigned number)
{
    struct rtp_packet r;

    send_number(from, pt, number);
    do {
        r = phone_read(to);
    } while (r.payload[1] == r.payload[2]); /* silence before the first */
    return r;
}

/* Reads on until the stream sends this payload type: what was set has come into force. */
static void settle(struct phone *p, uint8_t pt)
{
    phone_flush(p);
    while (phone_read(p).pt != pt)
        ;
}

static const struct {
    enum codec a, b;
} pairs[] = {
    { CODEC_PCMU, CODEC_PCMU }, { CODEC_PCMA, CODEC_PCMA }, { CODEC_PCMU, CODEC_PCMA }, { CODEC_PCMA, CODEC_PCMU }
};

static void relays_and_converts(void **state)
{
    struct fixture *f = *state;

    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        uint8_t pa = pairs[k].a == CODEC_PCMU ? 0 : 8, pb = pairs[k].b == CODEC_PCMU ? 0 : 8;
        struct rtp_packet first = { 0 };
        stream_unbridge(f->a);
        connect_both(f, pairs[k].a, pairs[k].b);
        settle(&f->pa, pa);
        settle(&f->pb, pb);
        for (unsigned i = 0; i < 10; i++) {
            struct rtp_packet r = pass(&f->pa, pa, &f->pb, i + 1);
            first = i == 0 ? r : first;
            if (r.pt != pb || !carries(&r, i + 1, pairs[k].a, pairs[k].b))
                fail_msg("pair %zu packet %u: payload type %u", k, i, r.pt);
            assert_int_equal(r.seq, (uint16_t)(first.seq + i));
            assert_int_equal(r.ts, first.ts + i * 160);
            assert_int_equal(r.ssrc, first.ssrc);
            r = pass(&f->pb, pb, &f->pa, i + 50);
            assert_true(carries(&r, i + 50, pairs[k].b, pairs[k].a));
        }
    }
}

/* Loss and swaps of the network stay visible to the far end: numbers keep their distance. */
static void keeps_gaps_and_order(void **state)
{
    struct fixture *f = *state;
    static const int steps[] = { 0, 1, 4, 3, 5, 9 };
    struct rtp_packet first = { 0 };
    uint8_t payload[160];
    struct stream_stats s;

    connect_both(f, CODEC_PCMU, CODEC_PCMU);
    for (unsigned i = 0; i < 6; i++) {
        struct rtp_packet r, in = { .pt = 0, .ssrc = 77, .payload = payload, .len = 160 };
        fill(payload, i);
        in.seq = (uint16_t)(65533 + steps[i]);
        in.ts = 0xFFFFFF80 + (uint32_t)steps[i] * 160;
        phone_send_as(&f->pa, &in);
        do {
            r = phone_read(&f->pb);
        } while (r.payload[1] == r.payload[2]);
        first = i == 0 ? r : first;
        assert_int_equal(r.seq, (uint16_t)(first.seq + steps[i]));
        assert_int_equal(r.ts, first.ts + (uint32_t)steps[i] * 160);
    }
    stream_stats(f->a, &s);
    assert_int_equal(s.received, 6);
    assert_int_equal(s.late, 1);
    assert_int_equal(s.lost, 4);
}

/* A new sender behind the same phone (transfer, conference): its numbers are continued, not passed on. */
static void accepts_a_new_ssrc(void **state)
{
    struct fixture *f = *state;
    struct rtp_packet before, after;

    connect_both(f, CODEC_PCMU, CODEC_PCMU);
    pass(&f->pa, 0, &f->pb, 1);
    before = pass(&f->pa, 0, &f->pb, 2);
    f->pa.ssrc = 0x99999999;
    f->pa.seq = 12345;
    f->pa.ts = 0x40000000;
    after = pass(&f->pa, 0, &f->pb, 3);
    assert_int_equal(after.ssrc, before.ssrc);
    assert_int_equal(after.seq, (uint16_t)(before.seq + 1));
    assert_true(after.ts - before.ts >= 160 && after.ts - before.ts < 8000);
    assert_true(after.marker);
}

/* Prompt, bridge, prompt over the bridge, bridge again: the phone sees one source whose numbers only go up. */
static void one_line_from_prompt_to_relay(void **state)
{
    struct fixture *f = *state;
    int16_t samples[320];
    struct prompt *p;
    struct rtp_packet r, last;
    unsigned relayed = 0;

    for (int i = 0; i < 320; i++)
        samples[i] = (int16_t)(i * 50);
    p = prompt_of(samples, 320);
    connect_both(f, CODEC_PCMU, CODEC_PCMU);
    stream_play(f->b, &p, 1, 1, 1);
    last = phone_read(&f->pb);
    for (unsigned i = 0; i < 60; i++) {
        if (i == 20)
            stream_play(f->b, &p, 1, 2, 2);
        if (i == 40)
            stream_unbridge(f->b);
        if (i > 5)
            send_number(&f->pa, 0, i);
        r = phone_read(&f->pb);
        assert_int_equal(r.ssrc, last.ssrc);
        assert_int_equal(r.seq, (uint16_t)(last.seq + 1));
        assert_true(r.ts - last.ts >= 160 && r.ts - last.ts <= 480);
        relayed += carries(&r, i, CODEC_PCMU, CODEC_PCMU);
        last = r;
    }
    assert_true(relayed >= 20 && relayed <= 36);
    prompt_unref(&p);
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A leg that only relayed plays at once when it is told to, in steps of its grid, on the clock that went on meanwhile.
 */
static void a_leg_at_rest_is_roused(void **state)
{
    struct fixture *f = *state;
    int16_t samples[1600];
    struct prompt *p;
    struct rtp_packet r, first;
    int64_t begun, asked;

    for (int i = 0; i < 1600; i++)
        samples[i] = (int16_t)(i * 10);
    p = prompt_of(samples, 1600);
    connect_both(f, CODEC_PCMU, CODEC_PCMU);
    settle(&f->pb, 0);
    first = pass(&f->pa, 0, &f->pb, 1);
    begun = now_ms();
    for (unsigned i = 2; i < 30; i++) {
        phone_read(&f->pa); /* silence: the time of a packet */
        send_number(&f->pa, 0, i);
        r = phone_read(&f->pb);
        assert_true(carries(&r, i, CODEC_PCMU, CODEC_PCMU));
    }
    asked = now_ms();
    stream_play(f->b, &p, 1, 1, 1);
    r = phone_read(&f->pb);
    assert_true(now_ms() - asked < 60);
    assert_true(llabs((r.ts - first.ts) / 8 - (now_ms() - begun)) < 60);
    for (unsigned i = 1; i < 10; i++) {
        uint32_t before = r.ts;
        r = phone_read(&f->pb);
        assert_int_equal(r.ts - before, 160);
    }
    assert_true(now_ms() - asked < 300);
    prompt_unref(&p);
}

/* An event passes with the other leg's payload type and is told to the flow as well. */
static void events_pass_mapped(void **state)
{
    struct fixture *f = *state;
    uint8_t payload[4] = { 5, 0x8A, 0, 160 };
    struct rtp_packet r, in = { .pt = 101, .payload = payload, .len = 4 };

    connect_both(f, CODEC_PCMU, CODEC_PCMA);
    pass(&f->pa, 0, &f->pb, 1);
    in.ssrc = f->pa.ssrc;
    in.seq = f->pa.seq++;
    in.ts = f->pa.ts;
    phone_send_as(&f->pa, &in);
    do {
        r = phone_read(&f->pb);
    } while (r.pt == 8);
    assert_int_equal(r.pt, 96);
    assert_int_equal(r.len, 4);
    assert_memory_equal(r.payload, payload, 4);
    await(f, 1);
    assert_string_equal(f->ta.digits, "5");
}

/* A leg that got no event type is not sent any; audio goes on. */
static void press_five(struct phone *p)
{
    uint8_t payload[4] = { 5, 0x8A, 0, 160 };
    struct rtp_packet in = { .pt = 101, .ssrc = p->ssrc, .seq = p->seq++, .ts = p->ts, .payload = payload, .len = 4 };

    phone_send_as(p, &in);
}

/* The far end has no events: it gets tones. */
static void events_become_tones(void **state)
{
    struct fixture *f = *state;
    struct stream_remote rb = phone_remote(&f->pb);
    struct inband *ear = inband_new();
    char heard[8] = "";
    unsigned n = 0;

    connect_both(f, CODEC_PCMU, CODEC_PCMU);
    rb.event_pt = -1;
    stream_set_remote(f->b, &rb);
    pass(&f->pa, 0, &f->pb, 1);
    press_five(&f->pa);
    for (unsigned i = 0; i < 30; i++) {
        struct rtp_packet r = phone_read(&f->pb);
        assert_int_equal(r.pt, 0);
        n += inband_packet(ear, CODEC_PCMU, &r, heard + n, 4);
    }
    inband_free(&ear);
    assert_string_equal(heard, "5");
    if (f->ta.ndigits == 0)
        await(f, 1);
    assert_string_equal(f->ta.digits, "5");
}

/* How many event packets of this key come within 800 ms or so; the audio is 20 ms each. */
static unsigned events_heard(struct phone *p, uint8_t pt, uint8_t code)
{
    unsigned n = 0;

    for (unsigned i = 0; i < 50; i++) {
        struct rtp_packet r = phone_read(p);
        n += r.pt == pt && r.payload[0] == code;
    }
    return n;
}

/* A peer without events presses by tones, its partner gets events; once it is known to use INFO, tones are sound. */
static void tones_become_events(void **state)
{
    struct fixture *f = *state;
    struct stream_remote ra = phone_remote(&f->pa);

    connect_both(f, CODEC_PCMU, CODEC_PCMU);
    ra.event_pt = -1;
    stream_set_remote(f->a, &ra);
    press_by_tone(&f->pa, '5');
    assert_int_equal(events_heard(&f->pb, 96, 5), 10);
    await(f, 1);
    stream_pass_digit(f->a, '7', 0);
    assert_int_equal(events_heard(&f->pb, 96, 7), 10);
    press_by_tone(&f->pa, '5');
    assert_int_equal(events_heard(&f->pb, 96, 5), 0);
    assert_string_equal(f->ta.digits, "5");
}

/* The answered codec is PCMU, the phone sends the PCMA it had offered too. */
static void other_g711_is_understood(void **state)
{
    struct fixture *f = *state;
    struct rtp_packet r;

    connect_both(f, CODEC_PCMU, CODEC_PCMU);
    r = pass(&f->pa, 8, &f->pb, 3);
    assert_int_equal(r.pt, 0);
    assert_true(carries(&r, 3, CODEC_PCMA, CODEC_PCMU));
}

static void held_side_hears_nothing(void **state)
{
    struct fixture *f = *state;
    struct stream_remote rb = phone_remote(&f->pb);
    struct stream_stats before, after;

    connect_both(f, CODEC_PCMU, CODEC_PCMU);
    pass(&f->pa, 0, &f->pb, 1);
    rb.send = false;
    stream_set_remote(f->b, &rb);
    phone_read(&f->pa); /* the command has run once A's grid has moved on twice */
    phone_read(&f->pa);
    phone_flush(&f->pb);
    stream_stats(f->b, &before);
    for (unsigned i = 0; i < 5; i++)
        send_number(&f->pa, 0, i);
    for (unsigned i = 0; i < 5; i++)
        phone_read(&f->pa);
    stream_stats(f->b, &after);
    assert_int_equal(before.sent, after.sent);
    stream_stats(f->a, &after);
    assert_int_equal(after.received, 6);
}

/* One side closes while packets flow: the other goes on with silence. */
static void partner_may_close(void **state)
{
    struct fixture *f = *state;
    struct rtp_packet r;

    connect_both(f, CODEC_PCMU, CODEC_PCMU);
    pass(&f->pa, 0, &f->pb, 1);
    stream_close(&f->a);
    do {
        r = phone_read(&f->pb);
    } while (r.payload[0] != 0xFF || r.payload[1] != 0xFF);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(relays_and_converts),           TEST(keeps_gaps_and_order),    TEST(accepts_a_new_ssrc),
        TEST(one_line_from_prompt_to_relay), TEST(a_leg_at_rest_is_roused), TEST(events_pass_mapped),
        TEST(events_become_tones),           TEST(tones_become_events),     TEST(other_g711_is_understood),
        TEST(held_side_hears_nothing),       TEST(partner_may_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
