/* The pretend call: call_port over a virtual clock, with far ends that do what the world around is asked for. One
 * thread. What it takes to say something: 60 ms a character; a file 2 s, a tone 1 s, a recording 3 s. The answer is
 * confirmed at once. Owns nothing of the flow; borrows clock and world, which outlive it. */
#ifndef STDLIB_SIM_SIM_CALL_H
#define STDLIB_SIM_SIM_CALL_H

#include "stdlib/call_port.h"
#include "stdlib/flow_run.h"

enum { SIM_CHAR_MS = 60, SIM_FILE_MS = 2000, SIM_TONE_MS = 1000, SIM_RECORDING_MS = 3000 };

/* What comes of a dial. */
struct sim_dial_plan {
    enum dial_outcome how;
    int64_t after_ms; /* until the answer, or until the refusal; -1: as long as it may ring for no_answer, else 0 */
    int64_t talk_ms;  /* DIAL_ENDED: what the talk takes; beyond the request's max it ends by limit */
    enum dial_by by;
    struct str reason; /* DIAL_FAILED; copied */
};

/* What comes of waiting in a queue. */
struct sim_queue_plan {
    enum queue_outcome how;
    int64_t after_ms; /* until an agent answers, or until the other outcome */
    int64_t talk_ms;  /* QUEUE_SERVED: as of a dial */
    enum dial_by by;
};

/* What comes of a recording. A key of `until`, the caller's hangup and the request's max end it earlier. */
struct sim_record_plan {
    enum record_outcome how;
    int64_t length_ms;
    struct str id; /* RECORD_SAVED: what is kept; copied */
    bool by_key;   /* the caller ends it with a key */
    bool kept;     /* RECORD_FAILED: what was said before is kept */
};

/* What comes of a fetch. */
struct sim_fetch_plan {
    enum fetch_outcome how;
    int64_t after_ms;
    int code;
    struct str doc, reason; /* copied */
};

/* What comes of asking for anything else, as asked_cb tells it. */
enum sim_ask { SIM_TRANSFER, SIM_REMEMBER, SIM_RECALL, SIM_MAILBOX };
struct sim_ask_plan {
    bool ok;
    int64_t after_ms;
    struct str text; /* copied */
};

/* What comes of a box action; all zero is its first outcome with an empty payload. */
struct sim_box_plan {
    struct box_answer answer; /* texts are copied */
    int64_t after_ms;
};

/* What comes of a conference; all zero is leaving it at once. */
struct sim_conference_plan {
    unsigned outcome; /* its number in the catalogue */
    int64_t after_ms; /* the stay */
};

/* Asked and told as things begin. Each may be NULL: a dial is then offline, a queue without agents, a recording empty,
 * a fetch failed, nothing is found, and what is to be kept is kept. */
struct sim_world {
    void (*heard)(const struct vm_sound *sound, void *owner); /* also when it is then cut short */
    /* How long it takes, in ms; -1: not known, the time above then. NULL: none is. */
    int64_t (*takes)(const struct vm_sound *sound, const struct play_request *how, void *owner);
    void (*silenced)(void *owner); /* what was heard last is cut short */
    void (*dialled)(const struct dial_request *rq, struct sim_dial_plan *plan, void *owner);
    void (*queued)(const struct queue_request *rq, struct sim_queue_plan *plan, void *owner);
    unsigned (*held_elsewhere)(int line, void *owner); /* call_port.held: of other calls of the flow; NULL: none */
    void (*recorded)(const struct record_request *rq, struct sim_record_plan *plan, void *owner);
    bool (*box_full)(struct str box, void *owner);
    bool (*playable)(const struct play_request *rq, void *owner); /* NULL: all is */
    void (*fetched)(const struct fetch_request *rq, struct sim_fetch_plan *plan, void *owner);
    void (*asked)(enum sim_ask what, struct str about, struct sim_ask_plan *plan, void *owner);
    void (*boxed)(const struct box_request *rq, struct sim_box_plan *plan, void *owner);
    void (*conferred)(int64_t max_ms, struct sim_conference_plan *plan, void *owner);
    void (*notified)(const struct notify_request *rq, void *owner);
    void (*traced)(const char *area, struct str text, void *owner);
    void (*acted)(struct image_line at, const char *action, const char *outcome,
                  void *owner); /* as flow_events.traced */
    void *owner;
};

enum sim_call_state { SIM_RINGING, SIM_ANSWERED, SIM_CALLER_GONE, SIM_HUNG_UP, SIM_REJECTED };

struct sim_call;

struct sim_call *sim_call_new(const struct clock *clock, const struct sim_world *world); /* never NULL */
void sim_call_free(struct sim_call **c); /* after the flow's run; accepts NULL and a pointer to NULL */
const struct call_port *sim_call_port(struct sim_call *c);
/* The run that hears of keys and of the caller's hangup; NULL: none any more. */
void sim_call_attach(struct sim_call *c, struct flow_run *run);

enum sim_call_state sim_call_state(const struct sim_call *c);
int sim_call_status(const struct sim_call *c); /* SIM_REJECTED: with which SIP status */

/* The caller presses a key; hangs up. Nothing happens once the call is over. */
void sim_call_press(struct sim_call *c, char key);
void sim_call_hang_up(struct sim_call *c);

#endif
