/* CPU of playing a cached prompt to N calls whose phones send 50 packets a second each, against a bare program with one
 * socket a call that sends the same packets and receives and drops theirs. Runs engine and bare program alternately,
 * each in a process of its own; this process is all the phones. media_play [calls [seconds [rounds]]]    prints CPU
 * microseconds a call-second of each, and the ratio of medians */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "sipfront/media/codec_g711.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/prompt_data.h"
#include "sipfront/media/rtp.h"
#include "tests/bench/wire.h"

enum { ROUNDS_MOST = 21, BATCH = 256, PROMPT_SECONDS = 10, LOOPS = 1000000 };

static struct prompt *make_prompt(void)
{
    static int16_t samples[PROMPT_SECONDS * G711_RATE];
    struct prompt_audio audio = { .samples = samples, .count = PROMPT_SECONDS * G711_RATE };
    struct prompt *p;

    for (size_t i = 0; i < audio.count; i++)
        samples[i] = (int16_t)lrint(8000 * sin((double)i * 0.3));
    if (prompt_new(&p, &audio))
        wire_die("prompt");
    return p;
}

/* --- the engine --- */

static struct prompt *prompt;

static void play(struct wire_engine *e, const struct wire_job *job)
{
    for (unsigned i = 0; i < job->legs; i++)
        stream_play(e->streams[i], &prompt, 1, LOOPS, 0);
}

/* --- the bare program --- */

struct bare {
    int epoll_fd;
    int fds[WIRE_LEGS_MOST];
    uint16_t seq;
    uint32_t ts;
    struct sockaddr_in phone;
};

/* The calls of one millisecond of the twenty. */
static void bare_send(struct bare *s, unsigned calls, unsigned slot)
{
    uint8_t packet[WIRE_PACKET];
    size_t at = (s->ts / WIRE_PAYLOAD * WIRE_PAYLOAD) % prompt->padded;

    for (unsigned i = slot; i < calls; i += 20) {
        struct rtp_packet p = { .seq = s->seq, .ts = s->ts, .ssrc = i };
        rtp_write(packet, &p);
        memcpy(packet + RTP_HEADER, prompt_payload(prompt, CODEC_PCMU) + at, WIRE_PAYLOAD);
        sendto(s->fds[i], packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *)&s->phone, sizeof s->phone);
    }
    s->seq = (uint16_t)(s->seq + (slot == 19));
    s->ts += slot == 19 ? WIRE_PAYLOAD : 0;
}

static void bare_receive(const struct epoll_event *events, int n)
{
    uint8_t packet[2048];
    struct sockaddr_in from;

    for (int i = 0; i < n; i++) {
        socklen_t len = sizeof from;
        recvfrom(events[i].data.fd, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *)&from, &len);
    }
}

static void bare_run(struct wire_server *server, const struct wire_job *job, int ms)
{
    struct bare *s = server->mine;
    struct epoll_event events[BATCH];
    int64_t due = wire_now_us(CLOCK_MONOTONIC), end = due + ms * 1000;

    for (unsigned slot = 0; due < end; slot = (slot + 1) % 20, due += 1000) {
        for (int64_t left; (left = due - wire_now_us(CLOCK_MONOTONIC)) > 0;) {
            struct timespec wait = { .tv_nsec = left * 1000 };
            bare_receive(events, epoll_pwait2(s->epoll_fd, events, BATCH, &wait, NULL));
        }
        bare_send(s, job->legs, slot);
    }
}

static void bare_open(struct wire_server *server, const struct wire_job *job)
{
    struct bare *s = server->mine;

    s->epoll_fd = epoll_create1(0);
    s->phone = wire_loopback(job->phone_port);
    for (unsigned i = 0; i < job->legs; i++) {
        struct epoll_event e = { .events = EPOLLIN };
        e.data.fd = s->fds[i] = wire_socket(&server->ports[i]);
        if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->fds[i], &e) != 0)
            wire_die("epoll");
    }
}

/* --- both --- */

static double cost(const struct wire_job *job, struct wire_phones *p, struct wire_server *s)
{
    double us = (double)wire_measure(job, p, s) / job->legs / (job->ms / 1000.0);

    if (p->received < (uint64_t)job->legs * (unsigned)job->ms / 20 * 97 / 100)
        printf("  only %llu packets came\n", (unsigned long long)p->received);
    return us;
}

int main(int argc, char **argv)
{
    struct wire_job job = { .legs = wire_argument(argc, argv, 1, 1000),
                            .ms = (int)wire_argument(argc, argv, 2, 4) * 1000 };
    unsigned rounds = wire_argument(argc, argv, 3, 3);
    double engine[ROUNDS_MOST], bare[ROUNDS_MOST];
    static struct bare mine;
    static struct wire_server engine_server, bare_server = { .open = bare_open, .run = bare_run, .mine = &mine };
    struct wire_phones phones;

    if (job.legs == 0 || job.legs > WIRE_LEGS_MOST || job.ms <= 0 || rounds == 0 || rounds > ROUNDS_MOST)
        return 2;
    wire_allow_descriptors();
    prompt = make_prompt();
    wire_engine_server(&engine_server, play);
    wire_phones_open(&phones, false);
    job.phone_port = phones.port;
    for (unsigned i = 0; i < rounds; i++) {
        engine[i] = cost(&job, &phones, &engine_server);
        bare[i] = cost(&job, &phones, &bare_server);
        printf("  round %u: engine %.1f us, bare %.1f us a call-second; the phones took %.0f %% of the machine\n",
               i + 1, engine[i], bare[i], phones.share * 100);
    }
    printf("%u calls: engine %.1f us, bare %.1f us a call-second, ratio %.2f\n", job.legs, wire_median(engine, rounds),
           wire_median(bare, rounds), wire_median(engine, rounds) / wire_median(bare, rounds));
    prompt_unref(&prompt);
    return 0;
}
