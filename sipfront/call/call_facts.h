/* What a call's line in the log tells of it. Private to sipfront/call. Loop thread. Owned by the call. */
#ifndef SIPFRONT_CALL_CALL_FACTS_H
#define SIPFRONT_CALL_CALL_FACTS_H

#include "sipfront/call/leg_media.h"
#include "sipfront/call/meter.h"

/* What became of one leg of a call. */
struct leg_record {
    unsigned no;                              /* in its call: the caller is 1; 0: it has not begun */
    int64_t started_ms, rang_ms, answered_ms; /* wall clock; 0: never */
    int status;                               /* of a refusal */
    const char *end;                          /* NULL: not yet */
    int kept;                                 /* its slot of calls_up.h, and 1; 0: none */
};

struct call_facts {
    unsigned legs; /* begun so far, the caller's too */
    int slot;      /* of calls_up.h */
    int leg_kept;  /* leg_record.kept of the caller's */
    char id[17];
    char *from, *to, *dialed, *flow; /* owned; from: who called, whoever has the place now (call.caller) */
    uint32_t version;
    int64_t started_ms, answered_ms; /* wall clock; answered 0: never */
    int64_t talk_ms;                 /* bridged talk, all bridges together */
    bool dials_out;                  /* a device of `dialed` calls a number outside */
    char *permit_flow;               /* owned: a flow put its caller through, and its permit_line counts it; or NULL */
    int permit_line;
    char *came_by;            /* owned: the trunk that from is behind, NULL a telephone */
    char *diverted;           /* owned: the number that a carrier's call was forwarded from; NULL: none */
    char *trunk, *number;     /* owned: where the call went outside; NULL: nowhere */
    int64_t cost;             /* of its legs outside, in MONEY_UNIT */
    enum meter_verdict limit; /* which limit refused or cut it */
    const char *by;           /* who ended it: caller, callee, flow */
    int status;               /* final SIP status: 200 when answered */
    struct stream_stats far;  /* of the leg that was talked to last */
    unsigned talks_recorded;  /* recordings/ID-talk1.wav, -talk2.wav … */
    enum codec far_codec;     /* NONE: nobody was talked to */
    const char *far_suite;    /* by which that leg was encrypted; NULL: it was not */
};

#endif
