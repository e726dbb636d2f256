/* A call: the caller's leg, its stream, and the flow that runs for it. Private to sipfront/call. Loop thread.
 * Lives from the INVITE until both the leg and the flow have ended; then the CDR line is written and it frees itself.
 */
#ifndef SIPFRONT_CALL_CALL_H
#define SIPFRONT_CALL_CALL_H

#include "sipfront/call/call_facts.h"
#include "sipfront/call/leg_media.h"
#include "sipfront/call/line_end.h"
#include "sipfront/call/server.h"
#include "stdlib/flow_run.h"

enum call_state {
#define STATE(name, text) CALL_##name,
#define MOVE(from, to)
#include "sipfront/call/call_state.def"
#undef STATE
#undef MOVE
};

struct dial;
struct recording;
struct playing;
struct answering;
struct visit;
struct referring;
struct transfer;

struct call {
    struct server *server;
    struct call *prev, *next; /* the server's list */
    enum call_state state;
    struct leg *leg; /* NULL once it has ended */
    struct leg_media media;
    struct fare *fare;   /* of a caller on a trunk */
    struct party caller; /* who has the caller's place now, or had it last; facts.from: who called */
    struct flow_run *run;
    struct call_port port;
    struct action_host host;
    struct call_facts facts;
    /* What the running action has asked for; each is NULL when it has not. */
    struct answering *answering;
    struct playing *playing;
    struct recording *recording;
    struct dial *dial;
    struct referring *referring;
    struct fetching *fetching;
    struct visit *visit;        /* of a mailbox */
    bool was_busy;              /* the last bridge: which greeting a box plays */
    struct transfer *lent;      /* one of its phones is in another call, to be transferred */
    struct transfer *onward;    /* carries a transfer out, unanswered yet; NULL: none */
    struct leg_diversions *way; /* the phones that have forwarded it here, owned; NULL: none */
    char parent[17];            /* the call that its caller was transferred from; "" */
    unsigned handovers;         /* 'continue with', at most 20; and how often its caller was put through by flows */
    bool fallback;              /* runs the default flow because its own has faulted */
    unsigned tags, recordings;  /* of stream_play(); made so far, for their ids */
    struct clock_timer *over, *noting; /* frees the call; notes its record, for a crash */
    bool flow_over;                    /* the flow has ended; the leg may still have to */
};

/* Takes a call that is routed: starts the Connection's flow, or the built-in one for its devices' calls outside. On
 * failure the leg is refused and nothing remains. */
struct call_route {
    const struct connection *dialed; /* whose flow runs, and who pays for calls outside */
    bool dials_out;
    const char *permit_flow; /* the flow whose permit line counts the call; NULL: none does */
    int permit_line;
};
void call_begin(struct server *s, struct leg *leg, const struct leg_invite *invite, const struct call_route *route);

/* Runs that flow; false when there is none of that name. */
bool call_run_flow(struct call *c, const char *name);
/* What a call hears of its caller's leg and stream. */
extern const struct leg_events call_leg_events;
extern const struct stream_events call_stream_events;

/* A call of a phone that is on the line, or calls: the transfer's target is `to`. */
struct onward {
    struct transfer *transfer;
    struct line_end *caller;
    const char *to;
    const struct call_route *route;
    const struct leg_diversions *way; /* of a forwarded call, else NULL; copied */
};
void call_begin_onward(struct call *from, const struct onward *o);
/* The caller's place: leaves it to another call, is taken by a phone, is empty for good (by: for the CDR). Who takes it
 * is the caller for limits, lamps, boxes, queues and further transfers. */
void call_lend_caller(struct call *c, struct line_end *out);
void call_adopt(struct call *c, struct line_end *caller);
void call_caller_left(struct call *c, const char *by);
/* The phone of that leg is told that it now talks to the user. */
void call_introduce(const struct call *c, struct leg *leg, const char *user);

/* Moves to the state; false, logged, when call_state.def has no such move. */
bool call_move(struct call *c, enum call_state to);
const char *call_state_text(enum call_state st);

/* Frees the call, after its CDR line, when leg, flow and recording have all ended. Called wherever one of them does. */
void call_check_over(struct call *c);
/* The leg is to be ended and nothing is to be run any more: the server shuts down. */
void call_abandon(struct call *c);

/* 18x with our SDP, once the caller may hear something before the answer; without for plain ringing. false: one that
 * has made no offer cannot; it is told that it rings. */
void call_ring(struct call *c);
bool call_early_media(struct call *c);
/* 200 with our SDP when it is not sent yet. */
void call_send_answer(struct call *c);
/* Its caller's phone is up, though this call may be unanswered: it carries a transfer out. */
bool call_caller_is_on(const struct call *c);
/* Ends the caller's leg: refused with status before the answer (0: 480), BYE after it. */
void call_drop(struct call *c, int status);
void call_on_silent_peer(void *owner); /* stream_events of the caller; silent_peer.c */

/* The user's phones do something else in this call than before: the busy lamps are told. */
void watch_changed(const struct call *c, const char *user);

/* The parts of the call port, each in its file. */
void call_port_init(struct call *c);
/* What a call can do here, for checking an image before it is accepted (flow_bind_check). */
const struct call_port *call_port_offered(void);
struct call_op *call_answer_start(void *self, answered_cb *done, void *owner);
struct call_op *call_play_start(void *self, const struct play_request *rq, play_done_cb *done, void *owner);
void call_play_expect(void *self, const struct play_request *rq);
struct call_op *call_dial_start(void *self, const struct dial_request *rq, dial_done_cb *done, void *owner);
struct call_op *call_fetch_start(void *self, const struct fetch_request *rq, fetch_done_cb *done, void *owner);
void call_notify(void *self, const struct notify_request *rq);
struct call_op *call_remember_start(void *self, const struct remember_request *rq, asked_cb *done, void *owner);
struct call_op *call_recall_start(void *self, struct str key, asked_cb *done, void *owner);
struct call_op *call_record_start(void *self, const struct record_request *rq, record_done_cb *done, void *owner);

/* Events of the caller's leg and stream, handed to what waits for them. */
void answering_confirmed(struct answering *a, bool ok);
void playing_moved(struct playing *p); /* the caller's place was taken by another phone: once more from the start */
void playing_done(struct playing *p, bool ok, unsigned tag);
void recording_done(struct recording *r, const struct stream_recorded *how);
bool recording_digit(struct recording *r, char digit); /* true: it took the digit */
void recording_caller_gone(struct recording *r);
bool dial_talking(const struct dial *d);
struct call *dial_call(const struct dial *d);
unsigned dial_legs(const struct dial *d); /* how many are alive */
/* How many targets counted by that permit line of the flow are rung or talked to. */
unsigned dial_under(const struct dial *d, int line);
bool dial_concerns(const struct dial *d, const char *user); /* is a device of that Connection rung or talked to? */
void dial_caller_gone(struct dial *d, bool elsewhere);

/* What a flow reads of the call (action.h). */
void call_host_init(struct call *c);

#endif
