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

/* The carrier has answered with these headers. */
static void talk(struct phone *p, const char *headers)
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

#define SHORT(f) cmocka_unit_test_setup_teardown(f, open_short, wire_close)
#define USUAL(f) cmocka_unit_test_setup_teardown(f, open_usual, wire_close)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SHORT(we_refresh_by_invite),
        SHORT(we_refresh_only_when_it_is_ours_to_do),
        USUAL(an_answer_too_late_is_acknowledged),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
