#include "tests/bench/wire.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sipfront/media/rtp.h"

enum { BATCH = 256, SENT_AT_ONCE = 16, GRID = 20, AFTER_MS = 200 };

void wire_die(const char *what)
{
    perror(what);
    exit(1);
}

int64_t wire_now_us(clockid_t which)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct sockaddr_in wire_loopback(uint16_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

int wire_socket(uint16_t *port)
{
    struct sockaddr_in a = wire_loopback(0);
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0)
        wire_die("socket");
    getsockname(fd, (struct sockaddr *)&a, &len);
    *port = ntohs(a.sin_port);
    return fd;
}

void wire_allow_descriptors(void)
{
    struct rlimit r;

    getrlimit(RLIMIT_NOFILE, &r);
    r.rlim_cur = r.rlim_max;
    setrlimit(RLIMIT_NOFILE, &r);
}

unsigned wire_argument(int argc, char **argv, int i, unsigned usual)
{
    return argc > i ? (unsigned)strtoul(argv[i], NULL, 10) : usual;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double wire_median(double *v, unsigned n)
{
    qsort(v, n, sizeof *v, by_size);
    return v[n / 2];
}

/* --- the server's process --- */

static void tell(int fd, const void *p, size_t len)
{
    if (write(fd, p, len) != (ssize_t)len)
        wire_die("write");
}

static void hear(int fd, void *p, size_t len)
{
    for (size_t got = 0; got < len;) {
        ssize_t n = read(fd, (char *)p + got, len - got);
        if (n <= 0)
            wire_die("read");
        got += (size_t)n;
    }
}

static void serve(struct wire_server *s, const struct wire_job *job, int to)
{
    int64_t cpu;

    s->open(s, job);
    tell(to, s->ports, sizeof s->ports);
    s->run(s, job, WIRE_WARM_MS);
    cpu = wire_now_us(CLOCK_PROCESS_CPUTIME_ID);
    s->run(s, job, job->ms);
    cpu = wire_now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    tell(to, &cpu, sizeof cpu);
}

/* from: where it tells. */
static pid_t start(struct wire_server *s, const struct wire_job *job, int *from)
{
    int ends[2];
    pid_t pid;

    if (pipe(ends) != 0)
        wire_die("pipe");
    pid = fork();
    if (pid < 0)
        wire_die("fork");
    if (pid == 0) {
        close(ends[0]);
        serve(s, job, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    *from = ends[0];
    return pid;
}

/* --- the engine --- */

static void stop(void *arg) { loop_stop(arg); }

static void engine_run(struct wire_server *s, const struct wire_job *job, int ms)
{
    struct wire_engine *e = s->mine;

    (void)job;
    clock_start(loop_clock(e->loop), ms, stop, e->loop);
    loop_run(e->loop);
}

static void engine_open(struct wire_server *s, const struct wire_job *job)
{
    struct wire_engine *e = s->mine;
    static const struct stream_events none;
    struct media_params params = { .address = "127.0.0.1", .port_min = 20000, .port_max = 32000 };
    struct stream_remote remote = { .address = "127.0.0.1",
                                    .port = job->phone_port,
                                    .codec = CODEC_PCMU,
                                    .event_pt = 101,
                                    .ptime = 20,
                                    .send = true,
                                    .receive = true };

    if (loop_new(&e->loop) || media_new(&e->media, e->loop, &params))
        wire_die("media");
    for (unsigned i = 0; i < job->legs; i++) {
        if (stream_open(&e->streams[i], e->media, &none, NULL))
            wire_die("stream_open");
        stream_set_remote(e->streams[i], &remote);
        s->ports[i] = stream_port(e->streams[i]);
    }
    e->opened(e, job);
}

void wire_engine_server(struct wire_server *out, void (*opened)(struct wire_engine *e, const struct wire_job *job))
{
    static struct wire_engine engine; /* each server runs in a process of its own */

    engine.opened = opened;
    *out = (struct wire_server){ .open = engine_open, .run = engine_run, .mine = &engine };
}

/* --- the phones --- */

struct talk {
    const struct wire_job *job;
    struct sockaddr_in to[WIRE_LEGS_MOST];
    uint16_t seq;
    uint32_t ts;
};

void wire_phones_open(struct wire_phones *p, bool stamps)
{
    const int buffer = 8 << 20, on = 1;

    *p = (struct wire_phones){ .stamps = stamps };
    p->fd = wire_socket(&p->port);
    if (setsockopt(p->fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) != 0) /* else the system's limit counts */
        setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (stamps && setsockopt(p->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0)
        wire_die("SO_TIMESTAMPNS");
}

static int64_t real_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void send_some(const struct wire_phones *p, uint8_t *packet, struct mmsghdr *messages, unsigned n)
{
    int64_t now = real_ns();

    memcpy(packet + RTP_HEADER, &now, sizeof now);
    for (unsigned done = 0; done < n;) {
        int sent = sendmmsg(p->fd, messages + done, n - done, MSG_DONTWAIT);
        if (sent <= 0)
            break;
        done += (unsigned)sent;
    }
}

/* The legs of one millisecond of the twenty, few at once, so that the stamp is near each one's sending. */
static void phones_send(const struct wire_phones *p, struct talk *t, unsigned slot)
{
    static uint8_t packet[WIRE_PACKET];
    static struct iovec io = { packet, sizeof packet };
    struct mmsghdr messages[SENT_AT_ONCE] = { 0 };
    struct rtp_packet h = { .seq = t->seq, .ts = t->ts, .ssrc = 5 };
    unsigned n = 0;

    rtp_write(packet, &h);
    for (unsigned i = slot; i < t->job->legs; i += GRID) {
        messages[n++].msg_hdr =
            (struct msghdr){ .msg_name = &t->to[i], .msg_namelen = sizeof t->to[i], .msg_iov = &io, .msg_iovlen = 1 };
        if (n == SENT_AT_ONCE || i + GRID >= t->job->legs) {
            send_some(p, packet, messages, n);
            n = 0;
        }
    }
    t->seq = (uint16_t)(t->seq + (slot == GRID - 1));
    t->ts += slot == GRID - 1 ? WIRE_PAYLOAD : 0;
}

static int64_t stamp_of(struct msghdr *m)
{
    struct timespec t = { 0 };

    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
            memcpy(&t, CMSG_DATA(c), sizeof t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void phones_receive(struct wire_phones *p, bool measured)
{
    static uint8_t packets[BATCH][WIRE_PACKET];
    static _Alignas(struct cmsghdr) char control[BATCH][64];
    static struct iovec io[BATCH];
    static struct mmsghdr messages[BATCH];
    int n;

    do {
        for (int i = 0; i < BATCH; i++) {
            io[i] = (struct iovec){ packets[i], WIRE_PACKET };
            messages[i].msg_hdr = (struct msghdr){ .msg_iov = &io[i], .msg_iovlen = 1 };
            if (p->stamps)
                messages[i].msg_hdr.msg_control = control[i], messages[i].msg_hdr.msg_controllen = sizeof control[i];
        }
        n = recvmmsg(p->fd, messages, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < n && measured && p->on_packet; i++)
            if (messages[i].msg_len == WIRE_PACKET)
                p->on_packet(p, packets[i], p->stamps ? stamp_of(&messages[i].msg_hdr) : 0);
        p->received += measured && n > 0 ? (unsigned)n : 0;
    } while (n == BATCH);
}

/* Talks and listens until the server is done. */
static void phones_talk(struct wire_phones *p, struct talk *t)
{
    struct itimerspec each = { { 0, 1000000 }, { 0, 1000000 } };
    int timer = timerfd_create(CLOCK_MONOTONIC, 0), steps = t->job->ms + WIRE_WARM_MS + AFTER_MS;
    int64_t begun = wire_now_us(CLOCK_MONOTONIC), cpu = wire_now_us(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t ticks;

    timerfd_settime(timer, 0, &each, NULL);
    for (int step = 0; step < steps;) {
        if (read(timer, &ticks, sizeof ticks) != sizeof ticks)
            wire_die("timer");
        while (ticks-- > 0)
            phones_send(p, t, (unsigned)step++ % GRID);
        phones_receive(p, step > WIRE_WARM_MS && step <= t->job->ms + WIRE_WARM_MS);
    }
    cpu = wire_now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    p->share = (double)cpu / (double)(wire_now_us(CLOCK_MONOTONIC) - begun) / (double)sysconf(_SC_NPROCESSORS_ONLN);
    close(timer);
}

int64_t wire_measure(const struct wire_job *job, struct wire_phones *p, struct wire_server *s)
{
    static struct talk t;
    int from;
    pid_t pid = start(s, job, &from);
    int64_t cpu;

    t = (struct talk){ .job = job };
    hear(from, s->ports, sizeof s->ports);
    for (unsigned i = 0; i < job->legs; i++)
        t.to[i] = wire_loopback(s->ports[i]);
    p->received = 0;
    phones_talk(p, &t);
    hear(from, &cpu, sizeof cpu);
    waitpid(pid, NULL, 0);
    close(from);
    phones_receive(p, false); /* nothing is left for the next */
    return cpu;
}
