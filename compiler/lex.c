/* The lexer: white space, words, signs, line ends. Numbers and texts are in files of their own. */
#include "compiler/lex_state.h"

#include <string.h>

#include "compiler/ast_name.h"

bool lex_is_word(unsigned char c)
{
    static const bool word[256] = { ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['_'] = true };
    return word[c];
}

struct token *lex_emit(struct lexer *lx, int kind, const char *start)
{
    struct token t = { .kind = (uint8_t)kind, .start = (uint32_t)(start - lx->text), .len = (uint32_t)(lx->p - start) };
    vec_push(lx->out, t);
    if (kind != TOKEN_COMMENT)
        lx->last = t.kind;
    return &vec_last(lx->out);
}

struct diag *lex_error(struct lexer *lx, const char *start, const char *fmt, ...)
{
    struct span at = { lx->source, (uint32_t)(start - lx->text), (uint32_t)(lx->p - start) };
    struct sbuf message = { 0 };
    struct diag *d;
    va_list ap;
    va_start(ap, fmt);
    sbuf_vfmt(&message, fmt, ap);
    va_end(ap);
    d = diag_error(lx->env->diags, at, "%s", message.p);
    sbuf_free(&message);
    return d;
}

static void lex_word(struct lexer *lx)
{
    const char *start = lx->p;
    const struct name *name;
    struct token *t;
    while (lex_is_word((unsigned char)*lx->p))
        lx->p++;
    name = name_intern(lx->env->names, (struct str){ start, (size_t)(lx->p - start) });
    t = lex_emit(lx, name->keyword ? name->keyword : TOKEN_WORD, start);
    t->u.name = name;
}

static void lex_comment(struct lexer *lx)
{
    const char *start = lx->p, *eol = memchr(lx->p, '\n', (size_t)(lx->end - lx->p));
    lx->p = eol ? eol : lx->end;
    if (!lx->comments)
        return;
    while (lx->p > start && (lx->p[-1] == '\r' || lx->p[-1] == ' ' || lx->p[-1] == '\t'))
        lx->p--;
    lex_emit(lx, TOKEN_COMMENT, start);
    lx->p = eol ? eol : lx->end;
}

/* An expression in a text ends with its line: said once, and the text is taken as closed. */
static void close_texts(struct lexer *lx)
{
    while (lx->nested > 0) {
        uint32_t opened = lx->opened[--lx->nested];
        if (lx->nested == 0)
            diag_help(diag_error(lx->env->diags, (struct span){ lx->source, opened, 1 },
                                 "this '{' in a text is never closed"),
                      "write '\\{' for a brace that is meant as such");
        lex_emit(lx, TOKEN_TEXT_CLOSE, lx->p);
        lx->last = TOKEN_TEXT_CLOSE;
    }
}

static void lex_line_end(struct lexer *lx)
{
    close_texts(lx);
    if (lx->last == TOKEN_NEWLINE || token_goes_on(lx->last)) {
        lx->p++;
        return;
    }
    lx->p++;
    lex_emit(lx, TOKEN_NEWLINE, lx->p - 1);
}

static void lex_sign(struct lexer *lx, int kind, unsigned len)
{
    const char *start = lx->p;
    lx->p += len;
    lex_emit(lx, kind, start);
}

static void lex_brace(struct lexer *lx)
{
    bool open = *lx->p == '{';
    if (lx->nested > 0) {
        uint32_t *braces = &lx->braces[lx->nested - 1];
        if (!open && *braces == 0) {
            lex_text_rest(lx);
            return;
        }
        *braces += open ? 1u : -1u;
    }
    lex_sign(lx, open ? TOKEN_BRACE_OPEN : TOKEN_BRACE_CLOSE, 1);
}

/* Signs that people bring from other languages, with the word that says it here. */
static const char *foreign_sign(const char *p, unsigned *len)
{
    *len = 2;
    if (!strncmp(p, "&&", 2))
        return "'and' joins conditions";
    if (!strncmp(p, "||", 2))
        return "'or' joins conditions";
    if (!strncmp(p, "//", 2) || !strncmp(p, "/*", 2))
        return "a comment begins with '#'";
    if (!strncmp(p, "++", 2) || !strncmp(p, "+=", 2) || !strncmp(p, "-=", 2))
        return "write 'n = n + 1'";
    *len = 1;
    return *p == '!' ? "'not' turns a condition round" : *p == '\'' ? "a text stands in double quotes" : NULL;
}

/* A text in quotes of another kind is one mistake, up to the closing one on its line. */
static unsigned foreign_text(const struct lexer *lx)
{
    static const struct {
        const char *open, *close;
    } quotes[] = { { "'", "'" }, { "“", "”" }, { "„", "“" }, { "‘", "’" }, { "«", "»" } };
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        size_t n = strlen(quotes[i].open), m = strlen(quotes[i].close);
        if ((size_t)(lx->end - lx->p) < n || memcmp(lx->p, quotes[i].open, n) != 0)
            continue;
        for (const char *p = lx->p + n; p + m <= lx->end && *p != '\n'; p++)
            if (!memcmp(p, quotes[i].close, m))
                return (unsigned)(p + m - lx->p);
    }
    return 0;
}

static void lex_foreign(struct lexer *lx)
{
    const char *start = lx->p;
    unsigned len = 1;
    unsigned text = foreign_text(lx);
    const char *help = text ? "a text stands in double quotes: \"…\"" : foreign_sign(start, &len);
    if (text)
        len = text;
    struct diag *d;
    lx->p += len;
    while (!help && ((unsigned char)*lx->p & 0xC0) == 0x80)
        lx->p++;
    if (help || (unsigned char)*start > 0x20)
        d = lex_error(lx, start, "unexpected '%.*s'", (int)(lx->p - start), start);
    else
        d = lex_error(lx, start, "unexpected control character");
    if (help)
        diag_help(d, "%s", help);
    if (help && len == 2 && *start == '/')
        while (lx->p < lx->end && *lx->p != '\n')
            lx->p++;
    lex_emit(lx, TOKEN_BAD, start);
}

/* Signs of two characters; 0: none starts here. */
static int double_sign(const char *p)
{
    static const struct {
        char text[3];
        uint8_t kind;
    } signs[] = { { "->", TOKEN_ARROW },
                  { "==", TOKEN_EQUAL },
                  { "!=", TOKEN_NOT_EQUAL },
                  { "<=", TOKEN_LESS_EQUAL },
                  { ">=", TOKEN_GREATER_EQUAL } };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (p[0] == signs[i].text[0] && p[1] == signs[i].text[1])
            return signs[i].kind;
    return 0;
}

static int single_sign(char c)
{
    static const uint8_t kinds[128] = {
        ['('] = TOKEN_PAREN_OPEN, [')'] = TOKEN_PAREN_CLOSE, ['['] = TOKEN_BRACKET_OPEN, [']'] = TOKEN_BRACKET_CLOSE,
        [','] = TOKEN_COMMA,      [':'] = TOKEN_COLON,       ['|'] = TOKEN_BAR,          ['.'] = TOKEN_DOT,
        ['='] = TOKEN_ASSIGN,     ['+'] = TOKEN_PLUS,        ['-'] = TOKEN_MINUS,        ['*'] = TOKEN_STAR,
        ['/'] = TOKEN_SLASH,      ['%'] = TOKEN_PERCENT,     ['<'] = TOKEN_LESS,         ['>'] = TOKEN_GREATER,
        [';'] = TOKEN_SEMICOLON,
    };
    return (unsigned char)c < 128 ? kinds[(unsigned char)c] : 0;
}

static void lex_operator(struct lexer *lx)
{
    unsigned len;
    int kind = double_sign(lx->p);
    if (kind) {
        lex_sign(lx, kind, 2);
        return;
    }
    kind = single_sign(*lx->p);
    if (kind && !(strchr("|/+-", *lx->p) && foreign_sign(lx->p, &len)))
        lex_sign(lx, kind, 1);
    else
        lex_foreign(lx);
}

static void lex_token(struct lexer *lx)
{
    unsigned char c = (unsigned char)*lx->p;
    if (c == ' ' || c == '\t' || (c == '\r' && lx->p[1] == '\n'))
        lx->p++;
    else if (c == '\n')
        lex_line_end(lx);
    else if (c == '#')
        lex_comment(lx);
    else if (c == '"')
        lex_text(lx);
    else if (c == '{' || c == '}')
        lex_brace(lx);
    else if (c >= '0' && c <= '9')
        lex_number(lx);
    else if (lex_is_word(c))
        lex_word(lx);
    else
        lex_operator(lx);
}

void lex_file(struct tokens *out, const struct parse_env *env, uint32_t source, bool comments)
{
    struct str text = source_at(env->sources, source)->text;
    struct lexer lx = { .env = env,
                        .out = out,
                        .text = text.p,
                        .p = text.p,
                        .end = text.p + text.len,
                        .source = source,
                        .last = TOKEN_NEWLINE,
                        .comments = comments };
    vec_reserve(out, text.len / 4 + 16);
    while (lx.p < lx.end) {
        while (*lx.p == ' ') /* the text ends in a NUL */
            lx.p++;
        if (lx.p < lx.end)
            lex_token(&lx);
    }
    close_texts(&lx);
    lex_emit(&lx, TOKEN_NEWLINE, lx.p);
    lex_emit(&lx, TOKEN_END, lx.p);
}
