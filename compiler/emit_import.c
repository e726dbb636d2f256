/* Actions as the flow asks for them: one row for each action, set of written arguments, and set of outcomes whose
 * values the flow takes. */
#include "compiler/emit_state.h"

enum { ROWS_MAX = 65535 };

const struct outcome_set *emit_action_set(struct emit *e, const struct action_row *row)
{
    struct outcome_set **set = &e->action_sets[action_id_of(row)];
    if (!*set)
        *set = outcome_set_of_action(e->arena, row);
    return *set;
}

static const enum type *copy_types(struct emit *e, const struct check_type *const *from, unsigned n)
{
    enum type *to = ARENA_ARRAY(e->arena, enum type, n + 1);
    for (unsigned i = 0; i < n; i++)
        to[i] = from[i]->slot;
    return to;
}

/* What nobody takes is not brought: so an action can tell who waits for its values from who does not. */
static void fill_outcomes(struct emit *e, struct image_import *m, const struct outcome_set *set, uint32_t taken)
{
    uint8_t *results = ARENA_ARRAY(e->arena, uint8_t, set->nresults);
    struct image_outcome *rows = ARENA_ARRAY(e->arena, struct image_outcome, set->count + 1);
    for (unsigned i = 0; i < set->nresults; i++)
        results[i] = (uint8_t)set->results[i];
    for (unsigned i = 0; i < set->count; i++) {
        const struct outcome_info *o = &set->items[i];
        unsigned npayload = taken >> i & 1 ? o->npayload : 0;
        rows[i] = (struct image_outcome){ o->name, copy_types(e, o->payload, npayload), o->slots, (uint8_t)npayload };
    }
    m->results = results;
    m->nresults = (uint8_t)set->nresults;
    m->outcomes = rows;
    m->noutcomes = (uint8_t)set->count;
}

static void fill_params(struct emit *e, struct image_import *m, const struct action_row *row, uint32_t written)
{
    struct image_param *params = ARENA_ARRAY(e->arena, struct image_param, row->nargs + 1);
    for (unsigned i = 0; i < row->nargs; i++)
        if (written >> i & 1)
            params[m->nparams++] =
                (struct image_param){ str_of(row->args[i].label), (enum type)arg_slot_type(row->args[i].type) };
    m->params = params;
}

/* By action a short chain of the ways seen: there are few to write one action. */
struct import_seen {
    uint32_t written, taken;
    unsigned number;
    struct import_seen *next;
};

unsigned import_of(struct emit *e, const struct action_row *row, uint32_t written, uint32_t taken)
{
    struct import_seen **seen = &e->imports_seen[action_id_of(row)];
    for (; *seen; seen = &(*seen)->next)
        if ((*seen)->written == written && (*seen)->taken == taken)
            return (*seen)->number;
    if (e->imports.len == ROWS_MAX) {
        pool_full(e, "kinds of actions");
        return 0;
    }
    struct image_import m = { .name = str_of(row->name) };
    fill_outcomes(e, &m, emit_action_set(e, row), taken);
    fill_params(e, &m, row, written);
    *seen = ARENA_NEW(e->arena, struct import_seen);
    **seen = (struct import_seen){ written, taken, (unsigned)e->imports.len, NULL };
    vec_push(&e->imports, m);
    return (*seen)->number;
}
