/* Raw phones for the tests of sipfront/sip: a UDP socket each, SIP as text, the agent's loop driven in between. One
 * thread; every wait is bounded and fails the test with what came instead. */
#ifndef TESTS_UNIT_SIP_WIRE_H
#define TESTS_UNIT_SIP_WIRE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <sofia-sip/su_wait.h>

#include "sipfront/loop/loop.h"
#include "sipfront/sip/agent.h"
#include "sipfront/sip/digest.h"
#include "vm/base/log.h"

enum { WIRE_MAX = 8192, WIRE_WAIT_MS = 3000, WIRE_QUIET_MS = 120 };

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

struct phone {
    int fd;
    uint16_t port;
    char last[WIRE_MAX]; /* the message received last */
};

struct request {
    const char *method, *uri, *from, *to, *to_tag, *call_id, *branch, *extra, *body;
    int cseq;
};

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

static inline int wire_open(void **state)
{
    const struct agent_params params = { .listen = "127.0.0.1", .realm = REALM, .user_agent = "test" };
    const struct agent_port port = { find_account, note_bound, note_invited, NULL };
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

static inline void phone_open(struct phone *p)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;
    p->fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(p->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(p->fd, (struct sockaddr *)&at, &len), 0);
    p->port = ntohs(at.sin_port);
    p->last[0] = '\0';
}

static inline void phone_send_text(struct phone *p, const char *text, size_t len)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    to.sin_port = htons(agent_port_number(w.agent));
    assert_int_equal(sendto(p->fd, text, len, 0, (struct sockaddr *)&to, sizeof to), len);
}

static const char *or_else(const char *text, const char *other) { return text ? text : other; }

static inline void phone_send(struct phone *p, const struct request *r)
{
    char text[WIRE_MAX];
    const char *body = or_else(r->body, "");
    bool sdp = strncmp(body, "v=0", 3) == 0;
    int n =
        snprintf(text, sizeof text,
                 "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.77.7:5060;branch=z9hG4bK%s\r\n"
                 "From: \"The \\\"Caller\\\"\" <sip:%s@test>;tag=f%s\r\nTo: <sip:%s@test>%s%s\r\n"
                 "Call-ID: %s\r\nCSeq: %d %s\r\nMax-Forwards: 69\r\n%s%sContent-Length: %zu\r\n\r\n%s",
                 r->method, or_else(r->uri, "sip:test"), or_else(r->branch, "1"), r->from, r->call_id,
                 or_else(r->to, r->from), r->to_tag ? ";tag=" : "", or_else(r->to_tag, ""), r->call_id, r->cseq,
                 r->method, or_else(r->extra, ""), sdp ? "Content-Type: application/sdp\r\n" : "", strlen(body), body);
    assert_in_range(n, 1, sizeof text - 1);
    phone_send_text(p, text, (size_t)n);
}

/* The next message that begins with `start`, 100 and retransmissions of others passed by. */
static inline const char *phone_expect(struct phone *p, const char *start)
{
    int64_t end = now_ms() + WIRE_WAIT_MS;
    while (now_ms() < end) {
        ssize_t n = recv(p->fd, p->last, sizeof p->last - 1, MSG_DONTWAIT);
        if (n < 0) {
            turn(5);
            continue;
        }
        p->last[n] = '\0';
        if (strncmp(p->last, start, strlen(start)) == 0)
            return p->last;
    }
    fail_msg("no \"%s\"; the last message was:\n%s", start, p->last);
    return NULL;
}

/* Nothing that begins with `start` comes for a while. */
static inline void phone_expect_none(struct phone *p, const char *start)
{
    int64_t end = now_ms() + WIRE_QUIET_MS;
    while (now_ms() < end) {
        ssize_t n = recv(p->fd, p->last, sizeof p->last - 1, MSG_DONTWAIT);
        if (n < 0) {
            turn(5);
            continue;
        }
        p->last[n] = '\0';
        assert_int_not_equal(strncmp(p->last, start, strlen(start)), 0);
    }
}

/* The text between `before` and the first of `stops` after it; "" when it is not there. Four results live at once. */
static inline const char *between(const char *text, const char *before, const char *stops)
{
    static char out[4][1024];
    static unsigned turn_number;
    char *to = out[turn_number++ % 4];
    const char *at = strstr(text, before);
    size_t n = 0;
    if (at) {
        at += strlen(before);
        n = strcspn(at, stops);
        assert_true(n < sizeof out[0]);
        memcpy(to, at, n);
    }
    to[n] = '\0';
    return to;
}

/* An Authorization header for the challenge in `challenge`, with a CRLF. */
static inline void authorize(char out[1024], const char *challenge, const char *user, const char *password,
                             const struct request *r, const char *algorithm, unsigned count)
{
    struct digest_credentials c = { .cnonce = "0a4f113b", .qop = "auth" };
    struct sip_account account;
    char response[65];
    snprintf(c.nonce, sizeof c.nonce, "%s", between(challenge, "nonce=\"", "\""));
    snprintf(c.uri, sizeof c.uri, "%s", or_else(r->uri, "sip:test"));
    snprintf(c.algorithm, sizeof c.algorithm, "%s", algorithm);
    snprintf(c.nc, sizeof c.nc, "%08x", count);
    digest_ha1(user, REALM, password, &account);
    assert_true(digest_response(&c, r->method, &account, response));
    snprintf(out, 1024,
             "Authorization: Digest username=\"%s\", realm=\"" REALM "\", nonce=\"%s\", uri=\"%s\", response=\"%s\", "
             "algorithm=%s, cnonce=\"%s\", qop=auth, nc=%s\r\n",
             user, c.nonce, c.uri, response, algorithm, c.cnonce, c.nc);
}

/* Sends r, is challenged, sends it again with credentials. r->extra must stay below 1 KiB. */
static inline void phone_send_authorized(struct phone *p, struct request *r, const char *user, const char *password)
{
    static unsigned sent;
    char authorization[1024], extra[2048], branch[2][32];
    const char *plain = r->extra;
    snprintf(branch[0], sizeof branch[0], "a%u", ++sent);
    snprintf(branch[1], sizeof branch[1], "b%u", sent);
    r->branch = branch[0];
    phone_send(p, r);
    phone_expect(p, "SIP/2.0 401");
    if (strcmp(r->method, "INVITE") == 0) {
        struct request ack = *r;
        ack.method = "ACK", ack.body = NULL, ack.extra = NULL;
        ack.to_tag = between(strstr(p->last, "\r\nTo:"), ";tag=", "\r\n");
        phone_send(p, &ack);
    }
    authorize(authorization, p->last, user, password, r, "MD5", 1);
    snprintf(extra, sizeof extra, "%s%s", or_else(plain, ""), authorization);
    r->extra = extra;
    r->branch = branch[1];
    r->cseq++;
    phone_send(p, r);
    r->extra = plain;
    r->branch = NULL;
}

/* Copies the line that begins with `name` from a message, CRLF included. */
static inline void copy_line(char **at, const char *message, const char *name, const char *more)
{
    char start[32];
    const char *line;
    snprintf(start, sizeof start, "\r\n%s:", name);
    for (line = strstr(message, start); line; line = strstr(line + 2, start))
        *at += sprintf(*at, "%.*s%s\r\n", (int)strcspn(line + 2, "\r\n"), line + 2, more);
}

/* The phone answers the request in p->last. */
static inline void phone_answer(struct phone *p, const char *status, const char *sdp)
{
    char text[WIRE_MAX], *at = text;
    bool tagged = strstr(between(p->last, "\r\nTo:", "\r\n"), ";tag=") != NULL;
    at += sprintf(at, "SIP/2.0 %s\r\n", status);
    copy_line(&at, p->last, "Via", "");
    copy_line(&at, p->last, "From", "");
    copy_line(&at, p->last, "To", tagged || strncmp(status, "100", 3) == 0 ? "" : ";tag=callee");
    copy_line(&at, p->last, "Call-ID", "");
    copy_line(&at, p->last, "CSeq", "");
    at += sprintf(at, "Contact: <sip:phone@127.0.0.1:%u>\r\n", p->port);
    if (sdp)
        at += sprintf(at, "Content-Type: application/sdp\r\n");
    at += sprintf(at, "Content-Length: %zu\r\n\r\n%s", sdp ? strlen(sdp) : 0, or_else(sdp, ""));
    phone_send_text(p, text, (size_t)(at - text));
}

#endif
