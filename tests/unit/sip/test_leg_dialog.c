/* What happens inside a dialog, and how a shutdown ends it: the ladder of leg_dialog.c. */
#include "tests/unit/sip/caller.h"

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
    (void)state;
    talk_in(&p, "silent"); /* its phone never answers the BYE */
    agent_shutdown(w.agent, stop_loop, NULL);
    loop_run(w.loop);
    assert_int_equal(told.ended, 1);
    assert_int_equal(told.how, LEG_END_LOCAL);
    agent_free(&w.agent);
    loop_free(&w.loop);
    close(p.fd);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WIRE(hold_and_resume),
        WIRE(a_reinvite_asks_for_our_offer),
        WIRE(a_second_offer_is_refused),
        WIRE(letting_go_hangs_up),
        cmocka_unit_test_setup(a_shutdown_ends_every_call, open_wire),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
