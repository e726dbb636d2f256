/* A bridge of a call: whom it rings, and the talk. Private to sipfront/call: for port_dial.c and dial_lend.c. Loop
 * thread. */
#ifndef SIPFRONT_CALL_DIAL_H
#define SIPFRONT_CALL_DIAL_H

#include "sipfront/call/call_op.h"
#include "sipfront/call/dial_hold.h"
#include "stdlib/call_port.h"

struct far_leg;
struct forward;

/* What a queue hears of the dials that it makes. */
struct dial_hooks {
    /* A phone has answered. It may be of another dial afterwards. */
    void (*answered)(struct far_leg *f);
    /* They are about to be connected: what the caller hears meanwhile has to end. */
    void (*joined)(struct dial *d, const char *user);
};

struct dial {
    struct call_op op;
    dial_done_cb *done;
    void *owner;
    const struct dial_hooks *hooks; /* NULL: of a bridge */
    struct far_leg *legs, *winner;
    unsigned devices;                      /* how many were rung */
    int64_t max_ms, talk_from_ms;          /* talk_from 0: not yet talking */
    int64_t ring_ms;                       /* as in dial_request, so own_ring */
    char *caller_id, *announce, *question; /* caller_id NULL: the caller's own */
    char *ring_tone;                       /* NULL: the phones' own */
    bool auto_answer;
    struct clock_timer *limit; /* of ringing, then of the talk */
    struct call_op *hearing;   /* what the caller hears meanwhile: music or ringback */
    struct dial_hold hold;     /* music while one side of the talk holds */
    struct forward *forward;   /* owned: who has the call when no phone takes it (dial_divert.h), or NULL */
    const struct image *image; /* of its flow */
    bool record;               /* the talk */
    bool alone, own_ring;      /* as in dial_request */
    bool through;              /* the caller hears a phone's early media */
    bool music, tried;         /* tried: best holds an outcome */
    enum dial_outcome best;    /* what tells best why nobody answered */
    char *why;                 /* with DIAL_FAILED; NULL: nothing is said */
    struct dial_end end;
};

/* The caller and that phone hear each other, and digits go to both in the way that each is sent them. */
void dial_bridge(const struct dial *d, struct far_leg *f);
/* The talk ends: the flow hears of it from the loop. The legs that are left are hung up. */
void dial_end_talk(struct dial *d, enum dial_by by);
/* Somebody else has answered: the target of a forwarding phone, in a call of its own. */
void dial_forwarded(struct dial *d);
/* That one has refused with this status; rang: before it. */
void dial_not_forwarded(struct dial *d, int status, bool rang);
/* The talk's time begins, afresh after somebody has been taken back. */
void dial_start_limit(struct dial *d);
/* The caller hears its target ring, by 180 or by a tone. */
void dial_ringback(struct dial *d);
/* It hears that until somebody answers. */
void dial_hear(struct dial *d, struct play_request rq);

/* Makes a dial that rings nobody yet. */
struct dial *dial_new(struct call *c, const struct dial_request *rq, dial_done_cb *done, void *owner);
/* dial_time.c: it rings so long and no longer; ring_ms 0: each leg until its own time. */
void dial_start_ring_limit(struct dial *d, int64_t ring_ms);
/* A leg has been added that may ring shorter than the others. */
void dial_ring_again(struct dial *d);
/* The own time of a leg that begins now to ring for that Connection (NULL: for what is outside); 0: it has none. */
int64_t dial_ring_until(const struct dial *d, const struct connection *to);
/* Rings one target more; of what that comes to the dial's end tells. Nothing when it has ended. */
void dial_also(struct dial *d, struct str target, int line);
/* Ends it when no phone is left that rings. */
void dial_check(struct dial *d);
/* None is left: its outcome is what has been noted. */
void dial_end_unanswered(struct dial *d);
/* dial_pass.c: the phones that ring for one ring for the other. Not those that are called outside, for their
 * call pays, nor those that a permit counts when the other call has another flow. */
bool dial_may_pass(const struct dial *d, const struct call *to);
void dial_exchange(struct dial *a, struct dial *b);

#endif
