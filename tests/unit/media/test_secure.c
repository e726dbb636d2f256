/* SRTP: each suite there and back; forged, repeated and foreign packets; a secured leg on sockets, bridged to a plain
 * one. The phone of these tests has libsrtp by itself (through another struct secure with the keys the other way). */
#include <string.h>

#include "sipfront/media/secure.h"
#include "tests/unit/media/media_fixture.h"

enum { ROOM = 200 + SECURE_TRAILER };

static void keys_of(unsigned suite, struct secure_keys *ours, struct secure_keys *theirs)
{
    char a[SECURE_KEY_TEXT], b[SECURE_KEY_TEXT];

    assert_int_equal(secure_key_new(suite, a), ERR_OK);
    assert_int_equal(secure_key_new(suite, b), ERR_OK);
    assert_string_not_equal(a, b);
    assert_int_equal(secure_keys_read(ours, suite, a, b), ERR_OK);
    assert_int_equal(secure_keys_read(theirs, suite, b, a), ERR_OK);
}

static size_t packet(uint8_t out[ROOM], uint16_t seq)
{
    struct rtp_packet p = { .pt = 0, .seq = seq, .ts = seq * 160u, .ssrc = 42 };

    rtp_write(out, &p);
    memset(out + RTP_HEADER, seq, 160);
    return RTP_HEADER + 160;
}

static void each_suite(void **state)
{
    (void)state;
    assert_int_equal(secure_suites(), 4);
    for (unsigned suite = 0; suite < secure_suites(); suite++) {
        struct secure_keys a, b;
        struct secure *here, *there;
        uint8_t plain[ROOM], sent[ROOM], copy[ROOM];
        size_t len, n;
        assert_int_equal(secure_suite_find(secure_suite_name(suite)), suite);
        keys_of(suite, &a, &b);
        assert_int_equal(secure_new(&here, &a), ERR_OK);
        assert_int_equal(secure_new(&there, &b), ERR_OK);
        for (unsigned i = 65530; i < 65530 + 20; i++) { /* round the end of the sequence numbers */
            packet(plain, (uint16_t)i);
            len = packet(sent, (uint16_t)i);
            assert_true(secure_protect(here, sent, &len));
            assert_true(len > RTP_HEADER + 160 && len < ROOM);
            assert_memory_not_equal(sent + RTP_HEADER, plain + RTP_HEADER, 160);
            memcpy(copy, sent, len);
            n = len;
            assert_true(secure_unprotect(there, copy, &n));
            assert_int_equal(n, RTP_HEADER + 160);
            assert_memory_equal(copy, plain, n);
            memcpy(copy, sent, len);
            n = len;
            assert_false(secure_unprotect(there, copy, &n)); /* again */
            memcpy(copy, sent, len);
            copy[RTP_HEADER + 5] ^= 1;
            n = len;
            assert_false(secure_unprotect(there, copy, &n)); /* changed on its way */
        }
        n = packet(copy, 3000);
        assert_false(secure_unprotect(there, copy, &n)); /* plain */
        secure_free(&here);
        secure_free(&there);
    }
    assert_int_equal(secure_suite_find("AES_CM_128_HMAC_SHA1_81"), -1);
}

static void bad_keys(void **state)
{
    static const char *const texts[] = { "", "AAAA", "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!",
                                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
    int suite = secure_suite_find("AES_CM_128_HMAC_SHA1_80");
    char good[SECURE_KEY_TEXT];
    struct secure_keys keys;

    (void)state;
    assert_int_equal(secure_key_new((unsigned)suite, good), ERR_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(secure_keys_read(&keys, (unsigned)suite, good, texts[i]), ERR_SYNTAX);
        assert_false(keys.on);
    }
}

/* A phone that encrypts. */
static void say(struct phone *p, struct secure *s, unsigned number)
{
    uint8_t out[ROOM];
    size_t len = packet(out, p->seq);

    p->seq++;
    memset(out + RTP_HEADER, (int)number, 160);
    assert_true(secure_protect(s, out, &len));
    assert_int_equal(sendto(p->fd, out, len, 0, (struct sockaddr *)&p->to, sizeof p->to), (ssize_t)len);
}

static bool hears(struct phone *p, struct secure *s, struct rtp_packet *r)
{
    ssize_t n = recv(p->fd, p->bytes, sizeof p->bytes, 0);
    size_t len = (size_t)n;

    if (n < 0)
        fail_msg("no packet came within 5 s");
    return secure_unprotect(s, p->bytes, &len) && rtp_read(r, p->bytes, len) == ERR_OK;
}

static void secured_to_plain(void **state)
{
    struct fixture *f = *state;
    struct secure_keys ours, theirs;
    struct secure *phone;
    struct stream_remote ra = phone_remote(&f->pa), rb = phone_remote(&f->pb);
    struct rtp_packet r = { 0 };
    struct stream_stats stats;
    uint8_t payload[160];

    keys_of(2, &ours, &theirs);
    ra.secure = &ours;
    assert_int_equal(secure_new(&phone, &theirs), ERR_OK);
    stream_set_remote(f->a, &ra);
    stream_set_remote(f->b, &rb);
    stream_bridge(f->a, f->b);
    assert_true(hears(&f->pa, phone, &r)); /* silence, encrypted */
    for (unsigned i = 0; i < 20 && (r.len != 160 || r.payload[9] != 0x31); i++) {
        say(&f->pa, phone, 0x31);
        r = phone_read(&f->pb);
    }
    assert_int_equal(r.payload[9], 0x31);
    memset(payload, 0x42, sizeof payload);
    for (unsigned i = 0; i < 20 && r.payload[9] != 0x42; i++) {
        phone_send(&f->pb, 0, payload, sizeof payload);
        assert_true(hears(&f->pa, phone, &r));
    }
    assert_int_equal(r.payload[9], 0x42);
    stream_stats(f->a, &stats);
    assert_int_equal(stats.refused, 0);
    secure_free(&phone);
}

/* Plain packets, those of another key and repetitions are dropped, counted, and do not move the latch. */
static void others_are_refused(void **state)
{
    struct fixture *f = *state;
    struct secure_keys ours, theirs, other, unused;
    struct secure *phone, *stranger;
    struct stream_remote ra = phone_remote(&f->pa), rb = phone_remote(&f->pb);
    struct stream_stats stats = { 0 };
    uint8_t payload[160] = { 0x55 };

    keys_of(2, &ours, &theirs);
    keys_of(2, &other, &unused);
    ra.secure = &ours;
    assert_int_equal(secure_new(&phone, &theirs), ERR_OK);
    assert_int_equal(secure_new(&stranger, &other), ERR_OK);
    stream_set_remote(f->a, &ra);
    stream_set_remote(f->b, &rb);
    stream_bridge(f->a, f->b);
    for (unsigned i = 0; i < 30; i++) {
        phone_send(&f->pa, 0, payload, sizeof payload);
        say(&f->pa, stranger, 0x55);
        (void)phone_read(&f->pb); /* the clock */
    }
    for (unsigned i = 0; i < 100 && stats.refused < 60; i++) {
        (void)phone_read(&f->pb);
        stream_stats(f->a, &stats);
    }
    assert_int_equal(stats.refused, 60);
    assert_int_equal(stats.received, 0);
    assert_false(stats.latched);
    secure_free(&phone);
    secure_free(&stranger);
}

/* A second answer with the same keys goes on where it was; with others it starts anew. */
static void rekeyed(void **state)
{
    struct fixture *f = *state;
    struct secure_keys ours, theirs;
    struct stream_remote ra = phone_remote(&f->pa);
    struct rtp_packet r;

    for (unsigned round = 0; round < 2; round++) {
        struct secure *phone;
        unsigned heard = 0;
        keys_of(round ? 0 : 3, &ours, &theirs);
        assert_int_equal(secure_new(&phone, &theirs), ERR_OK);
        ra.secure = &ours;
        stream_set_remote(f->a, &ra);
        stream_set_remote(f->a, &ra);
        for (unsigned i = 0; i < 100 && heard < 10; i++)
            heard += hears(&f->pa, phone, &r);
        assert_int_equal(heard, 10);
        secure_free(&phone);
    }
}

#define ON_AN_ENGINE(f) cmocka_unit_test_setup_teardown(f, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_suite),     cmocka_unit_test(bad_keys), ON_AN_ENGINE(secured_to_plain),
        ON_AN_ENGINE(others_are_refused), ON_AN_ENGINE(rekeyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
