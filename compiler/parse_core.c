/* Looking, taking and demanding tokens. */
#include "compiler/parse_core.h"

#include <string.h>

bool at_word(const struct parser *p) { return at(p, TOKEN_WORD) || token_is_keyword(peek(p)); }

bool at_named(const struct parser *p, const char *text)
{
    return at(p, TOKEN_WORD) && str_is(p->next->u.name->text, text);
}

bool accept_named(struct parser *p, const char *text)
{
    if (!at_named(p, text))
        return false;
    p->next++;
    return true;
}

bool at_line_end(const struct parser *p)
{
    int kind = peek(p);
    return kind == TOKEN_NEWLINE || kind == TOKEN_SEMICOLON || kind == TOKEN_BRACE_CLOSE || kind == TOKEN_END;
}

void skip_newlines(struct parser *p)
{
    while (at(p, TOKEN_NEWLINE) || at(p, TOKEN_SEMICOLON))
        p->next++;
}

void skip_newline_before(struct parser *p, int closer)
{
    if (at(p, TOKEN_NEWLINE) && p->next[1].kind == closer)
        p->next++;
}

struct span span_of(const struct parser *p, const struct token *t)
{
    return (struct span){ p->source, t->start, t->len };
}

struct word word_of(const struct parser *p, const struct token *t) { return (struct word){ t->u.name, span_of(p, t) }; }

struct span span_from(const struct parser *p, const struct token *start) { return span_since(p, span_of(p, start)); }

struct span span_since(const struct parser *p, struct span start)
{
    const struct token *last = p->next > p->first ? p->next - 1 : p->next;
    while (last > p->first && last->kind == TOKEN_NEWLINE)
        last--;
    if (last->start + last->len > start.start + start.len)
        start.len = last->start + last->len - start.start;
    return start;
}

bool expect(struct parser *p, int kind, const char *what)
{
    if (accept(p, kind))
        return true;
    mistake_expected(p, what ? what : token_text(kind));
    return false;
}

struct word expect_name(struct parser *p, const char *what)
{
    if (at(p, TOKEN_WORD))
        return word_of(p, take(p));
    if (token_is_keyword(peek(p)))
        diag_help(mistake(p, span_of(p, p->next), "'%s' is a word of the language and cannot be %s",
                          token_text(peek(p)), what),
                  "choose another name");
    else
        mistake_expected(p, what);
    return (struct word){ NULL, span_of(p, p->next) };
}

static bool is_snake_case(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'Z')
            return false;
    return true;
}

/* "ringSales" as "ring_sales". */
static void help_snake_case(struct diag *d, struct str s)
{
    struct sbuf b = { 0 };
    for (size_t i = 0; i < s.len; i++) {
        bool capital = s.p[i] >= 'A' && s.p[i] <= 'Z';
        bool before = i > 0 && s.p[i - 1] >= 'a' && s.p[i - 1] <= 'z';
        if (capital && before)
            sbuf_char(&b, '_');
        sbuf_char(&b, capital ? (char)(s.p[i] - 'A' + 'a') : s.p[i]);
    }
    diag_help(d, "write '%s'", b.p);
    sbuf_free(&b);
}

struct word expect_new_name(struct parser *p, const char *what)
{
    struct word w = expect_name(p, what);
    if (w.name && !is_snake_case(w.name->text) && !p->quiet)
        help_snake_case(diag_error(p->env->diags, w.span, "names are written in small letters, as snake_case"),
                        w.name->text);
    return w;
}

struct word expect_word(struct parser *p, const char *what)
{
    if (at_word(p))
        return word_of(p, take(p));
    mistake_expected(p, what);
    return (struct word){ NULL, span_of(p, p->next) };
}

struct literal expect_text(struct parser *p, const char *what)
{
    const struct token *t = p->next;
    if (at(p, TOKEN_TEXT)) {
        take(p);
        return (struct literal){ text_value(p, t), span_of(p, t) };
    }
    if (at(p, TOKEN_TEXT_OPEN))
        diag_help(mistake(p, span_of(p, t), "%s is a fixed text, without '{…}'", what), "write '\\{' for a brace");
    else
        mistake_expected(p, what);
    return (struct literal){ { 0 }, { p->source, t->start, 0 } };
}

/* What a token looks like to its author. */
static void describe(struct parser *p, const struct token *t, struct sbuf *out)
{
    if (t->kind == TOKEN_WORD || token_is_keyword(t->kind))
        sbuf_fmt(out, "'%.*s'", STR_ARG(t->u.name->text));
    else if (t->kind == TOKEN_INT || t->kind == TOKEN_DURATION || t->kind == TOKEN_DATE || t->kind == TOKEN_TIME)
        sbuf_fmt(out, "'%.*s'", (int)t->len, p->text + t->start);
    else
        sbuf_cstr(out, token_text(t->kind));
}

void swallow(struct parser *p)
{
    p->quiet = p->file->has_mistakes = true;
    p->mistakes++;
}

/* Where something is missing: behind the last token of a line that ends too early; the `}` alone of a piece of text. */
static struct span missing_at(const struct parser *p)
{
    struct span at_next = span_of(p, p->next);
    if ((at(p, TOKEN_NEWLINE) || at(p, TOKEN_END)) && p->next > p->first && p->next[-1].kind != TOKEN_NEWLINE)
        return (struct span){ p->source, p->next[-1].start + p->next[-1].len, 0 };
    if ((at(p, TOKEN_TEXT_MIDDLE) || at(p, TOKEN_TEXT_CLOSE)) && at_next.len > 1)
        at_next.len = 1;
    return at_next;
}

struct diag *mistake_expected(struct parser *p, const char *what)
{
    struct sbuf found = { 0 };
    struct diag *d;
    describe(p, p->next, &found);
    if (at(p, TOKEN_BAD))
        swallow(p);
    d = mistake(p, missing_at(p), "expected %s, not %s", what, found.p);
    sbuf_free(&found);
    return d;
}

struct diag *mistake(struct parser *p, struct span where, const char *fmt, ...)
{
    struct sbuf message = { 0 };
    struct diag *d;
    va_list ap;
    if (p->quiet) {
        d = NODE(p, struct diag);
        d->list = p->env->diags;
        return d;
    }
    va_start(ap, fmt);
    sbuf_vfmt(&message, fmt, ap);
    va_end(ap);
    d = diag_error(p->env->diags, where, "%s", message.p);
    sbuf_free(&message);
    swallow(p);
    return d;
}
