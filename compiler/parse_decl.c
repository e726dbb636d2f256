/* Declarations: use, const, permit, extern lua, fn, flow, test; hours and test steps are in files of their own. */
#include "compiler/parse_core.h"

#include "compiler/ast_name.h"

struct type_ref *parse_type(struct parser *p)
{
    struct type_ref *t = NODE(p, struct type_ref);
    const struct token *start = p->next;
    struct word w = expect_word(p, "a type");
    t->name = w.name;
    if (w.name && str_is(w.name->text, "list")) {
        if (!accept_named(p, "of"))
            mistake_expected(p, "'of' and the type of the elements");
        if (enter(p))
            t->element = parse_type(p);
        leave(p);
    }
    t->span = span_from(p, start);
    return t;
}

/* At `(`: name: type, … */
static struct param *parse_params(struct parser *p)
{
    struct param *first = NULL, **tail = &first;
    if (!expect(p, TOKEN_PAREN_OPEN, NULL))
        return NULL;
    while (!at(p, TOKEN_PAREN_CLOSE) && !p->quiet) {
        struct param *param = NODE(p, struct param);
        param->name = expect_new_name(p, "the name of a parameter");
        if (p->quiet || !expect(p, TOKEN_COLON, "':' and the parameter's type"))
            break;
        param->type = parse_type(p);
        *tail = param;
        tail = &param->next;
        skip_newline_before(p, TOKEN_PAREN_CLOSE);
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    expect(p, TOKEN_PAREN_CLOSE, "',' or ')'");
    return first;
}

static struct fn_outcome *parse_fn_outcome(struct parser *p)
{
    struct fn_outcome *o = NODE(p, struct fn_outcome);
    const struct token *start = p->next;
    o->name = expect_word(p, "the name of an outcome");
    if (!o->name.name)
        return NULL;
    if (name_is_type(o->name.name)) {
        mistake(p, o->name.span, "'%.*s' is a type and cannot be an outcome", STR_ARG(o->name.name->text));
        p->quiet = false;
    }
    if (at(p, TOKEN_PAREN_OPEN))
        o->payload = parse_params(p);
    o->span = span_from(p, start);
    return o;
}

static void parse_outcomes(struct parser *p, struct decl_fn *fn)
{
    struct fn_outcome **tail = &fn->outcomes;
    fn->kind = FN_OUTCOMES;
    do {
        struct fn_outcome *o = *tail = parse_fn_outcome(p);
        tail = o ? &o->next : tail;
    } while (!p->quiet && accept(p, TOKEN_BAR));
}

/* After `->`: a type's name alone gives a value, everything else are outcomes. */
static void parse_result(struct parser *p, struct decl_fn *fn)
{
    bool type = at(p, TOKEN_WORD) && name_is_type(p->next->u.name) && p->next[1].kind != TOKEN_BAR;
    if (!type) {
        parse_outcomes(p, fn);
        return;
    }
    fn->kind = FN_VALUE;
    fn->result = parse_type(p);
}

struct decl *parse_fn(struct parser *p, bool lua)
{
    struct decl *d = NODE(p, struct decl);
    const struct token *start = take(p);
    struct decl_fn *fn = &d->u.fn;
    unsigned mistakes = p->mistakes;
    d->kind = DECL_FN;
    d->source = p->source;
    d->name = expect_new_name(p, "the function's name");
    if (!p->quiet)
        fn->params = parse_params(p);
    if (!p->quiet && accept(p, TOKEN_ARROW))
        parse_result(p, fn);
    fn->head = span_from(p, start);
    fn->has_mistakes = p->mistakes != mistakes;
    if (!lua) {
        p->fn_kind = fn->kind;
        fn->body = parse_block(p, "'{'");
    }
    d->span = span_from(p, start);
    return d;
}

static void parse_use(struct parser *p, struct decl *d)
{
    d->kind = DECL_USE;
    d->u.use.path = expect_text(p, "the path of a file");
}

/* A word in its place and no keyword: values may have that name. */
static void parse_language(struct parser *p, struct decl *d)
{
    d->kind = DECL_LANGUAGE;
    d->u.language = expect_text(p, "a language: \"en\"");
}

static struct pronounce_item *parse_pronounce_item(struct parser *p)
{
    struct pronounce_item *item = NODE(p, struct pronounce_item);
    item->word = expect_text(p, "a name: \"Nguyen\"");
    if (p->quiet || !expect(p, TOKEN_AS, "'as' and how it is said"))
        return NULL;
    item->said = expect_text(p, "how it is said: \"win\"");
    return p->quiet ? NULL : item;
}

/* A word in its place, as above. */
static void parse_pronounce(struct parser *p, struct decl *d)
{
    struct pronounce_item **tail = &d->u.pronounce;
    d->kind = DECL_PRONOUNCE;
    do {
        struct pronounce_item *item = *tail = parse_pronounce_item(p);
        tail = item ? &item->next : tail;
    } while (!p->quiet && accept(p, TOKEN_COMMA));
}

static void parse_const(struct parser *p, struct decl *d)
{
    d->kind = DECL_CONST;
    d->name = expect_new_name(p, "the constant's name");
    d->u.value = expr_bad(p, span_of(p, p->next));
    if (!p->quiet && expect(p, TOKEN_ASSIGN, NULL))
        d->u.value = parse_expr(p);
}

static struct permit_item *parse_permit_item(struct parser *p, enum permit_kind kind)
{
    struct permit_item *item = NODE(p, struct permit_item);
    if (kind == PERMIT_DIAL && at_named(p, "connections")) {
        item->connections = true;
        item->pattern.span = span_of(p, take(p));
        return item;
    }
    item->pattern = expect_text(p, kind == PERMIT_DIAL ? "a pattern of numbers, or 'connections'" : "an address");
    return p->quiet ? NULL : item;
}

void parse_permit(struct parser *p, struct decl *d)
{
    struct permit_item **tail = &d->u.permit.items;
    d->kind = DECL_PERMIT;
    if (accept_named(p, "dial"))
        d->u.permit.kind = PERMIT_DIAL;
    else if (accept_named(p, "fetch"))
        d->u.permit.kind = PERMIT_FETCH;
    else {
        mistake_expected(p, "'dial' or 'fetch'");
        return;
    }
    do {
        struct permit_item *item = *tail = parse_permit_item(p, d->u.permit.kind);
        tail = item ? &item->next : tail;
    } while (!p->quiet && accept(p, TOKEN_COMMA));
    if (p->quiet || !accept_named(p, "at"))
        return;
    if (accept_named(p, "most"))
        d->u.permit.at_most = parse_expr(p);
    else
        mistake_expected(p, "'most' and a number");
}

static void parse_extern(struct parser *p, struct decl *d)
{
    const struct token *open;
    struct decl **tail = &d->u.lua.fns;
    d->kind = DECL_EXTERN;
    if (!accept_named(p, "lua"))
        mistake_expected(p, "'lua'");
    else
        d->u.lua.path = expect_text(p, "the path of a Lua file");
    if (!open_block(p, &open, "'{' and the functions of that file"))
        return;
    while (skip_newlines(p), at(p, TOKEN_FN) || !block_over(p, open)) {
        if (!at(p, TOKEN_FN)) {
            mistake_expected(p, "'fn'");
            recover_statement(p);
            continue;
        }
        struct decl *fn = parse_fn(p, true);
        fn->u.fn.lua = d;
        end_statement(p);
        if (!fn->name.name)
            continue;
        *tail = fn;
        tail = &fn->next;
    }
}

static void parse_flow(struct parser *p, struct decl *d)
{
    d->kind = DECL_FLOW;
    d->name = expect_new_name(p, "the flow's name");
    p->fn_kind = FN_PLAIN;
    p->flow = &d->u.flow;
    d->u.flow.body = parse_block(p, "'{'");
    p->flow = NULL;
}

static void parse_hours_decl(struct parser *p, struct decl *d)
{
    d->kind = DECL_HOURS;
    d->name = expect_new_name(p, "a name for these hours");
    parse_hours(p, d);
}

static void parse_test_decl(struct parser *p, struct decl *d)
{
    d->kind = DECL_TEST;
    d->u.test.title = expect_text(p, "the test's title");
    parse_test(p, d);
}

/* Something else at the top of a file is mostly the rest of a declaration that a `}` too many has ended: nothing is
 * said then of what that declaration misses. */
static void doubt_last(struct parser *p)
{
    struct decl *d = p->last;
    for (size_t i = 0; i < p->calls.len; i++)
        p->calls.items[i]->has_mistakes = true;
    if (d && d->kind == DECL_FN)
        d->u.fn.body->has_mistakes = true;
    else if (d && d->kind == DECL_FLOW)
        d->u.flow.body->has_mistakes = true;
    else if (d && d->kind == DECL_TEST)
        d->u.test.has_mistakes = true;
}

/* Said once, then on to the next declaration. */
static struct decl *parse_no_decl(struct parser *p)
{
    doubt_last(p);
    if (at(p, TOKEN_BRACE_CLOSE))
        mistake(p, span_of(p, p->next), "this '}' closes nothing");
    else
        diag_help(mistake_expected(p, "use, language, pronounce, const, hours, permit, extern, fn, flow or test"),
                  "actions and other statements stand in a 'flow' or a 'fn'");
    if (!at(p, TOKEN_END))
        p->next++;
    recover_declaration(p);
    return NULL;
}

static bool has_name(const struct decl *d)
{
    return d->kind == DECL_CONST || d->kind == DECL_HOURS || d->kind == DECL_FN || d->kind == DECL_FLOW;
}

typedef void decl_parser(struct parser *p, struct decl *d);

struct decl *parse_decl(struct parser *p)
{
    static decl_parser *const rows[TOKEN_COUNT] = {
        [TOKEN_USE] = parse_use,        [TOKEN_CONST] = parse_const,   [TOKEN_HOURS] = parse_hours_decl,
        [TOKEN_PERMIT] = parse_permit,  [TOKEN_EXTERN] = parse_extern, [TOKEN_FLOW] = parse_flow,
        [TOKEN_TEST] = parse_test_decl,
    };
    const struct token *start = p->next;
    decl_parser *parse = at_named(p, "language")    ? parse_language
                         : at_named(p, "pronounce") ? parse_pronounce
                                                    : rows[start->kind];
    struct decl *d;
    if (!parse && !at(p, TOKEN_FN))
        return parse_no_decl(p);
    p->calls.len = 0;
    if (!parse) {
        d = parse_fn(p, false);
    } else {
        d = NODE(p, struct decl);
        d->source = p->source;
        take(p);
        parse(p, d);
    }
    p->last = d;
    d->span = span_from(p, start);
    if ((p->quiet && d->kind != DECL_CONST) || (has_name(d) && !d->name.name))
        d->kind = DECL_BAD;
    end_statement(p);
    return d;
}
