/* A media engine on loopback with two streams A and B, and a phone for each: a plain UDP socket of the test. The phone
 * reads what its stream sends, which also is the test's clock: one packet each 20 ms. */
#ifndef TESTS_UNIT_MEDIA_MEDIA_FIXTURE_H
#define TESTS_UNIT_MEDIA_MEDIA_FIXTURE_H

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

#include "sipfront/media/codec_g711.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/prompt_data.h"
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

struct told { /* by a stream's callbacks */
    struct fixture *f;
    char digits[4096];
    unsigned ndigits, played, tag, recorded, silent;
    bool heard, failed;
    int64_t length_ms;
    char why[200];
};

struct fixture {
    struct loop *loop;
    struct media *media;
    struct stream *a, *b;
    struct phone pa, pb;
    struct told ta, tb;
    unsigned wait_for; /* callbacks until the loop stops */
};

static inline void happened(struct told *t)
{
    if (t->f->wait_for > 0 && --t->f->wait_for == 0)
        loop_stop(t->f->loop);
}

static inline void on_digit(char digit, void *owner)
{
    struct told *t = owner;
    t->digits[t->ndigits++] = digit;
    happened(t);
}

static inline void on_played(bool ok, unsigned tag, void *owner)
{
    struct told *t = owner;
    t->played += ok;
    t->tag = tag;
    happened(t);
}

static inline void on_recorded(const struct stream_recorded *r, void *owner)
{
    struct told *t = owner;
    t->recorded++;
    t->heard = r->heard;
    t->failed = r->failed;
    t->length_ms = r->length_ms;
    snprintf(t->why, sizeof t->why, "%s", r->why ? r->why : "");
    happened(t);
}

static inline void on_silent_peer(void *owner)
{
    struct told *t = owner;
    t->silent++;
    happened(t);
}

static const struct stream_events stream_events_told = { on_digit, on_played, on_recorded, on_silent_peer };

static inline void await(struct fixture *f, unsigned callbacks)
{
    f->wait_for = callbacks;
    loop_run(f->loop);
}

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

/* Waits for one packet of the stream, 5 s at most. */
static inline struct rtp_packet phone_read(struct phone *p)
{
    struct rtp_packet r = { 0 };
    ssize_t n = recv(p->fd, p->bytes, sizeof p->bytes, 0);

    if (n < 0)
        fail_msg("no packet came within 5 s");
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

static inline struct prompt *prompt_of(const int16_t *samples, size_t n)
{
    struct prompt_audio a = { .samples = (int16_t *)samples, .count = n };
    struct prompt *p;

    assert_int_equal(prompt_new(&p, &a), ERR_OK);
    return p;
}

static inline int fixture_open(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct media_params params = { .address = "127.0.0.1", .port_min = 21000, .port_max = 21999 };

    *state = f;
    f->ta.f = f->tb.f = f;
    assert_int_equal(loop_new(&f->loop), ERR_OK);
    assert_int_equal(media_new(&f->media, f->loop, &params), ERR_OK);
    assert_int_equal(stream_open(&f->a, f->media, &stream_events_told, &f->ta), ERR_OK);
    assert_int_equal(stream_open(&f->b, f->media, &stream_events_told, &f->tb), ERR_OK);
    phone_open(&f->pa);
    phone_open(&f->pb);
    phone_aim(&f->pa, f->a);
    phone_aim(&f->pb, f->b);
    return 0;
}

static inline void fixture_stop(void *arg) { loop_stop(arg); }

static inline int fixture_close(void **state)
{
    struct fixture *f = *state;

    stream_close(&f->a);
    media_free(&f->media); /* closes b */
    loop_post(f->loop, fixture_stop, f->loop);
    loop_run(f->loop);
    loop_free(&f->loop);
    close(f->pa.fd);
    close(f->pb.fd);
    free(f);
    return 0;
}

#endif
