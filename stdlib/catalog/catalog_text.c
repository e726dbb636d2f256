/* How the catalogue's types and flags read in a manual. */
#include "stdlib/catalog/catalog.h"

#include <string.h>

/* A menu's block has its choices; where a target comes from the compiler knows. */
bool action_shows_arg(const struct action_row *row, unsigned index)
{
    const char *label = row->args[index].label;
    return strcmp(label, "choices") != 0 && strcmp(label, "outside") != 0;
}

bool action_shows_outcome(const struct action_row *row, unsigned index)
{
    return strcmp(row->outcomes[index].name, "chosen") != 0;
}

const char *arg_type_text(enum arg_type t)
{
    switch (t) {
    case ARG_INT: return "int";
    case ARG_BOOL: return "bool";
    case ARG_DURATION: return "duration";
    case ARG_MOMENT: return "moment";
    case ARG_BOX:
    case ARG_TEXT: return "text";
    case ARG_FILE: return "file name";
    case ARG_JSON: return "json";
    case ARG_SOUND: return "sound";
    case ARG_LIST_TEXT: return "list of text";
    case ARG_TARGETS: return "text or list of text";
    case ARG_SOUNDS: return "file name, sound, or list of sounds and texts";
    case ARG_SPEECH: return "text to say";
    case ARG_BARGE: return "yes, no, or digits";
    case ARG_CAUSE_OR_CODE: return "cause or 400-699";
    }
    return "";
}

const char *action_flag_text(enum action_flag flag)
{
    switch (flag) {
    case ACTION_WAITS:
    case ACTION_NEEDS_CALLER: return "";
    case ACTION_ANSWERS: return "Answers the call when it is not yet answered.";
    case ACTION_NO_RETURN: return "Never comes back: nothing after it runs.";
    case ACTION_CLEARS_DIGITS: return "Forgets digits typed ahead as it starts.";
    case ACTION_ENDS_NORMALLY:
        return "When the caller hangs up it ends in an outcome, and the flow goes on until the first action that needs "
               "the caller.";
    case ACTION_MOCKED: return "A test must expect it.";
    }
    return "";
}

const char *arg_flag_text(enum arg_flag flag)
{
    switch (flag) {
    case ARG_REQUIRED: return "";
    case ARG_PLACE: return "by place";
    case ARG_LITERAL: return "a literal";
    case ARG_NO_SECRET: return "never secret";
    case ARG_NO_OUTSIDE: return "never outside";
    case ARG_DIALS: return "needs `permit dial`";
    case ARG_FETCHES: return "needs `permit fetch`";
    case ARG_REVEALS: return "may hold `reveal(…)`";
    }
    return "";
}
