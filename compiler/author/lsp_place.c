/* The tokens up to the cursor, and what is open there. */
#include "compiler/author/lsp_place.h"

#include "compiler/ast_name.h"

struct str place_word_at(const struct lsp_place *p, size_t i)
{
    if (i >= p->count || (p->tokens.items[i].kind != TOKEN_WORD && !token_is_keyword(p->tokens.items[i].kind)))
        return (struct str){ 0 };
    return p->tokens.items[i].u.name->text;
}

static bool is_word(const struct token *t) { return t->kind == TOKEN_WORD || token_is_keyword(t->kind); }

static bool is_textual(const struct token *t)
{
    return t->kind == TOKEN_TEXT || t->kind == TOKEN_TEXT_OPEN || t->kind == TOKEN_TEXT_MIDDLE ||
           t->kind == TOKEN_TEXT_CLOSE;
}

/* Is the cursor in a text, a comment or a number, where nothing is completed? */
static bool is_inside(const struct token *t, const char *text, uint32_t offset)
{
    bool within = offset < t->start + t->len;
    bool bad_text = t->kind == TOKEN_BAD && text[t->start] == '"';
    if (t->kind == TOKEN_COMMENT || bad_text)
        return true;
    if (is_textual(t))
        return within || ((t->kind == TOKEN_TEXT_CLOSE) && t->len && text[t->start + t->len - 1] != '"');
    return t->kind == TOKEN_INT || t->kind == TOKEN_DURATION || t->kind == TOKEN_DATE || t->kind == TOKEN_TIME;
}

/* Sets count and word_start. false: the cursor is where nothing is completed. */
static bool find_cursor(struct lsp_place *p, const char *text, uint32_t offset)
{
    size_t n = 0;
    while (n < p->tokens.len && p->tokens.items[n].start < offset && p->tokens.items[n].kind != TOKEN_END)
        n++;
    p->count = n;
    p->word_start = offset;
    const struct token *last = n ? &p->tokens.items[n - 1] : NULL;
    if (!last || last->start + last->len < offset)
        return true;
    if (is_word(last)) {
        p->count--;
        p->word_start = last->start;
        return true;
    }
    return !is_inside(last, text, offset);
}

/* `use "` wants a path. */
static bool is_use_path(struct lsp_place *p, uint32_t offset)
{
    const struct token *t = p->count > 1 ? &p->tokens.items[p->count - 1] : NULL;
    if (!t || t[-1].kind != TOKEN_USE || (t->kind != TOKEN_TEXT && t->kind != TOKEN_BAD) || offset == t->start)
        return false;
    p->word_start = t->start + 1;
    return true;
}

void place_read(struct lsp_place *p, struct str text, uint32_t offset)
{
    uint32_t source, bad;
    *p = (struct lsp_place){ .arena = arena_new() };
    struct sources *sources = sources_new(p->arena);
    p->names = names_new(p->arena);
    p->diags = diags_new(p->arena, sources);
    struct parse_env env = { p->arena, p->names, sources, p->diags };
    if (source_add(sources, "", text, &source, &bad))
        return;
    lex_file(&p->tokens, &env, source, true);
    bool open = find_cursor(p, source_at(sources, source)->text.p, offset);
    if (!open && is_use_path(p, offset))
        p->kind = PLACE_USE;
    if (!open)
        return;
    place_scan(p);
    place_decide(p);
}

void place_free(struct lsp_place *p)
{
    vec_free(&p->tokens);
    vec_free(&p->frames);
    vec_free(&p->locals);
    diags_close(p->diags);
    names_close(p->names);
    arena_free(&p->arena);
}

static bool is_opener(int kind)
{
    return kind == TOKEN_BRACE_OPEN || kind == TOKEN_PAREN_OPEN || kind == TOKEN_BRACKET_OPEN ||
           kind == TOKEN_TEXT_OPEN;
}

static bool is_closer(int kind)
{
    return kind == TOKEN_BRACE_CLOSE || kind == TOKEN_PAREN_CLOSE || kind == TOKEN_BRACKET_CLOSE ||
           kind == TOKEN_TEXT_CLOSE;
}

static bool begins_declaration(int kind) { return kind == TOKEN_FLOW || kind == TOKEN_FN || kind == TOKEN_TEST; }

/* The clauses of the block stand before and behind the cursor. */
bool place_has_outcome(const struct lsp_place *p, struct str outcome)
{
    size_t depth = 0;
    bool in_head = false;
    for (size_t i = vec_last(&p->frames).open + 1; i < p->tokens.len; i++) {
        const struct token *t = &p->tokens.items[i];
        bool typed = i == p->count && t->start == p->word_start;
        if (is_closer(t->kind) && depth-- == 0)
            return false;
        if (begins_declaration(t->kind) && depth == 0)
            return false;
        depth += is_opener(t->kind);
        if (depth == 0 && !typed && in_head && is_word(t) && str_eq(t->u.name->text, outcome))
            return true;
        in_head = depth == 0 && (t->kind == TOKEN_ON || (in_head && t->kind != TOKEN_NEWLINE));
    }
    return false;
}

bool place_has_label(const struct lsp_place *p, struct str label)
{
    const struct place_frame *f = &vec_last(&p->frames);
    size_t depth = 0;
    for (size_t i = p->parenthesised ? f->open + 1 : f->statement; i + 1 < p->count; i++) {
        int kind = p->tokens.items[i].kind;
        depth += is_opener(kind);
        depth -= is_closer(kind);
        if (depth == 0 && p->tokens.items[i + 1].kind == TOKEN_COLON && str_eq(place_word_at(p, i), label))
            return true;
    }
    return false;
}
