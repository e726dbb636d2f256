/* Writes docs/actions.md, the manual of all actions, from the catalogue:
 *   gen_actions_md > docs/actions.md */
#include <stdio.h>

#include "stdlib/catalog/catalog.h"

static const char *type_name(enum arg_type t)
{
    switch (t) {
    case ARG_INT: return "int";
    case ARG_BOOL: return "bool";
    case ARG_DURATION: return "duration";
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

struct flag_text {
    unsigned flag;
    const char *text;
};
static const struct flag_text action_flags[] = {
    { ACTION_ANSWERS, "Answers the call when it is not yet answered." },
    { ACTION_NO_RETURN, "Never comes back: nothing after it runs." },
    { ACTION_CLEARS_DIGITS, "Forgets digits typed ahead as it starts." },
    { ACTION_ENDS_NORMALLY,
      "When the caller hangs up it ends in an outcome, and the flow goes on until the first action "
      "that needs the caller." },
    { ACTION_MOCKED, "A test must expect it." },
};
static const struct flag_text arg_flags[] = {
    { ARG_PLACE, "by place" },
    { ARG_LITERAL, "a literal" },
    { ARG_NO_SECRET, "never secret" },
    { ARG_NO_OUTSIDE, "never outside" },
    { ARG_DIALS, "needs `permit dial`" },
    { ARG_FETCHES, "needs `permit fetch`" },
    { ARG_REVEALS, "may hold `reveal(…)`" },
};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static void print_args(const struct action_row *row)
{
    if (row->nargs == 0)
        return;
    printf("\n| argument | type | default | rules | |\n|---|---|---|---|---|\n");
    for (unsigned i = 0; i < row->nargs; i++) {
        const struct action_arg *a = &row->args[i];
        const char *gap = "";
        printf("| `%s` | %s | %s | ", a->label, type_name(a->type), a->flags & ARG_REQUIRED ? "required" : a->fallback);
        for (size_t f = 0; f < LENGTH(arg_flags); f++)
            if (a->flags & arg_flags[f].flag) {
                printf("%s%s", gap, arg_flags[f].text);
                gap = ", ";
            }
        printf(" | %s |\n", a->manual);
    }
}

static void print_outcomes(const struct action_row *row)
{
    if (row->noutcomes == 0)
        return;
    printf("\n| outcome | must be handled | |\n|---|---|---|\n");
    for (unsigned i = 0; i < row->noutcomes; i++) {
        const struct action_outcome *o = &row->outcomes[i];
        printf("| `%s", o->name);
        for (unsigned p = 0; p < o->npayload; p++)
            printf("%s%s: %s%s", p ? ", " : "(", o->payload[p].name, type_name(o->payload[p].type),
                   p + 1 == o->npayload ? ")" : "");
        printf("` | %s | %s |\n", o->flags & OUTCOME_LOUD ? "yes" : "", o->manual);
    }
}

static void print_flags(const struct action_row *row)
{
    const char *gap = "\n";
    for (size_t f = 0; f < LENGTH(action_flags); f++)
        if (row->flags & action_flags[f].flag) {
            printf("%s- %s\n", gap, action_flags[f].text);
            gap = "";
        }
}

static void print_action(const struct action_row *row)
{
    printf("\n## %s\n\n%s", row->name, row->brief);
    if (*row->manual)
        printf(" %s", row->manual);
    printf("\n");
    print_flags(row);
    print_args(row);
    print_outcomes(row);
}

int main(void)
{
    printf(
        "# Actions\n\nGenerated from `stdlib/catalog/action.def` by `gen_actions_md`; do not edit.\n"
        "An action ends in exactly one of its outcomes; those that must be handled need a clause in its block, or an "
        "`else`.\n");
    for (unsigned i = 0; i < action_count(); i++)
        print_action(action_row(i));
    return fflush(stdout) == 0 ? 0 : 1;
}
