/* RTCP: what is counted, written and read back; damaged packets; a stream's reports on sockets, on the odd port, on the
 * RTP port and encrypted; the estimate of quality. */
#include "sipfront/media/quality.h"
#include "sipfront/media/rtcp.h"
#include "tests/unit/media/media_fixture.h"

static const int64_t start_us = INT64_C(3900000000) * 1000000; /* since 1900 */

static struct rtp_packet audio(unsigned i)
{
    return (struct rtp_packet){ .seq = (uint16_t)i, .ts = i * 160, .ssrc = 9 };
}

/* i'th packet of 20 ms each; lost when its turn in ten is below `lost`, late by `late_ms` every second. */
static void arrive(struct rtcp_arrivals *a, unsigned from, unsigned n, unsigned lost, unsigned late_ms)
{
    for (unsigned i = from; i < from + n; i++) {
        struct rtp_packet p = audio(i);
        if (i % 10 < lost)
            continue;
        rtcp_arrived(a, &p, 8, true, start_us + i * 20000 + i % 2 * late_ms * 1000);
    }
}

static void arrivals_are_counted(void **state)
{
    struct rtcp_arrivals a = { 0 };
    struct rtp_packet leap = { .seq = 40000, .ts = 5, .ssrc = 9 };

    (void)state;
    arrive(&a, 65501, 1000, 0, 0); /* round the circle */
    assert_int_equal(rtcp_lost(&a), 0);
    assert_int_equal(rtcp_jitter_us(&a), 0);
    arrive(&a, 66501, 1000, 2, 0);
    assert_in_range(rtcp_lost(&a), 195, 200);
    a = (struct rtcp_arrivals){ 0 };
    arrive(&a, 0, 1000, 0, 10);
    assert_in_range(rtcp_jitter_us(&a), 9000, 10500);
    rtcp_arrived(&a, &leap, 8, true, start_us);
    assert_int_equal(rtcp_lost(&a), 0); /* a new beginning */
}

/* B reports to A what it got from A; A then knows loss, jitter and the round trip of 2 * 40 ms. */
static void reports_tell(void **state)
{
    struct rtcp_arrivals at_a = { 0 }, at_b = { 0 };
    struct rtcp_heard by_a = { .rtt_us = -1 }, by_b = { .rtt_us = -1 };
    struct rtcp_ours a = { .ssrc = 9, .ts = 777, .packets = 900, .octets = 144000, .sent = true, .cname = "a" };
    struct rtcp_ours b = { .ssrc = 10, .sent = false, .cname = "0123456789" };
    uint8_t packet[RTCP_MAX];
    int64_t now = start_us + 20000000;
    size_t len;

    (void)state;
    arrive(&at_b, 0, 1000, 1, 10);
    len = rtcp_write(packet, &a, &at_a, &by_a, now);
    assert_int_equal(len % 4, 0);
    assert_int_equal(rtcp_read(&by_b, packet, len, 10, now + 40000), ERR_OK);
    assert_true(by_b.sender && !by_b.report && !by_b.bye);
    len = rtcp_write(packet, &b, &at_b, &by_b, now + 3040000);
    assert_int_equal(rtcp_read(&by_a, packet, len, 9, now + 3080000), ERR_OK);
    assert_true(!by_a.sender && by_a.report);
    assert_int_equal(by_a.lost, 99);
    assert_in_range(by_a.fraction, 24, 26);
    assert_in_range(by_a.jitter, 70, 90);
    assert_in_range(by_a.rtt_us, 79900, 80100);
    len = rtcp_write(packet, &b, &at_b, &by_b, now + 9000000);
    assert_int_equal(rtcp_read(&by_a, packet, len, 9, now + 9040000), ERR_OK);
    assert_int_equal(by_a.fraction, 0); /* nothing since the report before */
    b.bye = true;
    len = rtcp_write(packet, &b, &at_b, &by_b, now);
    assert_int_equal(rtcp_read(&by_a, packet, len, 4711, now), ERR_OK);
    assert_true(by_a.bye && !by_a.report); /* of others' packets it tells us nothing */
}

static void damaged_reports(void **state)
{
    struct rtcp_arrivals from = { 0 };
    struct rtcp_heard h = { 0 };
    struct rtcp_ours o = { .ssrc = 10, .sent = true, .bye = true, .cname = "abcdef" };
    uint8_t packet[RTCP_MAX];
    size_t len;

    (void)state;
    srand(6);
    arrive(&from, 0, 100, 1, 10);
    for (int i = 0; i < 20000; i++) {
        size_t cut;
        uint8_t *exact;
        len = rtcp_write(packet, &o, &from, &h, start_us);
        packet[(size_t)rand() % len] = (uint8_t)rand();
        cut = i % 2 ? len : (size_t)rand() % len;
        exact = malloc(cut + 1); /* a byte too far is seen */
        memcpy(exact, packet, cut);
        (void)!rtcp_read(&h, exact, cut, 9, start_us);
        free(exact);
    }
    assert_int_equal(rtcp_read(&h, packet, 0, 9, 0), ERR_INVALID);
    len = rtcp_write(packet, &o, &from, &h, start_us);
    assert_int_equal(rtcp_read(&h, packet, len - 4, 9, 0), ERR_INVALID);
    packet[1] = 203; /* no report first */
    assert_int_equal(rtcp_read(&h, packet, len, 9, 0), ERR_INVALID);
}

/* The phone's own RTCP socket, one above its RTP as far as there is one; else told by a=rtcp. */
static void odd_port(int *fd, uint16_t *port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval limit = { .tv_sec = 15 };
    socklen_t len = sizeof a;

    *fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(*fd, (struct sockaddr *)&a, sizeof a), 0);
    getsockname(*fd, (struct sockaddr *)&a, &len);
    setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    *port = ntohs(a.sin_port);
}

static size_t await_report(struct fixture *f, int fd, uint8_t *bytes)
{
    for (int i = 0; i < 1000; i++) {
        ssize_t n = recv(fd, bytes, 2048, fd == f->pa.fd ? 0 : MSG_DONTWAIT);
        if (n > 0 && rtp_is_rtcp(bytes, (size_t)n))
            return (size_t)n;
        if (fd != f->pa.fd)
            (void)phone_read(&f->pa); /* the clock: 20 ms each */
    }
    fail_msg("no report came");
    return 0;
}

/* Reports come by themselves, the answer to one gives loss and round trip, a BYE comes with the end. */
static void streams_report(void **state)
{
    struct fixture *f = *state;
    struct stream_remote r = phone_remote(&f->pa);
    struct rtcp_heard h = { 0 };
    struct rtcp_arrivals got = { 0 };
    struct stream_stats stats = { .far_reports = 0 };
    struct rtcp_ours us = { .ssrc = 3, .cname = "phone" };
    struct rtp_packet p;
    uint8_t bytes[2048];
    size_t len;
    int fd;
    struct sockaddr_in to = f->pa.to;

    odd_port(&fd, &r.rtcp_port);
    stream_set_remote(f->a, &r);
    p = phone_read(&f->pa);
    len = await_report(f, fd, bytes);
    assert_int_equal(rtcp_read(&h, bytes, len, 3, start_us), ERR_OK);
    assert_true(h.sender);
    for (unsigned i = 0; i < 50; i++, p.seq++)
        if (i % 5)
            rtcp_arrived(&got, &p, 8, false, start_us);
    len = rtcp_write(bytes, &us, &got, &h, start_us + 100000);
    to.sin_port = htons((uint16_t)(ntohs(to.sin_port) + 1));
    sendto(fd, bytes, len, 0, (struct sockaddr *)&to, sizeof to);
    for (int i = 0; i < 200 && !stats.far_reports; i++) {
        (void)phone_read(&f->pa);
        stream_stats(f->a, &stats);
    }
    assert_int_equal(stats.far_reports, 1);
    assert_int_equal(stats.far_lost, 9); /* ten of fifty, but the count begins with the first that came */
    stream_close(&f->a);
    for (int i = 0; i < 300 && !h.bye; i++) {
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        if (n < 0)
            fail_msg("no BYE came");
        assert_int_equal(rtcp_read(&h, bytes, (size_t)n, 3, start_us), ERR_OK);
    }
    assert_true(h.bye);
    close(fd);
}

/* Beside the RTP, encrypted. */
static void muxed_and_encrypted(void **state)
{
    struct fixture *f = *state;
    struct stream_remote r = phone_remote(&f->pa);
    struct secure_keys ours, theirs;
    char a[SECURE_KEY_TEXT], b[SECURE_KEY_TEXT];
    struct secure *phone;
    struct rtcp_heard h = { 0 };
    uint8_t bytes[2048];
    size_t len;

    r.rtcp_mux = true;
    r.secure = &ours;
    assert_int_equal(secure_key_new(2, a), ERR_OK);
    assert_int_equal(secure_key_new(2, b), ERR_OK);
    assert_int_equal(secure_keys_read(&ours, 2, a, b), ERR_OK);
    assert_int_equal(secure_keys_read(&theirs, 2, b, a), ERR_OK);
    assert_int_equal(secure_new(&phone, &theirs), ERR_OK);
    stream_set_remote(f->a, &r);
    len = await_report(f, f->pa.fd, bytes);
    assert_true(secure_unprotect_rtcp(phone, bytes, &len));
    assert_int_equal(rtcp_read(&h, bytes, len, 3, start_us), ERR_OK);
    assert_true(h.sender);
    secure_free(&phone);
}

/* RTCP is life: a peer that sends no audio but reports is not given up. */
static void reports_are_life(void **state)
{
    struct fixture *f = *state;
    struct stream_remote r = phone_remote(&f->pa);
    struct rtcp_heard h = { 0 };
    struct rtcp_arrivals none = { 0 };
    struct rtcp_ours us = { .ssrc = 3, .cname = "phone" };
    uint8_t bytes[RTCP_MAX];
    size_t len = rtcp_write(bytes, &us, &none, &h, start_us);
    struct sockaddr_in to = f->pa.to;

    r.timeout_ms = 1000;
    stream_set_remote(f->a, &r);
    to.sin_port = htons((uint16_t)(ntohs(to.sin_port) + 1));
    for (unsigned i = 0; i < 100; i++) { /* two seconds */
        (void)phone_read(&f->pa);
        sendto(f->pa.fd, bytes, len, 0, (struct sockaddr *)&to, sizeof to);
    }
    assert_int_equal(f->ta.silent, 0);
    await(f, 1); /* now it is silent */
    assert_int_equal(f->ta.silent, 1);
}

/* The known points of the E-model for G.711: the more loss and delay, the worse. */
static void quality_falls(void **state)
{
    static const struct {
        struct quality q;
        double least, most;
    } rows[] = {
        { { CODEC_PCMU, 0, 0, -1 }, 4.35, 4.45 },    { { CODEC_PCMU, 0.01, 0, -1 }, 4.2, 4.38 },
        { { CODEC_PCMU, 0.05, 0, -1 }, 3.7, 4.1 },   { { CODEC_PCMU, 0.2, 0, -1 }, 2.2, 2.9 },
        { { CODEC_PCMU, 0, 0, 600 }, 3.2, 4.0 },     { { CODEC_G722, 0.05, 0, -1 }, 2.5, 3.4 },
        { { CODEC_OPUS, 0.05, 10, 80 }, 3.5, 4.05 }, { { CODEC_PCMU, 1, 100, 3000 }, 1, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double mos = quality_mos(&rows[i].q);
        if (mos < rows[i].least || mos > rows[i].most)
            fail_msg("row %zu: %.2f", i, mos);
    }
}

#define ON_AN_ENGINE(f) cmocka_unit_test_setup_teardown(f, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrivals_are_counted), cmocka_unit_test(reports_tell), cmocka_unit_test(damaged_reports),
        cmocka_unit_test(quality_falls),        ON_AN_ENGINE(streams_report),   ON_AN_ENGINE(muxed_and_encrypted),
        ON_AN_ENGINE(reports_are_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
