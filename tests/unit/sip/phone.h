/* A raw phone: a UDP socket and SIP as text. What does not come in time fails the test with what came instead. */
#ifndef TESTS_UNIT_SIP_PHONE_H
#define TESTS_UNIT_SIP_PHONE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/sip/wire.h"

struct phone {
    int fd;
    uint16_t port;
    char last[WIRE_MAX]; /* the message received last */
};

struct request {
    const char *method, *uri, *from, *to, *to_tag, *call_id, *branch, *extra, *body, *transport;
    int cseq;
};

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

/* The request as text of that many bytes. */
static inline size_t write_request(char text[WIRE_MAX], const struct request *r)
{
    const char *body = or_else(r->body, "");
    bool sdp = strncmp(body, "v=0", 3) == 0;
    int n = snprintf(text, WIRE_MAX,
                     "%s %s SIP/2.0\r\nVia: SIP/2.0/%s 192.168.77.7:5060;branch=z9hG4bK%s\r\n"
                     "From: \"The \\\"Caller\\\"\" <sip:%s@test>;tag=f%s\r\nTo: <sip:%s@test>%s%s\r\n"
                     "Call-ID: %s\r\nCSeq: %d %s\r\nMax-Forwards: 69\r\n%s%sContent-Length: %zu\r\n\r\n%s",
                     r->method, or_else(r->uri, "sip:test"), or_else(r->transport, "UDP"), or_else(r->branch, "1"),
                     r->from, r->call_id, or_else(r->to, r->from), r->to_tag ? ";tag=" : "", or_else(r->to_tag, ""),
                     r->call_id, r->cseq, r->method, or_else(r->extra, ""),
                     sdp ? "Content-Type: application/sdp\r\n" : "", strlen(body), body);
    assert_in_range(n, 1, WIRE_MAX - 1);
    return (size_t)n;
}

static inline void phone_send(struct phone *p, const struct request *r)
{
    char text[WIRE_MAX];
    phone_send_text(p, text, write_request(text, r));
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

/* Copies the line that begins with `name` from a message, CRLF included. */
static inline void copy_line(char **at, const char *message, const char *name, const char *more)
{
    char start[32];
    const char *line;
    snprintf(start, sizeof start, "\r\n%s:", name);
    for (line = strstr(message, start); line; line = strstr(line + 2, start))
        *at += sprintf(*at, "%.*s%s\r\n", (int)strcspn(line + 2, "\r\n"), line + 2, more);
}

/* The phone answers the request in p->last; extra: further headers, or instead of its Contact another one. */
static inline void phone_answer_with(struct phone *p, const char *status, const char *extra, const char *sdp)
{
    char text[WIRE_MAX], *at = text;
    bool tagged = strstr(between(p->last, "\r\nTo:", "\r\n"), ";tag=") != NULL;
    at += sprintf(at, "SIP/2.0 %s\r\n", status);
    copy_line(&at, p->last, "Via", "");
    copy_line(&at, p->last, "From", "");
    copy_line(&at, p->last, "To", tagged || strncmp(status, "100", 3) == 0 ? "" : ";tag=callee");
    copy_line(&at, p->last, "Call-ID", "");
    copy_line(&at, p->last, "CSeq", "");
    at += strncmp(extra, "Contact:", 8) == 0 ? 0 : sprintf(at, "Contact: <sip:phone@127.0.0.1:%u>\r\n", p->port);
    if (sdp)
        at += sprintf(at, "Content-Type: application/sdp\r\n");
    at += sprintf(at, "%sContent-Length: %zu\r\n\r\n%s", extra, sdp ? strlen(sdp) : 0, or_else(sdp, ""));
    phone_send_text(p, text, (size_t)(at - text));
}

static inline void phone_answer(struct phone *p, const char *status, const char *sdp)
{
    phone_answer_with(p, status, "", sdp);
}

#endif
