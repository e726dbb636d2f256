#include "compiler/check_fn.h"

/* Finds a slot of that type that this outcome has not taken; 0: a new one is due. */
static uint8_t slot_free(const struct outcome_set *set, enum type type, const bool *taken)
{
    for (unsigned s = 1; s < set->nresults; s++)
        if (set->results[s] == type && !taken[s])
            return (uint8_t)s;
    return 0;
}

static bool lay_out(struct arena *arena, struct outcome_set *set, struct outcome_info *o)
{
    bool taken[WINDOW_RESULTS_MAX] = { false };
    uint8_t *slots = ARENA_ARRAY(arena, uint8_t, o->npayload + 1);
    for (unsigned p = 0; p < o->npayload; p++) {
        slots[p] = slot_free(set, o->payload[p]->slot, taken);
        if (!slots[p]) {
            if (set->nresults == WINDOW_RESULTS_MAX)
                return false;
            slots[p] = (uint8_t)set->nresults;
            set->results[set->nresults++] = o->payload[p]->slot;
        }
        taken[slots[p]] = true;
    }
    o->slots = slots;
    return true;
}

bool outcome_set_lay_out(struct arena *arena, struct outcome_set *set)
{
    set->results[0] = TYPE_INT;
    set->nresults = 1;
    for (unsigned i = 0; i < set->count; i++)
        if (!lay_out(arena, set, &set->items[i]))
            return false;
    return true;
}

static void fill_outcome(struct arena *arena, struct outcome_info *to, const struct action_outcome *from)
{
    to->name = str_of(from->name);
    to->loud = from->flags & OUTCOME_LOUD;
    to->npayload = from->npayload;
    to->payload = ARENA_ARRAY(arena, const struct check_type *, from->npayload + 1);
    for (unsigned p = 0; p < from->npayload; p++)
        to->payload[p] = type_of_slot((enum type)arg_slot_type(from->payload[p].type));
}

struct outcome_set *outcome_set_of_action(struct arena *arena, const struct action_row *row)
{
    struct outcome_set *set = ARENA_NEW(arena, struct outcome_set);
    set->count = row->noutcomes;
    set->items = ARENA_ARRAY(arena, struct outcome_info, row->noutcomes + 1);
    for (unsigned i = 0; i < row->noutcomes; i++)
        fill_outcome(arena, &set->items[i], &row->outcomes[i]);
    return outcome_set_lay_out(arena, set) ? set : NULL;
}

int outcome_set_find(const struct outcome_set *set, struct str name)
{
    for (unsigned i = 0; i < set->count; i++)
        if (str_eq(set->items[i].name, name))
            return (int)i;
    return -1;
}

void action_args(const struct action_row *row, struct arg *first, struct arg *out[ACTION_ARGS_MAX])
{
    unsigned place = 0;
    for (unsigned i = 0; i < ACTION_ARGS_MAX; i++)
        out[i] = NULL;
    for (struct arg *a = first; a; a = a->next) {
        int i = a->label.name ? action_arg_find(row, a->label.name->text) : -1;
        if (!a->label.name) {
            while (place < row->nargs && !(row->args[place].flags & ARG_PLACE))
                place++;
            i = place < row->nargs ? (int)place++ : -1;
        }
        if (i >= 0 && i < ACTION_ARGS_MAX)
            out[i] = a;
    }
}

static unsigned param_index(const struct decl_fn *fn, const struct name *label)
{
    unsigned i = 0;
    for (const struct param *p = fn->params; p && p->name.name != label; p = p->next)
        i++;
    return i;
}

void fn_args(const struct decl_fn *fn, struct arg *first, struct arg **out)
{
    unsigned place = 0, n = fn->info->nparams;
    for (unsigned i = 0; i < n; i++)
        out[i] = NULL;
    for (struct arg *a = first; a; a = a->next) {
        unsigned i = a->label.name ? param_index(fn, a->label.name) : place++;
        if (i < n)
            out[i] = a;
    }
}
