/* All that an action may ask of a call. Two things stand behind it: the live call (sipfront/call) and the pretend one
 * (stdlib/sim). Loop thread. Every callback comes later, from the loop, never from inside the call that asked; after a
 * stop function it does not come. An action owns what it started and stops it when it ends. */
#ifndef STDLIB_CALL_PORT_H
#define STDLIB_CALL_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "stdlib/box_port.h"
#include "stdlib/conference_port.h"
#include "stdlib/queue_port.h"
#include "vm/run/action.h"
#include "vm/run/clock.h"

/* ---- hearing ---- */
struct play_request {
    const struct vm_sound *sounds; /* one after another; copied */
    unsigned count;
    const struct image *image; /* how its names are said; NULL: as the server says them */
    struct str voice;          /* for words; empty: the server's */
    int rate;                  /* percent; 0: the server's */
    unsigned loops;            /* 1 or more; PLAY_FOR_EVER */
    bool early;                /* before the answer, as early media; else the call must be answered */
};
enum { PLAY_FOR_EVER = 0x7fffffff };
enum play_end { PLAY_DONE, PLAY_FAILED };
typedef void play_done_cb(enum play_end how, void *owner);

/* ---- dialling ---- */
enum dial_outcome { DIAL_ENDED, DIAL_BUSY, DIAL_NO_ANSWER, DIAL_DECLINED, DIAL_OFFLINE, DIAL_FAILED, DIAL_LIMITED };
enum dial_by { DIAL_BY_CALLER, DIAL_BY_CALLEE, DIAL_BY_LIMIT, DIAL_BY_TRANSFER };
struct dial_request {
    const struct str *targets; /* SIP users, Numbers, phone numbers, SIP URIs; a hunt is a dial for each */
    const int *lines;          /* for each target the permit line (its permit_key()) that counts it, -1: none */
    unsigned count;
    int64_t ring_ms, max_ms;
    bool own_ring;                   /* a Connection rings as long as it says itself; ring_ms is for who does not say */
    struct str caller_id, ring_tone; /* empty: the caller's, the phone's own; a tone without fault (base/ring_tone.h) */
    struct str announce, screen;
    const struct image *image; /* as in play_request */
    const struct vm_sound *music;
    unsigned nmusic;
    bool record, auto_answer, alone; /* alone: one target of a bridge; who it is forwarded to may have the call */
};
struct dial_end {
    enum dial_outcome how;
    int64_t talk_ms;   /* DIAL_ENDED */
    enum dial_by by;   /* DIAL_ENDED */
    struct str reason; /* DIAL_FAILED */
};
typedef void dial_done_cb(const struct dial_end *end, void *owner);

/* ---- recording ---- */
struct record_request {
    struct str box; /* the mailbox that it becomes a message of; empty: a recording for the flow */
    int64_t max_ms, silence_ms;
    struct str until; /* keys that end it; may be empty */
    bool beep, transcribe;
    bool draft; /* of the open box: becomes a message by box_keep, or when the call ends */
};
enum record_outcome { RECORD_SAVED, RECORD_EMPTY, RECORD_FULL, RECORD_FAILED };
struct record_end {
    enum record_outcome how;
    struct str id; /* RECORD_SAVED: the message's or recording's id */
    int64_t length_ms;
    bool by_key; /* RECORD_SAVED: a key of `until` ended it */
    bool kept;   /* RECORD_FAILED: what was said before the failure is kept */
};
typedef void record_done_cb(const struct record_end *end, void *owner);

typedef void answered_cb(bool ok, void *owner);

/* ---- asking others ---- */
enum fetch_body { FETCH_NO_BODY, FETCH_JSON, FETCH_FORM };
struct fetch_request {
    struct str url, method;
    enum fetch_body body;
    struct str content;         /* JSON text; of a form: an object whose values are texts and numbers */
    struct str headers;         /* JSON text of an object, may be empty */
    const struct image *permit; /* each redirect needs permit_request() */
    int line;                   /* that counts the request, by its permit_key(); -1: none */
    int64_t timeout_ms;
};
enum fetch_outcome { FETCH_OK, FETCH_STATUS, FETCH_TIMEOUT, FETCH_FAILED };
struct fetch_end {
    enum fetch_outcome how;
    int code;          /* FETCH_STATUS */
    struct str doc;    /* FETCH_OK, FETCH_STATUS: JSON text, "null" when the answer is none */
    struct str reason; /* FETCH_FAILED */
};
typedef void fetch_done_cb(const struct fetch_end *end, void *owner);
/* ok: the transfer was taken, the value was kept or found, the PIN was right. text: why a transfer was refused, or the
 * value found; borrowed. */
typedef void asked_cb(bool ok, struct str text, void *owner);
struct remember_request {
    struct str key, value;
    int64_t for_ms;
};
struct notify_request {
    struct str email, webhook; /* one of them, or both */
    struct str subject, text;
};

/* A running request; made by the start functions. Ended by its callback or by the stop function, which sets the pointer
 * to NULL. */
struct call_op;

struct call_port {
    const struct clock *clock;
    /* Answers the call; the callback comes at the ACK, or with false when the caller is gone. At once (still by the
     * loop) when it is answered. */
    struct call_op *(*answer)(void *self, answered_cb *done, void *owner);
    bool (*is_answered)(void *self);
    /* Ends the call: with this status when it is not yet answered (0: 480), else with BYE. The flow is not told. */
    void (*reject)(void *self, int status);
    void (*hangup)(void *self);
    struct call_op *(*play)(void *self, const struct play_request *rq, play_done_cb *done, void *owner);
    /* That is played before long, unless the caller cuts in: it is made ready. NULL: needless. */
    void (*expect_play)(void *self, const struct play_request *rq);
    struct call_op *(*dial)(void *self, const struct dial_request *rq, dial_done_cb *done, void *owner);
    /* How many targets that this permit line counts are rung or talked to now, or addresses asked, in all calls of this
     * call's flow, and by callers that it has transferred. */
    unsigned (*held)(void *self, int line);
    /* The recording ends by its limits, by a key, by the caller's hangup (RECORD_SAVED or RECORD_EMPTY all the same),
     * never lost. */
    struct call_op *(*record)(void *self, const struct record_request *rq, record_done_cb *done, void *owner);
    /* The greeting of a box: *out is its sound, false when it has none of its own and the default is to be said. */
    bool (*greeting)(void *self, struct str box, struct vm_sound *out);
    /* Whether the box takes no more messages. */
    bool (*box_full)(void *self, struct str box);
    void (*stop)(void *self, struct call_op **op);
    /* A line for the call's trace. area is the action's name. */
    void (*trace)(void *self, const char *area, struct str text);

    /* What a host may be without: NULL, and an image that asks for it is refused before it runs (flow_bind_check). */
    struct call_op *(*transfer)(void *self, struct str target, int line, asked_cb *done, void *owner);
    struct call_op *(*fetch)(void *self, const struct fetch_request *rq, fetch_done_cb *done, void *owner);
    struct call_op *(*remember)(void *self, const struct remember_request *rq, asked_cb *done, void *owner);
    struct call_op *(*recall)(void *self, struct str key, asked_cb *done, void *owner);
    struct call_op *(*mailbox)(void *self, struct str box, asked_cb *done, void *owner);
    struct call_op *(*queue)(void *self, const struct queue_request *rq, queue_done_cb *done, void *owner);
    const struct box_port *box; /* the box actions */
    const struct conference_port *conference;
    /* Queues it and returns. */
    void (*notify)(void *self, const struct notify_request *rq);
    void *self;
};

#endif
