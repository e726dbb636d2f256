/* The calls of the server: what sip, media, directory and VM come together in. Loop thread. The console reads and
 * steers it through these functions and nothing else. */
#ifndef SIPFRONT_CALL_SERVER_H
#define SIPFRONT_CALL_SERVER_H

#include <stdint.h>

#include "sipfront/directory/directory.h"
#include "sipfront/loop/loop.h"
#include "sipfront/notify/notify.h"
#include "sipfront/sip/offer_answer.h"
#include "sipfront/transcribe/scribe.h"
#include "sipfront/sip/listen.h"
#include "vm/base/network.h"
#include "vm/base/str.h"

struct server;
struct trust; /* trust.h */

/* The telephone network; NULL: the value in brackets. */
struct outside_params {
    const char *country;              /* country code of national numbers ("": none) */
    const char *national_prefix;      /* ("0") */
    const char *international_prefix; /* ("00") */
    const char *emergency;            /* numbers that are never limited ("112,911,999") */
    const char *server_key;           /* file of the key that seals trunks' passwords (DATA/server.key) */
    const char *resolv_conf;          /* which name servers are asked (the system's) */
};

struct server_params {
    const char *listen; /* address for SIP and RTP */
    uint16_t sip_port;
    uint16_t rtp_min, rtp_max;          /* 0: the media engine's default */
    enum audio_security srtp;           /* of every leg */
    unsigned rtp_timeout_ms;            /* a leg without RTP and RTCP for so long is ended; 0: never */
    const char *data;                   /* folder: database, voicemail, sounds */
    const struct trust *trust;          /* whose images are taken; NULL: all. Borrowed */
    const char *flows;                  /* folder of the built-in compiled flows */
    const struct notify_params *notify; /* its mail server and secrets; NULL: none */
    const struct scribe_params *scribe; /* how messages are written down; NULL: they are not */
    const char *cdr;                    /* file of call records; NULL: they are in the log only */
    const char *hold_music;             /* folder of it; NULL: DATA/sounds/hold */
    uint64_t spoken_bytes;              /* of spoken texts kept on disk; 0: the default */
    struct outside_params outside;
    /* fetch */
    const char *ca_file;              /* PEM: who may sign certificates of web services; NULL: the system's */
    const char *const *fetch_private; /* private networks that may be asked, as 10.1.0.0/16; checked */
    unsigned nfetch_private;
    const struct network *never_banned;
    size_t nnever_banned;
    const struct sip_listen *more; /* besides listen and sip_port */
    unsigned nmore;
    const char *tls_cert, *tls_key; /* NULL: no TLS; a key of NULL: in the same file */
    const char *advertise;          /* what we are called outside local_nets; NULL: what we listen at */
    const struct network *local_nets;
    size_t nlocal_nets;
};

/* Opens everything and begins to serve. *why says what failed. */
enum err server_new(struct server **out, struct loop *l, const struct server_params *p, struct sbuf *why) MUST_USE;
/* Hangs up all calls, then done(arg), within 6 s. */
void server_shutdown(struct server *s, void (*done)(void *arg), void *arg);
void server_free(struct server **s);

struct notify *server_notify(struct server *s);
struct scribe *server_scribe(struct server *s); /* NULL: nothing is transcribed */
struct directory *server_directory(struct server *s);
const char *server_realm(const struct server *s);
const char *server_address(const struct server *s);
uint16_t server_sip_port(const struct server *s);

struct call_info {
    const char *id, *from, *to, *flow, *action, *state;
    uint32_t version;                          /* of the flow */
    int64_t started_wall_ms, answered_wall_ms; /* answered 0: not yet */
};
void server_each_call(struct server *s, void (*each)(const struct call_info *c, void *arg), void *arg);

struct registration_info {
    const char *user, *contact, *source, *agent;
    int64_t expires_wall_ms;
};
void server_each_registration(struct server *s, void (*each)(const struct registration_info *r, void *arg), void *arg);

/* Adds or changes a Connection; password NULL keeps the old one, "" takes it away. Digests are made here: the password
 * is not kept. */
struct connection_change {
    const char *user, *name, *password;
    int is_virtual, has_voicemail, sha256; /* -1 keeps */
    int64_t ring_ms;                       /* -1 keeps */
    int64_t max_bindings, max_calls;       /* -1 keeps */
    const char *srtp;                      /* NULL keeps */
    const char *pickup_groups;             /* NULL keeps; a new one is in PICKUP_GROUP_COMMON */
    const char *dtmf;                      /* NULL keeps; a new one has DTMF_AUTO */
};
void server_add_connection(struct server *s, const struct connection_change *c, struct directory_done done);
void server_set_connection(struct server *s, const struct connection_change *c, struct directory_done done);
void server_remove_connection(struct server *s, const char *user, struct directory_done done);

/* Settings of a box. NULL and -1 keep; pin "" takes it away, any other one is hashed here. A new PIN unlocks. */
struct box_change {
    const char *name, *mail, *webhook, *pin, *transcribe_by;
    int pin_always, delete_mailed, transcribe;
    int64_t most_messages, most_ms, most_bytes, message_ms; /* 0: the default */
    bool unlock;
};
/* ERR_INVALID for a weak PIN or an address that is none. */
void server_set_box(struct server *s, const struct box_change *ch, struct directory_done done);
/* kind: unavailable, busy or name; wav: a whole WAV file, empty for the default again. */
struct greeting_change {
    const char *box, *kind;
    struct str wav;
};
void server_set_greeting(struct server *s, const struct greeting_change *g, struct directory_done done);

/* Who is not answered (docs/security.md). source "": a user from anywhere; user "": everybody at that source. */
struct ban_info {
    const char *source, *user;
    bool by_hand;
    int64_t until_wall_ms; /* 0: until it is removed */
    uint64_t refused;
};
void server_each_ban(struct server *s, void (*each)(const struct ban_info *b, void *arg), void *arg);
/* An address or a network, for that long (0: until it is removed). ERR_INVALID, ERR_LIMIT; *why is for people. */
enum err server_ban(struct server *s, const char *source, int64_t for_ms, struct sbuf *why) MUST_USE;
/* who: an address, a network or a SIP user. ERR_NOT_FOUND. */
enum err server_unban(struct server *s, const char *who) MUST_USE;

/* Opens the file of call records anew, as after it was renamed. */
void server_cdr_reopen(struct server *s);
/* Reads the certificate files anew; a bad one is refused and the old one kept. */
void server_tls_reload(struct server *s, struct directory_done done);

struct server_gauges {
    unsigned calls, legs, rtp_ports, registrations;
    uint64_t calls_total, calls_failed, faults;
};
void server_gauges(struct server *s, struct server_gauges *out);

/* How often what was to be heard was there already: in memory (texts, files, tones), on disk (spoken texts). */
struct speech_stats {
    uint64_t memory_hits, memory_misses, memory_bytes, disk_hits, disk_misses, disk_bytes;
};
void server_speech_stats(struct server *s, struct speech_stats *out);

#endif
