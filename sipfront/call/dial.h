/* A bridge of a call: whom it rings, and the talk. Private to sipfront/call: for port_dial.c and dial_lend.c. Loop
 * thread. */
#ifndef SIPFRONT_CALL_DIAL_H
#define SIPFRONT_CALL_DIAL_H

#include "sipfront/call/call_op.h"
#include "sipfront/call/dial_hold.h"
#include "stdlib/call_port.h"

struct far_leg;

struct dial {
    struct call_op op;
    dial_done_cb *done;
    void *owner;
    struct far_leg *legs, *winner;
    unsigned devices;             /* how many were rung */
    int64_t max_ms, talk_from_ms; /* talk_from 0: not yet talking */
    char *caller_id, *announce, *question;
    struct clock_timer *limit; /* of ringing, then of the talk */
    struct call_op *hearing;   /* what the caller hears meanwhile: music or ringback */
    struct dial_hold hold;     /* music while one side of the talk holds */
    bool record;               /* the talk */
    bool music, tried;         /* tried: best holds an outcome */
    enum dial_outcome best;    /* what tells best why nobody answered */
    const char *why;           /* with DIAL_FAILED */
    struct dial_end end;
};

/* The talk ends: the flow hears of it from the loop. The legs that are left are hung up. */
void dial_end_talk(struct dial *d, enum dial_by by);
/* The talk's time begins, afresh after somebody has been taken back. */
void dial_start_limit(struct dial *d);
/* The caller hears its target ring, by 180 or by a tone. */
void dial_ringback(struct dial *d);

#endif
