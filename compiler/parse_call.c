/* Actions and functions called as statements: arguments, and the block that says what follows each outcome. */
#include "compiler/parse_core.h"

#include "stdlib/catalog/catalog.h"

static bool at_label(const struct parser *p) { return at_word(p) && p->next[1].kind == TOKEN_COLON; }

/* A label occurs once, and what comes by place comes first. false: it does not, which was reported. */
static bool check_label(struct parser *p, const struct arg *first, const struct arg *arg)
{
    for (const struct arg *other = first; other; other = other->next) {
        if (!arg->label.name && other->label.name)
            mistake(p, arg->value->span, "an argument without a label stands before those with one");
        else if (arg->label.name && other->label.name == arg->label.name)
            diag_note(mistake(p, arg->label.span, "'%.*s' is given twice", STR_ARG(arg->label.name->text)), other->span,
                      "it was given here");
        else
            continue;
        p->quiet = false; /* the form is right: go on reading */
        return false;
    }
    return true;
}

static struct arg *parse_arg(struct parser *p, bool further)
{
    struct arg *a = NODE(p, struct arg);
    const struct token *start = p->next;
    if (at_label(p)) {
        a->label = word_of(p, take(p));
        take(p);
        a->value = parse_value(p);
    } else if (habit_label_end(p, further)) {
        a->label = word_of(p, take(p));
        accept(p, TOKEN_ASSIGN);
        a->value = parse_value(p);
    } else {
        a->value = parse_expr(p);
    }
    a->span = span_from(p, start);
    return a;
}

/* Adds one argument; true when a `,` promises another. */
static bool parse_next_arg(struct parser *p, struct arg **first, struct arg ***tail)
{
    struct arg *a = parse_arg(p, *first != NULL);
    if (p->quiet || check_label(p, *first, a)) {
        **tail = a;
        *tail = &a->next;
    }
    return !p->quiet && accept(p, TOKEN_COMMA);
}

struct arg *parse_call_args(struct parser *p)
{
    struct arg *first = NULL, **tail = &first;
    take(p);
    if (!at(p, TOKEN_PAREN_CLOSE))
        while (parse_next_arg(p, &first, &tail))
            ;
    skip_newline_before(p, TOKEN_PAREN_CLOSE);
    if (!accept(p, TOKEN_PAREN_CLOSE))
        mistake_expected(p, "',' or ')'");
    return first;
}

struct arg *parse_action_args(struct parser *p)
{
    struct arg *first = NULL, **tail = &first;
    if (at_line_end(p) || at(p, TOKEN_BRACE_OPEN))
        return NULL;
    while (parse_next_arg(p, &first, &tail))
        ;
    return first;
}

struct binding *parse_bindings(struct parser *p)
{
    struct binding *first = NULL, **tail = &first;
    take(p);
    while (!at(p, TOKEN_PAREN_CLOSE)) {
        struct binding *b = NODE(p, struct binding);
        b->word = expect_new_name(p, "a name for the value");
        if (!b->word.name)
            return first;
        *tail = b;
        tail = &b->next;
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    expect(p, TOKEN_PAREN_CLOSE, "',' or ')'");
    return first;
}

static bool at_literal(const struct parser *p)
{
    int kind = peek(p);
    return kind == TOKEN_TEXT || kind == TOKEN_TEXT_OPEN || kind == TOKEN_INT || kind == TOKEN_YES ||
           kind == TOKEN_NO || kind == TOKEN_MINUS || kind == TOKEN_DURATION;
}

static struct clause_outcome *parse_outcome(struct parser *p)
{
    struct clause_outcome *o = NODE(p, struct clause_outcome);
    o->name = expect_word(p, "the name of an outcome");
    if (!o->name.name)
        return NULL;
    if (at_literal(p))
        o->literal = parse_expr(p);
    o->has_parens = at(p, TOKEN_PAREN_OPEN);
    if (o->has_parens)
        o->bindings = parse_bindings(p);
    return o;
}

/* Rule 17: a clause for several outcomes gives names to none of their values. */
static void check_bindings(struct parser *p, const struct clause *c)
{
    if (!c->outcomes || !c->outcomes->next)
        return;
    for (const struct clause_outcome *o = c->outcomes; o; o = o->next) {
        if (!o->bindings || p->quiet)
            continue;
        diag_help(mistake(p, o->bindings->word.span, "a clause for several outcomes cannot give names to their values"),
                  "give '%.*s' a clause of its own", STR_ARG(o->name.name->text));
        p->quiet = false;
        return;
    }
}

static void parse_on(struct parser *p, struct clause *c)
{
    struct clause_outcome **tail = &c->outcomes;
    c->kind = CLAUSE_ON;
    take(p);
    do {
        struct clause_outcome *o = *tail = parse_outcome(p);
        tail = o ? &o->next : tail;
    } while (!p->quiet && accept(p, TOKEN_COMMA));
    if (!p->quiet)
        check_bindings(p, c);
}

static void parse_choice(struct parser *p, struct clause *c)
{
    c->kind = CLAUSE_CHOICE;
    c->choice = expect_text(p, "a choice");
    if (!p->quiet && at(p, TOKEN_PAREN_OPEN))
        c->binding = parse_bindings(p);
    if (c->binding && c->binding->next)
        mistake(p, c->binding->next->word.span, "a choice gives one name, to the digits that were pressed");
}

/* What stands before the block of a clause. */
static struct clause *parse_clause_head(struct parser *p)
{
    struct clause *c = NODE(p, struct clause);
    const struct token *start = p->next;
    if (at(p, TOKEN_ON))
        parse_on(p, c);
    else if (at(p, TOKEN_TEXT) || at(p, TOKEN_TEXT_OPEN))
        parse_choice(p, c);
    else {
        c->kind = CLAUSE_ELSE;
        take(p);
    }
    c->span = span_from(p, start);
    return c;
}

static bool at_clause(const struct parser *p)
{
    return at(p, TOKEN_ON) || at(p, TOKEN_TEXT) || at(p, TOKEN_TEXT_OPEN) || at(p, TOKEN_ELSE);
}

/* Something else in a clause block: spoken of once; a statement is read for its own mistakes. */
static void parse_no_clause(struct parser *p, bool spoken_of)
{
    int kind = peek(p);
    bool stmt =
        kind == TOKEN_WORD || kind == TOKEN_IF || kind == TOKEN_REPEAT || kind == TOKEN_FOR || kind == TOKEN_LOOP;
    if (!spoken_of)
        habit_help_clause(p, mistake(p, span_of(p, p->next),
                                     "only 'on', choices and 'else' can stand in the block of an action or a call"));
    p->quiet = !stmt;
    if (habit_at_clause(p))
        habit_skip_clause(p);
    else if (stmt)
        parse_stmt(p);
    else
        recover_statement(p);
}

void parse_clauses(struct parser *p, struct stmt_call *call)
{
    const struct token *open;
    struct clause **tail = &call->clauses;
    bool spoken_of = false;
    if (!open_block(p, &open, "'{'"))
        return;
    while (!block_over(p, open)) {
        unsigned mistakes = p->mistakes;
        if (at_clause(p))
            *tail = parse_clause_head(p);
        else
            parse_no_clause(p, spoken_of);
        spoken_of |= !*tail;
        call->has_mistakes |= p->mistakes != mistakes;
        if (!*tail)
            continue;
        (*tail)->body = parse_block(p, "'{' with what happens then");
        tail = &(*tail)->next;
        if (p->quiet)
            recover_statement(p);
    }
    call->block = span_from(p, open);
}

/* The block of a word that is no action: probably a mistyped `if` or `repeat`. Its statements are read for their own
 * mistakes and then forgotten; the checker speaks of the word. */
static void parse_block_of_unknown(struct parser *p, struct stmt_call *call)
{
    int inside = p->next[1].kind;
    if (inside == TOKEN_NEWLINE)
        inside = p->next[2].kind;
    if (inside == TOKEN_ON || inside == TOKEN_TEXT || inside == TOKEN_ELSE || inside == TOKEN_BRACE_CLOSE)
        parse_clauses(p, call);
    else
        parse_block(p, "'{'");
}

/* A mistake in the line of an unknown action says nothing that helps: it is taken back, and only the word is spoken of.
 */
static void forgive_unknown(struct parser *p, size_t mark)
{
    diags_drop(p->env->diags, mark);
    while (!at_line_end(p) && !at(p, TOKEN_BRACE_OPEN))
        take(p);
    p->quiet = false;
}

/* Something stands behind the arguments: what the last one was meant to be is not known. */
static void check_args_end(struct parser *p, struct stmt_call *call)
{
    struct arg *last = call->args;
    if (p->quiet || at_line_end(p) || at(p, TOKEN_BRACE_OPEN))
        return;
    struct diag *d = mistake_expected(p, last ? "',' or the end of the line" : "the end of the line");
    while (last && last->next)
        last = last->next;
    habit_help_args(p, d, last);
    if (last)
        last->value->kind = EXPR_BAD;
}

static void parse_call_block(struct parser *p, struct stmt_call *call, bool unknown)
{
    if (p->quiet && !recover_block(p))
        return;
    if (!at(p, TOKEN_BRACE_OPEN))
        return;
    if (unknown)
        parse_block_of_unknown(p, call);
    else
        parse_clauses(p, call);
}

void parse_stmt_call(struct parser *p, struct stmt *s)
{
    const struct token *start = take(p);
    struct stmt_call *call = &s->u.call;
    size_t mark = diags_count(p->env->diags);
    unsigned mistakes = p->mistakes;
    bool unknown = false;
    vec_push(&p->calls, call);
    call->name = word_of(p, start);
    if (at(p, TOKEN_PAREN_OPEN)) {
        s->kind = STMT_CALL;
        call->args = parse_call_args(p);
    } else {
        s->kind = STMT_ACTION;
        unknown = !action_find(call->name.name->text);
        call->args = parse_action_args(p);
    }
    check_args_end(p, call);
    call->has_mistakes = p->mistakes != mistakes;
    if (unknown && p->quiet)
        forgive_unknown(p, mark);
    call->head = span_from(p, start);
    parse_call_block(p, call, unknown);
}
