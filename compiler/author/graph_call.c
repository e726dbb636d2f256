/* Actions and calls of functions as nodes, their clauses as edges. */
#include "compiler/author/graph_build.h"

#include <string.h>

enum { NAMED_MAX = 3 }; /* so many outcomes behind an `else` are named, more are "otherwise" */

/* The colour of an action follows from what its catalogue row says of it. */
static enum graph_look look_of(const struct action_row *row)
{
    bool asks = false, far = false, speaks = false, box = false, loud = false;
    for (unsigned i = 0; i < row->nargs; i++) {
        asks |= row->args[i].type == ARG_BARGE;
        speaks |= row->args[i].type == ARG_SPEECH;
        far |= (row->args[i].flags & ARG_DIALS) != 0;
        box |= row->args[i].type == ARG_BOX;
    }
    for (unsigned i = 0; i < row->noutcomes; i++)
        loud |= (row->outcomes[i].flags & OUTCOME_LOUD) != 0;
    if (row->flags & ACTION_NO_RETURN)
        return GRAPH_END;
    if (far)
        return GRAPH_FAR;
    if (box || (row->flags & ACTION_ENDS_NORMALLY))
        return GRAPH_MESSAGE;
    if (asks && loud)
        return GRAPH_ASK;
    return asks || speaks || (row->flags & ACTION_NEEDS_CALLER) ? GRAPH_SAY : GRAPH_WORK;
}

void graph_due(struct graph_builder *b, const struct decl *fn)
{
    for (const struct graph_due_fn *d = b->due; d; d = d->next)
        if (d->fn == fn)
            return;
    if (!fn->u.fn.body)
        return;
    struct graph_due_fn *d = ARENA_NEW(b->arena, struct graph_due_fn);
    d->fn = fn;
    *b->due_end = d;
    b->due_end = &d->next;
}

/* ---- clauses ---- */

/* The clauses of one call: which outcomes have been named, and the paths behind those walked so far. */
struct answers {
    const struct stmt_call *call;
    const struct outcome_set *set;
    struct graph_node *node;
    struct graph_tail *after;
    uint64_t named; /* bit i: outcome i has a clause; no call has more than 64 outcomes */
};

static struct str add_name(struct graph_builder *b, struct str names, struct str name)
{
    const char *gap = names.len ? ", " : "";
    return graph_format(b, "%.*s%s%.*s", STR_ARG(names), gap, STR_ARG(graph_outcome(b, name)));
}

static struct str names_of(struct graph_builder *b, const struct clause *k)
{
    struct str names = { 0 };
    for (const struct clause_outcome *o = k->outcomes; o; o = o->next) {
        names = add_name(b, names, o->name.name->text);
        if (o->literal)
            names = graph_format(b, "%.*s %.*s", STR_ARG(names), STR_ARG(graph_expr(b, o->literal)));
    }
    return names;
}

/* The outcomes that no clause names. */
static struct str rest_of(struct graph_builder *b, const struct answers *a)
{
    struct str names = { 0 };
    unsigned count = 0;
    for (unsigned i = 0; i < a->set->count && i < 64; i++)
        if (!(a->named >> i & 1)) {
            names = add_name(b, names, a->set->items[i].name);
            count++;
        }
    return count > NAMED_MAX ? STR("otherwise") : names;
}

static void note_named(struct answers *a)
{
    for (const struct clause *k = a->call->clauses; k; k = k->next)
        for (const struct clause_outcome *o = k->outcomes; o; o = o->next)
            if (!o->literal && o->outcome >= 0 && o->outcome < 64)
                a->named |= 1ull << o->outcome;
}

static void walk_clause(struct graph_builder *b, struct answers *a, const struct clause *k)
{
    b->open = NULL;
    graph_leave(b, a->node, k->kind == CLAUSE_ELSE ? rest_of(b, a) : names_of(b, k));
    graph_walk(b, k->body);
    a->after = graph_join(a->after, b->open);
}

static void walk_clauses(struct graph_builder *b, struct answers *a)
{
    bool has_else = false;
    note_named(a);
    for (const struct clause *k = a->call->clauses; k; k = k->next) {
        walk_clause(b, a, k);
        has_else |= k->kind == CLAUSE_ELSE;
    }
    b->open = NULL;
    struct str rest = rest_of(b, a);
    if (!has_else && (rest.len || !a->set->count))
        graph_leave(b, a->node, a->call->clauses ? rest : STR(""));
    b->open = graph_join(a->after, b->open);
}

/* ---- a menu ---- */

static void walk_choice(struct graph_builder *b, struct answers *a, const struct clause *k)
{
    struct graph_node *outer = b->menu;
    struct str keys = k->choice.text;
    b->open = NULL;
    if (k->binding)
        graph_leave(b, a->node,
                    graph_format(b, "press %.*s (%.*s)", STR_ARG(keys), STR_ARG(k->binding->word.name->text)));
    else
        graph_leave(b, a->node, graph_format(b, "press %.*s", STR_ARG(keys)));
    b->menu = a->node;
    graph_walk(b, k->body);
    b->menu = outer;
    a->after = graph_join(a->after, b->open);
}

static bool gives_up(const struct answers *a, const struct clause *k)
{
    int gave_up = action_outcome_find(a->call->action, STR("gave_up"));
    for (const struct clause_outcome *o = k->outcomes; o; o = o->next)
        if (o->outcome == gave_up)
            return true;
    return k->kind == CLAUSE_ELSE && !(a->named >> gave_up & 1);
}

/* What is said before another try is worth a node; that another try follows goes without saying. */
static void walk_failed_try(struct graph_builder *b, struct answers *a, const struct clause *k)
{
    if (!k->body->first)
        return;
    b->open = NULL;
    graph_leave(b, a->node, names_of(b, k));
    graph_walk(b, k->body);
    graph_go_back(b, a->node);
}

static void walk_menu(struct graph_builder *b, struct answers *a)
{
    note_named(a);
    for (const struct clause *k = a->call->clauses; k; k = k->next)
        if (k->kind == CLAUSE_CHOICE) {
            walk_choice(b, a, k);
        } else if (!gives_up(a, k)) {
            walk_failed_try(b, a, k);
        } else {
            b->open = NULL;
            graph_leave(b, a->node, STR("gave up"));
            graph_walk(b, k->body);
            a->after = graph_join(a->after, b->open);
        }
    b->open = a->after;
}

/* ---- a call ---- */

/* NULL: it has none. */
static const struct outcome_set *outcomes_of_call(struct graph_builder *b, const struct stmt_call *call)
{
    if (call->action)
        return outcome_set_of_action(b->arena, call->action);
    return call->fn ? call->fn->u.fn.info->outcomes : NULL;
}

static enum graph_look call_look(const struct stmt_call *call)
{
    return call->action ? look_of(call->action) : GRAPH_CALL;
}

void graph_walk_call(struct graph_builder *b, const struct stmt_call *call)
{
    struct answers a = { .call = call, .set = outcomes_of_call(b, call) };
    if (call->fn)
        graph_due(b, call->fn);
    a.node = graph_place(b, call_look(call), call->name.name->text, graph_call_text(b, call));
    bool never = call->action ? (call->action->flags & ACTION_NO_RETURN) != 0
                              : call->fn && call->fn->u.fn.info->falls == PATH_DEAD && !call->clauses;
    if (never)
        return;
    if (!a.set)
        graph_leave(b, a.node, STR(""));
    else if (call->action && str_is(call->name.name->text, "menu"))
        walk_menu(b, &a);
    else
        walk_clauses(b, &a);
}
