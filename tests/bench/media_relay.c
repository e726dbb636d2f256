/* CPU of relaying N bridged calls, 50 packets a second each way, against a bare relay by epoll with one socket a leg;
 * and how long a packet takes from phone to phone. Engine and bare relay by turns, each in a process of its own; this
 * process is all the phones. media_relay [calls [seconds [rounds]]]    prints CPU microseconds a call-second of each,
 * the ratio of medians, and the delays of all rounds: from before the sending phone's system call until the packet is
 * in the other's socket */
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "sipfront/media/rtp.h"
#include "tests/bench/wire.h"

enum { ROUNDS_MOST = 21, BATCH = 256, DELAYS = 100000 /* µs */, WAIT_MS = 20 };

/* --- the engine --- */

static void bridge(struct wire_engine *e, const struct wire_job *job)
{
    for (unsigned i = 0; i < job->legs; i += 2)
        stream_bridge(e->streams[i], e->streams[i + 1]);
}

/* --- the bare relay --- */

struct bare {
    int epoll_fd;
    int partners[WIRE_LEGS_MOST + 64]; /* by descriptor */
    struct sockaddr_in phone;
};

static void bare_relay(const struct bare *s, const struct epoll_event *events, int n)
{
    uint8_t packet[2048];
    struct sockaddr_in from;

    for (int i = 0; i < n; i++) {
        socklen_t len = sizeof from;
        ssize_t got = recvfrom(events[i].data.fd, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *)&from, &len);
        if (got > 0)
            sendto(s->partners[events[i].data.fd], packet, (size_t)got, MSG_DONTWAIT,
                   (const struct sockaddr *)&s->phone, sizeof s->phone);
    }
}

static void bare_run(struct wire_server *server, const struct wire_job *job, int ms)
{
    struct bare *s = server->mine;
    struct epoll_event events[BATCH];
    int64_t end = wire_now_us(CLOCK_MONOTONIC) + ms * 1000;

    (void)job;
    while (wire_now_us(CLOCK_MONOTONIC) < end)
        bare_relay(s, events, epoll_wait(s->epoll_fd, events, BATCH, WAIT_MS));
}

static void bare_open(struct wire_server *server, const struct wire_job *job)
{
    struct bare *s = server->mine;
    int before = -1;

    s->epoll_fd = epoll_create1(0);
    s->phone = wire_loopback(job->phone_port);
    for (unsigned i = 0; i < job->legs; i++) {
        struct epoll_event e = { .events = EPOLLIN };
        int fd = e.data.fd = wire_socket(&server->ports[i]);
        if ((size_t)fd >= sizeof s->partners / sizeof s->partners[0] ||
            epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &e) != 0)
            wire_die("epoll");
        if (i % 2 == 1) {
            s->partners[fd] = before;
            s->partners[before] = fd;
        }
        before = fd;
    }
}

/* --- how long packets take --- */

struct delays {
    unsigned many[DELAYS]; /* by µs; the last: as long or longer */
    uint64_t all;
};

static void on_packet(struct wire_phones *p, const uint8_t packet[WIRE_PACKET], int64_t came_ns)
{
    struct delays *d = p->owner;
    int64_t sent, us;

    memcpy(&sent, packet + RTP_HEADER, sizeof sent);
    us = (came_ns - sent) / 1000;
    d->many[us < 0 ? 0 : us < DELAYS ? us : DELAYS - 1]++;
    d->all++;
}

/* µs that this share of the packets took at the most. */
static unsigned within(const struct delays *d, double share)
{
    uint64_t left = (uint64_t)((double)d->all * share);
    unsigned us = 0;

    while (us < DELAYS - 1 && left >= d->many[us])
        left -= d->many[us++];
    return us;
}

static void print_delays(const char *who, const struct delays *d)
{
    printf("  %s: one way median %u us, p99 %u us, p99.9 %u us of %llu packets\n", who, within(d, 0.5), within(d, 0.99),
           within(d, 0.999), (unsigned long long)d->all);
}

static double cost(const struct wire_job *job, struct wire_phones *p, struct wire_server *s, struct delays *d)
{
    double us;

    p->owner = d;
    us = (double)wire_measure(job, p, s) / (job->legs / 2.0) / (job->ms / 1000.0);
    if (p->received < (uint64_t)job->legs * (unsigned)job->ms / 20 * 97 / 100)
        printf("  only %llu packets came\n", (unsigned long long)p->received);
    return us;
}

int main(int argc, char **argv)
{
    struct wire_job job = { .legs = 2 * wire_argument(argc, argv, 1, 100),
                            .ms = (int)wire_argument(argc, argv, 2, 4) * 1000 };
    unsigned rounds = wire_argument(argc, argv, 3, 3);
    double engine[ROUNDS_MOST], bare[ROUNDS_MOST];
    static struct delays engine_delays, bare_delays;
    static struct bare mine;
    static struct wire_server engine_server, bare_server = { .open = bare_open, .run = bare_run, .mine = &mine };
    struct wire_phones phones;

    if (job.legs == 0 || job.legs > WIRE_LEGS_MOST || job.ms <= 0 || rounds == 0 || rounds > ROUNDS_MOST)
        return 2;
    wire_allow_descriptors();
    wire_engine_server(&engine_server, bridge);
    wire_phones_open(&phones, true);
    phones.on_packet = on_packet;
    job.phone_port = phones.port;
    for (unsigned i = 0; i < rounds; i++) {
        engine[i] = cost(&job, &phones, &engine_server, &engine_delays);
        bare[i] = cost(&job, &phones, &bare_server, &bare_delays);
        printf("  round %u: engine %.1f us, bare %.1f us a call-second; the phones took %.0f %% of the machine\n",
               i + 1, engine[i], bare[i], phones.share * 100);
    }
    print_delays("engine", &engine_delays);
    print_delays("bare", &bare_delays);
    printf("%u calls: engine %.1f us, bare %.1f us a call-second, ratio %.2f\n", job.legs / 2,
           wire_median(engine, rounds), wire_median(bare, rounds),
           wire_median(engine, rounds) / wire_median(bare, rounds));
    return 0;
}
