/* CPU of playing a cached prompt to N calls whose phones send 50 packets a second each, against a bare program with one
 * socket a call that sends the same packets and receives and drops theirs. Runs engine and bare program alternately,
 * each in a process of its own; this process is all the phones. media_play [calls [seconds [rounds]]]    prints CPU
 * microseconds a call-second of each, and the ratio of medians */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sipfront/media/codec_g711.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/prompt_data.h"
#include "sipfront/media/rtp.h"
#include "sipfront/media/stream.h"

enum { CALLS_MOST = 4000, ROUNDS_MOST = 21, PACKET = RTP_HEADER + 160, BATCH = 256, PROMPT_SECONDS = 10 };

struct bench {
    unsigned calls;
    int ms;              /* measured */
    uint16_t phone_port; /* one socket is all the phones */
    struct prompt *prompt;
};

/* What a server process tells: its ports when it is ready, then the CPU it took. */
struct server {
    pid_t pid;
    int from;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t now_us(clockid_t which)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void tell(int fd, const void *p, size_t len)
{
    if (write(fd, p, len) != (ssize_t)len)
        die("write");
}

static void hear(int fd, void *p, size_t len)
{
    for (size_t got = 0; got < len;) {
        ssize_t n = read(fd, (char *)p + got, len - got);
        if (n <= 0)
            die("read");
        got += (size_t)n;
    }
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static struct prompt *make_prompt(void)
{
    static int16_t samples[PROMPT_SECONDS * G711_RATE];
    struct prompt_audio audio = { .samples = samples, .count = PROMPT_SECONDS * G711_RATE };
    struct prompt *p;

    for (size_t i = 0; i < audio.count; i++)
        samples[i] = (int16_t)lrint(8000 * sin((double)i * 0.3));
    if (prompt_new(&p, &audio))
        die("prompt");
    return p;
}

/* --- the engine --- */

static void stop(void *arg) { loop_stop(arg); }

static void run_for(struct loop *l, int ms)
{
    clock_start(loop_clock(l), ms, stop, l);
    loop_run(l);
}

static void serve_engine(const struct bench *b, int to)
{
    static uint16_t ports[CALLS_MOST];
    const struct stream_events none = { 0 };
    struct media_params params = { .address = "127.0.0.1", .port_min = 30000, .port_max = 39999 };
    struct stream_remote remote = { .address = "127.0.0.1",
                                    .port = b->phone_port,
                                    .codec = CODEC_PCMU,
                                    .event_pt = 101,
                                    .ptime = 20,
                                    .send = true,
                                    .receive = true };
    struct prompt *prompt = b->prompt;
    struct loop *loop;
    struct media *media;
    int64_t cpu;

    if (loop_new(&loop) || media_new(&media, loop, &params))
        die("media");
    for (unsigned i = 0; i < b->calls; i++) {
        struct stream *s;
        if (stream_open(&s, media, &none, NULL))
            die("stream_open");
        stream_set_remote(s, &remote);
        stream_play(s, &prompt, 1, 1000000, 0);
        ports[i] = stream_port(s);
    }
    tell(to, ports, sizeof ports);
    run_for(loop, 1000);
    cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
    run_for(loop, b->ms);
    cpu = now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    tell(to, &cpu, sizeof cpu);
}

/* --- the bare program --- */

struct bare {
    int epoll_fd;
    int fds[CALLS_MOST];
    uint16_t seq;
    uint32_t ts;
    struct sockaddr_in phone;
};

static int bare_socket(uint16_t *port)
{
    struct sockaddr_in a = loopback(0);
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0)
        die("socket");
    getsockname(fd, (struct sockaddr *)&a, &len);
    *port = ntohs(a.sin_port);
    return fd;
}

/* The calls of one millisecond of the twenty. */
static void bare_send(struct bare *s, const struct bench *b, unsigned slot)
{
    uint8_t packet[PACKET];
    size_t at = (s->ts / 160 * 160) % b->prompt->padded;

    for (unsigned i = slot; i < b->calls; i += 20) {
        struct rtp_packet p = { .seq = s->seq, .ts = s->ts, .ssrc = i };
        rtp_write(packet, &p);
        memcpy(packet + RTP_HEADER, prompt_payload(b->prompt, CODEC_PCMU) + at, 160);
        sendto(s->fds[i], packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *)&s->phone, sizeof s->phone);
    }
    s->seq = (uint16_t)(s->seq + (slot == 19));
    s->ts += slot == 19 ? 160 : 0;
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

static void bare_run(struct bare *s, const struct bench *b, int ms)
{
    struct epoll_event events[BATCH];
    int64_t due = now_us(CLOCK_MONOTONIC), end = due + ms * 1000;

    for (unsigned slot = 0; due < end; slot = (slot + 1) % 20, due += 1000) {
        for (int64_t left; (left = due - now_us(CLOCK_MONOTONIC)) > 0;) {
            struct timespec wait = { .tv_nsec = left * 1000 };
            bare_receive(events, epoll_pwait2(s->epoll_fd, events, BATCH, &wait, NULL));
        }
        bare_send(s, b, slot);
    }
}

static void serve_bare(const struct bench *b, int to)
{
    static uint16_t ports[CALLS_MOST];
    static struct bare s;
    int64_t cpu;

    s.epoll_fd = epoll_create1(0);
    s.phone = loopback(b->phone_port);
    for (unsigned i = 0; i < b->calls; i++) {
        struct epoll_event e = { .events = EPOLLIN };
        e.data.fd = s.fds[i] = bare_socket(&ports[i]);
        if (epoll_ctl(s.epoll_fd, EPOLL_CTL_ADD, s.fds[i], &e) != 0)
            die("epoll");
    }
    tell(to, ports, sizeof ports);
    bare_run(&s, b, 1000);
    cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
    bare_run(&s, b, b->ms);
    cpu = now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    tell(to, &cpu, sizeof cpu);
}

/* --- the phones --- */

static struct server start(const struct bench *b, void (*serve)(const struct bench *b, int to))
{
    struct server s;
    int ends[2];

    if (pipe(ends) != 0)
        die("pipe");
    s.pid = fork();
    if (s.pid < 0)
        die("fork");
    if (s.pid == 0) {
        close(ends[0]);
        serve(b, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    s.from = ends[0];
    return s;
}

struct phones {
    int fd;
    unsigned calls;
    struct sockaddr_in to[CALLS_MOST];
    uint16_t seq;
    uint32_t ts;
    uint64_t received;
};

static void phones_send(struct phones *p, unsigned slot)
{
    static struct mmsghdr messages[CALLS_MOST / 20 + 1];
    static uint8_t packet[PACKET];
    static struct iovec io = { packet, sizeof packet };
    struct rtp_packet h = { .seq = p->seq, .ts = p->ts, .ssrc = 5 };
    unsigned n = 0;

    rtp_write(packet, &h);
    for (unsigned i = slot; i < p->calls; i += 20)
        messages[n++].msg_hdr =
            (struct msghdr){ .msg_name = &p->to[i], .msg_namelen = sizeof p->to[i], .msg_iov = &io, .msg_iovlen = 1 };
    for (unsigned done = 0; done < n;) {
        int sent = sendmmsg(p->fd, messages + done, n - done, MSG_DONTWAIT);
        if (sent <= 0)
            break;
        done += (unsigned)sent;
    }
    p->seq = (uint16_t)(p->seq + (slot == 19));
    p->ts += slot == 19 ? 160 : 0;
}

static void phones_receive(struct phones *p)
{
    static uint8_t packets[BATCH][PACKET];
    static struct iovec io[BATCH];
    static struct mmsghdr messages[BATCH];
    int n;

    for (int i = 0; i < BATCH; i++) {
        io[i] = (struct iovec){ packets[i], PACKET };
        messages[i].msg_hdr = (struct msghdr){ .msg_iov = &io[i], .msg_iovlen = 1 };
    }
    while ((n = recvmmsg(p->fd, messages, BATCH, MSG_DONTWAIT, NULL)) > 0)
        p->received += (unsigned)n;
}

/* Talks and listens for a second and the measured time; the server's CPU comes at its end. */
static double measure(const struct bench *b, struct phones *p, void (*serve)(const struct bench *b, int to))
{
    static uint16_t ports[CALLS_MOST];
    struct server s = start(b, serve);
    struct itimerspec each = { { 0, 1000000 }, { 0, 1000000 } };
    int timer = timerfd_create(CLOCK_MONOTONIC, 0), steps = b->ms + 1200;
    uint64_t ticks;
    int64_t cpu;

    hear(s.from, ports, sizeof ports);
    for (unsigned i = 0; i < b->calls; i++)
        p->to[i] = loopback(ports[i]);
    p->received = 0;
    timerfd_settime(timer, 0, &each, NULL);
    for (int step = 0; step < steps;) {
        if (read(timer, &ticks, sizeof ticks) != sizeof ticks)
            die("timer");
        while (ticks-- > 0)
            phones_send(p, (unsigned)step++ % 20);
        phones_receive(p);
    }
    hear(s.from, &cpu, sizeof cpu);
    waitpid(s.pid, NULL, 0);
    close(timer);
    close(s.from);
    if (p->received < (uint64_t)b->calls * ((unsigned)b->ms + 1000) / 20 * 97 / 100) /* of the first second too */
        printf("  only %llu packets came\n", (unsigned long long)p->received);
    return (double)cpu / b->calls / (b->ms / 1000.0);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *v, unsigned n)
{
    qsort(v, n, sizeof *v, by_size);
    return v[n / 2];
}

static void allow_descriptors(void)
{
    struct rlimit r;

    getrlimit(RLIMIT_NOFILE, &r);
    r.rlim_cur = r.rlim_max;
    setrlimit(RLIMIT_NOFILE, &r);
}

static unsigned argument(int argc, char **argv, int i, unsigned usual)
{
    return argc > i ? (unsigned)strtoul(argv[i], NULL, 10) : usual;
}

int main(int argc, char **argv)
{
    struct bench b = { .calls = argument(argc, argv, 1, 1000), .ms = (int)argument(argc, argv, 2, 4) * 1000 };
    unsigned rounds = argument(argc, argv, 3, 3);
    static double engine[ROUNDS_MOST], bare[ROUNDS_MOST];
    static struct phones phones;
    const int buffer = 8 << 20;

    if (b.calls == 0 || b.calls > CALLS_MOST || b.ms <= 0 || rounds == 0 || rounds > ROUNDS_MOST)
        return 2;
    allow_descriptors();
    b.prompt = make_prompt();
    phones.calls = b.calls;
    phones.fd = bare_socket(&b.phone_port);
    setsockopt(phones.fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    for (unsigned i = 0; i < rounds; i++) {
        engine[i] = measure(&b, &phones, serve_engine);
        bare[i] = measure(&b, &phones, serve_bare);
        printf("  round %u: engine %.1f us, bare %.1f us a call-second\n", i + 1, engine[i], bare[i]);
    }
    printf("%u calls: engine %.1f us, bare %.1f us a call-second, ratio %.2f\n", b.calls, median(engine, rounds),
           median(bare, rounds), median(engine, rounds) / median(bare, rounds));
    prompt_unref(&b.prompt);
    return 0;
}
