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
#include <stdatomic.h>

#include "sipfront/media/latch.h"
#include "sipfront/media/mouth.h"
#include "sipfront/media/outbox.h"
#include "sipfront/media/player.h"
#include "sipfront/media/ports.h"
#include "sipfront/media/recording.h"
#include "sipfront/media/relay.h"
#include "sipfront/media/secure.h"
#include "sipfront/media/stream.h"
#include "sipfront/media/telephone_event.h"
#include "sipfront/media/wheel.h"

enum { DIGITS_QUEUED = 64, DIGITS_UNREAD = 64 };

struct stream_counts { /* written by the media thread, read by any */
    _Atomic uint64_t sent, received, lost, late, digits, refused;
    atomic_bool latched;
    atomic_uint unread_digits; /* on their way to the loop: bounded, a flood of them is dropped */
};

struct stream {
    /* loop */
    struct media *media;
    struct stream_events events;
    void *owner;
    struct stream *next, **link; /* of the media's list */
    bool closed, gone;
    unsigned recordings; /* whose end has not been delivered */
    uint16_t port;

    struct stream_counts counts;

    /* media thread */
    struct wheel_node node; /* its grid; due_ms is the next point */
    int fd;
    bool has_remote, silence_told;
    struct stream_remote remote; /* without its address */
    struct latch latch;
    struct secure *secure; /* SRTP; NULL: plain RTP */
    struct rtp_line line;
    uint32_t grid_ts; /* of the next grid point */
    struct player player;
    bool playing_beep;
    struct event_sender event;
    char digits[DIGITS_QUEUED];
    unsigned ndigits;
    struct event_receiver event_in;
    struct stream *partner;
    struct relay relay;  /* what comes from the partner and leaves here */
    struct ear *ear;     /* NULL: nobody wants samples of what comes in */
    struct mouth *mouth; /* NULL: nothing was encoded yet */
    bool press_anew;     /* the peer's key that is down is sent to the partner as a press of ours */
    unsigned in_ms;      /* length of the peer's packets, 0: none came yet */
    struct recording *recording;
    int64_t heard_ms; /* the last packet of the peer */
    bool counting;    /* in_ssrc, in_seq are set */
    uint32_t in_ssrc;
    uint16_t in_seq;
};

struct command {
    struct command *next;
    struct stream *stream, *partner;
    void (*run)(struct media *m, struct command *c); /* media thread; frees what it does not take over */
    struct stream_remote remote;
    struct net_address address;
    struct prompt **prompts;
    unsigned n, loops, tag;
    char digit;
    struct recording *recording;
};

struct media {
    /* set before the threads start */
    struct loop *loop;
    struct net_address address;
    struct ports *ports;
    struct outbox *outbox;
    struct recorder *recorder;
    struct prompt *beep;
    int epoll_fd, wake_fd;
    pthread_t thread;
    /* loop */
    struct stream *streams;
    unsigned next_phase;
    /* both */
    pthread_mutex_t lock; /* guards the queue */
    struct command *first, **last;
    bool closing;
    /* media thread */
    struct wheel wheel;
    int64_t wheel_ms; /* the next slot to take */
    int64_t now_us;   /* of this turn */
    _Alignas(8) uint8_t buffer[RTP_PACKET_MAX + SECURE_TRAILER];
};

static inline unsigned stream_khz(const struct stream *s) { return codec_khz(s->remote.codec); }
static inline int64_t engine_ms(const struct media *m) { return m->now_us / 1000; }
static inline void count(_Atomic uint64_t *c)
{
    atomic_store_explicit(c, atomic_load_explicit(c, memory_order_relaxed) + 1, memory_order_relaxed);
}

/* engine.c: the media thread. */
enum err engine_start(struct media *m) MUST_USE;
void engine_stop(struct media *m);                             /* runs the commands that wait, then joins */
void engine_command(struct media *m, const struct command *c); /* loop thread; copies it */
void engine_watch(struct media *m, struct stream *s);          /* media thread: put it on its grid */

/* stream_send.c */
void stream_tick(struct media *m, struct stream *s);             /* a grid point is due */
bool stream_relays(const struct stream *from, enum codec codec); /* its partner gets its packets as they are */
void stream_relay(struct media *m, struct stream *from, struct rtp_packet *p, enum codec codec);
/* A packet of a key press; digit: 0, or it is the first of that press. */
void stream_relay_event(struct media *m, struct stream *from, struct rtp_packet *p, char digit);
void stream_play_now(struct stream *s, struct prompt **prompts, unsigned n, unsigned loops);

/* stream_receive.c */
void stream_readable(struct media *m, struct stream *s);
void stream_drain(struct media *m, struct stream *s); /* takes in all that the socket holds */

/* stream_command.c: bodies of the commands. */
void command_open(struct media *m, struct command *c);
void command_close(struct media *m, struct command *c);
void command_remote(struct media *m, struct command *c);
void command_play(struct media *m, struct command *c);
void command_play_stop(struct media *m, struct command *c);
void command_bridge(struct media *m, struct command *c);
void command_unbridge(struct media *m, struct command *c);
void command_digit(struct media *m, struct command *c);
void command_record(struct media *m, struct command *c);
void command_record_stop(struct media *m, struct command *c);
/* Begins the recording that waits for its beep, or ends the one at work. */
void stream_begin_recording(struct media *m, struct stream *s);
void stream_end_recording(struct media *m, struct stream *s);

#endif
