/* Keys entered after a prompt: what 'gather' and 'menu' have in common. Typed-ahead keys come before the prompt (which
 * is then not played), a key of barge cuts it short, other keys wait for its end. Loop thread. */
#ifndef STDLIB_ENTRY_H
#define STDLIB_ENTRY_H

#include "stdlib/running.h"

enum { ENTRY_LONGEST_WAIT_MS = 12 * 3600 * 1000 };

struct entry;

struct entry_rules {
    /* A key has come. true: it has ended the action, which is gone; false: wait for more. */
    bool (*key)(struct entry *e, char key);
    /* No (further) key has come in time: it ends the action. */
    void (*silence)(struct entry *e);
};

struct entry {
    struct running base;
    const struct entry_rules *rules;
    struct call_op *prompt;
    struct clock_timer *timer;
    int64_t timeout_ms; /* for the first key, from the prompt's end */
    int64_t between_ms; /* for each further key */
    struct str barge;   /* as passed: "" none, "*any", or the keys */
    char keys[DIGITS_MAX];
    unsigned count;
};

/* As action_ops.prompt, with the prompt that the action has. */
bool entry_prompt(const struct running *r, struct str prompt, struct vm_sound *words, struct play_request *rq);
/* Begins; prompt may be empty. May end the action. */
void entry_start(struct entry *e, struct str prompt);
struct str entry_keys(const struct entry *e);
/* Adds a key; false when there is no room. */
bool entry_add(struct entry *e, char key);
void entry_digit(struct running *r);
void entry_stop(struct running *r);

#endif
