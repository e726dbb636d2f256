/* Expressions, a function a level of binding, loosest first. */
#include "compiler/parse_core.h"

struct expr *expr_new(struct parser *p, enum expr_kind kind, struct span where)
{
    struct expr *e = NODE(p, struct expr);
    e->kind = kind;
    e->span = where;
    return e;
}

struct expr *expr_bad(struct parser *p, struct span where) { return expr_new(p, EXPR_BAD, where); }

static struct expr *operation(struct parser *p, enum expr_op op, struct expr *left, struct expr *right,
                              const struct token *sign)
{
    struct expr *e = expr_new(p, EXPR_BINARY, span_join(left->span, right->span));
    e->u.op = (struct expr_operation){ op, span_of(p, sign), left, right };
    return e;
}

typedef struct expr *operand_fn(struct parser *p);

/* Left-associative operators of one level: `ops` maps a token to its operator + 1. */
static struct expr *parse_chain(struct parser *p, operand_fn *operand, const uint8_t *ops)
{
    struct expr *left = operand(p);
    unsigned links = 0;
    while (ops[peek(p)] && !p->quiet && enter(p)) {
        const struct token *sign = take(p);
        links++; /* a chain is a tree as deep as it is long */
        left = operation(p, ops[sign->kind] - 1, left, operand(p), sign);
    }
    while (links-- > 0)
        leave(p);
    return left;
}

static struct expr *parse_unary(struct parser *p);

static struct expr *parse_product(struct parser *p)
{
    static const uint8_t ops[TOKEN_COUNT] = {
        [TOKEN_STAR] = OPER_MULTIPLY + 1, [TOKEN_SLASH] = OPER_DIVIDE + 1, [TOKEN_PERCENT] = OPER_REMAINDER + 1
    };
    return parse_chain(p, parse_unary, ops);
}

static struct expr *parse_sum(struct parser *p)
{
    static const uint8_t ops[TOKEN_COUNT] = { [TOKEN_PLUS] = OPER_ADD + 1, [TOKEN_MINUS] = OPER_SUBTRACT + 1 };
    return parse_chain(p, parse_product, ops);
}

static const uint8_t comparisons[TOKEN_COUNT] = {
    [TOKEN_EQUAL] = OPER_EQUAL + 1,     [TOKEN_NOT_EQUAL] = OPER_NOT_EQUAL + 1,
    [TOKEN_LESS] = OPER_LESS + 1,       [TOKEN_LESS_EQUAL] = OPER_LESS_EQUAL + 1,
    [TOKEN_GREATER] = OPER_GREATER + 1, [TOKEN_GREATER_EQUAL] = OPER_GREATER_EQUAL + 1,
    [TOKEN_IN] = OPER_IN + 1,           [TOKEN_MATCHES] = OPER_MATCHES + 1,
};

static struct expr *parse_comparison(struct parser *p)
{
    struct expr *left = parse_sum(p);
    if (at(p, TOKEN_ASSIGN))
        diag_help(mistake(p, span_of(p, p->next), "'=' gives a value and cannot compare"), "write '=='");
    if (!comparisons[peek(p)] || p->quiet)
        return left;
    const struct token *sign = take(p);
    if (sign->kind == TOKEN_LESS && at(p, TOKEN_GREATER))
        diag_help(mistake(p, span_from(p, sign), "'<>' does not compare"), "write '!='");
    left = operation(p, comparisons[sign->kind] - 1, left, parse_sum(p), sign);
    if (comparisons[peek(p)])
        diag_help(mistake(p, span_of(p, p->next), "comparisons cannot be chained"), "join them with 'and', or use ( )");
    return left;
}

static struct expr *parse_prefix(struct parser *p, enum expr_op op, operand_fn *operand)
{
    const struct token *sign = take(p);
    struct expr *e = expr_bad(p, span_of(p, sign)), *side;
    if (!enter(p))
        return e;
    side = operand(p);
    leave(p);
    e->kind = EXPR_UNARY;
    e->span = span_join(e->span, side->span);
    e->u.op = (struct expr_operation){ op, span_of(p, sign), side, NULL };
    return e;
}

static struct expr *parse_not(struct parser *p)
{
    return at(p, TOKEN_NOT) ? parse_prefix(p, OPER_NOT, parse_not) : parse_comparison(p);
}

static struct expr *parse_and(struct parser *p)
{
    static const uint8_t ops[TOKEN_COUNT] = { [TOKEN_AND] = OPER_AND + 1 };
    return parse_chain(p, parse_not, ops);
}

struct expr *parse_expr(struct parser *p)
{
    static const uint8_t ops[TOKEN_COUNT] = { [TOKEN_OR] = OPER_OR + 1 };
    struct expr *e;
    if (!enter(p))
        return expr_bad(p, span_of(p, p->next));
    e = parse_chain(p, parse_and, ops);
    leave(p);
    return p->quiet ? expr_bad(p, e->span) : e; /* half a value has no type to judge by */
}

static struct expr *parse_field(struct parser *p, struct expr *base)
{
    struct expr *e = expr_new(p, EXPR_FIELD, base->span);
    take(p);
    e->u.field.base = base;
    e->u.field.name = expect_word(p, "the name of a field");
    if (!e->u.field.name.name)
        return expr_bad(p, base->span);
    e->span = span_since(p, base->span);
    return e;
}

/* The value of an `else`, which may end in an `else` again. */
static struct expr *parse_else(struct parser *p)
{
    struct expr *e;
    if (p->quiet || !accept(p, TOKEN_ELSE))
        return NULL;
    if (!enter(p))
        return expr_bad(p, span_of(p, p->next));
    e = parse_unary(p);
    leave(p);
    return e;
}

/* xs[i], xs[i] else d */
static struct expr *parse_index(struct parser *p, struct expr *base)
{
    struct expr *e = expr_new(p, EXPR_INDEX, base->span);
    take(p);
    e->u.index.base = base;
    e->u.index.index = parse_expr(p);
    expect(p, TOKEN_BRACKET_CLOSE, NULL);
    e->u.index.other = parse_else(p);
    e->span = span_since(p, base->span);
    return e;
}

static struct expr *parse_primary(struct parser *p);

static struct expr *parse_postfix(struct parser *p)
{
    struct expr *e = parse_primary(p);
    unsigned links = 0;
    while ((at(p, TOKEN_DOT) || at(p, TOKEN_BRACKET_OPEN)) && !p->quiet && enter(p)) {
        links++;
        e = at(p, TOKEN_DOT) ? parse_field(p, e) : parse_index(p, e);
    }
    while (links-- > 0)
        leave(p);
    return e;
}

static struct expr *parse_as(struct parser *p)
{
    struct expr *base = parse_postfix(p), *e;
    if (p->quiet || !accept(p, TOKEN_AS))
        return base;
    e = expr_new(p, EXPR_AS, base->span);
    e->u.as.base = base;
    e->u.as.type = parse_type(p);
    e->u.as.other = parse_else(p);
    e->span = span_since(p, base->span);
    return e;
}

static struct expr *parse_unary(struct parser *p)
{
    return at(p, TOKEN_MINUS) ? parse_prefix(p, OPER_NEGATE, parse_unary) : parse_as(p);
}

static struct expr *parse_list(struct parser *p)
{
    const struct token *open = take(p);
    struct expr *e = expr_new(p, EXPR_LIST, span_of(p, open));
    struct list_item **tail = &e->u.items;
    while (!at(p, TOKEN_BRACKET_CLOSE) && !p->quiet) {
        struct list_item *item = *tail = NODE(p, struct list_item);
        item->value = parse_value(p);
        tail = &item->next;
        skip_newline_before(p, TOKEN_BRACKET_CLOSE);
        if (!accept(p, TOKEN_COMMA) && !at(p, TOKEN_BRACKET_CLOSE))
            mistake_expected(p, "',' or ']'");
    }
    if (!p->quiet)
        take(p);
    e->span = span_from(p, open);
    return e;
}

static bool parse_object_item(struct parser *p, struct object_item *item)
{
    item->key_is_text = at(p, TOKEN_TEXT) || at(p, TOKEN_TEXT_OPEN);
    if (item->key_is_text) {
        item->key = expect_text(p, "a key");
    } else {
        struct word w = expect_word(p, "a key");
        if (w.name)
            item->key = (struct literal){ w.name->text, w.span };
    }
    if (!p->quiet && expect(p, TOKEN_COLON, NULL))
        item->value = parse_value(p);
    return !p->quiet;
}

static struct expr *parse_object(struct parser *p)
{
    const struct token *open = take(p);
    struct expr *e = expr_new(p, EXPR_OBJECT, span_of(p, open));
    struct object_item **tail = &e->u.object;
    while (!at(p, TOKEN_BRACE_CLOSE) && !p->quiet) {
        struct object_item *item = NODE(p, struct object_item);
        if (!parse_object_item(p, item))
            break;
        *tail = item;
        tail = &item->next;
        skip_newline_before(p, TOKEN_BRACE_CLOSE);
        if (!accept(p, TOKEN_COMMA) && !at(p, TOKEN_BRACE_CLOSE))
            mistake_expected(p, "',' or '}'");
    }
    if (!p->quiet)
        take(p);
    e->span = span_from(p, open);
    return e;
}

struct expr *parse_value(struct parser *p)
{
    struct expr *e;
    if (!at(p, TOKEN_BRACE_OPEN))
        return parse_expr(p);
    if (!enter(p))
        return expr_bad(p, span_of(p, p->next));
    e = parse_object(p);
    leave(p);
    return e;
}

static struct expr *parse_parens(struct parser *p)
{
    const struct token *open = take(p);
    struct expr *e = parse_expr(p);
    skip_newline_before(p, TOKEN_PAREN_CLOSE);
    expect(p, TOKEN_PAREN_CLOSE, NULL);
    e->in_parens = true;
    e->span = span_from(p, open);
    return e;
}

static struct expr *parse_name(struct parser *p)
{
    const struct token *t = take(p);
    struct expr *e = expr_new(p, EXPR_NAME, span_of(p, t));
    e->u.name = word_of(p, t);
    if (!at(p, TOKEN_PAREN_OPEN))
        return e;
    e->kind = EXPR_CALL;
    e->u.call = (struct expr_call){ .name = word_of(p, t) };
    e->u.call.args = parse_call_args(p);
    e->span = span_from(p, t);
    return e;
}

static struct expr *parse_number(struct parser *p, enum expr_kind kind)
{
    const struct token *t = take(p);
    struct expr *e = expr_new(p, kind, span_of(p, t));
    if (kind == EXPR_DATE)
        e->u.date = parse_date_token(t);
    else if (kind == EXPR_BOOL)
        e->u.boolean = t->kind == TOKEN_YES;
    else
        e->u.integer = t->u.number;
    return e;
}

struct date parse_date_token(const struct token *t)
{
    return (struct date){ (uint16_t)(t->u.number >> 16), (uint8_t)(t->u.number >> 8), (uint8_t)t->u.number };
}

static struct expr *parse_no_value(struct parser *p)
{
    struct span where = span_of(p, p->next);
    if (at(p, TOKEN_TIME))
        diag_help(mistake(p, where, "a time of day is no value"),
                  "times stand in 'hours' and in 'at'; ask with open(…)");
    else if (at(p, TOKEN_BRACE_OPEN))
        diag_help(mistake(p, where, "an object cannot stand here"),
                  "objects stand after 'label:', in a list or in an object");
    else
        mistake_expected(p, "a value");
    return expr_bad(p, where);
}

static struct expr *parse_primary(struct parser *p)
{
    switch (peek(p)) {
    case TOKEN_WORD: return parse_name(p);
    case TOKEN_TEXT:
    case TOKEN_TEXT_OPEN: return parse_literal_text(p);
    case TOKEN_INT: return parse_number(p, EXPR_INT);
    case TOKEN_DURATION: return parse_number(p, EXPR_DURATION);
    case TOKEN_DATE: return parse_number(p, EXPR_DATE);
    case TOKEN_YES:
    case TOKEN_NO: return parse_number(p, EXPR_BOOL);
    case TOKEN_BRACKET_OPEN: return parse_list(p);
    case TOKEN_PAREN_OPEN: return parse_parens(p);
    case TOKEN_BAD: swallow(p); return expr_bad(p, span_of(p, take(p)));
    default: return parse_no_value(p);
    }
}
