/* Session timers (RFC 4028) in both roles, and what a leg asks for in its dialog: the ladders of leg_session.c and
 * leg_offer.c. */
#include "tests/unit/sip/caller.h"

enum { INTERVAL_S = 6 };

#define ALLOW_ALL "Contact: <sip:ann@192.168.77.7:5060>\r\nAllow: INVITE, ACK, BYE, UPDATE\r\n"
#define ALLOW_FEW "Contact: <sip:ann@192.168.77.7:5060>\r\nAllow: INVITE, ACK, BYE\r\n"
#define TIMER     "Supported: timer\r\n"

static int open_short(void **state)
{
    wire_session_s = INTERVAL_S;
    return open_wire(state);
}

static int open_usual(void **state)
{
    wire_session_s = 0;
    return open_wire(state);
}

/* ann's phone calls with these headers and talks; the 200 is in `ok`. */
static struct request talk_with(struct phone *p, const char *headers, char ok[WIRE_MAX])
{
    static char ids[4][16];
    static unsigned n;
    struct request r, ack;
    phone_open(p);
    n++;
    snprintf(ids[n % 4], sizeof ids[0], "session%u", n);
    r = invite_request(p, ids[n % 4]);
    r.extra = headers;
    phone_send_authorized(p, &r, "ann", "secret-of-ann");
    wait_for(&w.invited, 1);
    leg_answer(w.leg, SDP_B);
    phone_expect(p, "SIP/2.0 200");
    memcpy(ok, p->last, WIRE_MAX);
    ack = in_dialog(&r, "ACK", p->last, r.cseq);
    phone_send(p, &ack);
    wait_for(&told.confirmed, 1);
    return r;
}

static void we_refresh_by_update(void **state)
{
    struct phone p;
    char ok[WIRE_MAX];
    (void)state;
    talk_with(&p, ALLOW_ALL, ok);
    assert_non_null(strstr(ok, "Session-Expires: 6;refresher=uas"));
    for (int i = 0; i < 2; i++) {
        phone_expect(&p, "UPDATE");
        assert_non_null(strstr(p.last, "Session-Expires: 6"));
        assert_null(strstr(p.last, "application/sdp"));
        phone_answer(&p, "200 OK", NULL);
    }
    assert_int_equal(told.ended, 0);
    close(p.fd);
}

/* A phone without UPDATE gets the SDP that it has already. */
static void we_refresh_by_invite(void **state)
{
    struct phone p;
    char ok[WIRE_MAX];
    (void)state;
    talk_with(&p, ALLOW_FEW, ok);
    for (unsigned i = 1; i <= 2; i++) {
        phone_expect(&p, "INVITE");
        assert_non_null(strstr(p.last, "Session-Expires: 6"));
        assert_non_null(strstr(p.last, SDP_B));
        phone_answer(&p, "200 OK", SDP_A);
        phone_expect(&p, "ACK");
        assert_int_equal(told.reanswered, i);
    }
    assert_int_equal(told.ended, 0);
    close(p.fd);
}

static void a_refresh_that_nobody_answers_ends_the_call(void **state)
{
    struct phone p;
    char ok[WIRE_MAX];
    (void)state;
    talk_with(&p, ALLOW_ALL, ok);
    phone_expect(&p, "UPDATE");
    wait_for(&told.ended, 1); /* the BYE waits in the stack until the UPDATE is given up */
    assert_int_equal(told.how, LEG_END_TIMEOUT);
    close(p.fd);
}

static void a_refresh_that_is_refused_ends_the_call(void **state)
{
    struct phone p;
    char ok[WIRE_MAX];
    (void)state;
    talk_with(&p, ALLOW_ALL, ok);
    phone_expect(&p, "UPDATE");
    phone_answer(&p, "481 Call Does Not Exist", NULL);
    wait_for(&told.ended, 1);
    close(p.fd);
}

static void they_refresh_or_the_call_ends(void **state)
{
    static const char *const methods[] = { "UPDATE", "INVITE" };
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct phone p;
        char ok[WIRE_MAX];
        struct request r, again;
        memset(&told, 0, sizeof told);
        w.invited = 0;
        r = talk_with(&p, ALLOW_ALL TIMER "Session-Expires: 6;refresher=uac\r\n", ok);
        assert_non_null(strstr(ok, "Session-Expires: 6;refresher=uac"));
        assert_non_null(strstr(ok, "Require: timer"));
        for (int64_t at = now_ms() + 2500; now_ms() < at;)
            turn(50);
        again = in_dialog(&r, methods[i], ok, r.cseq + 1);
        again.extra = ALLOW_ALL TIMER "Session-Expires: 6;refresher=uac\r\n";
        again.body = i ? SDP_A : NULL;
        phone_send(&p, &again);
        if (i) {
            wait_for(&told.reoffered, 1);
            leg_reoffer_answer(w.leg, 200, SDP_B);
        }
        phone_expect(&p, "SIP/2.0 200");
        if (i) {
            struct request ack = in_dialog(&r, "ACK", ok, r.cseq + 1);
            phone_send(&p, &ack);
        }
        for (int64_t at = now_ms() + 3500; now_ms() < at;)
            turn(50);
        assert_int_equal(told.ended, 0); /* the first interval is long over */
        phone_expect(&p, "BYE");
        assert_non_null(strstr(p.last, "Session timeout"));
        wait_for(&told.ended, 1);
        assert_int_equal(told.how, LEG_END_TIMEOUT);
        close(p.fd);
    }
}

/* Nothing is refreshed before the call is up, and nothing runs out. Nor is an offer taken. */
static void an_update_of_a_ringing_call(void **state)
{
    struct phone p;
    struct request r, update;
    char ringing[WIRE_MAX];
    (void)state;
    phone_open(&p);
    r = invite_request(&p, "early");
    r.extra = ALLOW_ALL TIMER "Session-Expires: 6\r\n";
    phone_send_authorized(&p, &r, "ann", "secret-of-ann");
    wait_for(&w.invited, 1);
    leg_progress(w.leg, 180, NULL);
    phone_expect(&p, "SIP/2.0 180");
    memcpy(ringing, p.last, sizeof ringing);
    update = in_dialog(&r, "UPDATE", ringing, r.cseq + 1);
    phone_send(&p, &update);
    phone_expect(&p, "SIP/2.0 200");
    for (int64_t at = now_ms() + 1000LL * INTERVAL_S; now_ms() < at;)
        turn(50);
    assert_int_equal(told.ended, 0);
    update = in_dialog(&r, "UPDATE", ringing, r.cseq + 2);
    update.body = SDP_B;
    phone_send(&p, &update);
    phone_expect(&p, "SIP/2.0 491");
    leg_answer(w.leg, SDP_B);
    phone_expect(&p, "SIP/2.0 200");
    close(p.fd);
}

static void too_small_an_interval(void **state)
{
    struct phone p;
    struct request r;
    (void)state;
    phone_open(&p);
    r = invite_request(&p, "small");
    r.extra = ALLOW_ALL TIMER "Session-Expires: 60\r\n";
    phone_send(&p, &r);
    phone_expect(&p, "SIP/2.0 422");
    assert_non_null(strstr(p.last, "Min-SE: 90"));
    close(p.fd);
}

static void dial(struct phone *p)
{
    static char uri[64];
    struct leg_dial d = { .uri = uri, .from_user = "ann", .from_name = "Ann", .sdp = SDP_A };
    phone_open(p);
    snprintf(uri, sizeof uri, "sip:bob@127.0.0.1:%u", p->port);
    assert_int_equal(leg_dial(&w.leg, w.agent, &d, &events, NULL), ERR_OK);
    phone_expect(p, "INVITE");
}

static void a_phone_wants_a_longer_interval(void **state)
{
    struct phone p;
    (void)state;
    dial(&p);
    assert_non_null(strstr(p.last, "Session-Expires: 1800"));
    phone_answer_with(&p, "422 Session Interval Too Small", "Min-SE: 3600\r\n", NULL);
    phone_expect(&p, "ACK");
    phone_expect(&p, "INVITE");
    assert_non_null(strstr(p.last, "Session-Expires: 3600"));
    assert_non_null(strstr(p.last, "Min-SE: 3600"));
    phone_answer_with(&p, "200 OK", "Session-Expires: 3600;refresher=uac\r\n", SDP_B);
    wait_for(&told.answered, 1);
    assert_int_equal(told.ended, 0);
    close(p.fd);
}

static void a_called_phone_lets_us_refresh(void **state)
{
    struct phone p;
    (void)state;
    dial(&p);
    phone_answer_with(&p, "200 OK",
                      TIMER "Require: timer\r\nSession-Expires: 6;refresher=uac\r\nAllow: INVITE, UPDATE\r\n", SDP_B);
    wait_for(&told.answered, 1);
    phone_expect(&p, "UPDATE");
    assert_non_null(strstr(p.last, "Session-Expires: 6;refresher=uac"));
    close(p.fd);
}

/* RFC 3261 §14.1: both ask at once; each gets 491, and we ask again. */
static void glare(void **state)
{
    struct phone p;
    char ok[WIRE_MAX], ours[WIRE_MAX];
    struct request r, theirs;
    (void)state;
    r = talk_with(&p, ALLOW_FEW, ok);
    leg_reoffer(w.leg, SDP_A);
    phone_expect(&p, "INVITE");
    memcpy(ours, p.last, sizeof ours);
    theirs = in_dialog(&r, "INVITE", ok, r.cseq + 1);
    theirs.body = SDP_A;
    phone_send(&p, &theirs);
    phone_expect(&p, "SIP/2.0 491");
    memcpy(p.last, ours, sizeof ours);
    phone_answer(&p, "491 Request Pending", NULL);
    phone_expect(&p, "INVITE");
    assert_non_null(strstr(p.last, SDP_A));
    phone_answer(&p, "200 OK", SDP_B);
    phone_expect(&p, "ACK");
    wait_for(&told.reanswered, 1);
    assert_string_equal(told.sdp, SDP_B);
    close(p.fd);
}

static void a_new_identity(void **state)
{
    struct phone p;
    char ok[WIRE_MAX];
    (void)state;
    talk_with(&p, ALLOW_ALL, ok);
    leg_identify(w.leg, &(struct leg_identity){ "carol", "Carol" });
    phone_expect(&p, "UPDATE");
    assert_non_null(strstr(p.last, "P-Asserted-Identity: \"Carol\" <sip:carol@"));
    assert_non_null(strstr(p.last, "Remote-Party-ID: \"Carol\" <sip:carol@"));
    phone_answer(&p, "405 Method Not Allowed", NULL); /* though it said that it allows it */
    phone_expect(&p, "INVITE");
    assert_non_null(strstr(p.last, "P-Asserted-Identity: \"Carol\" <sip:carol@"));
    assert_non_null(strstr(p.last, SDP_B));
    phone_answer(&p, "200 OK", SDP_A);
    phone_expect(&p, "ACK");
    leg_identify(w.leg, &(struct leg_identity){ "", "" });
    phone_expect(&p, "INVITE");
    assert_non_null(strstr(p.last, "Privacy: id\r\n"));
    assert_null(strstr(p.last, "P-Asserted-Identity"));
    close(p.fd);
}

static void too_many_hops(void **state)
{
    struct phone p;
    char text[WIRE_MAX], *at;
    struct request r;
    (void)state;
    phone_open(&p);
    r = invite_request(&p, "hops");
    write_request(text, &r);
    at = strstr(text, "Max-Forwards: 69");
    memcpy(at, "Max-Forwards: 00", 16);
    phone_send_text(&p, text, strlen(text));
    phone_expect(&p, "SIP/2.0 483");
    close(p.fd);
}

#define SHORT(f) cmocka_unit_test_setup_teardown(f, open_short, wire_close)
#define USUAL(f) cmocka_unit_test_setup_teardown(f, open_usual, wire_close)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SHORT(we_refresh_by_update),
        SHORT(we_refresh_by_invite),
        SHORT(a_refresh_that_nobody_answers_ends_the_call),
        SHORT(a_refresh_that_is_refused_ends_the_call),
        SHORT(they_refresh_or_the_call_ends),
        SHORT(an_update_of_a_ringing_call),
        SHORT(a_called_phone_lets_us_refresh),
        USUAL(too_small_an_interval),
        USUAL(a_phone_wants_a_longer_interval),
        USUAL(glare),
        USUAL(a_new_identity),
        USUAL(too_many_hops),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
