/* An action in progress: the base that each action's own struct begins with. Loop thread.
 * flow_run makes it (zeroed, ops->size bytes) when the flow asks for the action, answers the call first where the
 * catalogue says so, and frees it when it has ended. The action owns the port's requests and the timers that it
 * started; ops->stop gives them back. After action_complete() or action_end_call() the action is gone: touch nothing
 * more. */
#ifndef STDLIB_RUNNING_H
#define STDLIB_RUNNING_H

#include "stdlib/call_port.h"
#include "stdlib/catalog/catalog.h"
#include "stdlib/catalog/number.h"
#include "stdlib/digits.h"
#include "stdlib/flow_run.h"

struct running;

struct action_ops {
    size_t size;
    /* Whether that port can do it. NULL: every port can. */
    bool (*offered)(const struct call_port *port);
    /* Begins; may end at once. */
    void (*start)(struct running *r);
    /* The words that it says first; rq->sounds is them. false: none. Says nothing yet. NULL: it says none. */
    bool (*prompt)(const struct running *r, struct vm_sound *words, struct play_request *rq);
    /* A key has joined the queue. NULL: it stays there. */
    void (*digit)(struct running *r);
    /* The caller has hung up, also before start: it ends soon in an outcome (ENDS_NORMALLY), or by action_abandon().
     * NULL: it is abandoned. */
    void (*hangup)(struct running *r);
    /* Stops all that was started. NULL when there is nothing. */
    void (*stop)(struct running *r);
};

enum { ACTION_ARGS_MAX = 16 };

struct running {
    const struct action_ops *ops;
    const struct action_row *row;
    struct flow_run *run;
    struct call_op *answering;     /* until the call is answered, before start */
    int8_t param[ACTION_ARGS_MAX]; /* the import's parameter of each catalogue argument, -1: left off */
};

/* ---- its surroundings ---- */
const struct call_port *action_port(const struct running *r);
struct digits *action_digits(const struct running *r);
const struct image *action_image(const struct running *r);
bool action_caller_gone(const struct running *r);
struct clock_timer *action_timer(const struct running *r, int64_t ms, void (*fire)(void *owner), void *owner);
void action_stop_timer(const struct running *r, struct clock_timer **t);
void action_stop_op(const struct running *r, struct call_op **op);
/* Whether the flow takes what that outcome (its number in the catalogue) brings: the import knows the outcome, and its
 * payload where it has one. */
bool action_wants(const struct running *r, unsigned outcome);

/* ---- its arguments, by their number in the catalogue (number.h) ---- */
bool arg_given(const struct running *r, unsigned arg);
int64_t arg_num(const struct running *r, unsigned arg, int64_t fallback);
/* A number within bounds; what lies outside becomes the bound. */
int64_t arg_num_in(const struct running *r, unsigned arg, int64_t fallback, int64_t low, int64_t high);
struct str arg_text(const struct running *r, unsigned arg, const char *fallback);
unsigned arg_count(const struct running *r, unsigned arg); /* of a list; 0 when it was left off */
struct str arg_item(const struct running *r, unsigned arg, unsigned i);
struct vm_sound arg_sound(const struct running *r, unsigned arg); /* of a SOUND argument; empty words when left off */
/* The list of sounds: *out is NULL when it was left off, else to be freed; its texts live as long as the action. */
unsigned arg_sounds(const struct running *r, unsigned arg, struct vm_sound **out);

/* A json argument as JSON text, added to out. */
void arg_json(const struct running *r, unsigned arg, struct sbuf *out);

/* ---- its end ---- */
/* The only way out that the flow sees. outcome is its number in the catalogue; payload holds as many values as the
 * outcome has there (NULL when none), borrowed. */
void action_complete(struct running *r, unsigned outcome, const struct vm_value *payload);
/* The caller has gone and the action has no outcome for it. */
void action_abandon(struct running *r);
/* The action has ended the call: the flow is over. */
void action_end_call(struct running *r, enum flow_end how);
/* Hangs up, or refuses with 480 what is not yet answered. */
void port_hang_up(const struct call_port *port);

static inline struct vm_value value_num(enum type type, int64_t num)
{
    return (struct vm_value){ .type = type, .num = num };
}
static inline struct vm_value value_text(struct str text)
{
    return (struct vm_value){ .type = TYPE_TEXT, .text = text };
}

/* The code behind a row of the catalogue; NULL when this server has none. */
const struct action_ops *action_ops_of(unsigned id);

#endif
