/* What the checker and the emitter know of a function or flow. One thread at a time; memory is the check's. */
#ifndef COMPILER_CHECK_FN_H
#define COMPILER_CHECK_FN_H

#include "compiler/check_scope.h"
#include "stdlib/catalog/catalog.h"

enum { WINDOW_RESULTS_MAX = 64 };

/* How paths stand at a place: unreachable; each has passed an action that waits; some path has not. */
enum path { PATH_DEAD, PATH_WET, PATH_DRY };

/* An outcome as a call sees it, of an action or of a function. */
struct outcome_info {
    struct str name;
    bool loud;
    const struct check_type **payload;
    struct cell *cells;   /* for each payload: how it is qualified; NULL: of an action */
    const uint8_t *slots; /* for each payload: its slot in the window */
    unsigned npayload;
};

/* The slots in which a call gives back what happened: the outcome's number, then payloads, shared by type. */
struct outcome_set {
    struct outcome_info *items;
    unsigned count;
    unsigned nresults;
    enum type results[WINDOW_RESULTS_MAX];
};

struct fn_caller {
    struct fn_info *fn;
    struct fn_caller *next;
};

struct fn_info {
    struct decl *decl;
    const struct check_type *result; /* FN_VALUE; else T(NONE) */
    struct cell cell;                /* of the result */
    struct outcome_set *outcomes;    /* FN_OUTCOMES; else NULL */
    unsigned nparams;
    bool used;
    bool is_flow;
    /* check_paths.c */
    enum path falls;           /* how paths stand when it comes back; DEAD: it never does */
    struct fn_caller *callers; /* to be looked at again when that changes */
    struct fn_caller *next_caller;
    bool queued, placed;
    /* the emitter's: place in the image + 1, 0 when it is not there yet */
    uint32_t number;
};

/* Gives payload slots to the outcomes: one sequence of slots a type, shared by all outcomes. false: more than fit. */
bool outcome_set_lay_out(struct arena *arena, struct outcome_set *set);
/* The outcomes of a catalogue row, made once for each row. */
struct outcome_set *outcome_set_of_action(struct arena *arena, const struct action_row *row);
int outcome_set_find(const struct outcome_set *set, struct str name); /* index, or -1 */

/* The arguments of a checked action by their place in its row; NULL where none was written. At most ACTION_ARGS_MAX. */
enum { ACTION_ARGS_MAX = 24 };
void action_args(const struct action_row *row, struct arg *first, struct arg *out[ACTION_ARGS_MAX]);
/* The arguments of a checked call by parameter. out has room for the function's parameters. */
void fn_args(const struct decl_fn *fn, struct arg *first, struct arg **out);

#endif
