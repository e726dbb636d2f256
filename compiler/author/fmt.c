/* Tokens to lines: where lines break, how far they are indented, and what stands on them. */
#include "compiler/author/fmt.h"

#include <string.h>

#include "compiler/author/fmt_line.h"

struct open {
    uint8_t kind;
    bool block;  /* `{ }` of statements, clauses, entries: no object */
    bool broken; /* its contents stand on lines of their own */
    bool hours;
    unsigned indent; /* of the statement in which it opened */
};

struct formatter {
    const char *text;
    const struct token *tokens; /* without line ends */
    size_t count, at;
    struct fmt_lines lines;
    VEC(struct open) stack;
    struct fmt_line *line; /* NULL: none is open */
    unsigned base;         /* indent of the statement, without what its further lines are moved in */
    size_t statement;      /* index of the token that began it */
    size_t column;         /* index of the token at which the line's shared column begins */
};

static const struct token *token_at(const struct formatter *f, size_t i) { return i < f->count ? &f->tokens[i] : NULL; }

static bool is_opener(int kind)
{
    return kind == TOKEN_PAREN_OPEN || kind == TOKEN_BRACKET_OPEN || kind == TOKEN_BRACE_OPEN;
}
static bool is_closer(int kind)
{
    return kind == TOKEN_PAREN_CLOSE || kind == TOKEN_BRACKET_CLOSE || kind == TOKEN_BRACE_CLOSE;
}

/* Line ends between two tokens of the source. */
static unsigned breaks_before(const struct formatter *f, size_t i)
{
    unsigned n = 0;
    if (i == 0 || i >= f->count)
        return 0;
    for (uint32_t p = f->tokens[i - 1].start + f->tokens[i - 1].len; p < f->tokens[i].start; p++)
        n += f->text[p] == '\n';
    return n;
}

/* The last token before i that is no comment. */
static const struct token *before(const struct formatter *f, size_t i)
{
    while (i-- > 0)
        if (f->tokens[i].kind != TOKEN_COMMENT)
            return &f->tokens[i];
    return NULL;
}

static size_t closer_of(const struct formatter *f, size_t i)
{
    unsigned depth = 0;
    for (; i < f->count; i++) {
        depth += is_opener(f->tokens[i].kind);
        depth -= is_closer(f->tokens[i].kind);
        if (depth == 0)
            break;
    }
    return i;
}

static bool is_object(const struct formatter *f, size_t i)
{
    const struct token *colon = token_at(f, i + 2);
    return f->tokens[i].kind == TOKEN_BRACE_OPEN && colon && colon->kind == TOKEN_COLON;
}

/* A block is broken when a line ends anywhere in it; anything else when its opening sign ends its line. */
static bool is_broken(const struct formatter *f, size_t i, bool block)
{
    size_t end = closer_of(f, i);
    if (!block)
        return breaks_before(f, i + 1) > 0;
    for (size_t k = i + 1; k <= end && k < f->count; k++)
        if (breaks_before(f, k))
            return true;
    return false;
}

static const struct open *top(const struct formatter *f)
{
    return f->stack.len ? &f->stack.items[f->stack.len - 1] : NULL;
}

static bool in_hours(const struct formatter *f) { return f->stack.len && f->stack.items[0].hours; }

static void push_open(struct formatter *f)
{
    const struct token *first = token_at(f, f->statement);
    bool block = f->tokens[f->at].kind == TOKEN_BRACE_OPEN && !is_object(f, f->at);
    struct open o = { .kind = f->tokens[f->at].kind,
                      .block = block,
                      .broken = is_broken(f, f->at, block),
                      .indent = f->base,
                      .hours = f->stack.len == 0 && first && first->kind == TOKEN_HOURS };
    if (!block && f->line)
        o.indent = f->line->indent;
    vec_push(&f->stack, o);
}

/* Does a statement, a clause or an entry begin with token i? */
static bool begins_statement(const struct formatter *f, size_t i)
{
    const struct token *prev = before(f, i);
    if (!prev || prev->kind == TOKEN_SEMICOLON || (top(f) && !top(f)->block))
        return !prev || prev->kind == TOKEN_SEMICOLON;
    if (prev->kind == TOKEN_BRACE_OPEN)
        return true;
    bool closes =
        top(f) && top(f)->broken && is_closer(f->tokens[i].kind); /* on a line of its own, wherever it stood */
    return (breaks_before(f, i) > 0 || closes) && !token_goes_on(prev->kind);
}

/* What a line with token i first is moved in by. A statement's further lines stand one step further in. */
static unsigned indent_of(const struct formatter *f, size_t i)
{
    const struct open *o = top(f);
    const struct token *prev = before(f, i);
    bool closer = is_closer(f->tokens[i].kind);
    unsigned indent = !o ? 0 : closer ? o->indent : o->indent + FMT_INDENT;
    bool goes_on = prev && token_goes_on(prev->kind) && !is_opener(prev->kind);
    if (goes_on && !closer && (!o || o->block))
        indent += FMT_INDENT;
    return indent;
}

static bool wants_break(const struct formatter *f, size_t i)
{
    const struct open *o = top(f);
    const struct token *t = &f->tokens[i];
    const struct token *prev = i > 0 ? &f->tokens[i - 1] : NULL;
    if (!prev)
        return true;
    if (t->kind == TOKEN_COMMENT)
        return breaks_before(f, i) > 0;
    if (prev->kind == TOKEN_COMMENT)
        return true;
    if (is_closer(t->kind))
        return o && o->broken;
    if (is_opener(prev->kind))
        return o && o->broken;
    return breaks_before(f, i) > 0;
}

static void begin_line(struct formatter *f, size_t i)
{
    bool empty = breaks_before(f, i) > 1 && !is_closer(f->tokens[i].kind) && !is_opener(f->tokens[i - 1].kind);
    struct fmt_line line = { .indent = indent_of(f, i), .empty_before = f->lines.len > 0 && empty };
    vec_push(&f->lines, line);
    f->line = &vec_last(&f->lines);
}

static void put_comment(struct formatter *f, const struct token *t)
{
    const char *p = f->text + t->start;
    bool tight = t->len > 1 && p[1] != ' ' && p[1] != '\t' && p[1] != '#' && p[1] != '!';
    sbuf_cstr(&f->line->comment, tight ? "# " : "#");
    sbuf_add(&f->line->comment, p + 1, t->len - 1);
}

/* Is token i the name of an action, so that what follows is its argument? */
static bool is_head(const struct formatter *f, size_t i)
{
    const struct token *prev = before(f, i);
    if (f->tokens[i].kind != TOKEN_WORD)
        return false;
    if (i == f->statement)
        return true;
    const struct token *first = token_at(f, f->statement);
    bool expect = first && first->kind == TOKEN_WORD && str_is(first->u.name->text, "expect");
    return expect && prev &&
           (prev == first || prev->kind == TOKEN_NO ||
            (i == f->statement + 3 && str_is(f->tokens[i].u.name->text, "to")));
}

static bool wants_space(const struct formatter *f, size_t i)
{
    struct fmt_pair pair = { .before = i > 1 ? before(f, i - 1) : NULL,
                             .left = &f->tokens[i - 1],
                             .right = &f->tokens[i],
                             .left_is_head = is_head(f, i - 1),
                             .before_is_head = i > 1 && is_head(f, i - 2),
                             .hours = in_hours(f) };
    return fmt_space(&pair);
}

/* Before the shared column nothing is put: the distance to it is made when all neighbours are known. */
static void put_token(struct formatter *f, size_t i, bool first)
{
    const struct token *t = &f->tokens[i];
    bool behind = f->line->align != FMT_ALIGN_NONE && i >= f->column;
    struct sbuf *out = behind ? &f->line->rest : &f->line->head;
    bool at_column = f->line->align != FMT_ALIGN_NONE && i == f->column;
    if (!first && !at_column && wants_space(f, i))
        sbuf_char(out, ' ');
    sbuf_add(out, f->text + t->start, t->len);
}

/* Of a line that begins with token i: does a column begin on it that its neighbours share, and at which token? */
static enum fmt_align alignment(struct formatter *f, size_t i)
{
    int kind = f->tokens[i].kind;
    size_t k = i;
    if (kind == TOKEN_LET || kind == TOKEN_VAR || kind == TOKEN_CONST) {
        f->column = i + 2;
        return token_at(f, i + 2) && f->tokens[i + 2].kind == TOKEN_ASSIGN ? FMT_ALIGN_VALUE : FMT_ALIGN_NONE;
    }
    if (kind != TOKEN_ON && kind != TOKEN_ELSE && kind != TOKEN_TEXT && kind != TOKEN_INT)
        return FMT_ALIGN_NONE;
    if (!top(f) || !top(f)->block || in_hours(f))
        return FMT_ALIGN_NONE;
    while (k < f->count && f->tokens[k].kind != TOKEN_BRACE_OPEN)
        k++;
    size_t end = k < f->count ? closer_of(f, k) : k;
    for (size_t n = i + 1; n <= end; n++)
        if (n >= f->count || breaks_before(f, n))
            return FMT_ALIGN_NONE;
    f->column = k;
    return kind == TOKEN_ON || kind == TOKEN_ELSE ? FMT_ALIGN_OUTCOME : FMT_ALIGN_CHOICE;
}

/* Characters of the source between the beginnings of two tokens. */
static size_t distance(const struct formatter *f, size_t from, size_t to)
{
    uint32_t start = f->tokens[from].start;
    return utf8_length((struct str){ f->text + start, f->tokens[to].start - start });
}

static void open_line(struct formatter *f, size_t i)
{
    begin_line(f, i);
    if (!begins_statement(f, i))
        return;
    f->base = f->line->indent;
    f->line->align = alignment(f, i);
    if (f->line->align == FMT_ALIGN_OUTCOME && f->column < f->count)
        f->line->written = distance(f, i, f->column);
}

static void format_token(struct formatter *f)
{
    size_t i = f->at;
    const struct token *t = &f->tokens[i];
    bool first = wants_break(f, i);
    if (begins_statement(f, i) && t->kind != TOKEN_COMMENT)
        f->statement = i;
    if (first)
        open_line(f, i);
    if (t->kind == TOKEN_COMMENT)
        put_comment(f, t);
    else
        put_token(f, i, first);
    if (is_opener(t->kind))
        push_open(f);
    else if (is_closer(t->kind) && f->stack.len)
        (void)vec_pop(&f->stack);
}

static void format_all(struct formatter *f, struct sbuf *out)
{
    for (f->at = 0; f->at < f->count; f->at++)
        format_token(f);
    fmt_print(&f->lines, out);
    for (size_t i = 0; i < f->lines.len; i++) {
        sbuf_free(&f->lines.items[i].head);
        sbuf_free(&f->lines.items[i].rest);
        sbuf_free(&f->lines.items[i].comment);
    }
    vec_free(&f->lines);
    vec_free(&f->stack);
}

/* A `;` separates two statements of a line, and nothing else. */
static bool separates(const struct formatter *f, const struct token *last, const struct token *semicolon,
                      const struct token *next)
{
    bool behind = next->kind != TOKEN_NEWLINE && next->kind != TOKEN_END && next->kind != TOKEN_SEMICOLON &&
                  next->kind != TOKEN_COMMENT && next->kind != TOKEN_BRACE_CLOSE;
    bool before_it =
        last && last->kind != TOKEN_BRACE_OPEN && last->kind != TOKEN_COMMENT && last->kind != TOKEN_SEMICOLON;
    return behind && before_it && !memchr(f->text + last->start, '\n', semicolon->start - last->start);
}

/* Line ends as tokens are of no use here: where lines end is seen between the tokens. */
static size_t keep_needed(struct formatter *f, struct token *tokens, size_t len)
{
    size_t kept = 0;
    for (size_t i = 0; i < len; i++) {
        int kind = tokens[i].kind;
        if (kind == TOKEN_NEWLINE || kind == TOKEN_END)
            continue;
        if (kind == TOKEN_SEMICOLON && !separates(f, kept ? &tokens[kept - 1] : NULL, &tokens[i], &tokens[i + 1]))
            continue;
        tokens[kept++] = tokens[i];
    }
    return kept;
}

enum err fmt_source(const struct parse_env *env, uint32_t source, struct sbuf *out)
{
    struct tokens tokens = { 0 };
    if (parse_file(env, source)->has_mistakes)
        return ERR_SYNTAX;
    lex_file(&tokens, env, source, true);
    struct formatter f = { .text = source_at(env->sources, source)->text.p, .tokens = tokens.items };
    f.count = keep_needed(&f, tokens.items, tokens.len);
    format_all(&f, out);
    vec_free(&tokens);
    return ERR_OK;
}
