/* The media thread: one turn takes commands, packets that came, and streams whose grid point is due. */
#include "sipfront/media/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sipfront/media/codec.h"
#include "sipfront/media/room_state.h"
#include "vm/base/log.h"

enum { EVENTS_A_TURN = 256 };

int64_t engine_clock_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The thread takes commands in each of its turns, before the packets of that turn: it is waked only when the next one
 * is far. Either this sees when that is, or the thread, about to sleep, sees that a command waits. */
static bool has_turn_within(const struct media *m, enum patience ms)
{
    return ms == PATIENCE_ANY || atomic_load(&m->sleeps_till_us) <= engine_clock_us() + ms * INT64_C(1000);
}

void engine_command(struct media *m, const struct command *c)
{
    struct command *copy = malloc(sizeof *copy);
    uint64_t one = 1;
    bool wake;

    if (!copy)
        abort(); /* as loop_post() */
    *copy = *c;
    copy->next = NULL;
    pthread_mutex_lock(&m->lock);
    *m->last = copy;
    m->last = &copy->next;
    atomic_store(&m->waiting, true);
    wake = !m->waked && !has_turn_within(m, c->patience ? c->patience : PATIENCE_USUAL);
    m->waked |= wake;
    pthread_mutex_unlock(&m->lock);
    if (wake && write(m->wake_fd, &one, sizeof one) < 0)
        log_error("media", "the media thread cannot be woken: errno %d", errno);
}

/* true: the engine is to stop, and every command given before has run. rung: by the eventfd. */
static bool run_commands(struct media *m, bool rung)
{
    struct command *list;
    uint64_t n;
    bool closing;

    if (rung && read(m->wake_fd, &n, sizeof n) < 0 && errno != EAGAIN)
        log_error("media", "cannot read the wake-up: errno %d", errno);
    pthread_mutex_lock(&m->lock);
    m->waked = false;
    atomic_store(&m->waiting, false);
    list = m->first;
    m->first = NULL;
    m->last = &m->first;
    closing = m->closing;
    pthread_mutex_unlock(&m->lock);
    while (list) {
        struct command *c = list;
        list = c->next;
        stream_rouse_both(m, c->stream);
        stream_rouse_both(m, c->partner);
        c->run(m, c);
        free(c);
    }
    return closing;
}

static struct stream *stream_of(struct wheel_node *n)
{
    return (struct stream *)((char *)n - offsetof(struct stream, node));
}

static struct room *room_of(struct wheel_node *n) { return (struct room *)((char *)n - offsetof(struct room, node)); }

static void run_due(struct media *m)
{
    struct wheel_node *n;

    m->now_us = engine_clock_us();
    for (; m->wheel_ms <= engine_ms(m); m->wheel_ms++) {
        while ((n = wheel_take(&m->rooms_wheel, m->wheel_ms)))
            room_tick(m, room_of(n));
        while ((n = wheel_take(&m->wheel, m->wheel_ms)))
            stream_tick(m, stream_of(n));
    }
}

bool engine_listen(struct port_pair *pair, void *media)
{
    const struct media *m = media;
    struct epoll_event rtp = { .events = EPOLLIN, .data.ptr = pair };
    struct epoll_event rtcp = { .events = EPOLLIN, .data.ptr = (char *)pair + ENGINE_RTCP };

    return epoll_ctl(m->epoll_fd, EPOLL_CTL_ADD, pair->rtp, &rtp) == 0 &&
           epoll_ctl(m->epoll_fd, EPOLL_CTL_ADD, pair->rtcp, &rtcp) == 0;
}

void engine_watch(struct media *m, struct stream *s)
{
    int64_t from = m->wheel_ms > engine_ms(m) ? m->wheel_ms : engine_ms(m); /* after a long sleep slots lie behind */

    if (!s->node.link)
        wheel_put(&m->wheel, &s->node, from + (s->grid_phase + GRID_MS - from % GRID_MS) % GRID_MS);
}

static struct timespec until_due(struct media *m)
{
    int64_t next = wheel_next(&m->wheel, m->wheel_ms), room = wheel_next(&m->rooms_wheel, m->wheel_ms);
    int64_t us = (next < room ? next : room) * 1000 - engine_clock_us();

    if (m->wheel.used == 0 && m->rooms_wheel.used == 0)
        us = INT64_C(1000000);
    atomic_store(&m->sleeps_till_us, engine_clock_us() + us);
    if (atomic_load(&m->waiting))
        us = 0;
    return (struct timespec){ .tv_sec = us > 0 ? us / 1000000 : 0, .tv_nsec = us > 0 ? us % 1000000 * 1000 : 0 };
}

/* To the microsecond; kernels or sandboxes without epoll_pwait2 (Linux 5.11) wait in whole milliseconds. */
static int wait_for_events(struct media *m, struct epoll_event *events)
{
    struct timespec wait = until_due(m);
    int n = epoll_pwait2(m->epoll_fd, events, EVENTS_A_TURN, &wait, NULL);

    if (n >= 0 || errno == EINTR)
        return n;
    return epoll_wait(m->epoll_fd, events, EVENTS_A_TURN, (int)(wait.tv_sec * 1000 + wait.tv_nsec / 1000000 + 1));
}

static void discard(struct media *m, struct port_pair *pair, int fd)
{
    if (recv(fd, m->buffer, 1, MSG_DONTWAIT | MSG_TRUNC) >= 0)
        ports_disturbed(m->ports, pair, engine_ms(m));
}

/* Pairs lie at even addresses: with the lowest bit set it is their RTCP. */
static void readable(struct media *m, void *p)
{
    bool rtcp = (uintptr_t)p & ENGINE_RTCP;
    struct port_pair *pair = (void *)((char *)p - (rtcp ? ENGINE_RTCP : 0));
    struct stream *s = atomic_load(&pair->owner);

    if (!s)
        discard(m, pair, rtcp ? pair->rtcp : pair->rtp);
    else if (rtcp)
        stream_rtcp_readable(m, s);
    else
        stream_readable(m, s);
}

static bool is_rung(const struct epoll_event *events, int n)
{
    for (int i = 0; i < n; i++)
        if (!events[i].data.ptr)
            return true;
    return false;
}

static void take_packets(struct media *m, const struct epoll_event *events, int n)
{
    for (int i = 0; i < n; i++)
        readable(m, events[i].data.ptr);
}

/* Commands go before the packets that came with them, which epoll then tells again: so what the loop did before a
 * packet was sent is in force when it is read, and no event of a stream that was just closed is left to look at. */
static void *run(void *arg)
{
    struct media *m = arg;
    struct epoll_event events[EVENTS_A_TURN];
    bool stop = false;

    pthread_setname_np(pthread_self(), "media");
    prctl(PR_SET_TIMERSLACK, 1UL); /* the grid is to be met within microseconds, not 50 */
    codec_make_silence();          /* now, while nobody waits for a packet */
    while (!stop) {
        int n = wait_for_events(m, events);
        bool rung = is_rung(events, n);
        m->now_us = engine_clock_us();
        if (rung || atomic_load(&m->waiting))
            stop = run_commands(m, rung);
        else
            take_packets(m, events, n);
        run_due(m);
    }
    return NULL;
}

enum err engine_start(struct media *m)
{
    struct epoll_event event = { .events = EPOLLIN };

    m->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    m->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (m->epoll_fd < 0 || m->wake_fd < 0 || epoll_ctl(m->epoll_fd, EPOLL_CTL_ADD, m->wake_fd, &event) != 0)
        return ERR_LIMIT;
    m->now_us = engine_clock_us();
    m->wheel_ms = engine_ms(m);
    return pthread_create(&m->thread, NULL, run, m) == 0 ? ERR_OK : ERR_LIMIT;
}

void engine_stop(struct media *m)
{
    uint64_t one = 1;

    pthread_mutex_lock(&m->lock);
    m->closing = true;
    pthread_mutex_unlock(&m->lock);
    if (write(m->wake_fd, &one, sizeof one) < 0)
        log_error("media", "the media thread cannot be woken: errno %d", errno);
    pthread_join(m->thread, NULL);
}
