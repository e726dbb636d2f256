#include "compiler/check_context.h"

static void check_set_new(struct check *c, struct stmt *s, enum symbol_kind kind)
{
    struct stmt_set *set = &s->u.set;
    const struct check_type *t = check_expr(c, set->value, NULL);
    if (t == T(EMPTY)) {
        diag_error(c->diags, set->value->span, "nothing says what this empty list would hold");
        t = T(BAD);
    } else if (t == T(CALL) || t == T(NONE)) {
        diag_error(c->diags, set->value->span, "%s is no value", t->article);
        t = T(BAD);
    }
    set->symbol = scope_declare(c, kind, set->name, t);
    if (!type_is_bad(t))
        quals_flow(c, &set->symbol->cell, set->value);
}

static void check_assign(struct check *c, struct stmt *s)
{
    struct stmt_set *set = &s->u.set;
    struct symbol *to = set->name.name ? scope_entry(c, set->name.name)->value : NULL;
    if (!to) {
        check_expr(c, set->value, NULL);
        if (!set->name.name || c->lost)
            return;
        struct diag *d = diag_error(c->diags, set->name.span, "unknown name '%.*s'", STR_ARG(set->name.name->text));
        diag_help(d, "a new variable begins with 'var'");
        return;
    }
    if (to->kind != SYMBOL_VAR) {
        check_expr(c, set->value, to->type);
        struct diag *d = diag_error(c->diags, set->name.span, "'%.*s' never changes", STR_ARG(set->name.name->text));
        diag_note(d, to->word.span, "it was named here");
        if (to->kind == SYMBOL_LET)
            diag_help(d, "begin it with 'var' instead of 'let'");
        return;
    }
    set->symbol = to;
    char *who = arena_dup(c->arena, source_text(c->env->sources, set->name.span).p, set->name.span.len);
    if (check_wants(c, set->value, to->type, who))
        quals_flow(c, &to->cell, set->value);
}

static void check_if(struct check *c, struct stmt *s)
{
    check_wants(c, s->u.branch.condition, T(BOOL), "'if'");
    check_block(c, s->u.branch.then);
    if (s->u.branch.other)
        check_block(c, s->u.branch.other);
}

static void check_loop_body(struct check *c, struct block *b)
{
    c->loops++;
    check_block(c, b);
    c->loops--;
}

static void check_for(struct check *c, struct stmt *s)
{
    struct stmt_for *f = &s->u.loop_for;
    const struct check_type *t = check_expr(c, f->list, NULL);
    if (!type_is_bad(t) && (!type_is_list(t) || t == T(EMPTY) || t == T(LIST_SOUND))) {
        check_mismatch(c, f->list, "'for'", "a list of texts or numbers");
        t = T(BAD);
    }
    struct symbol *mark = scope_open(c);
    f->item->symbol = scope_declare(c, SYMBOL_BINDING, f->item->word, t->element);
    if (!type_is_bad(t))
        quals_flow(c, &f->item->symbol->cell, f->list);
    c->loops++;
    check_block_here(c, f->body);
    c->loops--;
    scope_close(c, mark);
}

static void check_repeat(struct check *c, struct stmt *s)
{
    check_wants(c, s->u.repeat.count, T(INT), "'repeat'");
    check_loop_body(c, s->u.repeat.body);
    if (s->u.repeat.other)
        check_block(c, s->u.repeat.other);
}

static void check_jump(struct check *c, const struct stmt *s)
{
    if (c->loops)
        return;
    diag_error(c->diags, s->span, "there is no loop here to %s", s->kind == STMT_BREAK ? "leave" : "continue");
}

static void check_return(struct check *c, struct stmt *s)
{
    const struct decl *d = c->fn->decl;
    enum fn_kind kind = d->kind == DECL_FN ? d->u.fn.kind : FN_PLAIN;
    if (d->kind == DECL_FN && d->u.fn.has_mistakes)
        return; /* nobody knows what it was to give */
    if (!s->u.value) {
        if (kind != FN_PLAIN)
            diag_error(c->diags, s->span, "this 'return' needs %s", kind == FN_VALUE ? "a value" : "an outcome");
        return;
    }
    if (kind != FN_VALUE) {
        check_expr(c, s->u.value, NULL);
        diag_error(c->diags, s->u.value->span, "%s gives no value", d->kind == DECL_FN ? "this function" : "a flow");
        return;
    }
    if (check_wants(c, s->u.value, c->fn->result, "this function"))
        quals_flow(c, &c->fn->cell, s->u.value);
}

static void check_outcome_args(struct check *c, struct stmt *s, struct outcome_info *info)
{
    unsigned n = 0;
    for (struct arg *a = s->u.outcome.args; a; a = a->next, n++) {
        const struct check_type *want = n < info->npayload ? info->payload[n] : NULL;
        if (!want)
            check_expr(c, a->value, NULL);
        else if (check_wants(c, a->value, want, "this outcome"))
            quals_flow(c, &info->cells[n], a->value);
    }
    if (n != info->npayload)
        diag_error(c->diags, s->span, "'%.*s' brings %u value%s", STR_ARG(info->name), info->npayload,
                   info->npayload == 1 ? "" : "s");
}

static void check_outcome(struct check *c, struct stmt *s)
{
    struct word name = s->u.outcome.name;
    struct outcome_set *set = c->fn->outcomes;
    s->u.outcome.outcome = -1;
    if (!name.name || !set)
        return;
    s->u.outcome.outcome = outcome_set_find(set, name.name->text);
    if (s->u.outcome.outcome >= 0) {
        check_outcome_args(c, s, &set->items[s->u.outcome.outcome]);
        return;
    }
    struct sbuf all = { 0 };
    for (unsigned i = 0; i < set->count; i++)
        sbuf_fmt(&all, "%s%.*s", i ? ", " : "", STR_ARG(set->items[i].name));
    struct diag *d = diag_error(c->diags, name.span, "this function has no outcome '%.*s'", STR_ARG(name.name->text));
    diag_help(d, "it ends in %s", all.p);
    sbuf_free(&all);
}

static void check_again(struct check *c, const struct stmt *s)
{
    if (!c->in_choice)
        diag_error(c->diags, s->span, "'again' stands in a menu's choice only");
}

static void check_stmt(struct check *c, struct stmt *s)
{
    switch (s->kind) {
    case STMT_BAD: break;
    case STMT_LET: check_set_new(c, s, SYMBOL_LET); break;
    case STMT_VAR: check_set_new(c, s, SYMBOL_VAR); break;
    case STMT_ASSIGN: check_assign(c, s); break;
    case STMT_IF: check_if(c, s); break;
    case STMT_MATCH: check_match(c, s); break;
    case STMT_REPEAT: check_repeat(c, s); break;
    case STMT_FOR: check_for(c, s); break;
    case STMT_LOOP: check_loop_body(c, s->u.loop); break;
    case STMT_BREAK:
    case STMT_CONTINUE: check_jump(c, s); break;
    case STMT_CONTINUE_WITH: check_continue_with(c, s); break;
    case STMT_RETURN: check_return(c, s); break;
    case STMT_OUTCOME: check_outcome(c, s); break;
    case STMT_AGAIN: check_again(c, s); break;
    case STMT_ACTION: check_action_stmt(c, s); break;
    case STMT_CALL: check_call_stmt(c, s); break;
    }
}

void check_block_here(struct check *c, struct block *b)
{
    for (struct stmt *s = b->first; s; s = s->next)
        check_stmt(c, s);
}

void check_block(struct check *c, struct block *b)
{
    struct symbol *mark = scope_open(c);
    check_block_here(c, b);
    scope_close(c, mark);
}
