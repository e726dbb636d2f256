/* Mentions in declarations, statements and tests. */
#include "compiler/author/lsp_mention.h"

#include "compiler/ast_test.h"

void mention_symbol(struct mentions *out, struct span span, const struct symbol *symbol)
{
    if (!symbol || !span.len)
        return;
    struct mention m = { .kind = MENTION_VALUE, .span = span, .symbol = symbol };
    m.home = symbol->word.span;
    m.word = symbol->word.name;
    vec_push(out, m);
}

void mention_fn(struct mentions *out, struct word word, const struct decl *fn)
{
    if (!word.name || !fn)
        return;
    vec_push(out, (struct mention){
                      .kind = MENTION_FN, .span = word.span, .home = fn->name.span, .word = word.name, .decl = fn });
}

void mention_row(struct mentions *out, enum mention_kind kind, struct word word, const struct action_row *row,
                 int index)
{
    if (word.name && row && index >= 0)
        vec_push(out,
                 (struct mention){ .kind = kind, .span = word.span, .word = word.name, .row = row, .index = index });
}

static const struct fn_outcome *nth_outcome(const struct decl *fn, int index)
{
    const struct fn_outcome *o = fn && fn->kind == DECL_FN ? fn->u.fn.outcomes : NULL;
    while (o && index-- > 0)
        o = o->next;
    return o;
}

static void mention_fn_outcome(struct mentions *out, struct word word, const struct decl *fn, int index)
{
    const struct fn_outcome *o = nth_outcome(fn, index);
    if (!word.name || !o || o->name.name != word.name)
        return;
    vec_push(out, (struct mention){ .kind = MENTION_FN_OUTCOME,
                                    .span = word.span,
                                    .home = o->name.span,
                                    .word = word.name,
                                    .decl = fn,
                                    .of = o });
}

static void mention_flow(struct mentions *out, struct word word, const struct decl *flow)
{
    if (!word.name)
        return;
    struct mention m = { .kind = MENTION_FLOW, .span = word.span, .word = word.name, .decl = flow };
    if (flow)
        m.home = flow->name.span;
    vec_push(out, m);
}

static void of_bindings(struct mentions *out, const struct binding *b)
{
    for (; b; b = b->next)
        mention_symbol(out, b->word.span, b->symbol);
}

static void of_clause(struct mentions *out, const struct clause *c, const struct stmt_call *call,
                      const struct decl *around)
{
    for (const struct clause_outcome *o = c->outcomes; o; o = o->next) {
        if (call->action &&
            action_outcome_find(call->action, o->name.name ? o->name.name->text : STR("")) == o->outcome)
            mention_row(out, MENTION_OUTCOME, o->name, call->action, o->outcome);
        mention_fn_outcome(out, o->name, call->fn, o->outcome);
        of_bindings(out, o->bindings);
        mentions_of_expr(out, o->literal);
    }
    of_bindings(out, c->binding);
    mentions_of_block(out, c->body, around);
}

static void of_call(struct mentions *out, const struct stmt_call *call, const struct decl *around)
{
    mention_row(out, MENTION_ACTION, call->name, call->action, 0);
    mention_fn(out, call->name, call->fn);
    mentions_of_args(out, call->args, call->action, call->fn);
    for (const struct clause *c = call->clauses; c; c = c->next)
        of_clause(out, c, call, around);
}

static void of_match(struct mentions *out, const struct stmt_match *m, const struct decl *around)
{
    mentions_of_expr(out, m->value);
    for (const struct match_arm *arm = m->arms; arm; arm = arm->next) {
        for (const struct list_item *i = arm->literals; i; i = i->next)
            mentions_of_expr(out, i->value);
        mentions_of_block(out, arm->body, around);
    }
}

static void of_branch(struct mentions *out, const struct expr *condition, const struct block *then,
                      const struct block *other, const struct decl *around)
{
    mentions_of_expr(out, condition);
    mentions_of_block(out, then, around);
    mentions_of_block(out, other, around);
}

static void of_stmt(struct mentions *out, const struct stmt *s, const struct decl *around)
{
    switch (s->kind) {
    case STMT_LET:
    case STMT_VAR:
    case STMT_ASSIGN:
        mention_symbol(out, s->u.set.name.span, s->u.set.symbol);
        mentions_of_expr(out, s->u.set.value);
        break;
    case STMT_IF: of_branch(out, s->u.branch.condition, s->u.branch.then, s->u.branch.other, around); break;
    case STMT_MATCH: of_match(out, &s->u.match, around); break;
    case STMT_REPEAT: of_branch(out, s->u.repeat.count, s->u.repeat.body, s->u.repeat.other, around); break;
    case STMT_FOR:
        of_bindings(out, s->u.loop_for.item);
        of_branch(out, s->u.loop_for.list, s->u.loop_for.body, NULL, around);
        break;
    case STMT_LOOP: mentions_of_block(out, s->u.loop, around); break;
    case STMT_CONTINUE_WITH: mention_flow(out, s->u.flow, NULL); break;
    case STMT_RETURN: mentions_of_expr(out, s->u.value); break;
    case STMT_OUTCOME:
        mention_fn_outcome(out, s->u.outcome.name, around, s->u.outcome.outcome);
        mentions_of_args(out, s->u.outcome.args, NULL, NULL);
        break;
    case STMT_ACTION:
    case STMT_CALL: of_call(out, &s->u.call, around); break;
    case STMT_BAD:
    case STMT_BREAK:
    case STMT_CONTINUE:
    case STMT_AGAIN: break;
    }
}

void mentions_of_block(struct mentions *out, const struct block *b, const struct decl *around)
{
    for (const struct stmt *s = b ? b->first : NULL; s; s = s->next)
        of_stmt(out, s, around);
}

static void of_fn(struct mentions *out, const struct decl *d)
{
    mention_fn(out, d->name, d);
    for (const struct param *p = d->u.fn.params; p; p = p->next)
        mention_symbol(out, p->name.span, p->symbol);
    int index = 0;
    for (const struct fn_outcome *o = d->u.fn.outcomes; o; o = o->next)
        mention_fn_outcome(out, o->name, d, index++);
    mentions_of_block(out, d->u.fn.body, d);
}

static void of_decl(struct mentions *out, const struct decl *d)
{
    switch (d->kind) {
    case DECL_CONST:
        mention_symbol(out, d->name.span, d->symbol);
        mentions_of_expr(out, d->u.value);
        break;
    case DECL_HOURS: mention_symbol(out, d->name.span, d->symbol); break;
    case DECL_PERMIT: mentions_of_expr(out, d->u.permit.at_most); break;
    case DECL_EXTERN:
        for (const struct decl *fn = d->u.lua.fns; fn; fn = fn->next)
            of_fn(out, fn);
        break;
    case DECL_FN: of_fn(out, d); break;
    case DECL_FLOW:
        mention_flow(out, d->name, d);
        mentions_of_block(out, d->u.flow.body, d);
        mentions_of_block(out, d->u.flow.on_hangup, d);
        break;
    case DECL_TEST: mentions_of_steps(out, d->u.test.steps); break;
    case DECL_USE:
        vec_push(out, (struct mention){ .kind = MENTION_FILE, .span = d->u.use.path.span, .decl = d });
        break;
    case DECL_LANGUAGE:
    case DECL_PRONOUNCE:
    case DECL_BAD: break;
    }
}

static void of_expect(struct mentions *out, const struct step_expect *e)
{
    mention_row(out, MENTION_ACTION, e->action, e->row, 0);
    mentions_of_args(out, e->args, e->row, NULL);
    mention_row(out, MENTION_OUTCOME, e->answer.outcome, e->row, e->outcome);
    for (const struct list_item *i = e->answer.payload; i; i = i->next)
        mentions_of_expr(out, i->value);
    mentions_of_expr(out, e->answer.after);
}

void mentions_of_steps(struct mentions *out, const struct test_step *s)
{
    for (; s; s = s->next) {
        if (s->kind == STEP_CALL) {
            mentions_of_expr(out, s->u.call.from);
            mentions_of_expr(out, s->u.call.to);
        } else if (s->kind == STEP_HEAR) {
            mentions_of_expr(out, s->u.text);
        } else if (s->kind == STEP_PRESS) {
            mentions_of_expr(out, s->u.key.digits);
        } else if (s->kind == STEP_EXPECT || s->kind == STEP_EXPECT_NO) {
            of_expect(out, &s->u.expect);
        } else if (s->kind == STEP_EXPECT_CONTINUE) {
            mention_flow(out, s->u.flow, NULL);
        } else if (s->kind == STEP_REPEAT) {
            mentions_of_expr(out, s->u.repeat.count);
            mentions_of_steps(out, s->u.repeat.steps);
        }
    }
}

void mentions_read(struct mentions *out, const struct file *file)
{
    for (const struct decl *d = file ? file->first : NULL; d; d = d->next)
        of_decl(out, d);
}

const struct mention *mentions_at(const struct mentions *all, uint32_t offset)
{
    const struct mention *ends = NULL;
    for (size_t i = 0; i < all->len; i++) {
        const struct mention *m = &all->items[i];
        if (offset >= m->span.start && offset < m->span.start + m->span.len)
            return m;
        if (offset == m->span.start + m->span.len)
            ends = m;
    }
    return ends;
}

bool mention_same(const struct mention *a, const struct mention *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->home.len || b->home.len)
        return a->home.len && b->home.len && a->home.file == b->home.file && a->home.start == b->home.start;
    return a->word == b->word && a->row == b->row && a->index == b->index;
}
