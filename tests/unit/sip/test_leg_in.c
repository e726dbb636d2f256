/* Incoming legs over UDP on loopback: the ladder of leg_in.c. */
#include "tests/unit/sip/caller.h"

#include <sofia-sip/nta_tag.h>

#include "sipfront/sip/agent_inner.h"

static void an_incoming_call(void **state)
{
    struct phone p;
    struct request r = call_in(&p, "in1", SDP_A), ack, bye;
    (void)state;
    assert_string_equal(w.from_user, "ann");
    assert_string_equal(w.to_user, "bob");
    assert_string_equal(told.sdp, SDP_A);
    assert_string_equal(leg_header(w.leg, "x-test"), "a value");
    assert_string_equal(leg_header(w.leg, "Call-ID"), "in1");
    assert_string_equal(leg_header(w.leg, "Nothing"), "");
    assert_int_equal(leg_max_forwards(w.leg), 69);
    leg_progress(w.leg, 180, NULL);
    phone_expect(&p, "SIP/2.0 180");
    leg_progress(w.leg, 183, SDP_B);
    phone_expect(&p, "SIP/2.0 183");
    assert_non_null(strstr(p.last, SDP_B));
    leg_answer(w.leg, SDP_B);
    phone_expect(&p, "SIP/2.0 200");
    assert_non_null(strstr(p.last, SDP_B));
    assert_null(strstr(p.last, "RSeq")); /* nobody asked for it */
    assert_int_equal(told.confirmed, 0);
    ack = in_dialog(&r, "ACK", p.last, r.cseq);
    bye = in_dialog(&r, "BYE", p.last, r.cseq + 1);
    phone_send(&p, &ack);
    wait_for(&told.confirmed, 1);
    assert_false(told.has_sdp);
    assert_string_equal(leg_header(w.leg, "x-test"), "a value"); /* the INVITE is text by now */
    assert_string_equal(leg_header(w.leg, "Call-ID"), "in1");
    assert_string_equal(leg_header(w.leg, "Nothing"), "");
    phone_send(&p, &bye);
    phone_expect(&p, "SIP/2.0 200");
    wait_for(&told.ended, 1);
    assert_int_equal(told.how, LEG_END_BYE);
    close(p.fd);
}

static void a_late_offer(void **state)
{
    struct phone p;
    struct request r = call_in(&p, "late", NULL), ack;
    (void)state;
    assert_false(told.has_sdp);
    leg_answer(w.leg, SDP_B);
    phone_expect(&p, "SIP/2.0 200");
    ack = in_dialog(&r, "ACK", p.last, r.cseq);
    ack.body = SDP_A;
    phone_send(&p, &ack);
    wait_for(&told.confirmed, 1);
    assert_string_equal(told.sdp, SDP_A);
    close(p.fd);
}

/* RFC 6026 §7.1, RFC 3261 §13.3.1.4: after the 200 the INVITE again is no second call, and the 200 comes again until
 * its ACK. */
static void the_invite_again_after_the_answer(void **state)
{
    struct phone p;
    struct request r = call_in(&p, "again", SDP_A), ack;
    char branch[32], first[WIRE_MAX];
    (void)state;
    leg_answer(w.leg, SDP_B);
    phone_expect(&p, "SIP/2.0 200");
    memcpy(first, p.last, sizeof first);
    snprintf(branch, sizeof branch, "%s", between(first, "branch=z9hG4bK", ";\r\n"));
    r.branch = branch;
    phone_send(&p, &r);
    for (unsigned i = 0; i < 2; i++) { /* for the INVITE, and by its timer */
        phone_expect(&p, "SIP/2.0 200");
        assert_string_equal(p.last, first);
    }
    assert_int_equal(w.invited, 1);
    ack = in_dialog(&r, "ACK", first, r.cseq);
    phone_send(&p, &ack);
    wait_for(&told.confirmed, 1);
    phone_send(&p, &ack);
    turn(5);
    assert_int_equal(told.confirmed, 1);
    assert_int_equal(told.ended, 0);
    close(p.fd);
}

static void the_caller_cancels(void **state)
{
    struct phone p;
    struct request r = call_in(&p, "cancel", SDP_A);
    char branch[32];
    (void)state;
    leg_progress(w.leg, 180, NULL);
    phone_expect(&p, "SIP/2.0 180");
    snprintf(branch, sizeof branch, "%s", between(p.last, "branch=z9hG4bK", ";\r\n"));
    r.method = "CANCEL", r.body = NULL, r.branch = branch, r.extra = NULL;
    phone_send(&p, &r);
    phone_expect(&p, "SIP/2.0 487");
    wait_for(&told.ended, 1);
    assert_int_equal(told.how, LEG_END_CANCEL);
    close(p.fd);
}

/* The CANCEL is on its way while the owner answers: whichever the stack takes first, there is one clear end. */
static void a_cancel_crosses_the_answer(void **state)
{
    struct phone p;
    struct request r = call_in(&p, "crossing", SDP_A);
    char branch[32];
    (void)state;
    leg_progress(w.leg, 180, NULL);
    phone_expect(&p, "SIP/2.0 180");
    snprintf(branch, sizeof branch, "%s", between(p.last, "branch=z9hG4bK", ";\r\n"));
    r.method = "CANCEL", r.body = NULL, r.branch = branch, r.extra = NULL;
    phone_send(&p, &r);
    leg_answer(w.leg, SDP_B);
    while (!strstr(phone_expect(&p, "SIP/2.0 "), "CSeq: 2 INVITE"))
        ;
    if (strncmp(p.last, "SIP/2.0 487", 11) == 0) {
        wait_for(&told.ended, 1);
        assert_int_equal(told.how, LEG_END_CANCEL);
    } else {
        struct request ack = in_dialog(&r, "ACK", p.last, r.cseq);
        phone_send(&p, &ack);
        wait_for(&told.confirmed, 1);
    }
    close(p.fd);
}

static void a_refused_caller(void **state)
{
    static const struct {
        const char *id, *answer;
        int status;
    } rows[] = {
        { "refused", "SIP/2.0 486 Busy Here", 486 },
        { "hung-up", "SIP/2.0 480 Temporarily Unavailable", 0 },
    };
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct phone p;
        w.invited = 0;
        call_in(&p, rows[i].id, SDP_A);
        if (rows[i].status)
            leg_reject(w.leg, rows[i].status, NULL);
        else
            leg_hangup(w.leg, NULL);
        assert_int_equal(told.ended, i);
        phone_expect(&p, rows[i].answer);
        wait_for(&told.ended, i + 1);
        assert_int_equal(told.how, LEG_END_LOCAL);
        assert_int_equal(told.end_status, rows[i].status);
        close(p.fd);
    }
}

static void strangers_cannot_call(void **state)
{
    struct phone p;
    struct request r;
    (void)state;
    phone_open(&p);
    r = invite_request(&p, "stranger");
    phone_send_authorized(&p, &r, "ann", "wrong");
    phone_expect(&p, "SIP/2.0 403");
    assert_int_equal(w.invited, 0);
    close(p.fd);
}

static void an_unknown_body_is_refused(void **state)
{
    struct phone p;
    struct request r;
    (void)state;
    phone_open(&p);
    r = invite_request(&p, "body");
    r.extra = "Contact: <sip:a@10.0.0.1>\r\nContent-Type: text/plain\r\n", r.body = "hello";
    phone_send_authorized(&p, &r, "ann", "secret-of-ann");
    phone_expect(&p, "SIP/2.0 415");
    assert_non_null(strstr(p.last, "Accept: application/sdp"));
    assert_int_equal(w.invited, 0);
    close(p.fd);
}

static void we_hang_up_an_incoming_call(void **state)
{
    struct phone p;
    (void)state;
    talk_in(&p, "bye");
    leg_hangup(w.leg, "SIP;cause=200;text=\"done\"");
    phone_expect(&p, "BYE sip:ann@192.168.77.7:5060"); /* sent to where the INVITE came from, not to its Contact */
    assert_non_null(strstr(p.last, "Reason: SIP;cause=200;text=\"done\""));
    phone_answer(&p, "200 OK", NULL);
    wait_for(&told.ended, 1);
    assert_int_equal(told.how, LEG_END_LOCAL);
    close(p.fd);
}

/* RFC 3261 §15: the callee sends no BYE before the ACK. */
static void a_hangup_before_the_ack_waits_for_it(void **state)
{
    struct phone p;
    struct request r = call_in(&p, "early", SDP_A), ack;
    (void)state;
    leg_answer(w.leg, SDP_B);
    phone_expect(&p, "SIP/2.0 200");
    ack = in_dialog(&r, "ACK", p.last, r.cseq);
    leg_hangup(w.leg, NULL);
    wait_for(&told.ended, 1);
    phone_expect_none(&p, "BYE");
    phone_send(&p, &ack);
    phone_expect(&p, "BYE");
    phone_answer(&p, "200 OK", NULL);
    assert_int_equal(told.confirmed, 0);
    assert_int_equal(told.ended, 1);
    close(p.fd);
}

/* 64 × T1 is 32 s by the RFC, and 300 ms here. */
static void no_ack_ends_the_call(void **state)
{
    struct phone p;
    (void)state;
    nua_set_params(w.agent->nua, NTATAG_SIP_T1X64(300), TAG_END());
    call_in(&p, "noack", SDP_A);
    leg_answer(w.leg, SDP_B);
    phone_expect(&p, "SIP/2.0 200");
    phone_expect(&p, "BYE");
    assert_non_null(strstr(p.last, "ACK Timeout"));
    phone_answer(&p, "200 OK", NULL);
    wait_for(&told.ended, 1);
    assert_int_equal(told.how, LEG_END_TIMEOUT);
    close(p.fd);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WIRE(an_incoming_call),
        WIRE(a_late_offer),
        WIRE(the_invite_again_after_the_answer),
        WIRE(the_caller_cancels),
        WIRE(a_cancel_crosses_the_answer),
        WIRE(a_refused_caller),
        WIRE(strangers_cannot_call),
        WIRE(an_unknown_body_is_refused),
        WIRE(we_hang_up_an_incoming_call),
        WIRE(a_hangup_before_the_ack_waits_for_it),
        WIRE(no_ack_ends_the_call),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
