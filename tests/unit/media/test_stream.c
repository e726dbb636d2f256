/* Streams over real sockets: playing, digits both ways, latching, silence, time-out, ports, closing. */
#include "tests/unit/media/media_fixture.h"

enum { SAMPLES = 1234, FRAMES = 8 };

static struct prompt *saw(void)
{
    int16_t samples[SAMPLES];

    for (int i = 0; i < SAMPLES; i++)
        samples[i] = (int16_t)(i * 53 - 32000);
    return prompt_of(samples, SAMPLES);
}

static bool is_silence(const struct rtp_packet *r, enum codec codec)
{
    for (size_t i = 0; i < r->len; i++)
        if (r->payload[i] != codec_silence(codec))
            return false;
    return r->len > 0;
}

/* Reads on while silence comes, also that of the codec before. */
static struct rtp_packet first_sound(struct phone *p, enum codec codec)
{
    struct rtp_packet r = phone_read(p);

    while (r.pt != codec_info(codec)->pt || is_silence(&r, codec))
        r = phone_read(p);
    return r;
}

/* Each packet of a prompt is bit-exact, one SSRC, sequence and timestamp without a gap, marker on the first alone; then
 * silence goes on in the same line. */
static void plays_exactly(void **state)
{
    struct fixture *f = *state;
    struct prompt *p = saw();
    struct stream_remote remote = phone_remote(&f->pa);
    struct rtp_packet first, r;

    for (enum codec codec = CODEC_PCMU; codec <= CODEC_PCMA; codec++) {
        remote.codec = codec;
        remote.pt = codec == CODEC_PCMU ? 0 : 8;
        stream_set_remote(f->a, &remote);
        stream_play(f->a, &p, 1, 2, 7);
        r = first = first_sound(&f->pa, codec);
        for (unsigned i = 0; i < 2 * FRAMES; i++) {
            assert_int_equal(r.len, 160);
            assert_int_equal(r.pt, remote.pt);
            assert_int_equal(r.marker, i == 0);
            assert_int_equal(r.ssrc, first.ssrc);
            assert_int_equal(r.seq, (uint16_t)(first.seq + i));
            assert_int_equal(r.ts, first.ts + i * 160);
            assert_memory_equal(r.payload, prompt_payload(p, codec) + i % FRAMES * 160, 160);
            r = phone_read(&f->pa);
        }
        assert_true(is_silence(&r, codec));
        assert_int_equal(r.ts, first.ts + 2 * FRAMES * 160);
        await(f, 1);
        assert_int_equal(f->ta.tag, 7);
    }
    assert_int_equal(f->ta.played, 2);
    prompt_unref(&p);
}

static void plays_a_list_and_can_be_stopped(void **state)
{
    struct fixture *f = *state;
    struct prompt *list[] = { saw(), prompt_of(NULL, 0), saw() };
    struct stream_remote remote = phone_remote(&f->pa);
    unsigned sound = 0;

    stream_set_remote(f->a, &remote);
    stream_play(f->a, list, 3, 1, 1);
    first_sound(&f->pa, CODEC_PCMU);
    for (struct rtp_packet r = phone_read(&f->pa); !is_silence(&r, CODEC_PCMU); r = phone_read(&f->pa))
        sound++;
    assert_int_equal(sound, 2 * FRAMES - 1);
    stream_play(f->a, list, 1, 1000000, 2); /* until it is stopped */
    first_sound(&f->pa, CODEC_PCMU);
    stream_play_stop(f->a);
    stream_play(f->a, list + 1, 1, 5, 3); /* nothing to hear: it ends at once */
    await(f, 2);
    assert_int_equal(f->ta.played, 2);
    assert_int_equal(f->ta.tag, 3);
    for (int i = 0; i < 3; i++)
        prompt_unref(&list[i]);
}

/* Other packet times: the same audio in packets of 10, 30 and 60 ms. */
static void keeps_the_ptime(void **state)
{
    struct fixture *f = *state;
    struct prompt *p = saw();
    struct stream_remote remote = phone_remote(&f->pa);
    static const unsigned ptimes[] = { 10, 30, 60 };

    for (size_t k = 0; k < 3; k++) {
        size_t n = ptimes[k] * 8, at = 0;
        struct rtp_packet r;
        remote.ptime = ptimes[k];
        stream_set_remote(f->a, &remote);
        stream_play(f->a, &p, 1, 1, 0);
        for (r = first_sound(&f->pa, CODEC_PCMU); at < SAMPLES; r = phone_read(&f->pa), at += n) {
            size_t left = p->padded - at;
            assert_int_equal(r.len, n);
            assert_memory_equal(r.payload, prompt_payload(p, CODEC_PCMU) + at, n < left ? n : left);
        }
        await(f, 1);
    }
    prompt_unref(&p);
}

static void held_gets_nothing(void **state)
{
    struct fixture *f = *state;
    struct stream_remote remote = phone_remote(&f->pa);
    struct prompt *p = saw();
    struct rtp_packet last, r;
    struct stream_stats before, after;

    stream_set_remote(f->a, &remote);
    last = phone_read(&f->pa);
    remote.send = false;
    stream_set_remote(f->a, &remote);
    stream_play(f->a, &p, 1, 1, 1); /* time passes as for anybody, so it ends */
    await(f, 1);
    stream_stats(f->a, &before);
    phone_flush(&f->pa);
    stream_play(f->a, &p, 1, 1, 1);
    await(f, 1);
    stream_stats(f->a, &after);
    assert_int_equal(before.sent, after.sent);
    assert_int_equal(recv(f->pa.fd, f->pa.bytes, 1, MSG_DONTWAIT), -1);
    remote.send = true;
    stream_set_remote(f->a, &remote);
    r = phone_read(&f->pa);
    assert_true(r.marker);
    assert_int_equal(r.ssrc, last.ssrc);
    assert_int_equal(r.seq, (uint16_t)(last.seq + before.sent)); /* sent counts from the first, no number is lost */
    prompt_unref(&p);
}

/* The phone's SDP names a port nobody hears; its packets come from another, and are followed. */
static void latches_to_the_source(void **state)
{
    struct fixture *f = *state;
    struct stream_remote remote = phone_remote(&f->pa);
    struct stream_stats s;
    uint8_t quiet[160];

    memset(quiet, 0xFF, sizeof quiet);
    remote.address = "10.255.255.1";
    stream_set_remote(f->a, &remote);
    stream_stats(f->a, &s);
    assert_false(s.latched);
    for (int i = 0; i < 3; i++)
        phone_send(&f->pa, 0, quiet, sizeof quiet);
    phone_read(&f->pa);
    stream_stats(f->a, &s);
    assert_true(s.latched);
    assert_int_equal(s.received, 3);
}

/* Held by an address of nowhere and taken back: the NAT's source is still known, no packet of the phone is needed. */
static void hold_keeps_the_source(void **state)
{
    struct fixture *f = *state;
    struct stream_remote remote = phone_remote(&f->pa);
    uint8_t quiet[160] = { 0 };
    struct rtp_packet r;

    remote.address = "10.255.255.1";
    stream_set_remote(f->a, &remote);
    for (int i = 0; i < 3; i++)
        phone_send(&f->pa, 0, quiet, sizeof quiet);
    phone_read(&f->pa);
    remote.address = "0.0.0.0";
    remote.send = remote.receive = false;
    stream_set_remote(f->a, &remote);
    remote.address = "10.255.255.1";
    remote.send = remote.receive = true;
    stream_set_remote(f->a, &remote);
    do {
        r = phone_read(&f->pa);
    } while (!r.marker); /* the first after the hold */
}

/* Somebody else's packets change nothing while the peer speaks. */
static void stranger_is_ignored(void **state)
{
    struct fixture *f = *state;
    struct stream_remote remote = phone_remote(&f->pa);
    struct stream_stats s;
    uint8_t quiet[160] = { 0 };

    phone_aim(&f->pb, f->a);
    stream_set_remote(f->a, &remote);
    for (int i = 0; i < 20; i++) {
        phone_read(&f->pa); /* 20 ms each */
        phone_send(&f->pa, 0, quiet, sizeof quiet);
        phone_send(&f->pb, 0, quiet, sizeof quiet);
    }
    phone_read(&f->pa);
    phone_read(&f->pa);
    stream_stats(f->a, &s);
    assert_int_equal(s.received, 20);
    assert_int_equal(recv(f->pb.fd, f->pb.bytes, 1, MSG_DONTWAIT), -1);
}

static void send_event_packet(struct phone *p, uint8_t code, unsigned ms, bool end)
{
    uint8_t payload[4] = { code, (uint8_t)(end ? 0x8A : 0x0A), (uint8_t)(ms * 8 >> 8), (uint8_t)(ms * 8) };
    struct rtp_packet r = { .pt = 101, .seq = p->seq++, .ts = p->ts, .ssrc = p->ssrc, .payload = payload, .len = 4 };

    phone_send_as(p, &r);
}

static void hears_each_digit_once(void **state)
{
    struct fixture *f = *state;
    struct stream_remote remote = phone_remote(&f->pa);

    stream_set_remote(f->a, &remote);
    phone_read(&f->pa);
    for (uint8_t code = 0; code < 12; code++) {
        for (unsigned ms = 20; ms <= 100; ms += 20)
            send_event_packet(&f->pa, code, ms, ms == 100);
        send_event_packet(&f->pa, code, 100, true);
        f->pa.ts += 1600;
    }
    await(f, 12);
    assert_string_equal(f->ta.digits, "0123456789*#");
}

/* A digit sent by A as the phone reads it: 10 packets, one timestamp, 3 ends; then audio goes on with a marker. */
static void sends_a_digit(void **state)
{
    struct fixture *f = *state;
    struct stream_remote remote = phone_remote(&f->pa);
    struct rtp_packet r, audio, first;
    unsigned n = 0, ends = 0;

    stream_set_remote(f->a, &remote);
    stream_send_digit(f->a, '#');
    do {
        audio = r = phone_read(&f->pa);
    } while (r.pt == 0);
    for (first = r; r.pt == 101; r = phone_read(&f->pa), n++) {
        assert_int_equal(r.payload[0], 11);
        assert_int_equal(r.ts, first.ts);
        assert_int_equal(r.seq, (uint16_t)(first.seq + n));
        assert_int_equal(r.marker, n == 0);
        ends += r.payload[1] >> 7;
    }
    assert_int_equal(n, 10);
    assert_int_equal(ends, 3);
    assert_true(r.marker);
    assert_int_equal(r.ts - first.ts, 12 * 160);
    (void)audio;
}

static void tells_of_a_silent_peer_once(void **state)
{
    struct fixture *f = *state;
    struct stream_remote remote = phone_remote(&f->pa);
    uint8_t quiet[160] = { 0 };

    remote.timeout_ms = 60;
    stream_set_remote(f->a, &remote);
    await(f, 1);
    phone_send(&f->pa, 0, quiet, sizeof quiet); /* and again after it came back */
    await(f, 1);
    assert_int_equal(f->ta.silent, 2);
}

/* No callback comes after closing, and ports come back. */
static void closing_is_the_end(void **state)
{
    struct fixture *f = *state;
    struct stream_remote remote = phone_remote(&f->pa);
    struct prompt *p = prompt_of(NULL, 0);
    const struct clock *clock = loop_clock(f->loop);

    assert_int_equal(media_ports_in_use(f->media), 2);
    stream_set_remote(f->a, &remote);
    stream_play(f->a, &p, 1, 1, 1);
    send_event_packet(&f->pa, 1, 100, true);
    stream_close(&f->a);
    assert_null(f->a);
    while (media_ports_in_use(f->media) > 1) { /* one turn of the loop at a time */
        clock_start(clock, 1, fixture_stop, f->loop);
        loop_run(f->loop);
    }
    assert_int_equal(f->ta.played + f->ta.ndigits, 0);
    prompt_unref(&p);
}

static void no_port_left_is_a_limit(void **state)
{
    struct fixture *f = *state;
    struct media_params params = { .address = "127.0.0.1", .port_min = 22000, .port_max = 22003 };
    struct media *small;
    struct stream *s[3];

    assert_int_equal(media_new(&small, f->loop, &params), ERR_OK);
    assert_int_equal(stream_open(&s[0], small, &stream_events_told, &f->ta), ERR_OK);
    assert_int_equal(stream_open(&s[1], small, &stream_events_told, &f->ta), ERR_OK);
    assert_int_equal(stream_open(&s[2], small, &stream_events_told, &f->ta), ERR_LIMIT);
    assert_null(s[2]);
    media_free(&small);
}

/* RFC 4594 §4.1: Expedited Forwarding. */
static void packets_are_marked(void **state)
{
    struct fixture *f = *state;
    struct stream_remote remote = phone_remote(&f->pa);
    char control[64], bytes[2048];
    struct iovec io = { bytes, sizeof bytes };
    struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    const struct cmsghdr *c;
    int on = 1;

    assert_int_equal(setsockopt(f->pa.fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof on), 0);
    stream_set_remote(f->a, &remote);
    assert_true(recvmsg(f->pa.fd, &m, 0) > 0);
    c = CMSG_FIRSTHDR(&m);
    assert_non_null(c);
    assert_int_equal(c->cmsg_type, IP_TOS);
    assert_int_equal(*CMSG_DATA(c), 46 << 2);
}

/* Whatever arrives, the engine stays: all short packets, random bytes, oversized ones. */
static void rubbish_is_survived(void **state)
{
    struct fixture *f = *state;
    struct stream_remote remote = phone_remote(&f->pa);
    uint8_t junk[1600];
    unsigned seed = 3;

    stream_set_remote(f->a, &remote);
    stream_bridge(f->a, f->b);
    for (unsigned i = 0; i < 2000; i++) {
        size_t n = i < 64 ? i : (size_t)rand_r(&seed) % sizeof junk;
        for (size_t k = 0; k < n; k++)
            junk[k] = (uint8_t)rand_r(&seed);
        if (n > 1 && i % 2) {
            junk[0] = (uint8_t)(0x80 | (junk[0] & 0x3F));
            junk[1] = (uint8_t)(i % 3 ? 0 : 101);
        }
        sendto(f->pa.fd, junk, n, 0, (struct sockaddr *)&f->pa.to, sizeof f->pa.to);
    }
    for (int i = 0; i < 3; i++)
        phone_read(&f->pa);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plays_exactly),         TEST(plays_a_list_and_can_be_stopped),
        TEST(keeps_the_ptime),       TEST(held_gets_nothing),
        TEST(latches_to_the_source), TEST(hold_keeps_the_source),
        TEST(stranger_is_ignored),   TEST(hears_each_digit_once),
        TEST(sends_a_digit),         TEST(tells_of_a_silent_peer_once),
        TEST(closing_is_the_end),    TEST(no_port_left_is_a_limit),
        TEST(rubbish_is_survived),   TEST(packets_are_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
