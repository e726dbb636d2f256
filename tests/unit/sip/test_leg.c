/* Legs, both ways, over UDP on loopback. The ladders are those of leg_in.c, leg_out.c and leg_dialog.c. */
#include "tests/unit/sip/wire.h"

/* What the owner of the one leg of a test was told. */
static struct {
    unsigned progress, answered, confirmed, reoffered, digits, ended;
    int status, end_status;
    enum leg_end how;
    char sdp[1024], reason[96], typed[16];
    bool has_sdp;
} told;

static void keep_sdp(const char *sdp)
{
    told.has_sdp = sdp != NULL;
    snprintf(told.sdp, sizeof told.sdp, "%s", sdp ? sdp : "");
}

static void on_progress(int status, const char *sdp, void *owner)
{
    (void)owner;
    told.status = status;
    keep_sdp(sdp);
    told.progress++;
}

static void on_answered(const char *sdp, void *owner)
{
    (void)owner;
    keep_sdp(sdp);
    told.answered++;
}

static void on_confirmed(const char *sdp, void *owner)
{
    (void)owner;
    keep_sdp(sdp);
    told.confirmed++;
}

static void on_reoffer(const char *sdp, void *owner)
{
    (void)owner;
    keep_sdp(sdp);
    told.reoffered++;
}

static void on_info_digit(char digit, void *owner)
{
    (void)owner;
    assert_true(told.digits + 1 < sizeof told.typed);
    told.typed[told.digits++] = digit;
}

static void on_ended(enum leg_end how, int status, const char *reason, void *owner)
{
    (void)owner;
    told.how = how;
    told.end_status = status;
    snprintf(told.reason, sizeof told.reason, "%s", reason);
    told.ended++;
    w.leg = NULL;
}

static const struct leg_events events = { on_progress, on_answered, on_confirmed, on_reoffer, on_info_digit, on_ended };

static void note_invited(void *owner, struct leg *leg, const struct leg_invite *invite)
{
    (void)owner;
    leg_listen(leg, &events, NULL);
    w.leg = leg;
    w.invite = *invite;
    snprintf(w.from_user, sizeof w.from_user, "%s", invite->from_user);
    snprintf(w.to_user, sizeof w.to_user, "%s", invite->to_user);
    keep_sdp(invite->sdp);
    assert_string_equal(invite->from_name, "The \"Caller\"");
    w.invited++;
}

static int open_wire(void **state)
{
    memset(&told, 0, sizeof told);
    return wire_open(state);
}

/* ---- incoming ---- */

static char contact_line[128];

static struct request invite_request(struct phone *p, const char *call_id)
{
    snprintf(contact_line, sizeof contact_line, "Contact: <sip:ann@192.168.77.7:5060>\r\nX-Test: a value\r\n");
    (void)p;
    return (struct request){ .method = "INVITE",
                             .uri = "sip:b%6fb@test",
                             .from = "ann",
                             .to = "bob",
                             .call_id = call_id,
                             .cseq = 1,
                             .extra = contact_line,
                             .body = SDP_A };
}

/* ann's phone has an invitation up; r is the request as it was sent. */
static struct request call_in(struct phone *p, const char *call_id, const char *body)
{
    struct request r;
    phone_open(p);
    r = invite_request(p, call_id);
    r.body = body;
    phone_send_authorized(p, &r, "ann", "secret-of-ann");
    wait_for(&w.invited, 1);
    return r;
}

static struct request in_dialog(const struct request *invite, const char *method, const char *answer, int cseq)
{
    static char branch[4][32], tag[4][64];
    static unsigned n;
    struct request r = *invite;
    n++;
    snprintf(branch[n % 4], sizeof branch[0], "d%u", n);
    snprintf(tag[n % 4], sizeof tag[0], "%s", between(strstr(answer, "\r\nTo:"), ";tag=", "\r\n"));
    r.method = method, r.body = NULL, r.cseq = cseq, r.branch = branch[n % 4], r.to_tag = tag[n % 4];
    return r;
}

/* Answered and ACKed; the tag of the dialog stands in p->last, the 200. */
static struct request talk_in(struct phone *p, const char *call_id)
{
    struct request r = call_in(p, call_id, SDP_A), ack;
    leg_answer(w.leg, SDP_B);
    phone_expect(p, "SIP/2.0 200");
    ack = in_dialog(&r, "ACK", p->last, r.cseq);
    phone_send(p, &ack);
    wait_for(&told.confirmed, 1);
    return r;
}

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
    assert_null(strstr(p.last, "100rel"));
    assert_int_equal(told.confirmed, 0);
    ack = in_dialog(&r, "ACK", p.last, r.cseq);
    bye = in_dialog(&r, "BYE", p.last, r.cseq + 1);
    phone_send(&p, &ack);
    wait_for(&told.confirmed, 1);
    assert_false(told.has_sdp);
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

static void hold_and_resume(void **state)
{
    static const struct {
        const char *method;
        const char *body;
        int status;
    } rows[] = {
        { "INVITE", SDP_A, 200 },
        { "UPDATE", SDP_A, 200 },
        { "INVITE", SDP_A, 488 },
    };
    struct phone p;
    struct request r = talk_in(&p, "hold"), again;
    char first[WIRE_MAX], start[16];
    (void)state;
    memcpy(first, p.last, sizeof first);
    for (unsigned i = 0; i < 3; i++) {
        again = in_dialog(&r, rows[i].method, first, r.cseq + 1 + (int)i);
        again.body = rows[i].body;
        phone_send(&p, &again);
        wait_for(&told.reoffered, i + 1);
        assert_string_equal(told.sdp, SDP_A);
        leg_reoffer_answer(w.leg, rows[i].status, SDP_B);
        snprintf(start, sizeof start, "SIP/2.0 %d", rows[i].status);
        phone_expect(&p, start);
        assert_int_equal(strstr(p.last, SDP_B) != NULL, rows[i].status == 200);
        if (strcmp(rows[i].method, "INVITE") == 0) {
            char branch[32];
            struct request ack = in_dialog(&r, "ACK", first, r.cseq + 1 + (int)i);
            snprintf(branch, sizeof branch, "%s", rows[i].status == 200 ? ack.branch : again.branch);
            ack.branch = branch;
            phone_send(&p, &ack);
            turn(5);
        }
    }
    assert_int_equal(told.confirmed, 1);
    assert_int_equal(told.ended, 0);
    close(p.fd);
}

static void a_reinvite_asks_for_our_offer(void **state)
{
    struct phone p;
    struct request r = talk_in(&p, "ask"), again, ack, update;
    (void)state;
    again = in_dialog(&r, "INVITE", p.last, r.cseq + 1);
    update = in_dialog(&r, "UPDATE", p.last, r.cseq + 2);
    phone_send(&p, &again);
    wait_for(&told.reoffered, 1);
    assert_false(told.has_sdp);
    leg_reoffer_answer(w.leg, 200, SDP_B);
    phone_expect(&p, "SIP/2.0 200");
    assert_non_null(strstr(p.last, SDP_B));
    ack = in_dialog(&r, "ACK", p.last, r.cseq + 1);
    ack.body = SDP_A;
    phone_send(&p, &ack);
    wait_for(&told.confirmed, 2);
    assert_string_equal(told.sdp, SDP_A);
    phone_send(&p, &update); /* without SDP: a refresh, nobody is asked */
    phone_expect(&p, "SIP/2.0 200");
    assert_int_equal(told.reoffered, 1);
    close(p.fd);
}

static void a_second_offer_is_refused(void **state)
{
    struct phone p;
    struct request r = talk_in(&p, "glare"), first, second;
    (void)state;
    first = in_dialog(&r, "UPDATE", p.last, r.cseq + 1);
    second = in_dialog(&r, "UPDATE", p.last, r.cseq + 2);
    first.body = second.body = SDP_A;
    phone_send(&p, &first);
    wait_for(&told.reoffered, 1);
    phone_send(&p, &second);
    phone_expect(&p, "SIP/2.0 491");
    leg_reoffer_answer(w.leg, 200, SDP_B);
    phone_expect(&p, "SIP/2.0 200");
    close(p.fd);
}

static void digits_by_info(void **state)
{
    static const struct {
        const char *type, *body, *answer;
    } rows[] = {
        { "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "200" },
        { "application/dtmf-relay", "Signal= *\r\nDuration= 160", "200" },
        { "application/dtmf-relay", "Duration=100\r\nSignal=11\r\n", "200" },
        { "application/dtmf", "7", "200" },
        { "application/dtmf", "d", "200" },
        { "application/dtmf", "x", "200" },
        { "application/dtmf-relay", "Signal", "200" },
        { "application/media_control+xml", "<x/>", "415" },
    };
    struct phone p;
    struct request r = talk_in(&p, "info");
    char first[WIRE_MAX], type[128], start[16];
    (void)state;
    memcpy(first, p.last, sizeof first);
    for (int i = 0; i < 8; i++) {
        struct request info = in_dialog(&r, "INFO", first, r.cseq + 1 + i);
        snprintf(type, sizeof type, "Content-Type: %s\r\n", rows[i].type);
        info.extra = type, info.body = rows[i].body;
        phone_send(&p, &info);
        snprintf(start, sizeof start, "SIP/2.0 %s", rows[i].answer);
        phone_expect(&p, start);
    }
    assert_string_equal(told.typed, "5*#7D");
    close(p.fd);
}

static void letting_go_hangs_up(void **state)
{
    struct phone p;
    (void)state;
    talk_in(&p, "letgo");
    leg_listen(w.leg, NULL, NULL);
    phone_expect(&p, "BYE");
    phone_answer(&p, "200 OK", NULL);
    for (int i = 0; i < 10; i++)
        turn(5);
    assert_int_equal(told.ended, 0);
    close(p.fd);
}

static void a_shutdown_ends_every_call(void **state)
{
    struct phone p;
    struct request options = { .method = "OPTIONS", .from = "ann", .call_id = "o", .cseq = 1 };
    (void)state;
    talk_in(&p, "silent"); /* its phone never answers the BYE */
    (void)options;
    agent_shutdown(w.agent, stop_loop, NULL);
    loop_run(w.loop);
    assert_int_equal(told.ended, 1);
    assert_int_equal(told.how, LEG_END_LOCAL);
    agent_free(&w.agent);
    loop_free(&w.loop);
    close(p.fd);
}

/* ---- outgoing ---- */

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
    assert_null(strstr(p.last, "100rel"));
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

#define WIRE(f) cmocka_unit_test_setup_teardown(f, open_wire, wire_close)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WIRE(an_incoming_call),
        WIRE(a_late_offer),
        WIRE(the_caller_cancels),
        WIRE(a_refused_caller),
        WIRE(strangers_cannot_call),
        WIRE(an_unknown_body_is_refused),
        WIRE(we_hang_up_an_incoming_call),
        WIRE(a_hangup_before_the_ack_waits_for_it),
        WIRE(hold_and_resume),
        WIRE(a_reinvite_asks_for_our_offer),
        WIRE(a_second_offer_is_refused),
        WIRE(digits_by_info),
        WIRE(letting_go_hangs_up),
        WIRE(an_outgoing_call),
        WIRE(the_next_hop_leads_there),
        WIRE(a_phone_refuses),
        WIRE(a_loser_is_cancelled),
        WIRE(a_2xx_crosses_the_cancel),
        WIRE(a_cancel_before_any_answer),
        WIRE(the_callee_hangs_up),
        WIRE(bad_uris_are_refused),
        cmocka_unit_test_setup(a_shutdown_ends_every_call, open_wire),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
