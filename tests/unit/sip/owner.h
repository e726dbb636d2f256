/* The owner of the one leg of a test: it notes what it is told. */
#ifndef TESTS_UNIT_SIP_OWNER_H
#define TESTS_UNIT_SIP_OWNER_H

#include "tests/unit/sip/login.h"

/* What the owner of the one leg of a test was told. */
static struct {
    unsigned progress, answered, confirmed, reoffered, reanswered, digits, ms, refused, ended;
    int status, end_status;
    enum leg_end how;
    char sdp[1024], reason[96], typed[10016], back[300];
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

static void on_info_digit(char digit, unsigned ms, void *owner)
{
    (void)owner;
    assert_true(told.digits + 1 < sizeof told.typed);
    told.typed[told.digits++] = digit;
    told.ms = ms;
}

static void on_digit_refused(char digit, void *owner)
{
    (void)owner;
    told.back[told.refused++] = digit;
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

static void on_reanswered(int status, const char *sdp, void *owner)
{
    (void)owner;
    told.status = status;
    keep_sdp(sdp);
    told.reanswered++;
}

static const struct leg_events events = { .on_progress = on_progress,
                                          .on_answered = on_answered,
                                          .on_confirmed = on_confirmed,
                                          .on_reoffer = on_reoffer,
                                          .on_reanswered = on_reanswered,
                                          .on_info_digit = on_info_digit,
                                          .on_digit_refused = on_digit_refused,
                                          .on_ended = on_ended };

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

#define WIRE(f) cmocka_unit_test_setup_teardown(f, open_wire, wire_close)

#endif
