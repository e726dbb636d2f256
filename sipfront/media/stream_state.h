/* What a stream is made of. Private to this folder; engine.h says whose thread touches which side. */
#ifndef SIPFRONT_MEDIA_STREAM_STATE_H
#define SIPFRONT_MEDIA_STREAM_STATE_H

#include <stdatomic.h>

#include "sipfront/media/inband.h"
#include "sipfront/media/latch.h"
#include "sipfront/media/mouth.h"
#include "sipfront/media/player.h"
#include "sipfront/media/ports.h"
#include "sipfront/media/recording.h"
#include "sipfront/media/relay.h"
#include "sipfront/media/rtcp.h"
#include "sipfront/media/secure.h"
#include "sipfront/media/stream.h"
#include "sipfront/media/telephone_event.h"
#include "sipfront/media/wheel.h"

enum { DIGITS_QUEUED = 512, DIGITS_UNREAD = 64, ENGINE_RTCP = 1 /* beside a pair's address: its RTCP socket */ };

struct stream_counts { /* written by the media thread, read by any */
    _Atomic uint64_t sent, received, lost, late, digits, refused;
    atomic_uint jitter_us, far_jitter_us, far_lost, far_reports;
    atomic_uint rtt_us; /* and 1; 0: not known */
    atomic_bool latched;
    atomic_uint unread_digits; /* on their way to the loop: bounded, a flood of them is dropped */
};

struct stream_rtcp {
    bool reported; /* something was sent */
    int64_t due_ms;
    struct net_address source; /* of the far end's, when it is not beside its RTP */
    struct rtcp_arrivals arrivals;
    struct rtcp_heard far;
    uint32_t octets; /* of payload, sent */
    uint64_t sent_before;
};

struct stream {
    /* loop */
    struct media *media;
    const struct stream_events *events;
    void *owner;
    struct port_pair *pair;       /* its sockets */
    struct stream *next, **link;  /* of the media's list */
    bool closed, gone, connected; /* connected: it was told its remote side, so it is on the grid */
    unsigned recordings;          /* whose end has not been delivered */
    unsigned grid_phase; /* which millisecond of the grid is its own; set before the media thread knows of it */

    struct stream_counts counts;

    /* media thread */
    struct wheel_node node; /* its grid; due_ms is the next point */
    bool has_remote, silence_told;
    struct stream_remote remote; /* without its address and keys */
    struct latch latch;
    struct secure_keys *keys; /* owned; NULL: plain RTP */
    struct secure *secure;    /* SRTP by these keys; NULL too when it does not work */
    struct rtp_line line;
    uint32_t grid_ts; /* of the next grid point */
    struct player player;
    bool playing_beep;
    struct event_sender event;
    char *digits; /* DIGITS_QUEUED of them; NULL: none was ever to be sent */
    unsigned ndigits;
    struct event_receiver event_in;
    char held;                 /* the key of it that the partner is to be told when it is up; 0: none */
    unsigned held_ms;          /* it has been down for so long */
    bool told;                 /* its peer gets the partner's digits outside the RTP: on_press */
    bool no_events;            /* the peer sends its own so too */
    struct inband *inband;     /* NULL: the peer's digits are not looked for in its audio */
    bool no_inband;            /* it sends them in another way */
    struct inband_sender tone; /* a digit of ours to a peer without events */
    struct stream *partner;
    struct member *member; /* of a room */
    bool resting;          /* stream_rest.c */
    int64_t phase;         /* a point of its own grid, while it rests */
    struct relay relay;    /* what comes from the partner and leaves here */
    struct ear *ear;       /* NULL: nobody wants samples of what comes in */
    struct mouth *mouth;   /* NULL: nothing was encoded yet */
    bool press_anew;       /* the peer's key that is down is sent to the partner as a press of ours */
    unsigned in_ms;        /* length of the peer's packets, 0: none came yet */
    struct recording *recording;
    struct recording *talk; /* of the bridge: this side left, the partner right */
    int64_t heard_ms;       /* the last packet of the peer */
    struct stream_rtcp rtcp;
    bool counting; /* in_ssrc, in_seq are set */
    uint32_t in_ssrc;
    uint16_t in_seq;
};

#endif
