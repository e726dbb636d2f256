/* Texts: their value without escapes, and their pieces when expressions stand in them. */
#include "compiler/parse_core.h"

#include <string.h>

/* The bytes between the signs that bound a piece: `"`, `{`, `}`. A broken piece may miss the last one. */
static struct str inner(const struct parser *p, const struct token *t)
{
    const char *text = p->text + t->start;
    bool bounded = t->len > 1 && (text[t->len - 1] == '"' || text[t->len - 1] == '{');
    if (t->len < 1)
        return (struct str){ text, 0 };
    return (struct str){ text + 1, t->len - 1u - bounded };
}

struct str text_value(struct parser *p, const struct token *t)
{
    struct str raw = inner(p, t);
    char *out;
    size_t n = 0;
    if (!raw.len || !memchr(raw.p, '\\', raw.len))
        return raw;
    out = arena_alloc(p->arena, raw.len + 1);
    for (size_t i = 0; i < raw.len; i++) {
        bool escape = raw.p[i] == '\\' && i + 1 < raw.len;
        i += escape;
        out[n++] = escape && raw.p[i] == 'n' ? '\n' : raw.p[i];
    }
    return (struct str){ out, n };
}

static struct text_part **add_piece(struct parser *p, struct text_part **tail, const struct token *t)
{
    struct str text = text_value(p, t);
    if (!text.len)
        return tail;
    *tail = NODE(p, struct text_part);
    (*tail)->text = text;
    return &(*tail)->next;
}

static struct text_part **add_expr(struct parser *p, struct text_part **tail)
{
    *tail = NODE(p, struct text_part);
    if (at(p, TOKEN_TEXT_MIDDLE) || at(p, TOKEN_TEXT_CLOSE))
        diag_help(mistake(p, span_of(p, p->next), "nothing stands between '{' and '}'"),
                  "write '\\{' for a brace that is meant as such");
    (*tail)->expr = parse_expr(p);
    return &(*tail)->next;
}

/* After a mistake in one expression the others of the text are still read. */
static void recover_piece(struct parser *p)
{
    unsigned nested = 0;
    if (!p->quiet)
        mistake_expected(p, "'}'");
    while (!at(p, TOKEN_NEWLINE) && !at(p, TOKEN_END)) {
        if (nested == 0 && (at(p, TOKEN_TEXT_MIDDLE) || at(p, TOKEN_TEXT_CLOSE)))
            break;
        nested += at(p, TOKEN_TEXT_OPEN);
        nested -= at(p, TOKEN_TEXT_CLOSE);
        take(p);
    }
}

struct expr *parse_literal_text(struct parser *p)
{
    const struct token *open = take(p);
    struct expr *e = expr_new(p, EXPR_TEXT, span_of(p, open));
    struct text_part **tail = &e->u.parts;
    if (open->kind == TOKEN_TEXT) {
        e->u.text = text_value(p, open);
        return e;
    }
    e->kind = EXPR_JOIN;
    tail = add_piece(p, tail, open);
    for (;;) {
        tail = add_expr(p, tail);
        if (!at(p, TOKEN_TEXT_MIDDLE) && !at(p, TOKEN_TEXT_CLOSE))
            recover_piece(p);
        p->quiet = p->truncated;
        if (!at(p, TOKEN_TEXT_MIDDLE) && !at(p, TOKEN_TEXT_CLOSE))
            break; /* the file ends here: nested too deep */
        tail = add_piece(p, tail, p->next);
        if (take(p)->kind == TOKEN_TEXT_CLOSE)
            break;
    }
    e->span = span_from(p, open);
    return e;
}
