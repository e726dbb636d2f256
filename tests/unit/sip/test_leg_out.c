/* Outgoing legs over UDP on loopback: the ladder of leg_out.c. */
#include "tests/unit/sip/owner.h"

#include <sofia-sip/nta_tag.h>

#include "sipfront/sip/agent_inner.h"

static char uri[64];

static void dial(struct phone *p, const char *next_hop_host)
{
    struct leg_dial d = { .uri = uri, .from_user = "ann", .from_name = "Ann \"A\" <x>", .sdp = SDP_A };
    char hop[64];
    phone_open(p);
    d.max_forwards = 42;
    if (next_hop_host) {
        snprintf(uri, sizeof uri, "sip:bob@10.255.255.1:5060");
        snprintf(hop, sizeof hop, "sip:%s:%u;transport=udp", next_hop_host, p->port);
        d.next_hop = hop;
    } else {
        snprintf(uri, sizeof uri, "sip:bob@127.0.0.1:%u;line=3", p->port);
    }
    assert_int_equal(leg_dial(&w.leg, w.agent, &d, &events, NULL), ERR_OK);
    phone_expect(p, "INVITE");
}

static void an_outgoing_call(void **state)
{
    struct phone p;
    char invite[WIRE_MAX];
    (void)state;
    dial(&p, NULL);
    assert_true(strstr(p.last, uri) != NULL);
    assert_non_null(strstr(p.last, SDP_A));
    assert_non_null(strstr(p.last, "Max-Forwards: 42"));
    assert_non_null(strstr(p.last, "From: \"Ann \\\"A\\\" <x>\" <sip:ann@127.0.0.1:"));
    assert_non_null(strstr(p.last, "P-Asserted-Identity: \"Ann \\\"A\\\" <x>\" <sip:ann@127.0.0.1:"));
    assert_non_null(strstr(p.last, "Supported: timer, 100rel, replaces\r\n"));
    assert_non_null(strstr(p.last, "Remote-Party-ID: \"Ann \\\"A\\\" <x>\" <sip:ann@127.0.0.1:"));
    memcpy(invite, p.last, sizeof invite);
    phone_answer(&p, "100 Trying", NULL);
    phone_answer(&p, "180 Ringing", NULL);
    wait_for(&told.progress, 1);
    assert_int_equal(told.status, 180);
    assert_false(told.has_sdp);
    memcpy(p.last, invite, sizeof invite);
    phone_answer(&p, "183 Session Progress", SDP_B);
    wait_for(&told.progress, 2);
    assert_string_equal(told.sdp, SDP_B);
    memcpy(p.last, invite, sizeof invite);
    phone_answer(&p, "200 OK", SDP_B);
    wait_for(&told.answered, 1);
    assert_string_equal(told.sdp, SDP_B);
    phone_expect(&p, "ACK");
    leg_hangup(w.leg, NULL);
    phone_expect(&p, "BYE");
    phone_answer(&p, "200 OK", NULL);
    wait_for(&told.ended, 1);
    assert_int_equal(told.how, LEG_END_LOCAL);
    close(p.fd);
}

/* How the phone is asked to ring: one Alert-Info says both. */
static void a_ring_is_asked_for(void **state)
{
    static const struct {
        struct leg_alert alert;
        const char *want, *lacks;
    } rows[] = {
        { { NULL, false }, "", "Alert-Info:" },
        { { "internal", false }, "Alert-Info: <urn:alert:source:internal>;info=alert-internal\r\n", "Call-Info:" },
        { { "http://a/b.wav", false }, "Alert-Info: <http://a/b.wav>\r\n", "Answer-Mode:" },
        { { "Bellcore-dr3", false }, "Alert-Info: <http://127.0.0.1/Bellcore-dr3>;info=Bellcore-dr3\r\n", "delay=" },
        { { NULL, true }, "Alert-Info: <sip:127.0.0.1>;info=alert-autoanswer;delay=0\r\n", "Require:" },
        { { NULL, true }, "Call-Info: <sip:127.0.0.1>;answer-after=0\r\n", "Priv-Answer-Mode:" },
        { { "", true }, "\r\nAnswer-Mode: Auto\r\n", "Require:" },
        { { "internal", true },
          "Alert-Info: <urn:alert:source:internal>;info=alert-autoanswer;delay=0\r\n",
          "Require:" },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct phone p;
        struct leg_dial d = { .uri = uri, .from_user = "ann", .sdp = SDP_A, .alert = &rows[i].alert };
        phone_open(&p);
        snprintf(uri, sizeof uri, "sip:bob@127.0.0.1:%u", p.port);
        assert_int_equal(leg_dial(&w.leg, w.agent, &d, &events, NULL), ERR_OK);
        phone_expect(&p, "INVITE");
        if (!strstr(p.last, rows[i].want) || strstr(p.last, rows[i].lacks))
            fail_msg("%s, not %s, in\n%s", rows[i].want, rows[i].lacks, p.last);
        phone_answer(&p, "486 Busy Here", NULL);
        wait_for(&told.ended, i + 1);
        close(p.fd);
    }
}

/* The phone stands behind NAT: its URI is private, and all requests go to where it registered from. */
static void the_next_hop_leads_there(void **state)
{
    struct phone p;
    (void)state;
    dial(&p, "127.0.0.1");
    assert_memory_equal(p.last, "INVITE sip:bob@10.255.255.1:5060 ", 33);
    assert_null(strstr(p.last, "\r\nRoute:"));
    phone_answer(&p, "200 OK", SDP_B);
    wait_for(&told.answered, 1);
    phone_expect(&p, "ACK");
    leg_hangup(w.leg, NULL);
    phone_expect(&p, "BYE");
    phone_answer(&p, "200 OK", NULL);
    wait_for(&told.ended, 1);
    close(p.fd);
}

static void a_phone_refuses(void **state)
{
    static const char *const rows[] = { "486 Busy Here", "302 Moved Temporarily", "401 Unauthorized", "603 Decline" };
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct phone p;
        dial(&p, NULL);
        phone_answer(&p, rows[i], NULL);
        wait_for(&told.ended, i + 1);
        assert_int_equal(told.how, LEG_END_REFUSED);
        assert_int_equal(told.end_status, atoi(rows[i]));
        assert_string_equal(told.reason, rows[i] + 4);
        phone_expect(&p, "ACK");
        close(p.fd);
    }
}

static void a_loser_is_cancelled(void **state)
{
    struct phone p;
    char invite[WIRE_MAX];
    (void)state;
    dial(&p, NULL);
    memcpy(invite, p.last, sizeof invite);
    phone_answer(&p, "180 Ringing", NULL);
    wait_for(&told.progress, 1);
    leg_hangup(w.leg, "SIP;cause=200;text=\"Call completed elsewhere\"");
    wait_for(&told.ended, 1);
    phone_expect(&p, "CANCEL");
    assert_non_null(strstr(p.last, "Reason: SIP;cause=200;text=\"Call completed elsewhere\""));
    phone_answer(&p, "200 OK", NULL);
    memcpy(p.last, invite, sizeof invite);
    phone_answer(&p, "487 Request Terminated", NULL);
    phone_expect(&p, "ACK");
    assert_int_equal(told.ended, 1);
    close(p.fd);
}

static void a_2xx_crosses_the_cancel(void **state)
{
    struct phone p;
    char invite[WIRE_MAX];
    (void)state;
    dial(&p, NULL);
    memcpy(invite, p.last, sizeof invite);
    phone_answer(&p, "180 Ringing", NULL);
    wait_for(&told.progress, 1);
    leg_hangup(w.leg, NULL);
    phone_expect(&p, "CANCEL");
    phone_answer(&p, "200 OK", NULL);
    memcpy(p.last, invite, sizeof invite);
    phone_answer(&p, "200 OK", SDP_B);
    phone_expect(&p, "ACK");
    phone_expect(&p, "BYE");
    phone_answer(&p, "200 OK", NULL);
    assert_int_equal(told.answered, 0);
    wait_for(&told.ended, 1);
    close(p.fd);
}

/* The CANCEL waits for a provisional answer (RFC 3261 §9.1); the owner does not. */
static void a_cancel_before_any_answer(void **state)
{
    struct phone p;
    char invite[WIRE_MAX];
    (void)state;
    dial(&p, NULL);
    memcpy(invite, p.last, sizeof invite);
    leg_hangup(w.leg, NULL);
    wait_for(&told.ended, 1);
    phone_expect_none(&p, "CANCEL");
    memcpy(p.last, invite, sizeof invite);
    phone_answer(&p, "180 Ringing", NULL);
    phone_expect(&p, "CANCEL");
    phone_answer(&p, "200 OK", NULL);
    memcpy(p.last, invite, sizeof invite);
    phone_answer(&p, "487 Request Terminated", NULL);
    phone_expect(&p, "ACK");
    close(p.fd);
}

/* RFC 3261 §9.1: without a 1xx no CANCEL is sent, so the phone may answer long after its caller has gone. */
static void a_2xx_comes_instead_of_a_1xx(void **state)
{
    struct phone p;
    char invite[WIRE_MAX];
    (void)state;
    dial(&p, NULL);
    memcpy(invite, p.last, sizeof invite);
    leg_hangup(w.leg, NULL);
    wait_for(&told.ended, 1);
    memcpy(p.last, invite, sizeof invite);
    phone_answer(&p, "200 OK", SDP_B);
    phone_expect(&p, "ACK");
    phone_expect(&p, "BYE");
    phone_answer(&p, "200 OK", NULL);
    assert_int_equal(told.answered, 0);
    assert_int_equal(told.ended, 1);
    close(p.fd);
}

/* RFC 6026 §7.2, RFC 3261 §13.2.2.4: the ACK was lost, so the phone says it again. */
static void each_copy_of_the_2xx_gets_its_ack(void **state)
{
    struct phone p;
    char invite[WIRE_MAX];
    (void)state;
    dial(&p, NULL);
    memcpy(invite, p.last, sizeof invite);
    for (unsigned i = 0; i < 3; i++) {
        memcpy(p.last, invite, sizeof invite);
        phone_answer(&p, "200 OK", SDP_B);
        phone_expect(&p, "ACK");
    }
    wait_for(&told.answered, 1);
    assert_int_equal(told.answered, 1);
    leg_hangup(w.leg, NULL);
    phone_expect(&p, "BYE");
    phone_answer(&p, "200 OK", NULL);
    wait_for(&told.ended, 1);
    close(p.fd);
}

/* A proxy before the phone forked the INVITE, and a second phone answered too (RFC 3261 §13.2.2.4). */
static void a_second_2xx_is_hung_up(void **state)
{
    struct phone p;
    char invite[WIRE_MAX];
    const char *to;
    (void)state;
    dial(&p, NULL);
    memcpy(invite, p.last, sizeof invite);
    phone_answer(&p, "200 OK", SDP_B);
    phone_expect(&p, "ACK");
    wait_for(&told.answered, 1);
    to = strstr(invite, "\r\nTo:") + 2;
    to += strcspn(to, "\r");
    snprintf(p.last, sizeof p.last, "%.*s;tag=second%s", (int)(to - invite), invite, to);
    phone_answer(&p, "200 OK", SDP_B);
    phone_expect(&p, "ACK");
    assert_non_null(strstr(p.last, ";tag=second"));
    phone_expect(&p, "BYE");
    assert_non_null(strstr(p.last, ";tag=second"));
    phone_answer(&p, "200 OK", NULL);
    assert_int_equal(told.answered, 1);
    assert_int_equal(told.ended, 0);
    close(p.fd);
}

static void a_dead_phone_times_out(void **state)
{
    struct phone p;
    (void)state;
    nua_set_params(w.agent->nua, NTATAG_SIP_T1X64(300), TAG_END());
    dial(&p, NULL);
    wait_for(&told.ended, 1);
    assert_int_equal(told.how, LEG_END_TIMEOUT);
    assert_int_equal(told.end_status, 408);
    close(p.fd);
}

/* Nobody listens at that port: the kernel says so at once. */
static void a_closed_port_is_an_error(void **state)
{
    struct leg_dial d = { .uri = uri, .from_user = "ann", .sdp = SDP_A };
    struct phone p;
    (void)state;
    phone_open(&p);
    snprintf(uri, sizeof uri, "sip:bob@127.0.0.1:%u", p.port);
    close(p.fd);
    assert_int_equal(leg_dial(&w.leg, w.agent, &d, &events, NULL), ERR_OK);
    wait_for(&told.ended, 1);
    assert_int_equal(told.how, LEG_END_ERROR);
    assert_int_equal(told.end_status, 503);
}

static void the_callee_hangs_up(void **state)
{
    struct phone p;
    char text[2048], tag[2][64], id[128];
    int n;
    (void)state;
    dial(&p, NULL);
    snprintf(tag[0], 64, "%s", between(strstr(p.last, "\r\nFrom:"), ";tag=", "\r\n"));
    snprintf(id, sizeof id, "%s", between(p.last, "\r\nCall-ID: ", "\r\n"));
    phone_answer(&p, "200 OK", SDP_B);
    phone_expect(&p, "ACK");
    n = snprintf(text, sizeof text,
                 "BYE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 1.1.1.1;branch=z9hG4bKbye\r\nFrom: <sip:bob@b>;tag=callee\r\n"
                 "To: <sip:ann@a>;tag=%s\r\nCall-ID: %s\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
                 tag[0], id);
    phone_send_text(&p, text, (size_t)n);
    phone_expect(&p, "SIP/2.0 200");
    wait_for(&told.ended, 1);
    assert_int_equal(told.how, LEG_END_BYE);
    close(p.fd);
}

static void bad_uris_are_refused(void **state)
{
    static const char *const rows[] = { "",        "tel:+123",        "mailto:a@b",
                                        "sip:",    "sip:a@b\r\nX: y", "sip:a@b> <sip:c@d",
                                        "http://a" };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct leg_dial d = { .uri = rows[i], .from_user = "ann", .sdp = SDP_A };
        print_message("%zu\n", i);
        assert_int_equal(leg_dial(&w.leg, w.agent, &d, &events, NULL), ERR_INVALID);
        assert_null(w.leg);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WIRE(an_outgoing_call),
        WIRE(the_next_hop_leads_there),
        WIRE(a_phone_refuses),
        WIRE(a_loser_is_cancelled),
        WIRE(a_2xx_crosses_the_cancel),
        WIRE(a_2xx_comes_instead_of_a_1xx),
        WIRE(each_copy_of_the_2xx_gets_its_ack),
        WIRE(a_cancel_before_any_answer),
        WIRE(a_second_2xx_is_hung_up),
        WIRE(a_dead_phone_times_out),
        WIRE(a_closed_port_is_an_error),
        WIRE(the_callee_hangs_up),
        WIRE(bad_uris_are_refused),
        WIRE(a_ring_is_asked_for),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
