/* The catalogue of actions as data, made from action.def. Read-only and static: any thread. */
#ifndef STDLIB_CATALOG_CATALOG_H
#define STDLIB_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/base/str.h"

enum action_flag {
    ACTION_WAITS = 1,
    ACTION_NEEDS_CALLER = 2,
    ACTION_ANSWERS = 4,
    ACTION_NO_RETURN = 8,
    ACTION_CLEARS_DIGITS = 16,
    ACTION_ENDS_NORMALLY = 32,
    ACTION_MOCKED = 64,
};
enum arg_flag {
    ARG_PLACE = 1,
    ARG_REQUIRED = 2,
    ARG_LITERAL = 4,
    ARG_NO_SECRET = 8,
    ARG_NO_OUTSIDE = 16,
    ARG_DIALS = 32,
    ARG_FETCHES = 64,
    ARG_REVEALS = 128,
};
enum outcome_flag { OUTCOME_LOUD = 1 };
enum payload_flag { PAYLOAD_IS_OUTSIDE = 1, PAYLOAD_IS_SECRET_IF = 2 };

/* What an argument accepts; how it is passed is in action.def. */
enum arg_type {
    ARG_INT,
    ARG_BOOL,
    ARG_DURATION,
    ARG_TEXT,
    ARG_JSON,
    ARG_SOUND,
    ARG_LIST_TEXT,
    ARG_TARGETS,
    ARG_SOUNDS,
    ARG_SPEECH,
    ARG_BARGE,
    ARG_CAUSE_OR_CODE,
    ARG_BOX,
    ARG_FILE,
    ARG_MOMENT,
};

struct action_arg {
    const char *label;
    enum arg_type type;
    unsigned flags;
    const char *fallback; /* the default as a person reads it, "" when there is none */
    const char *manual;
};
struct action_payload {
    const char *name;
    enum arg_type type; /* INT BOOL DURATION MOMENT TEXT JSON SOUND only */
    unsigned flags;
};
struct action_outcome {
    const char *name;
    unsigned flags;
    const char *manual;
    const struct action_payload *payload;
    unsigned npayload;
};
struct action_row {
    const char *name;
    unsigned flags;
    const char *brief, *manual;
    const struct action_arg *args;
    unsigned nargs;
    const struct action_outcome *outcomes;
    unsigned noutcomes;
};

/* Actions by number: ACTION_ID_gather and so on, in the order of action.def. */
enum action_id {
#define ACTION(name, ...) ACTION_ID_##name,
#define ARG(...)
#define OUTCOME(...)
#define PAYLOAD(...)
#define END(...)
#include "stdlib/catalog/action.def"
#undef ACTION
#undef ARG
#undef OUTCOME
#undef PAYLOAD
#undef END
};

unsigned action_count(void);
const struct action_row *action_row(unsigned id);      /* NULL beyond the last */
const struct action_row *action_find(struct str name); /* NULL when there is none */
int action_id_of(const struct action_row *row);
int action_arg_find(const struct action_row *row, struct str label);    /* index, or -1 */
int action_outcome_find(const struct action_row *row, struct str name); /* index, or -1 */
/* Some arguments and outcomes are the compiler's own: no author writes them. */
bool action_shows_arg(const struct action_row *row, unsigned index);
bool action_shows_outcome(const struct action_row *row, unsigned index);
/* How a manual says what an argument accepts, and what a flag, one bit, means; "" when there is nothing to say of it.
 */
const char *arg_type_text(enum arg_type t);
const char *action_flag_text(enum action_flag flag);
const char *arg_flag_text(enum arg_flag flag);
/* The slot type (enum type of vm/isa/type.h) that a value of this argument type is passed as. */
int arg_slot_type(enum arg_type t);

#endif
