/* Digest: the RFCs' own examples, nonces, and who is let in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sipfront/sip/digest.h"
#include "sipfront/sip/nonce.h"

/* A clock that stands where the test puts it. */
static int64_t now_ms;
static int64_t told_ms(void *self)
{
    (void)self;
    return now_ms;
}
static const struct clock clock_of_test = { .mono_ms = told_ms, .wall_ms = told_ms };

/* Where the phone of these tests is. */
static const struct network here = { .bytes = { [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1 },
                                     .bits = 128 };

static void examples_of_the_rfcs(void **state)
{
    static const struct {
        const char *name, *user, *realm, *password, *method, *response;
        struct digest_credentials c;
    } rows[] = {
        { "RFC 2617 section 3.5",
          "Mufasa",
          "testrealm@host.com",
          "Circle Of Life",
          "GET",
          "6629fae49393a05397450978507c4ef1",
          { .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            .uri = "/dir/index.html",
            .qop = "auth",
            .nc = "00000001",
            .cnonce = "0a4f113b" } },
        { "RFC 2617, no qop",
          "Mufasa",
          "testrealm@host.com",
          "Circle Of Life",
          "GET",
          "670fd8c2df070c60b045671b8b24ff02",
          { .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093", .uri = "/dir/index.html" } },
        { "RFC 7616 section 3.9.1, MD5",
          "Mufasa",
          "http-auth@example.org",
          "Circle of Life",
          "GET",
          "8ca523f5e9506fed4657c9700eebdbec",
          { .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            .uri = "/dir/index.html",
            .algorithm = "MD5",
            .qop = "auth",
            .nc = "00000001",
            .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" } },
        { "RFC 7616 section 3.9.1, SHA-256",
          "Mufasa",
          "http-auth@example.org",
          "Circle of Life",
          "GET",
          "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
          { .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            .uri = "/dir/index.html",
            .algorithm = "SHA-256",
            .qop = "auth",
            .nc = "00000001",
            .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sip_account account;
        char response[65];
        print_message("%s\n", rows[i].name);
        digest_ha1(rows[i].user, rows[i].realm, rows[i].password, &account);
        assert_true(digest_response(&rows[i].c, rows[i].method, &account, response));
        assert_string_equal(response, rows[i].response);
    }
}

static void parameters_are_read(void **state)
{
    static const struct {
        const char *param;
        enum err want;
        const char *username, *nc;
    } rows[] = {
        { "username=\"ann\"", ERR_OK, "ann", "" },
        { "USERNAME = \"a\\\"b\"", ERR_OK, "a\"b", "" },
        { "username=bare", ERR_OK, "bare", "" },
        { "nc=00000001", ERR_OK, "", "00000001" },
        { "nc=000000000000000000000001", ERR_TOO_BIG, "", NULL },
        { "usernam=\"ann\"", ERR_OK, "", "" },
        { "username", ERR_SYNTAX, "", "" },
        { "username=\"", ERR_OK, "", "" },
        { "username=\"\\", ERR_OK, "\\", "" },
        { "", ERR_SYNTAX, "", "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct digest_credentials c = { .username = "" };
        assert_int_equal(digest_take_param(&c, rows[i].param), rows[i].want);
        assert_string_equal(c.username, rows[i].username);
        if (rows[i].nc)
            assert_string_equal(c.nc, rows[i].nc);
    }
}

static struct digest *verifier(void)
{
    struct digest *d;
    now_ms = 1000000;
    assert_int_equal(digest_new(&d, &clock_of_test, "here"), ERR_OK);
    return d;
}

/* What a phone sends for this nonce and count; count 0: without qop. */
static struct digest_credentials credentials(const char *nonce, const char *algorithm, unsigned count)
{
    struct digest_credentials c = { .username = "ann", .realm = "here", .uri = "sip:here" };
    struct sip_account account;
    snprintf(c.nonce, sizeof c.nonce, "%s", nonce);
    snprintf(c.algorithm, sizeof c.algorithm, "%s", algorithm);
    if (count > 0) {
        strcpy(c.qop, "auth");
        strcpy(c.cnonce, "xyz");
        snprintf(c.nc, sizeof c.nc, "%08X", count);
    }
    digest_ha1("ann", "here", "secret", &account);
    assert_true(digest_response(&c, "REGISTER", &account, c.response));
    return c;
}

/* One nonce through a life: each row happens after the ones above it. */
static void nonces_serve_once_a_count(void **state)
{
    static const struct {
        const char *name, *algorithm;
        unsigned count;
        int64_t later_ms;
        enum digest_verdict want;
    } rows[] = {
        { "first use", "MD5", 1, 0, DIGEST_RIGHT },
        { "replayed", "MD5", 1, 1, DIGEST_AGAIN },
        { "replayed by the other algorithm", "SHA-256", 1, 1, DIGEST_AGAIN },
        { "next count", "SHA-256", 2, 10, DIGEST_RIGHT },
        { "a jump", "", 20, 10, DIGEST_RIGHT },
        { "back again", "MD5", 19, 10, DIGEST_STALE },
        { "without qop on a used nonce", "MD5", 0, 10, DIGEST_STALE },
        { "just alive", "MD5", 21, 299000, DIGEST_RIGHT },
        { "too old", "MD5", 22, 2000, DIGEST_STALE },
    };
    struct digest *d = verifier();
    struct sip_account account = { .may_register = true };
    char nonce[96];
    (void)state;
    digest_ha1("ann", "here", "secret", &account);
    digest_nonce(d, &here, nonce);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct digest_credentials c = credentials(nonce, rows[i].algorithm, rows[i].count);
        print_message("%s\n", rows[i].name);
        now_ms += rows[i].later_ms;
        assert_int_equal(digest_judge(d, &c, "REGISTER", &here, &account), rows[i].want);
    }
    digest_free(&d);
}

static void without_qop_a_nonce_serves_once(void **state)
{
    struct digest *d = verifier();
    struct sip_account account;
    struct digest_credentials c;
    char nonce[96];
    (void)state;
    digest_ha1("ann", "here", "secret", &account);
    digest_nonce(d, &here, nonce);
    c = credentials(nonce, "", 0);
    assert_int_equal(digest_judge(d, &c, "REGISTER", &here, &account), DIGEST_RIGHT);
    assert_int_equal(digest_judge(d, &c, "REGISTER", &here, &account), DIGEST_AGAIN);
    digest_free(&d);
}

static void the_wrong_stay_out(void **state)
{
    static const struct {
        const char *name, *field, *value;
        bool known;
        enum digest_verdict want;
    } rows[] = {
        { "right", NULL, NULL, true, DIGEST_RIGHT },
        { "nobody", NULL, NULL, false, DIGEST_WRONG },
        { "response cut off", "response", "0123", true, DIGEST_WRONG },
        { "no response", "response", "", true, DIGEST_WRONG },
        { "another URI", "uri", "sip:elsewhere", true, DIGEST_WRONG },
        { "count in words", "nc", "one", true, DIGEST_WRONG },
        { "count of zero", "nc", "00000000", true, DIGEST_WRONG },
        { "auth-int", "qop", "auth-int", true, DIGEST_WRONG },
        { "unknown algorithm", "algorithm", "MD5-sess", true, DIGEST_WRONG },
    };
    struct digest *d = verifier();
    struct sip_account account, empty = { .ha1_md5 = "" };
    (void)state;
    digest_ha1("ann", "here", "secret", &account);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char nonce[96], param[128];
        struct digest_credentials c;
        digest_nonce(d, &here, nonce);
        c = credentials(nonce, "MD5", 1);
        print_message("%s\n", rows[i].name);
        if (rows[i].field) {
            snprintf(param, sizeof param, "%s=%s", rows[i].field, rows[i].value);
            assert_int_equal(digest_take_param(&c, param), ERR_OK);
        }
        assert_int_equal(digest_judge(d, &c, "REGISTER", &here, rows[i].known ? &account : NULL), rows[i].want);
        assert_int_equal(digest_judge(d, &c, "REGISTER", &here, &empty), DIGEST_WRONG);
    }
    digest_free(&d);
}

/* Whatever the password: a right one on a bad nonce looks as a wrong one does, and neither fails. */
static void a_nonce_serves_the_source_it_was_given_to(void **state)
{
    static const struct {
        const char *name, *given_to, *nonce; /* nonce: instead of a given one */
        int64_t later_ms;
        bool wrong;
        enum digest_verdict want;
    } rows[] = {
        { "its own", "192.0.2.1", NULL, 0, false, DIGEST_RIGHT },
        { "its own, wrong", "192.0.2.1", NULL, 0, true, DIGEST_WRONG },
        { "a neighbour's", "192.0.2.2", NULL, 0, false, DIGEST_STALE },
        { "a neighbour's, wrong", "192.0.2.2", NULL, 0, true, DIGEST_STALE },
        { "of IPv6, wrong", "2001:db8::1", NULL, 0, true, DIGEST_STALE },
        { "old, wrong", "192.0.2.1", NULL, 300000, true, DIGEST_STALE },
        { "made up, wrong", NULL, "made-up", 0, true, DIGEST_STALE },
        { "of the right form, wrong", NULL, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 0, true,
          DIGEST_STALE },
        { "none, wrong", NULL, "", 0, true, DIGEST_STALE },
    };
    struct sip_account account;
    (void)state;
    digest_ha1("ann", "here", "secret", &account);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct digest *d = verifier();
        struct network given_to;
        char nonce[96];
        print_message("%s\n", rows[i].name);
        if (rows[i].given_to) {
            assert_int_equal(network_parse(&given_to, rows[i].given_to), ERR_OK);
            digest_nonce(d, &given_to, nonce);
        }
        struct digest_credentials c = credentials(rows[i].nonce ? rows[i].nonce : nonce, "MD5", 1);
        c.response[0] ^= rows[i].wrong;
        now_ms += rows[i].later_ms;
        assert_int_equal(digest_judge(d, &c, "REGISTER", &here, &account), rows[i].want);
        if (rows[i].want != DIGEST_RIGHT) /* who does not exist is told the same */
            assert_int_equal(digest_judge(d, &c, "REGISTER", &here, NULL), rows[i].want);
        digest_free(&d);
    }
}

static void foreign_nonces_are_stale(void **state)
{
    struct digest *d = verifier(), *other = verifier();
    struct sip_account account;
    char nonce[96];
    (void)state;
    digest_ha1("ann", "here", "secret", &account);
    digest_nonce(other, &here, nonce); /* as after a restart */
    for (int i = 0; i < 3; i++) {
        struct digest_credentials c = credentials(i == 0 ? nonce : i == 1 ? "abc" : "", "MD5", 1);
        assert_int_equal(digest_judge(d, &c, "REGISTER", &here, &account), DIGEST_STALE);
    }
    digest_free(&d);
    digest_free(&other);
}

static enum nonce_use use(struct nonces *n, const char *text, int64_t at_ms)
{
    struct nonce nonce;
    assert_true(nonces_read(n, text, &here, at_ms, &nonce));
    return nonces_use(n, &nonce, 1, at_ms);
}

/* More live nonces than the table holds: some must come again, none is taken twice. */
static void a_full_table_lets_no_replay_through(void **state)
{
    enum { MANY = 40000 };
    static char made[MANY][NONCE_TEXT];
    struct nonces *n;
    unsigned fresh = 0;
    (void)state;
    assert_int_equal(nonces_new(&n, 300000), ERR_OK);
    for (int i = 0; i < MANY; i++)
        nonces_make(n, &here, 1000 + i / 10, made[i]);
    for (int i = 0; i < MANY; i++)
        fresh += use(n, made[i], 6000) == NONCE_FRESH;
    assert_in_range(fresh, MANY / 2, MANY);
    for (int i = 0; i < MANY; i++)
        assert_int_not_equal(use(n, made[i], 6001), NONCE_FRESH);
    nonces_free(&n);
}

static void a_challenge_in_full(void **state)
{
    struct digest *d = verifier();
    char text[DIGEST_CHALLENGE_MAX];
    (void)state;
    digest_challenge(d, "SHA-256", "n", true, text);
    assert_string_equal(text, "Digest realm=\"here\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\", stale=true");
    digest_challenge(d, "MD5", "n", false, text);
    assert_string_equal(text, "Digest realm=\"here\", nonce=\"n\", algorithm=MD5, qop=\"auth\"");
    digest_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_rfcs),      cmocka_unit_test(parameters_are_read),
        cmocka_unit_test(nonces_serve_once_a_count), cmocka_unit_test(without_qop_a_nonce_serves_once),
        cmocka_unit_test(the_wrong_stay_out),        cmocka_unit_test(a_nonce_serves_the_source_it_was_given_to),
        cmocka_unit_test(foreign_nonces_are_stale),  cmocka_unit_test(a_full_table_lets_no_replay_through),
        cmocka_unit_test(a_challenge_in_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
