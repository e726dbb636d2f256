/* The server's side of the tests of sipfront/sip: an agent on loopback with three accounts, its loop driven by the test
 * itself. One thread; every wait is bounded. */
#ifndef TESTS_UNIT_SIP_WIRE_H
#define TESTS_UNIT_SIP_WIRE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sofia-sip/su_wait.h>

#include "sipfront/loop/loop.h"
#include "sipfront/sip/agent.h"
#include "vm/base/log.h"

enum { WIRE_MAX = 8192, WIRE_WAIT_MS = 20000, WIRE_QUIET_MS = 120 };

#define REALM "callflow.test"
#define SDP_A "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
#define SDP_B "v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n"

/* Everything a test looks at; one a process. */
static struct {
    struct loop *loop;
    struct agent *agent;
    unsigned bound, gone, invited;
    char gone_contact[128];
    struct leg *leg;
    struct leg_invite invite; /* texts below */
    char from_user[64], to_user[64], sdp[1024];
} w;

/* The session timer's interval; 0: the agent's own. Set before wire_open(). */
static unsigned wire_session_s;

static const struct {
    const char *user, *password;
    bool may_register, sha256_first;
} accounts[] = {
    { "ann", "secret-of-ann", true, false },
    { "bob", "secret-of-bob", true, true },
    { "welcome", "", false, false },
};

static bool find_account(void *owner, const char *user, struct sip_account *out)
{
    (void)owner;
    for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
        if (strcmp(accounts[i].user, user) != 0)
            continue;
        memset(out, 0, sizeof *out);
        if (accounts[i].password[0])
            digest_ha1(user, REALM, accounts[i].password, out);
        out->may_register = accounts[i].may_register;
        out->sha256_first = accounts[i].sha256_first;
        return true;
    }
    return false;
}

static void note_bound(void *owner, const struct sip_binding *b, bool gone)
{
    (void)owner;
    if (gone)
        snprintf(w.gone_contact, sizeof w.gone_contact, "%s", b->contact);
    *(gone ? &w.gone : &w.bound) += 1;
}

static void note_invited(void *owner, struct leg *leg, const struct leg_invite *invite);

/* Set before wire_open() by tests that fail on purpose more often than the guard bears. */
static struct sip_networks wire_never_banned;

static inline int wire_open(void **state)
{
    const struct agent_params params = { .listen = "127.0.0.1",
                                         .realm = REALM,
                                         .user_agent = "test",
                                         .never_banned = wire_never_banned,
                                         .session_s = wire_session_s,
                                         .min_session_s = wire_session_s ? 1 : 0 };
    const struct agent_port port = { .account = find_account, .bound = note_bound, .invited = note_invited };
    (void)state;
    memset(&w, 0, sizeof w);
    log_set_level(LOG_ERROR);
    assert_int_equal(loop_new(&w.loop), ERR_OK);
    assert_int_equal(agent_new(&w.agent, w.loop, &params, &port), ERR_OK);
    assert_true(agent_port_number(w.agent) > 0);
    return 0;
}

static void stop_loop(void *arg)
{
    (void)arg;
    loop_stop(w.loop);
}

static inline int wire_close(void **state)
{
    (void)state;
    agent_shutdown(w.agent, stop_loop, NULL);
    loop_run(w.loop);
    agent_free(&w.agent);
    loop_free(&w.loop);
    return 0;
}

static void turn(int ms) { su_root_step(loop_root(w.loop), ms); }

static int64_t now_ms(void) { return clock_mono(loop_clock(w.loop)); }

/* Runs the loop until *flag is at least `least`. */
static inline void wait_for(const unsigned *flag, unsigned least)
{
    int64_t end = now_ms() + WIRE_WAIT_MS;
    while (*flag < least && now_ms() < end)
        turn(5);
    assert_true(*flag >= least);
}

#endif
