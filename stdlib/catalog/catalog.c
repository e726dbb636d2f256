#include "stdlib/catalog/catalog.h"

#include <stddef.h>
#include <string.h>

#include "vm/isa/type.h"

/* The flags as action.def writes them. */
enum {
    WAITS = ACTION_WAITS,
    NEEDS_CALLER = ACTION_NEEDS_CALLER,
    ANSWERS = ACTION_ANSWERS,
    NO_RETURN = ACTION_NO_RETURN,
    CLEARS_DIGITS = ACTION_CLEARS_DIGITS,
    ENDS_NORMALLY = ACTION_ENDS_NORMALLY,
    MOCKED = ACTION_MOCKED,
    PLACE = ARG_PLACE,
    REQUIRED = ARG_REQUIRED,
    LITERAL = ARG_LITERAL,
    NO_SECRET = ARG_NO_SECRET,
    NO_OUTSIDE = ARG_NO_OUTSIDE,
    DIALS = ARG_DIALS,
    FETCHES = ARG_FETCHES,
    REVEALS = ARG_REVEALS,
    LOUD = OUTCOME_LOUD,
    IS_OUTSIDE = PAYLOAD_IS_OUTSIDE,
    IS_SECRET_IF = PAYLOAD_IS_SECRET_IF,
};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* action.def is read four times, each time for the rows of one kind; a row of another kind is then nothing. An array of
 * a kind is opened by the row above it and closed by the next such row, so that no row has to count. */

/* 1: the arguments of each action, args_gather[]. */
#define ACTION(name, ...)                                 static const struct action_arg args_##name[] = {
#define ARG(action, label, type, flags, fallback, manual) { #label, ARG_##type, flags, fallback, manual },
#define OUTCOME(...)
#define PAYLOAD(...)
#define END(action)                                                                                                    \
    }                                                                                                                  \
    ;
#include "stdlib/catalog/action.def"
#undef ACTION
#undef ARG
#undef OUTCOME
#undef PAYLOAD
#undef END

/* 2: the payload of each outcome, payload_gather_matched[]. The action opens an enum only so that its first outcome has
 * something to close. */
#define ACTION(name, ...) enum { NO_PAYLOAD_OF_##name
#define ARG(...)
#define OUTCOME(action, name, ...)                                                                                     \
    }                                                                                                                  \
    ;                                                                                                                  \
    static const struct action_payload payload_##action##_##name[] = {
#define PAYLOAD(action, outcome, name, type, flags) { #name, ARG_##type, flags },
#define END(action)                                                                                                    \
    }                                                                                                                  \
    ;
#include "stdlib/catalog/action.def"
#undef ACTION
#undef OUTCOME
#undef PAYLOAD
#undef END

/* 3: the outcomes of each action, outcomes_gather[]. */
#define PAYLOAD(...)
#define ACTION(name, ...) static const struct action_outcome outcomes_##name[] = {
#define OUTCOME(action, name, flags, manual)                                                                           \
    { #name, flags, manual, payload_##action##_##name, LENGTH(payload_##action##_##name) },
#define END(action)                                                                                                    \
    }                                                                                                                  \
    ;
#include "stdlib/catalog/action.def"
#undef ACTION
#undef OUTCOME
#undef END

/* 4: the actions. */
#define OUTCOME(...)
#define END(...)
#define ACTION(name, flags, brief, manual)                                                                             \
    { #name, flags, brief, manual, args_##name, LENGTH(args_##name), outcomes_##name, LENGTH(outcomes_##name) },
static const struct action_row rows[] = {
#include "stdlib/catalog/action.def"
};

unsigned action_count(void) { return LENGTH(rows); }

const struct action_row *action_row(unsigned id) { return id < LENGTH(rows) ? &rows[id] : NULL; }

/* A short table whose names mostly differ in their first letter: a walk is as quick as a search. */
const struct action_row *action_find(struct str name)
{
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (name.len && rows[i].name[0] == name.p[0] && str_is(name, rows[i].name))
            return &rows[i];
    return NULL;
}

int action_id_of(const struct action_row *row) { return (int)(row - rows); }

int action_arg_find(const struct action_row *row, struct str label)
{
    for (unsigned i = 0; i < row->nargs; i++)
        if (str_is(label, row->args[i].label))
            return (int)i;
    return -1;
}

int action_outcome_find(const struct action_row *row, struct str name)
{
    for (unsigned i = 0; i < row->noutcomes; i++)
        if (str_is(name, row->outcomes[i].name))
            return (int)i;
    return -1;
}

int arg_slot_type(enum arg_type t)
{
    switch (t) {
    case ARG_CAUSE_OR_CODE:
    case ARG_INT: return TYPE_INT;
    case ARG_BOOL: return TYPE_BOOL;
    case ARG_DURATION: return TYPE_DURATION;
    case ARG_MOMENT: return TYPE_MOMENT;
    case ARG_SPEECH:
    case ARG_BARGE:
    case ARG_BOX:
    case ARG_FILE:
    case ARG_TEXT: return TYPE_TEXT;
    case ARG_JSON: return TYPE_JSON;
    case ARG_SOUND: return TYPE_SOUND;
    case ARG_TARGETS:
    case ARG_LIST_TEXT: return TYPE_LIST_TEXT;
    case ARG_SOUNDS: return TYPE_LIST_SOUND;
    }
    return TYPE_NONE;
}
