/* Writes docs/actions.md, the manual of all actions, from the catalogue:
 *   gen_actions_md > docs/actions.md */
#include <stdio.h>

#include "stdlib/catalog/catalog.h"

enum { FLAGS_END = 1 << 8 };

static void print_args(const struct action_row *row)
{
    if (row->nargs == 0)
        return;
    printf("\n| argument | type | default | rules | |\n|---|---|---|---|---|\n");
    for (unsigned i = 0; i < row->nargs; i++) {
        const struct action_arg *a = &row->args[i];
        const char *gap = "";
        printf("| `%s` | %s | %s | ", a->label, arg_type_text(a->type),
               a->flags & ARG_REQUIRED ? "required" : a->fallback);
        for (unsigned flag = 1; flag < FLAGS_END; flag <<= 1)
            if (*arg_flag_text(a->flags & flag)) {
                printf("%s%s", gap, arg_flag_text(a->flags & flag));
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
            printf("%s%s: %s%s", p ? ", " : "(", o->payload[p].name, arg_type_text(o->payload[p].type),
                   p + 1 == o->npayload ? ")" : "");
        printf("` | %s | %s |\n", o->flags & OUTCOME_LOUD ? "yes" : "", o->manual);
    }
}

static void print_flags(const struct action_row *row)
{
    const char *gap = "\n";
    for (unsigned flag = 1; flag < FLAGS_END; flag <<= 1)
        if (*action_flag_text(row->flags & flag)) {
            printf("%s- %s\n", gap, action_flag_text(row->flags & flag));
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
