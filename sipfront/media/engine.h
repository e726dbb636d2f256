/* The inside of the media engine: what media, stream and the media thread share. Private to this folder.
 *
 * A stream has two sides. The loop's side is touched by the loop thread alone, the media side by the media thread
 * alone; what both read is atomic. The loop gives commands (engine_command(), in order), the media thread and the
 * recorder report events (outbox_put()), which a single posted function delivers on the loop. Closing: the loop marks
 * the stream and sends a last command; the media thread lets socket and port go and reports EVENT_GONE, its last event;
 * the loop frees the stream when that and the ends of all its recordings have come. */
#ifndef SIPFRONT_MEDIA_ENGINE_H
#define SIPFRONT_MEDIA_ENGINE_H

#include <pthread.h>

#include "sipfront/media/outbox.h"
#include "sipfront/media/room.h"
#include "sipfront/media/stream_state.h"

enum { GRID_MS = 20 };

/* For how many ms a command can wait for the thread's next turn before it has to be waked. */
enum patience { PATIENCE_USUAL = 4, PATIENCE_GRID = GRID_MS, PATIENCE_ANY = -1 };

struct command {
    struct command *next;
    struct stream *stream, *partner;
    struct room *room;
    void (*run)(struct media *m, struct command *c); /* media thread; frees what it does not take over */
    struct stream_remote remote;
    struct secure_keys *keys; /* of that remote, owned */
    struct net_address address;
    struct prompt **prompts;
    unsigned n, loops, tag;
    int64_t skip_ms; /* of the list, before it is heard */
    char digit;
    unsigned ms; /* how long it was pressed; 0: not known */
    bool told;
    bool mute;
    enum room_cue cue;
    enum patience patience; /* 0: the usual */
    struct recording *recording;
};

struct media {
    /* set before the threads start */
    struct loop *loop;
    struct net_address address, other; /* other: of the other family; may be none */
    struct ports *ports;
    struct outbox *outbox;
    struct recorder *recorder;
    struct prompt *beep;
    int epoll_fd, wake_fd;
    pthread_t thread;
    /* loop */
    struct stream *streams;
    struct room *rooms;
    unsigned next_phase;       /* of a room */
    unsigned phases[GRID_MS];  /* how many streams begin their grid in this millisecond of it */
    struct media_totals ended; /* of the streams that are gone */
    /* both */
    pthread_mutex_t lock; /* guards the queue */
    struct command *first, **last;
    bool closing, waked;            /* waked: by the eventfd, for commands that are still to be taken */
    atomic_bool waiting;            /* a command is in the queue */
    _Atomic int64_t sleeps_till_us; /* the thread has a turn then, whatever happens */
    /* media thread */
    struct wheel wheel, rooms_wheel; /* a room before the streams of its slot: they take what it has just made */
    int64_t wheel_ms;                /* the next slot to take */
    int64_t now_us;                  /* of this turn */
    int64_t ntp_us;                  /* what makes it µs since 1900 */
    char cname[24];                  /* RFC 7022 §4.2: random, the same for all streams */
    unsigned random;
    _Alignas(8) uint8_t buffer[RTP_PACKET_MAX + SECURE_TRAILER];
};

enum { RELAY_IDLE_MS = 400 /* a partner silent for so long is filled with silence */ };

static inline unsigned stream_khz(const struct stream *s) { return codec_khz(s->remote.codec); }
static inline int64_t engine_ms(const struct media *m) { return m->now_us / 1000; }
static inline int64_t engine_ntp_us(const struct media *m) { return m->now_us + m->ntp_us; }
static inline void count(_Atomic uint64_t *c)
{
    atomic_store_explicit(c, atomic_load_explicit(c, memory_order_relaxed) + 1, memory_order_relaxed);
}

/* engine.c: the media thread. */
enum err engine_start(struct media *m) MUST_USE;
void engine_stop(struct media *m);                             /* runs the commands that wait, then joins */
void engine_command(struct media *m, const struct command *c); /* loop thread; copies it */
bool engine_listen(struct port_pair *pair, void *media);       /* any thread: to its sockets, until they are closed */
int64_t engine_clock_us(void);                                 /* any thread */
void engine_watch(struct media *m, struct stream *s);          /* media thread: put it on its grid */

/* stream_send.c */
void stream_tick(struct media *m, struct stream *s);             /* a grid point is due */
bool stream_relays(const struct stream *from, enum codec codec); /* its partner gets its packets as they are */
void stream_relay(struct media *m, struct stream *from, struct rtp_packet *p, enum codec codec);
/* A packet of a key press; digit: 0, or it is the first of that press. */
void stream_relay_event(struct media *m, struct stream *from, struct rtp_packet *p, char digit);
void stream_press(struct media *m, struct stream *s, char digit); /* queued; dropped when there are too many */
void stream_play_now(struct stream *s, struct prompt **prompts, unsigned n, unsigned loops);

/* stream_rest.c: while its partner's packets leave as they come a stream has nothing to send on its grid, and being
 * waked for that every 20 ms would cost as much as the relaying. It rests: all that do are looked at together, each 64
 * ms. Whatever gives it something to send rouses it, and its grid goes on in its own phase. */
bool stream_rests(struct media *m, struct stream *s); /* at a point of its grid; false: it is to send */
int64_t stream_next_point(const struct media *m, struct stream *s);
void stream_rouse(struct media *m, struct stream *s);
void stream_rouse_both(struct media *m, struct stream *s); /* and its partner; NULL: nobody */

uint32_t stream_ts_now(const struct media *m, const struct stream *s); /* its clock between two grid points */

/* stream_rtcp.c */
void stream_rtcp_tick(struct media *m, struct stream *s); /* with each grid point */
void stream_rtcp_bye(struct media *m, struct stream *s);
void stream_rtcp_readable(struct media *m, struct stream *s);
/* RTCP in the buffer, decrypted. false: it is not the peer's, or no RTCP. */
bool stream_on_rtcp(struct media *m, struct stream *s, size_t len, const struct net_address *from);

/* stream_receive.c */
bool stream_is_genuine(struct media *m, struct stream *s, size_t *len); /* decrypts what is in the buffer */
void stream_heard(struct media *m, struct stream *s);                   /* a sign of life */
void stream_readable(struct media *m, struct stream *s);
void stream_drain(struct media *m, struct stream *s); /* takes in all that the socket holds */

/* stream_command.c: bodies of the commands. */
void command_close(struct media *m, struct command *c);
void command_remote(struct media *m, struct command *c);
void command_play(struct media *m, struct command *c);
void command_play_stop(struct media *m, struct command *c);
void command_bridge(struct media *m, struct command *c);
void command_unbridge(struct media *m, struct command *c);
void command_digit(struct media *m, struct command *c);
void command_by_info(struct media *m, struct command *c);
void command_pass_digit(struct media *m, struct command *c);
void command_tell_presses(struct media *m, struct command *c);
void command_record(struct media *m, struct command *c);
void command_record_talk(struct media *m, struct command *c);
void command_record_stop(struct media *m, struct command *c);
/* Begins the recording that waits for its beep, or ends the one at work. */
void stream_begin_recording(struct media *m, struct stream *s);
void stream_end_recording(struct media *m, struct stream *s);
void stream_end_talk(struct media *m, struct stream *s); /* the recording of the bridge */
void stream_unbridge_now(struct media *m, struct stream *s);
void stream_leave_room(struct stream *s); /* room_command.c */

#endif
