/* Outgoing calls through a trunk, once they are up: leg_trunk.c. */
#include "tests/unit/sip/owner.h"

#define FEW   "Allow: INVITE, ACK, CANCEL, BYE\r\n"
#define TIMER "Supported: timer\r\nRequire: timer\r\nSession-Expires: 6;refresher=uac\r\n"

static int open_short(void **state)
{
    wire_session_s = 6;
    return open_wire(state);
}

static int open_usual(void **state)
{
    wire_session_s = 0;
    return open_wire(state);
}

static void dial(struct phone *p)
{
    static char uri[64];
    const struct leg_trunk t = {
        .domain = "carrier.test", .account = "line", .auth_user = "line", .auth_password = "pass:word"
    };
    struct leg_dial d = { .uri = uri, .from_user = "+48220000000", .from_name = "", .sdp = SDP_A, .trunk = &t };
    phone_open(p);
    snprintf(uri, sizeof uri, "sip:bob@127.0.0.1:%u", p->port);
    assert_int_equal(leg_dial(&w.leg, w.agent, &d, &events, NULL), ERR_OK);
    phone_expect(p, "INVITE");
}

/* The carrier has answered with these headers. */
static void talk(struct phone *p, const char *headers)
{
    dial(p);
    phone_answer_with(p, "200 OK", headers, SDP_B);
    phone_expect(p, "ACK");
    wait_for(&told.answered, 1);
}

/* A carrier without UPDATE gets the offer that holds; twice, so the call outlives its first interval. */
static void we_refresh_by_invite(void **state)
{
    struct phone p;
    (void)state;
    talk(&p, TIMER FEW);
    for (unsigned i = 1; i <= 3; i++) {
        const char *cseq;
        phone_expect(&p, "INVITE");
        assert_non_null(strstr(p.last, SDP_A));
        assert_non_null(strstr(p.last, "Session-Expires: 6;refresher=uac"));
        cseq = between(p.last, "\r\nCSeq: ", " ");
        phone_answer_with(&p, "200 OK", TIMER FEW, SDP_B);
        phone_expect(&p, "ACK"); /* before the next INVITE */
        assert_string_equal(between(p.last, "\r\nCSeq: ", " "), cseq);
        assert_int_equal(told.reanswered, i);
    }
    assert_int_equal(told.ended, 0);
    close(p.fd);
}

/* The carrier wants to refresh, and does not. */
static void we_refresh_only_when_it_is_ours_to_do(void **state)
{
    struct phone p;
    (void)state;
    talk(&p, FEW "Session-Expires: 6;refresher=uas\r\n");
    phone_expect(&p, "");
    assert_memory_equal(p.last, "BYE ", 4);
    assert_non_null(strstr(p.last, "Session timeout"));
    phone_answer(&p, "200 OK", NULL);
    wait_for(&told.ended, 1);
    assert_int_equal(told.how, LEG_END_TIMEOUT);
    close(p.fd);
}

/* RFC 3261 §13.2.2.4: a 2xx that crosses our BYE. */
static void an_answer_too_late_is_acknowledged(void **state)
{
    struct phone p;
    char again[WIRE_MAX];
    (void)state;
    talk(&p, FEW);
    leg_reoffer(w.leg, SDP_A);
    phone_expect(&p, "INVITE");
    memcpy(again, p.last, sizeof again);
    leg_hangup(w.leg, NULL);
    phone_expect(&p, "BYE");
    memcpy(p.last, again, sizeof again);
    phone_answer(&p, "200 OK", SDP_B);
    phone_expect(&p, "ACK");
    assert_int_equal(told.reanswered, 0);
    close(p.fd);
}

#define ASK(more) "WWW-Authenticate: Digest realm=\"a \\\"realm\\\"\", qop=\"auth\", " more "\r\n"

/* What was refused comes again, with credentials of that nonce, used for the nth time. */
static void expect_again(struct phone *p, const char *method, const char *nonce, const char *nth)
{
    int cseq = atoi(between(p->last, "\r\nCSeq: ", " "));
    phone_expect(p, method);
    assert_int_equal(atoi(between(p->last, "\r\nCSeq: ", " ")), cseq + 1);
    assert_string_equal(between(p->last, " nonce=\"", "\""), nonce);
    assert_string_equal(between(p->last, " nc=", ","), nth);
}

static void hang_up(struct phone *p)
{
    leg_hangup(w.leg, NULL);
    phone_expect(p, "BYE");
}

/* With or without an algorithm; of two challenges the stronger, wherever it stands. */
static void a_challenged_bye_is_repeated(void **state)
{
    static const struct {
        const char *challenges, *nonce, *algorithm;
    } rows[] = {
        { ASK("nonce=\"n1\""), "n1", "" },
        { ASK("nonce=\"n2\", algorithm=MD5"), "n2", "MD5" },
        { ASK("nonce=\"n3\", algorithm=SHA-256"), "n3", "SHA-256" },
        { ASK("nonce=\"n4\", algorithm=SHA-256") ASK("nonce=\"n5\", algorithm=MD5"), "n4", "SHA-256" },
        { "WWW-Authenticate: Basic realm=\"x\"\r\n" ASK("nonce=\"n6\", algorithm=SHA-512-256")
              ASK("nonce=\"n7\", algorithm=MD5") ASK("nonce=\"n8\", algorithm=SHA-256"),
          "n8", "SHA-256" },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct phone p;
        memset(&told, 0, sizeof told);
        talk(&p, FEW);
        hang_up(&p);
        assert_null(strstr(p.last, "\r\nAuthorization:"));
        phone_answer_with(&p, "401 Unauthorized", rows[i].challenges, NULL);
        expect_again(&p, "BYE", rows[i].nonce, "00000001");
        assert_string_equal(between(p.last, " algorithm=", ","), rows[i].algorithm);
        phone_answer(&p, "200 OK", NULL);
        wait_for(&told.ended, 1);
        assert_int_equal(told.how, LEG_END_LOCAL);
        close(p.fd);
    }
}

/* The next request has credentials at once; a nonce that serves no more is replaced once a request. */
static void credentials_serve_the_dialog(void **state)
{
    struct phone p;
    (void)state;
    talk(&p, FEW);
    leg_reoffer(w.leg, SDP_A);
    phone_expect(&p, "INVITE");
    phone_answer_with(&p, "401 Unauthorized", ASK("nonce=\"n1\""), NULL);
    phone_expect(&p, "ACK");
    expect_again(&p, "INVITE", "n1", "00000001");
    assert_non_null(strstr(p.last, SDP_A));
    phone_answer(&p, "200 OK", SDP_B);
    phone_expect(&p, "ACK");
    assert_string_equal(between(p.last, " nonce=\"", "\""), "n1");
    assert_int_equal(told.reanswered, 1);
    hang_up(&p);
    assert_string_equal(between(p.last, " nc=", ","), "00000002");
    phone_answer_with(&p, "401 Unauthorized", ASK("nonce=\"n2\", stale=true"), NULL);
    expect_again(&p, "BYE", "n2", "00000001");
    phone_answer(&p, "200 OK", NULL);
    wait_for(&told.ended, 1);
    close(p.fd);
}

/* A carrier that never believes us, or whose challenge cannot be answered, is asked twice for each thing and no more.
 * The password is not told in the clear. */
static void a_challenge_in_vain_ends(void **state)
{
    static const struct {
        const char *challenge;
        int byes;
    } rows[] = {
        { ASK("nonce=\"n1\""), 2 },
        { ASK("nonce=\"n1\", algorithm=SHA-512-256"), 2 },
        { "WWW-Authenticate: Basic realm=\"x\"\r\n", 2 },
        { "WWW-Authenticate: Bearer realm=\"x\"\r\n", 1 },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct phone p;
        memset(&told, 0, sizeof told);
        talk(&p, FEW);
        for (int invites = 0; invites < 2; invites++) {
            if (invites == 0)
                leg_reoffer(w.leg, SDP_A);
            phone_expect(&p, "INVITE");
            assert_null(strstr(p.last, "Basic"));
            phone_answer_with(&p, "401 Unauthorized", rows[i].challenge, NULL);
            phone_expect(&p, "ACK");
        }
        wait_for(&told.reanswered, 1);
        assert_int_equal(told.status, 401);
        leg_hangup(w.leg, NULL);
        for (int byes = 0; byes < rows[i].byes; byes++) {
            phone_expect(&p, "BYE");
            phone_answer_with(&p, "401 Unauthorized", rows[i].challenge, NULL);
        }
        wait_for(&told.ended, 1);
        phone_expect_none(&p, "BYE");
        close(p.fd);
    }
}

static void a_challenged_refresh(void **state)
{
    struct phone p;
    (void)state;
    talk(&p, TIMER "Allow: INVITE, ACK, BYE, UPDATE\r\n");
    phone_expect(&p, "UPDATE");
    phone_answer_with(&p, "401 Unauthorized", ASK("nonce=\"n1\""), NULL);
    expect_again(&p, "UPDATE", "n1", "00000001");
    phone_answer_with(&p, "200 OK", TIMER, NULL);
    phone_expect(&p, "UPDATE"); /* the next one */
    assert_string_equal(between(p.last, " nc=", ","), "00000002");
    assert_int_equal(told.ended, 0);
    close(p.fd);
}

static void a_challenged_prack(void **state)
{
    struct phone p;
    char invite[WIRE_MAX];
    (void)state;
    dial(&p);
    memcpy(invite, p.last, sizeof invite);
    phone_answer_with(&p, "183 Session Progress", "Require: 100rel\r\nRSeq: 7\r\n", SDP_B);
    phone_expect(&p, "PRACK");
    phone_answer_with(&p, "401 Unauthorized", ASK("nonce=\"n1\""), NULL);
    expect_again(&p, "PRACK", "n1", "00000001");
    phone_answer(&p, "200 OK", NULL);
    memcpy(p.last, invite, sizeof invite);
    phone_answer(&p, "200 OK", SDP_B);
    phone_expect(&p, "ACK");
    wait_for(&told.answered, 1);
    assert_int_equal(told.ended, 0);
    close(p.fd);
}

/* INFO goes beside the stack. */
static void a_challenged_digit(void **state)
{
    struct phone p;
    (void)state;
    talk(&p, "Allow: INVITE, ACK, BYE, INFO\r\n");
    assert_true(leg_send_digit(w.leg, '5', 100));
    phone_expect(&p, "INFO");
    phone_answer_with(&p, "401 Unauthorized", ASK("nonce=\"n1\""), NULL);
    expect_again(&p, "INFO", "n1", "00000001");
    assert_non_null(strstr(p.last, "Signal=5\r\n"));
    phone_answer(&p, "200 OK", NULL);
    assert_true(leg_send_digit(w.leg, '6', 100));
    for (int infos = 0; infos < 2; infos++) {
        phone_expect(&p, "INFO");
        assert_non_null(strstr(p.last, "Signal=6\r\n"));
        phone_answer_with(&p, "401 Unauthorized", ASK("nonce=\"n2\""), NULL);
    }
    wait_for(&told.refused, 1);
    close(p.fd);
}

#define SHORT(f) cmocka_unit_test_setup_teardown(f, open_short, wire_close)
#define USUAL(f) cmocka_unit_test_setup_teardown(f, open_usual, wire_close)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SHORT(we_refresh_by_invite),
        SHORT(we_refresh_only_when_it_is_ours_to_do),
        SHORT(a_challenged_refresh),
        USUAL(a_challenged_bye_is_repeated),
        USUAL(credentials_serve_the_dialog),
        USUAL(a_challenge_in_vain_ends),
        USUAL(a_challenged_prack),
        USUAL(a_challenged_digit),
        USUAL(an_answer_too_late_is_acknowledged),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
