/* What the checker's stages share. Only check_*.c include it. One thread at a time. Owns its name table; the rest is
 * the arena's. */
#ifndef COMPILER_CHECK_CONTEXT_H
#define COMPILER_CHECK_CONTEXT_H

#include "compiler/ast_name.h"
#include "compiler/ast_test.h"
#include "compiler/check.h"
#include "compiler/check_fn.h"
#include "compiler/diag.h"

struct permit_line;

struct check {
    const struct check_env *env;
    struct arena *arena;
    struct diags *diags;
    struct name_entry *entries; /* by the word's id */
    uint32_t nentries;
    struct symbol *newest; /* of the open scopes */
    uint32_t depth;
    unsigned suggestions;             /* how often a nearest name was looked for: bounded, as it walks over all names */
    bool lost;                        /* a declaration could not be read: unknown names may be a consequence */
    struct file *file;                /* whose declarations are checked */
    struct decl *decl;                /* which one */
    struct fn_info *fn;               /* the function or flow that is checked, NULL in between */
    unsigned loops;                   /* open ones */
    const struct expr *revealed;      /* a reveal() in the arguments that are being checked */
    bool may_reveal;                  /* in an argument that reveal() may stand in */
    bool in_choice;                   /* of a menu */
    uint32_t top_depth;               /* of the flow's block itself, 0 elsewhere */
    unsigned const_depth;             /* constants that wait for constants */
    struct outcome_set **action_sets; /* by action id, made when first asked for */
    struct permit_line *permits[2];   /* of the flow's file: to dial, to fetch */
    struct cell *queue;               /* whose qualifiers have changed */
    struct sink *sinks, **sinks_end;
};

/* check_expr.c: types an expression; want is what is due there or NULL. Never NULL; T(BAD) when a mistake was reported.
 */
const struct check_type *check_expr(struct check *c, struct expr *e, const struct check_type *want);
/* The same, and reports when it does not fit. `who` is the subject of "wants": "pause", "'ring' of bridge". */
bool check_wants(struct check *c, struct expr *e, const struct check_type *want, const char *who);
bool check_mismatch(struct check *c, const struct expr *e, const char *who, const char *wanted); /* false */
/* check_operator.c, check_access.c, check_call.c: the parts of check_expr() that need more room. */
const struct check_type *check_operation(struct check *c, struct expr *e);
const struct check_type *check_field(struct check *c, struct expr *e);
const struct check_type *check_index(struct check *c, struct expr *e);
const struct check_type *check_as(struct check *c, struct expr *e);
const struct check_type *check_call_expr(struct check *c, struct expr *e);
/* Arguments against a function's parameters. head.len 0: some were lost, so none is said to be missing. */
void check_fn_args(struct check *c, struct decl *fn, struct arg *args, struct span head);
struct decl *check_find_fn(struct check *c, struct word name);
/* check_builtin.c */
bool check_is_builtin(struct str name);
const struct check_type *check_builtin(struct check *c, struct expr *e);
void check_report_reveal(struct check *c, const struct expr *e);
const struct check_type *check_type_ref(struct check *c, struct type_ref *ref);

/* check_stmt.c, check_action.c, check_clause.c, check_menu.c, check_match.c */
void check_block(struct check *c, struct block *b);      /* in a scope of its own */
void check_block_here(struct check *c, struct block *b); /* in the scope that is open */
void check_action_stmt(struct check *c, struct stmt *s);
void check_call_stmt(struct check *c, struct stmt *s);
void check_clauses(struct check *c, struct stmt *s, const struct outcome_set *set);
void check_choice(struct check *c, struct stmt *s, struct clause *clause);
void check_choices(struct check *c, struct stmt *s);
void check_match(struct check *c, struct stmt *s);
void check_action_args(struct check *c, const struct action_row *row, struct arg *args, struct span head);
bool check_bad_pattern(struct check *c, struct str pattern, struct span at);       /* true: reported */
void check_ring(struct check *c, const struct action_row *row, struct arg *first); /* check_ring.c */
void check_bind(struct check *c, struct binding *b, const struct check_type *type, struct cell *from);

/* check_decl.c, check_paths.c, check_test.c, check_permit.c */
void check_declare(struct check *c, struct file *f);
void check_bodies(struct check *c, struct file *f);
void check_const(struct check *c, struct symbol *s); /* evaluates it when that is still to be done */
void check_paths(struct check *c);
void check_tests(struct check *c, struct decl *d);
void check_clock(struct check *c, const struct decl_hours *hours); /* check_clock.c */
void check_declare_lua(struct check *c, struct decl *d); /* of check_lua.c: after it was declared as a function */
/* Reports a constant target or address that no permit covers, and a variable one when nothing could ever cover it. */
void check_permit(struct check *c, const struct action_row *row, const struct action_arg *a, const struct expr *e);
void check_find_permits(struct check *c);
void check_pronounce(struct check *c); /* check_pronounce.c */
bool check_has_permit(const struct check *c, enum permit_kind kind);
const struct outcome_set *check_action_set(struct check *c, const struct action_row *row);
/* check_file.c */
void check_continue_with(struct check *c, struct stmt *s);
void check_files_there(struct check *c,
                       const struct expr *e); /* constant names of audio files: warns of missing ones */

/* What says here what a word of another language says there; NULL: nothing known (check_habit.c). */
bool check_is_near(struct str known, struct str word); /* is it probably a mistyped `known`? */
const char *check_habit_value(struct str word);
const char *check_habit_action(struct str word);
/* "did you mean 'x'?", when there is a near one. */
void check_help_near(struct check *c, struct diag *d, enum name_space space, struct str word);
const char *check_near_action(struct str word);

#endif
