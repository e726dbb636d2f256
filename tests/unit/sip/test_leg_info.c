/* Digits by INFO, those that come and those that are sent: the ladder of leg_info.c. */
#include "tests/unit/sip/caller.h"

static void digits_by_info(void **state)
{
    static const struct {
        const char *type, *body, *answer;
        unsigned ms;
    } rows[] = {
        { "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "200", 160 },
        { "application/dtmf-relay", "Signal= *\r\nDuration= 160", "200", 160 },
        { "application/dtmf-relay", "Duration=100\r\nSignal=11\r\n", "200", 100 },
        { "application/dtmf", "7", "200", 0 },
        { "application/dtmf", "d", "200", 0 },
        { "application/dtmf-relay", "Signal=1\r\nDuration=99999999999\r\n", "200", 0 },
        { "application/dtmf", "x", "200", 0 },
        { "application/dtmf-relay", "Signal", "200", 0 },
        { "application/dtmf-relay", "", "200", 0 },
        { "application/media_control+xml", "<x/>", "415", 0 },
    };
    struct phone p;
    struct request r = talk_in(&p, "info");
    char first[WIRE_MAX], type[128], start[16];
    (void)state;
    memcpy(first, p.last, sizeof first);
    for (int i = 0; i < 10; i++) {
        struct request info = in_dialog(&r, "INFO", first, r.cseq + 1 + i);
        snprintf(type, sizeof type, "Content-Type: %s\r\n", rows[i].type);
        info.extra = type, info.body = rows[i].body;
        phone_send(&p, &info);
        snprintf(start, sizeof start, "SIP/2.0 %s", rows[i].answer);
        phone_expect(&p, start);
        assert_int_equal(told.ms, rows[i].ms);
    }
    assert_string_equal(told.typed, "5*#7D1");
    close(p.fd);
}

/* None lost, none doubled, none swapped: of every tenth INFO there is a copy on the network. */
static void ten_thousand_digits_by_info(void **state)
{
    enum { DIGITS = 10000 };
    static char pressed[DIGITS + 1];
    struct phone p;
    struct request r = talk_in(&p, "infos");
    char first[WIRE_MAX], body[64];
    (void)state;
    memcpy(first, p.last, sizeof first);
    for (int i = 0; i < DIGITS; i++) {
        struct request info = in_dialog(&r, "INFO", first, r.cseq + 1 + i);
        pressed[i] = "0123456789*#ABCD"[i * 7 / 3 % 16];
        snprintf(body, sizeof body, "Signal=%c\r\nDuration=160\r\n", pressed[i]);
        info.extra = "Content-Type: application/dtmf-relay\r\n", info.body = body;
        phone_send(&p, &info);
        if (i % 10 == 0)
            phone_send(&p, &info);
        phone_expect(&p, "SIP/2.0 200");
    }
    wait_for(&told.digits, DIGITS);
    assert_string_equal(told.typed, pressed);
    close(p.fd);
}

/* The next INFO, which has to say this. */
static void expect_digit(struct phone *p, char digit, unsigned ms)
{
    char body[64];
    phone_expect(p, "INFO");
    snprintf(body, sizeof body, "\r\n\r\nSignal=%c\r\nDuration=%u\r\n", digit, ms);
    if (!strstr(p->last, "\r\nContent-Type: application/dtmf-relay\r\n") || !strstr(p->last, body))
        fail_msg("no %c of %u ms:\n%s", digit, ms, p->last);
}

/* The next goes when the former is answered, however many wait; none is lost, doubled or swapped. */
static void digits_go_one_by_one(void **state)
{
    static const char digits[] = "0123456789*#ABCD";
    struct phone p;
    int cseq = 0;
    (void)state;
    talk_in(&p, "send");
    for (unsigned i = 0; i < 200; i++)
        assert_true(leg_send_digit(w.leg, digits[i * 5 / 3 % 16], i % 4 * 50));
    for (unsigned i = 0; i < 200; i++) {
        expect_digit(&p, digits[i * 5 / 3 % 16], i % 4 ? i % 4 * 50 : 160);
        assert_true(atoi(between(p.last, "\r\nCSeq: ", " ")) > cseq);
        cseq = atoi(between(p.last, "\r\nCSeq: ", " "));
        if (i == 0)
            phone_expect_none(&p, "INFO"); /* before its answer; the same again comes after 500 ms */
        if (i % 10 == 0)
            phone_answer(&p, "100 Trying", NULL);
        phone_answer(&p, "200 OK", NULL);
    }
    phone_expect_none(&p, "INFO");
    assert_int_equal(told.refused, 0);
    assert_int_equal(told.ended, 0);
    close(p.fd);
}

static void they_wait_for_the_dialog(void **state)
{
    struct phone p;
    struct request r, ack;
    (void)state;
    r = call_in(&p, "early", SDP_A);
    leg_progress(w.leg, 183, SDP_B);
    phone_expect(&p, "SIP/2.0 183");
    assert_true(leg_send_digit(w.leg, '1', 0));
    leg_answer(w.leg, SDP_B);
    phone_expect(&p, "SIP/2.0 200");
    assert_true(leg_send_digit(w.leg, '2', 0));
    ack = in_dialog(&r, "ACK", p.last, r.cseq);
    phone_expect_none(&p, "INFO");
    phone_send(&p, &ack);
    expect_digit(&p, '1', 160);
    phone_answer(&p, "200 OK", NULL);
    expect_digit(&p, '2', 160);
    phone_answer(&p, "200 OK", NULL);
    close(p.fd);
}

/* The refused digit and those behind it come back in order, and the call goes on. */
static void a_refusal_is_final(void **state)
{
    static const char *const refusals[] = { "415 Unsupported Media Type",
                                            "405 Method Not Allowed",
                                            "501 Not Implemented",
                                            "400 Bad Request",
                                            "401 Unauthorized",
                                            "407 Proxy Authentication Required",
                                            "404 Not Found",
                                            "469 Bad Info Package",
                                            "480 Temporarily Unavailable",
                                            "484 Address Incomplete",
                                            "500 Server Internal Error",
                                            "503 Service Unavailable",
                                            "603 Decline" };
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct phone p;
        char call_id[16];
        snprintf(call_id, sizeof call_id, "refused%zu", i);
        memset(&told, 0, sizeof told);
        w.invited = 0;
        talk_in(&p, call_id);
        for (const char *digit = "1234"; *digit; digit++)
            assert_true(leg_send_digit(w.leg, *digit, 0));
        expect_digit(&p, '1', 160);
        phone_answer(&p, "200 OK", NULL);
        expect_digit(&p, '2', 160);
        phone_answer_with(&p, refusals[i],
                          strstr(refusals[i], "401")   ? "WWW-Authenticate: Digest realm=\"x\", nonce=\"1\"\r\n"
                          : strstr(refusals[i], "503") ? "Retry-After: 5\r\n"
                          : strstr(refusals[i], "407") ? "Proxy-Authenticate: Digest realm=\"x\", nonce=\"1\"\r\n"
                                                       : "",
                          NULL);
        wait_for(&told.refused, 3);
        assert_string_equal(told.back, "234");
        assert_false(leg_send_digit(w.leg, '5', 0));
        phone_expect_none(&p, "INFO");
        assert_int_equal(told.ended, 0);
        leg_hangup(w.leg, NULL);
        phone_expect(&p, "BYE");
        phone_answer(&p, "200 OK", NULL);
        wait_for(&told.ended, 1);
        close(p.fd);
    }
}

/* RFC 3261 section 12.2.1.2. */
static void a_lost_dialog_is_ended(void **state)
{
    static const char *const answers[] = { "481 Call/Transaction Does Not Exist", "408 Request Timeout" };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct phone p;
        memset(&told, 0, sizeof told);
        w.invited = 0;
        talk_in(&p, i ? "lost408" : "lost481");
        leg_send_digit(w.leg, '1', 0);
        leg_send_digit(w.leg, '2', 0);
        expect_digit(&p, '1', 160);
        phone_answer(&p, answers[i], NULL);
        phone_expect(&p, "BYE");
        phone_answer(&p, "200 OK", NULL);
        wait_for(&told.ended, 1);
        assert_int_equal(told.how, LEG_END_TIMEOUT);
        assert_string_equal(told.reason, i ? "an INFO was not answered" : "the far end knows the call no more");
        assert_int_equal(told.refused, 0);
        close(p.fd);
    }
}

/* Who hangs up while an INFO is on its way hears of no further one, and nothing comes back. */
static void hanging_up_ends_them(void **state)
{
    struct phone p;
    struct request r, bye;
    char first[WIRE_MAX];
    (void)state;
    r = talk_in(&p, "bye");
    bye = in_dialog(&r, "BYE", p.last, r.cseq + 1);
    leg_send_digit(w.leg, '1', 0);
    leg_send_digit(w.leg, '2', 0);
    expect_digit(&p, '1', 160);
    memcpy(first, p.last, sizeof first);
    phone_send(&p, &bye);
    phone_expect(&p, "SIP/2.0 200");
    memcpy(p.last, first, sizeof first);
    phone_answer(&p, "415 Unsupported Media Type", NULL);
    wait_for(&told.ended, 1);
    phone_expect_none(&p, "INFO");
    assert_int_equal(told.how, LEG_END_BYE);
    assert_int_equal(told.refused, 0);
    close(p.fd);
}

/* Our BYE waits for no answer, and one that comes behind it changes nothing. */
static void the_end_is_not_kept_back(void **state)
{
    struct phone p;
    char first[WIRE_MAX];
    (void)state;
    talk_in(&p, "over");
    leg_send_digit(w.leg, '1', 0);
    leg_send_digit(w.leg, '2', 0);
    expect_digit(&p, '1', 160);
    memcpy(first, p.last, sizeof first);
    leg_hangup(w.leg, NULL);
    phone_expect(&p, "BYE");
    phone_answer(&p, "200 OK", NULL);
    wait_for(&told.ended, 1);
    memcpy(p.last, first, sizeof first);
    phone_answer(&p, "415 Unsupported Media Type", NULL);
    phone_expect_none(&p, "INFO");
    assert_int_equal(told.how, LEG_END_LOCAL);
    assert_int_equal(told.refused, 0);
    close(p.fd);
}

static void the_queue_is_bounded(void **state)
{
    struct phone p;
    (void)state;
    talk_in(&p, "bounded");
    for (unsigned i = 0; i < 300; i++)
        assert_true(leg_send_digit(w.leg, i == 255 ? '#' : '1', 0));
    expect_digit(&p, '1', 160);
    phone_answer(&p, "415 Unsupported Media Type", NULL);
    wait_for(&told.refused, 256);
    turn(5);
    assert_int_equal(told.refused, 256);
    assert_int_equal(told.back[255], '#');
    close(p.fd);
}

/* What a phone says in its INVITE, and in a re-INVITE behind it. */
static void who_takes_them(void **state)
{
#define CONTACT "Contact: <sip:ann@192.168.77.7:5060>\r\n"
#define ALLOW   "Allow: INVITE, ACK, BYE, CANCEL, INFO\r\n"
#define RELAY   "Accept: application/sdp, application/dtmf-relay\r\n"
    static const struct {
        const char *says;
        bool takes;
        const char *says_again;
        bool takes_then;
    } rows[] = {
        { "", false, ALLOW RELAY, true },
        { ALLOW, false, ALLOW "Accept: application/sdp\r\n", false },
        { RELAY, false, "", false },
        { ALLOW RELAY, true, ALLOW, true }, /* nothing new is said of it */
        { ALLOW "Accept: Application/DTMF-Relay;q=0.5\r\nAccept: application/sdp\r\n", true, "", true },
        { ALLOW RELAY, true, ALLOW "Accept: application/sdp\r\n", false },
        { ALLOW RELAY, true, "Allow: INVITE, ACK, BYE, CANCEL\r\n", false },
        { ALLOW "Recv-Info: g.3gpp.mid-call, application/dtmf-relay\r\n", true, ALLOW "Recv-Info:\r\n", false },
        { ALLOW "Accept: application/sdp, application/dtmf\r\n", false, ALLOW "Accept: */*\r\n", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct phone p;
        char call_id[16], first[256], again[256];
        struct request r, ack;
        snprintf(call_id, sizeof call_id, "takes%zu", i);
        snprintf(first, sizeof first, CONTACT "%s", rows[i].says);
        snprintf(again, sizeof again, CONTACT "%s", rows[i].says_again);
        memset(&told, 0, sizeof told);
        w.invited = 0;
        phone_open(&p);
        r = invite_request(&p, call_id);
        r.extra = first;
        phone_send_authorized(&p, &r, "ann", "secret-of-ann");
        wait_for(&w.invited, 1);
        assert_int_equal(leg_takes_info(w.leg), rows[i].takes);
        leg_answer(w.leg, SDP_B);
        phone_expect(&p, "SIP/2.0 200");
        ack = in_dialog(&r, "ACK", p.last, r.cseq);
        phone_send(&p, &ack);
        wait_for(&told.confirmed, 1);
        r = in_dialog(&r, "INVITE", p.last, r.cseq + 1);
        r.extra = again;
        phone_send(&p, &r);
        wait_for(&told.reoffered, 1);
        if (leg_takes_info(w.leg) != rows[i].takes_then)
            fail_msg("row %zu, then", i);
        leg_hangup(w.leg, NULL);
        wait_for(&told.ended, 1);
        close(p.fd);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WIRE(digits_by_info),           WIRE(ten_thousand_digits_by_info), WIRE(digits_go_one_by_one),
        WIRE(they_wait_for_the_dialog), WIRE(a_refusal_is_final),          WIRE(a_lost_dialog_is_ended),
        WIRE(hanging_up_ends_them),     WIRE(the_end_is_not_kept_back),    WIRE(the_queue_is_bounded),
        WIRE(who_takes_them),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
