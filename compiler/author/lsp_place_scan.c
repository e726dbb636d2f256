/* The brackets that are open at the cursor, and the names that are known there. */
#include "compiler/author/lsp_place.h"

static struct place_frame *top(struct lsp_place *p) { return &vec_last(&p->frames); }

static void add_local(struct lsp_place *p, size_t i, size_t depth)
{
    if (place_kind_at(p, i) != TOKEN_WORD)
        return;
    const struct token *t = &p->tokens.items[i];
    vec_push(&p->locals, (struct place_local){ t->u.name->text, t->start, depth });
}

/* What a block's head gives names to: parameters, values of an outcome, the element of a list. They live in the block.
 */
static void add_bound(struct lsp_place *p, size_t head, size_t open)
{
    int first = place_kind_at(p, head);
    bool in_parens = false;
    if (first == TOKEN_FOR)
        add_local(p, head + 1, p->frames.len + 1);
    if (first != TOKEN_ON && first != TOKEN_TEXT && first != TOKEN_FN)
        return;
    for (size_t i = head + 1; i < open && place_kind_at(p, i) != TOKEN_ARROW; i++) {
        int kind = place_kind_at(p, i), next = place_kind_at(p, i + 1);
        if (kind == TOKEN_PAREN_OPEN || kind == TOKEN_PAREN_CLOSE)
            in_parens = kind == TOKEN_PAREN_OPEN;
        else if (in_parens && (first != TOKEN_FN || next == TOKEN_COLON))
            add_local(p, i, p->frames.len + 1);
    }
}

static enum block_kind block_at_top(int head)
{
    return head == TOKEN_HOURS ? BLOCK_HOURS : head == TOKEN_TEST ? BLOCK_TEST : BLOCK_STATEMENTS;
}

static enum block_kind block_of(enum block_kind around, int head)
{
    switch (around) {
    case BLOCK_TOP: return block_at_top(head);
    case BLOCK_STATEMENTS:
        return head == TOKEN_WORD ? BLOCK_CLAUSES : head == TOKEN_MATCH ? BLOCK_ARMS : BLOCK_STATEMENTS;
    case BLOCK_TEST: return head == TOKEN_REPEAT ? BLOCK_TEST : BLOCK_ANSWER;
    case BLOCK_CLAUSES:
    case BLOCK_ARMS:
    case BLOCK_HOURS:
    case BLOCK_ANSWER: return BLOCK_STATEMENTS;
    }
    return BLOCK_STATEMENTS;
}

static void open_bracket(struct lsp_place *p, size_t i)
{
    const struct place_frame *around = top(p);
    bool brace = place_kind_at(p, i) == TOKEN_BRACE_OPEN, outer_brace = around->bracket == TOKEN_BRACE_OPEN;
    bool in_value = around->object || (!outer_brace && around->bracket != TOKEN_END);
    bool labelled = i && place_kind_at(p, i - 1) == TOKEN_COLON;
    struct place_frame f = { .bracket = place_kind_at(p, i),
                             .block = around->block,
                             .object = brace && (in_value || labelled),
                             .open = i,
                             .head = around->statement,
                             .statement = i + 1 };
    if (brace && !f.object) {
        f.block = block_of(around->block, place_kind_at(p, f.head));
        add_bound(p, f.head, i);
        if (around->block == BLOCK_TOP)
            p->around = place_word_at(p, f.head + 1);
    }
    vec_push(&p->frames, f);
}

static void close_bracket(struct lsp_place *p, size_t i)
{
    bool block = top(p)->bracket == TOKEN_BRACE_OPEN && !top(p)->object;
    if (p->frames.len == 1)
        return;
    p->frames.len--;
    while (p->locals.len && vec_last(&p->locals).depth > p->frames.len)
        p->locals.len--;
    if (block)
        top(p)->statement = i + 1;
}

static bool holds_statements(const struct place_frame *f)
{
    return f->bracket == TOKEN_END || (f->bracket == TOKEN_BRACE_OPEN && !f->object);
}

static void scan_token(struct lsp_place *p, size_t i)
{
    switch (place_kind_at(p, i)) {
    case TOKEN_NEWLINE:
    case TOKEN_SEMICOLON:
    case TOKEN_COMMENT:
        if (holds_statements(top(p)) && !(place_kind_at(p, i) == TOKEN_COMMENT && i > top(p)->statement))
            top(p)->statement = i + 1;
        break;
    case TOKEN_BRACE_OPEN:
    case TOKEN_PAREN_OPEN:
    case TOKEN_BRACKET_OPEN:
    case TOKEN_TEXT_OPEN: open_bracket(p, i); break;
    case TOKEN_BRACE_CLOSE:
    case TOKEN_PAREN_CLOSE:
    case TOKEN_BRACKET_CLOSE:
    case TOKEN_TEXT_CLOSE: close_bracket(p, i); break;
    case TOKEN_LET:
    case TOKEN_VAR: add_local(p, i + 1, p->frames.len); break;
    default: break;
    }
}

void place_scan(struct lsp_place *p)
{
    vec_push(&p->frames, (struct place_frame){ .bracket = TOKEN_END, .block = BLOCK_TOP });
    for (size_t i = 0; i < p->count; i++)
        scan_token(p, i);
}
