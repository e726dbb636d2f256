/* A telephone of the tests: a plain UDP socket that sends and reads RTP. */
#ifndef TESTS_UNIT_MEDIA_PHONE_H
#define TESTS_UNIT_MEDIA_PHONE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "sipfront/media/rtp.h"
#include "sipfront/media/stream.h"

struct phone {
    int fd;
    uint16_t port;
    struct sockaddr_in to; /* the stream */
    uint32_t ssrc, ts;
    uint16_t seq;
    uint8_t bytes[2048]; /* of the packet read last */
};

static inline void phone_open(struct phone *p)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval limit = { .tv_sec = 5 };
    socklen_t len = sizeof a;

    p->fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(p->fd, (struct sockaddr *)&a, sizeof a), 0);
    getsockname(p->fd, (struct sockaddr *)&a, &len);
    setsockopt(p->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    p->port = ntohs(a.sin_port);
    p->ssrc = 0x1000u + p->port;
    p->seq = 65530; /* soon goes round */
    p->ts = 0xFFFFFF00;
}

static inline void phone_aim(struct phone *p, const struct stream *s)
{
    p->to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    p->to.sin_port = htons(stream_port(s));
}

/* Waits for one packet of RTP, 5 s at most. RTCP is passed over: that of another test may come, whose phone has the
 * port below ours. */
static inline struct rtp_packet phone_read(struct phone *p)
{
    struct rtp_packet r = { 0 };
    ssize_t n;

    do {
        n = recv(p->fd, p->bytes, sizeof p->bytes, 0);
        if (n < 0)
            fail_msg("no packet came within 5 s");
    } while (n > 1 && p->bytes[1] >= 200 && p->bytes[1] <= 207); /* RFC 5761 §4 */
    assert_int_equal(rtp_read(&r, p->bytes, (size_t)n), ERR_OK);
    return r;
}

/* Throws away what has come so far. */
static inline void phone_flush(struct phone *p)
{
    while (recv(p->fd, p->bytes, sizeof p->bytes, MSG_DONTWAIT) >= 0)
        ;
}

static inline void phone_send_as(struct phone *p, const struct rtp_packet *r)
{
    uint8_t out[RTP_PACKET_MAX];

    rtp_write(out, r);
    memcpy(out + RTP_HEADER, r->payload, r->len);
    assert_int_equal(sendto(p->fd, out, RTP_HEADER + r->len, 0, (struct sockaddr *)&p->to, sizeof p->to),
                     (ssize_t)(RTP_HEADER + r->len));
}

/* The next frame of audio of this payload type. */
static inline void phone_send(struct phone *p, uint8_t pt, const uint8_t *payload, size_t n)
{
    struct rtp_packet r = { .pt = pt, .seq = p->seq++, .ts = p->ts, .ssrc = p->ssrc, .payload = payload, .len = n };

    p->ts += (uint32_t)n;
    phone_send_as(p, &r);
}

static inline struct stream_remote phone_remote(const struct phone *p)
{
    return (struct stream_remote){ .address = "127.0.0.1",
                                   .port = p->port,
                                   .codec = CODEC_PCMU,
                                   .pt = 0,
                                   .event_pt = 101,
                                   .ptime = 20,
                                   .send = true,
                                   .receive = true };
}

#endif
