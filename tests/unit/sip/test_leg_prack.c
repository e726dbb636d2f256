/* Provisional answers that are acknowledged (RFC 3262), where the phone asks for it. */
#include "tests/unit/sip/caller.h"

#define CONTACT "Contact: <sip:ann@192.168.77.7:5060>\r\n"

static struct request prack(const struct request *r, const char *answer, int cseq)
{
    static char rack[64];
    struct request pr = in_dialog(r, "PRACK", answer, cseq);
    snprintf(rack, sizeof rack, "RAck: %s %d INVITE\r\n", between(answer, "\r\nRSeq: ", "\r\n"), r->cseq);
    pr.extra = rack;
    return pr;
}

/* With SDP it is the answer: the 200 waits until it has arrived (§3). */
static void early_media_is_acknowledged(void **state)
{
    static const char *const asks[] = { CONTACT "Supported: 100rel\r\n", CONTACT "Require: 100rel\r\n" };
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct phone p;
        struct request r, ack, pr;
        phone_open(&p);
        r = invite_request(&p, i ? "require" : "supported");
        r.extra = asks[i];
        phone_send_authorized(&p, &r, "ann", "secret-of-ann");
        wait_for(&w.invited, i + 1);
        leg_progress(w.leg, 183, SDP_B);
        phone_expect(&p, "SIP/2.0 183");
        assert_non_null(strstr(p.last, "Require: 100rel"));
        pr = prack(&r, p.last, r.cseq + 1);
        phone_expect(&p, "SIP/2.0 183"); /* again and again until then */
        leg_answer(w.leg, SDP_B);
        phone_expect_none(&p, "SIP/2.0 200");
        phone_send(&p, &pr);
        phone_expect(&p, "SIP/2.0 200");
        while (!strstr(p.last, "INVITE\r\n"))
            phone_expect(&p, "SIP/2.0 200");
        ack = in_dialog(&r, "ACK", p.last, r.cseq);
        phone_send(&p, &ack);
        wait_for(&told.confirmed, i + 1);
        close(p.fd);
    }
}

static void a_called_phone_asks_for_it(void **state)
{
    char uri[64], invite[WIRE_MAX];
    struct phone p;
    struct leg_dial d = { .uri = uri, .from_user = "ann", .from_name = "Ann", .sdp = SDP_A };
    (void)state;
    phone_open(&p);
    snprintf(uri, sizeof uri, "sip:bob@127.0.0.1:%u", p.port);
    assert_int_equal(leg_dial(&w.leg, w.agent, &d, &events, NULL), ERR_OK);
    phone_expect(&p, "INVITE");
    memcpy(invite, p.last, sizeof invite);
    phone_answer_with(&p, "183 Session Progress", "Require: 100rel\r\nRSeq: 77\r\n", SDP_B);
    wait_for(&told.progress, 1);
    assert_string_equal(told.sdp, SDP_B);
    phone_expect(&p, "PRACK");
    assert_non_null(strstr(p.last, "RAck: 77 "));
    phone_answer(&p, "200 OK", NULL);
    memcpy(p.last, invite, sizeof invite);
    phone_answer(&p, "200 OK", NULL); /* the SDP came with the 183 */
    wait_for(&told.answered, 1);
    assert_false(told.has_sdp);
    phone_expect(&p, "ACK");
    close(p.fd);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WIRE(early_media_is_acknowledged),
        WIRE(a_called_phone_asks_for_it),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
