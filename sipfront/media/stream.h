/* A stream: the RTP of one leg. Functions here are the loop thread's; the packets move on the media thread. Commands go
 * over by a queue in order, events come back by loop_post(), so no callback comes from inside a function, and none
 * after stream_close(). From the first prompt to the last relayed packet a stream keeps one SSRC, sequence and clock
 * (RFC 3550 §5.1). */
#ifndef SIPFRONT_MEDIA_STREAM_H
#define SIPFRONT_MEDIA_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "sipfront/loop/loop.h"
#include "sipfront/media/codec.h"
#include "sipfront/media/prompt.h"
#include "sipfront/media/secure.h"
#include "vm/base/str.h"

struct media;
struct stream;

struct media_params {
    const char *address;         /* bound and offered */
    const char *other;           /* the same of the other family, IPv4 or IPv6; NULL: none */
    uint16_t port_min, port_max; /* even ports from the pool; 0: 10000-19999 */
    unsigned threads;            /* 0: 1 */
};
enum err media_new(struct media **out, struct loop *l, const struct media_params *p) MUST_USE;
void media_free(struct media **m); /* closes what is open, joins the threads */
unsigned media_ports_in_use(const struct media *m);

/* How a recording ended. heard: voice was in it. The file is complete on disk (WAV, 16 bit mono, 8000 or
 * for a wide band codec 16000) and belongs to
 * the loop. */
struct stream_recorded {
    const char *path;
    int64_t length_ms, bytes; /* bytes: of the file */
    bool heard, failed;
    const char *why; /* failed only */
};

struct stream_events {
    void (*on_digit)(char digit,
                     void *owner); /* RFC 4733, each event once (RFC 4733 §2.5: by timestamp, lost ends survived) */
    void (*on_played)(bool ok, unsigned tag, void *owner); /* a stream_play() came to its end by itself */
    void (*on_recorded)(const struct stream_recorded *r,
                        void *owner);    /* a recording ended, by itself, by stop or by close */
    void (*on_silent_peer)(void *owner); /* no RTP for timeout_ms */
    /* Of stream_tell_presses(): a digit for the peer, in the order in which they were pressed. ms: how long the key
     * was down, 0: not known. */
    void (*on_press)(char digit, unsigned ms, void *owner);
};

/* ERR_LIMIT when the pool has no port left. events are borrowed for as long as it is open. */
enum err stream_open(struct stream **out, struct media *m, const struct stream_events *events, void *owner) MUST_USE;
/* In the family of that address, where the engine has it, else in its first. */
enum err stream_open_for(struct stream **out, struct media *m, const char *address, const struct stream_events *events,
                         void *owner) MUST_USE;
/* Closes; a recording in progress is finished and kept (on_recorded is NOT called: use stream_record_stop() first to be
 * told). */
void stream_close(struct stream **s);
/* Its events go to another owner from now on, also those that are on their way. */
void stream_listen(struct stream *s, const struct stream_events *events, void *owner);
uint16_t stream_port(const struct stream *s);

enum { STREAM_FORMATS = 12 };
struct stream_format {
    uint8_t pt;
    enum codec codec; /* NONE: telephone-event */
};
struct stream_remote {
    const char *address; /* where to send until packets come (then to their source: symmetric latching, RFC 4961) */
    uint16_t port;
    uint16_t rtcp_port; /* 0: the one above (RFC 3605) */
    bool rtcp_mux;      /* on the port of RTP (RFC 5761) */
    enum codec codec;
    uint8_t pt;        /* payload type that we send; understood too */
    unsigned naccepts; /* what else is understood */
    struct stream_format accepts[STREAM_FORMATS];
    int event_pt;                     /* telephone-event, -1 none */
    unsigned event_khz;               /* its clock; 0: that of the codec */
    unsigned ptime;                   /* ms of a packet that we send; rounded to what the codec can do */
    bool send, receive;               /* false while held */
    const struct secure_keys *secure; /* NULL: plain RTP; copied */
    unsigned timeout_ms;              /* 0: no limit on silence */
};
/* First answer or later change. Latching starts afresh when address or port changed. */
void stream_set_remote(struct stream *s, const struct stream_remote *r);

/* Plays prompts one after another, `loops` times; stops what was playing. tag comes back with on_played. Takes its own
 * references. */
void stream_play(struct stream *s, struct prompt *const *prompts, unsigned n, unsigned loops, unsigned tag);
/* Plays them for ever, from where they would be at `at_ms` had they begun at 0: streams that are given one list and one
 * clock hear the same at the same time. */
void stream_play_along(struct stream *s, struct prompt *const *prompts, unsigned n, unsigned tag, int64_t at_ms);
void stream_play_stop(struct stream *s);

/* Sends each stream's audio to the other: relayed packet by packet when both have one codec and packet length, else
 * decoded and encoded; telephone-events mapped. Playing on either one takes precedence for what it sends. Digits of
 * both still come as events. */
void stream_bridge(struct stream *a, struct stream *b);
void stream_unbridge(struct stream *s); /* and its partner */

/* Sends one digit (queued one after another): RFC 4733 events of 160 ms, or tones of 120 ms in the audio when the peer
 * has no events. */
void stream_send_digit(struct stream *s, char digit);
/* A digit that the peer pressed and told outside the RTP (INFO), ms as on_press has it: sent to its partner on the
 * bridge, if there is one; and neither tones in its audio nor its events are digits from now on. on_digit does not
 * follow. */
void stream_pass_digit(struct stream *s, char digit, unsigned ms);
/* told: what its partner on the bridge presses is for the peer to get outside the RTP (INFO). Each key is told by
 * on_press, once it is up, and leaves neither as an event nor as a tone. */
void stream_tell_presses(struct stream *s, bool told);

struct stream_record {
    const char *path; /* created; its folder exists */
    int64_t max_ms;
    int64_t silence_ms; /* ends after so long without voice, also from the start; 0: never */
    const char *note;   /* NULL, or a text that is kept as PATH.note from before the first sample on */
    bool beep;          /* 1 kHz, 300 ms, sent to the caller first; not recorded */
};
/* Records what comes in. Written by a thread of its own at least every 200 ms, fsynced each second. One at a time. */
void stream_record(struct stream *s, const struct stream_record *r);
void stream_record_stop(struct stream *s); /* on_recorded follows */

/* Records the bridge that s is on, from now until it ends: a stereo WAV, what s's peer says left, its partner's right;
 * at 16000 when both codecs are wide band, else at 8000. Nobody is told of its end; a failure is logged. */
void stream_record_talk(struct stream *s, const char *path);

struct stream_stats {
    uint64_t sent, received, lost, late, digits;
    uint64_t refused; /* packets of SRTP that were forged, repeated or of another key */
    bool latched;
    unsigned jitter_us; /* of what comes (RFC 3550 §6.4.1) */
    unsigned far_reports, far_lost,
        far_jitter_us; /* what the far end's reports say of ours: packets, the last jitter */
    int rtt_us;        /* -1: not known */
};
void stream_stats(const struct stream *s, struct stream_stats *out); /* any thread; a snapshot */

/* Packets of all streams that there were and are, since the start; lost and late as they came to us. */
struct media_totals {
    uint64_t sent, received, lost, late;
};
void media_totals(const struct media *m, struct media_totals *out);

#endif
