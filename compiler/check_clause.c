/* Clauses: each outcome answered once, with names for what it brings, and none of the loud ones forgotten. */
#include "compiler/check_context.h"
#include "compiler/check_keys.h"

static struct str call_name(const struct stmt *s) { return s->u.call.name.name->text; }

void check_bind(struct check *c, struct binding *b, const struct check_type *type, struct cell *from)
{
    b->symbol = scope_declare(c, SYMBOL_BINDING, b->word, type);
    if (from)
        quals_join(c, &b->symbol->cell, from, b->word.span);
}

static bool has_secret(const struct stmt *s)
{
    struct arg *args[ACTION_ARGS_MAX];
    int i = action_arg_find(s->u.call.action, STR("secret"));
    if (i < 0)
        return false;
    action_args(s->u.call.action, s->u.call.args, args);
    return args[i] && args[i]->value->kind == EXPR_BOOL && args[i]->value->u.boolean;
}

static void seed_payload(struct check *c, const struct stmt *s, const struct binding *b, int outcome, unsigned place)
{
    unsigned flags = s->u.call.action->outcomes[outcome].payload[place].flags;
    uint8_t quals = flags & PAYLOAD_IS_OUTSIDE ? QUAL_OUTSIDE : 0;
    if ((flags & PAYLOAD_IS_SECRET_IF) && has_secret(s))
        quals |= QUAL_SECRET;
    quals_seed(c, &b->symbol->cell, quals, b->word.span);
}

/* What a gather brings is known to some degree. */
static void bind_keys(struct check *c, const struct stmt *s, const struct binding *b)
{
    struct key_range *keys = ARENA_NEW(c->arena, struct key_range);
    if (!str_is(str_of(s->u.call.action->name), "gather"))
        return;
    keys_of_gather(c, s->u.call.action, s->u.call.args, keys);
    b->symbol->keys = keys;
}

static void bind_payload(struct check *c, struct stmt *s, struct clause_outcome *o, const struct outcome_info *info)
{
    unsigned place = 0;
    for (struct binding *b = o->bindings; b; b = b->next, place++) {
        if (place >= info->npayload) {
            diag_error(c->diags, b->word.span, "'%.*s' brings %s", STR_ARG(info->name),
                       info->npayload ? "no more values" : "no value");
            check_bind(c, b, T(BAD), NULL);
            continue;
        }
        check_bind(c, b, info->payload[place], info->cells ? &info->cells[place] : NULL);
        if (!info->cells && s->u.call.action)
            seed_payload(c, s, b, o->outcome, place);
        if (s->u.call.action && str_is(info->name, "matched"))
            bind_keys(c, s, b);
    }
}

static void unknown_outcome(struct check *c, struct stmt *s, struct clause_outcome *o, const struct outcome_set *set)
{
    struct sbuf all = { 0 };
    struct str near = { 0 };
    for (unsigned i = 0; i < set->count; i++) {
        sbuf_fmt(&all, "%s%.*s", i ? ", " : "", STR_ARG(set->items[i].name));
        if (check_is_near(set->items[i].name, o->name.name->text))
            near = set->items[i].name;
    }
    struct diag *d = diag_error(c->diags, o->name.span, "%.*s has no outcome '%.*s'", STR_ARG(call_name(s)),
                                STR_ARG(o->name.name->text));
    if (near.len)
        diag_help(d, "did you mean '%.*s'? It ends in %s", STR_ARG(near), all.p);
    else if (all.len)
        diag_help(d, "it ends in %s", all.p);
    sbuf_free(&all);
}

/* What is answered so far. */
struct answers {
    const struct outcome_set *set;
    bool *whole;           /* by outcome: a clause takes all of it */
    bool has_else, broken; /* broken: a mistake in a clause; nothing is said to be missing */
};

/* The menu's own clauses; a choice stands for 'chosen'. */
static bool hidden(const struct stmt *s, int outcome)
{
    return s->u.call.action && str_is(str_of(s->u.call.action->name), "menu") && outcome == 0;
}

static void check_literal(struct check *c, struct stmt *s, struct clause_outcome *o, struct answers *a)
{
    const struct outcome_info *info = &a->set->items[o->outcome];
    if (a->whole[o->outcome])
        diag_error(c->diags, o->literal->span, "this is never reached: 'on %.*s' above takes all", STR_ARG(info->name));
    if (!info->npayload) {
        diag_error(c->diags, o->literal->span, "'%.*s' brings no value", STR_ARG(info->name));
        return;
    }
    const struct check_type *t = check_expr(c, o->literal, NULL);
    if (!type_fits(t, info->payload[0]))
        check_mismatch(c, o->literal, "this outcome", info->payload[0]->article);
    else if (str_is(info->name, "matched"))
        check_gather_brings(c, s, o->literal);
}

static void check_clause_outcome(struct check *c, struct stmt *s, struct clause_outcome *o, struct answers *a)
{
    o->outcome = o->name.name ? outcome_set_find(a->set, o->name.name->text) : -1;
    if (o->outcome < 0 || hidden(s, o->outcome)) {
        o->outcome = -1;
        a->broken = true;
        if (o->name.name)
            unknown_outcome(c, s, o, a->set);
        return;
    }
    if (o->literal) {
        check_literal(c, s, o, a);
        return;
    }
    if (a->whole[o->outcome])
        diag_error(c->diags, o->name.span, "'%.*s' has a clause already", STR_ARG(o->name.name->text));
    a->whole[o->outcome] = true;
}

static void check_clause_body(struct check *c, struct stmt *s, struct clause *clause, const struct answers *a)
{
    struct symbol *mark = scope_open(c);
    struct clause_outcome *o = clause->outcomes;
    if (o && !o->next && o->outcome >= 0)
        bind_payload(c, s, o, &a->set->items[o->outcome]);
    else
        for (; o; o = o->next) /* reported already: the names must be known all the same */
            for (struct binding *b = o->bindings; b; b = b->next)
                check_bind(c, b, T(BAD), NULL);
    check_block_here(c, clause->body);
    scope_close(c, mark);
}

static void check_clause(struct check *c, struct stmt *s, struct clause *clause, struct answers *a)
{
    if (clause->kind == CLAUSE_CHOICE) {
        check_choice(c, s, clause);
        return;
    }
    bool choice = c->in_choice;
    if (s->u.call.action && str_is(str_of(s->u.call.action->name), "menu"))
        c->in_choice = false;
    if (clause->kind == CLAUSE_ELSE) {
        if (a->has_else)
            diag_error(c->diags, clause->span, "there is an 'else' already");
        a->has_else = true;
    }
    for (struct clause_outcome *o = clause->outcomes; o; o = o->next)
        check_clause_outcome(c, s, o, a);
    check_clause_body(c, s, clause, a);
    c->in_choice = choice;
}

static struct span short_head(const struct stmt *s)
{
    const struct stmt_call *call = &s->u.call;
    if (call->args && !call->args->label.name && s->kind == STMT_ACTION)
        return span_join(call->name.span, call->args->value->span);
    return s->kind == STMT_ACTION ? call->name.span : call->head;
}

static void report_unhandled(struct check *c, const struct stmt *s, const struct answers *a)
{
    struct sbuf others = { 0 };
    const struct outcome_info *first = NULL;
    for (unsigned i = 0; i < a->set->count; i++) {
        const struct outcome_info *o = &a->set->items[i];
        if (!o->loud || a->whole[i])
            continue;
        if (first)
            sbuf_fmt(&others, "%s%.*s", others.len ? ", " : "", STR_ARG(o->name));
        else
            first = o;
    }
    if (!first)
        return;
    struct diag *d =
        diag_error(c->diags, short_head(s), "this %.*s can end in '%.*s', and nothing says what happens then",
                   STR_ARG(call_name(s)), STR_ARG(first->name));
    if (others.len)
        diag_help(d, "add 'on %.*s { … }', or 'else { … }' for all that is left: %s", STR_ARG(first->name), others.p);
    else
        diag_help(d, "add 'on %.*s { … }'", STR_ARG(first->name));
    sbuf_free(&others);
}

static bool refuses_clauses(struct check *c, const struct stmt *s, const struct outcome_set *set)
{
    if (!s->u.call.clauses || (set && set->count))
        return false;
    diag_error(c->diags, s->u.call.clauses->span, "%.*s has no outcomes to answer", STR_ARG(call_name(s)));
    return true;
}

void check_clauses(struct check *c, struct stmt *s, const struct outcome_set *set)
{
    if (refuses_clauses(c, s, set) || !set)
        return;
    struct answers a = { .set = set, .whole = ARENA_ARRAY(c->arena, bool, set->count + 1) };
    for (struct clause *clause = s->u.call.clauses; clause; clause = clause->next)
        check_clause(c, s, clause, &a);
    if (s->u.call.action && str_is(str_of(s->u.call.action->name), "menu"))
        check_choices(c, s);
    if (!a.has_else && !a.broken && !s->u.call.has_mistakes)
        report_unhandled(c, s, &a);
}
