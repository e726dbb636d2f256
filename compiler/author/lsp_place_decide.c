/* What the tokens of the statement before the cursor leave to be written. */
#include "compiler/author/lsp_place.h"

static const char *const permit_words[] = { "dial", "fetch", NULL };
static const char *const dial_words[] = { "connections", NULL };
static const char *const lua_words[] = { "lua", NULL };
static const char *const with_words[] = { "with", NULL };
static const char *const in_words[] = { "in", NULL };
static const char *const if_words[] = { "if", NULL };
static const char *const of_words[] = { "of", NULL };
static const char *const hours_words[] = { "zone", "closed", "mon-fri", "mon", "tue", "wed",
                                           "thu",  "fri",    "sat",     "sun", NULL };
static const char *const test_words[] = { "at", "call", "hear", "press", "hang up", "expect", "repeat", NULL };
static const char *const call_words[] = { "from", "to", "with voicemail", NULL };
static const char *const after_words[] = { "after", NULL };
static const char *const ended_words[] = { "by caller", NULL };
static const char *const answer_words[] = { "after", "by", NULL };

static void words(struct lsp_place *p, const char *const *list)
{
    p->kind = PLACE_WORDS;
    p->words = list;
}

/* Does a value end with this token, so that an operator may follow? */
static bool ends_value(int kind)
{
    switch (kind) {
    case TOKEN_WORD:
    case TOKEN_INT:
    case TOKEN_DURATION:
    case TOKEN_DATE:
    case TOKEN_TIME:
    case TOKEN_TEXT:
    case TOKEN_TEXT_CLOSE:
    case TOKEN_PAREN_CLOSE:
    case TOKEN_BRACKET_CLOSE:
    case TOKEN_BRACE_CLOSE:
    case TOKEN_YES:
    case TOKEN_NO: return true;
    default: return false;
    }
}

static void decide_value(struct lsp_place *p)
{
    int last = place_kind_at(p, p->count - 1);
    if (last == TOKEN_AS)
        p->kind = PLACE_TYPE;
    else
        p->kind = ends_value(last) ? PLACE_OPERATOR : PLACE_VALUE;
}

/* Arguments of an action: `head` is its name. */
static void decide_arguments(struct lsp_place *p, size_t head)
{
    size_t last = p->count - 1;
    p->callee = place_word_at(p, head);
    if (last == head || place_kind_at(p, last) == TOKEN_COMMA) {
        p->kind = PLACE_ARGUMENT;
        p->by_place = last == head;
    } else if (place_kind_at(p, last) == TOKEN_COLON) {
        p->kind = PLACE_LABELLED;
        p->label = place_word_at(p, last - 1);
    } else {
        decide_value(p);
    }
}

static void decide_fn_head(struct lsp_place *p)
{
    int last = place_kind_at(p, p->count - 1);
    if (last == TOKEN_COLON || last == TOKEN_ARROW)
        p->kind = PLACE_TYPE;
    else if (place_word_at(p, p->count - 1).len == 4 && str_is(place_word_at(p, p->count - 1), "list"))
        words(p, of_words);
}

static void decide_top(struct lsp_place *p, size_t first, size_t count)
{
    switch (place_kind_at(p, first)) {
    case TOKEN_PERMIT:
        if (count == 1)
            words(p, permit_words);
        else if (str_is(place_word_at(p, first + 1), "dial") &&
                 (count == 2 || place_kind_at(p, p->count - 1) == TOKEN_COMMA))
            words(p, dial_words);
        break;
    case TOKEN_EXTERN:
        if (count == 1)
            words(p, lua_words);
        break;
    case TOKEN_FN: decide_fn_head(p); break;
    case TOKEN_CONST:
        if (count > 2)
            decide_value(p);
        break;
    default: break;
    }
}

static void decide_word(struct lsp_place *p, size_t first, size_t count)
{
    if (count > 1 && place_kind_at(p, first + 1) == TOKEN_ASSIGN)
        decide_value(p);
    else if (count == 1 || place_kind_at(p, first + 1) != TOKEN_PAREN_OPEN)
        decide_arguments(p, first);
}

static void decide_return(struct lsp_place *p, size_t count)
{
    if (count > 1) {
        decide_value(p);
        return;
    }
    p->kind = PLACE_RETURN;
    p->callee = p->around;
}

static void decide_statement(struct lsp_place *p, size_t first, size_t count)
{
    switch (place_kind_at(p, first)) {
    case TOKEN_WORD: decide_word(p, first, count); break;
    case TOKEN_LET:
    case TOKEN_VAR:
        if (count > 2)
            decide_value(p);
        break;
    case TOKEN_FOR:
        if (count == 2)
            words(p, in_words);
        else if (count > 2)
            decide_value(p);
        break;
    case TOKEN_CONTINUE:
        if (count == 1)
            words(p, with_words);
        else if (count == 2)
            p->kind = PLACE_FLOW;
        break;
    case TOKEN_RETURN: decide_return(p, count); break;
    case TOKEN_ELSE: words(p, if_words); break;
    case TOKEN_IF:
    case TOKEN_REPEAT:
    case TOKEN_MATCH: decide_value(p); break;
    default: break;
    }
}

static void decide_expect(struct lsp_place *p, size_t first, size_t count)
{
    struct str second = place_word_at(p, first + 1);
    bool no = str_is(second, "no");
    if (count == 1)
        p->kind = PLACE_EXPECT;
    else if (count == 2 && no)
        p->kind = PLACE_ACTION;
    else if (str_is(second, "continue"))
        count == 2 ? words(p, with_words) : (void)(p->kind = count == 3 ? PLACE_FLOW : PLACE_NONE);
    else if (str_is(second, "ended"))
        words(p, ended_words);
    else
        decide_arguments(p, first + 1 + no);
}

static void decide_test(struct lsp_place *p, size_t first, size_t count)
{
    struct str word = place_word_at(p, first);
    if (str_is(word, "expect"))
        decide_expect(p, first, count);
    else if (str_is(word, "call"))
        words(p, call_words);
    else if (str_is(word, "press") || str_is(word, "hang"))
        words(p, after_words);
}

/* The first token of a statement is still to be written. */
static void decide_start(struct lsp_place *p, const struct place_frame *f)
{
    static const enum place_kind kinds[] = {
        [BLOCK_TOP] = PLACE_TOP,       [BLOCK_STATEMENTS] = PLACE_STATEMENT, [BLOCK_CLAUSES] = PLACE_CLAUSE,
        [BLOCK_ARMS] = PLACE_VALUE,    [BLOCK_HOURS] = PLACE_WORDS,          [BLOCK_TEST] = PLACE_WORDS,
        [BLOCK_ANSWER] = PLACE_OUTCOME
    };
    p->kind = kinds[f->block];
    p->words = f->block == BLOCK_HOURS ? hours_words : test_words;
}

static void decide_started(struct lsp_place *p, const struct place_frame *f)
{
    size_t first = f->statement, count = p->count - first;
    int last = place_kind_at(p, p->count - 1);
    switch (f->block) {
    case BLOCK_TOP: decide_top(p, first, count); break;
    case BLOCK_STATEMENTS: decide_statement(p, first, count); break;
    case BLOCK_CLAUSES:
        if (place_kind_at(p, first) == TOKEN_ON && (last == TOKEN_ON || last == TOKEN_COMMA))
            p->kind = PLACE_OUTCOME;
        break;
    case BLOCK_ARMS: decide_value(p); break;
    case BLOCK_TEST: decide_test(p, first, count); break;
    case BLOCK_ANSWER: words(p, answer_words); break;
    case BLOCK_HOURS: break;
    }
}

/* Whose block or arguments the cursor stands in. */
static void find_callee(struct lsp_place *p, const struct place_frame *f)
{
    size_t head = f->head;
    if (f->block == BLOCK_ANSWER)
        head++;
    p->callee = place_word_at(p, head);
    p->callee_is_fn = place_kind_at(p, head + 1) == TOKEN_PAREN_OPEN;
}

static void decide_in_brackets(struct lsp_place *p, const struct place_frame *f)
{
    size_t last = p->count - 1, before = f->open - 1;
    bool call = f->bracket == TOKEN_PAREN_OPEN && f->open && place_kind_at(p, before) == TOKEN_WORD;
    int head = place_kind_at(p, f->head);
    if (head == TOKEN_FN && f->block == BLOCK_TOP) {
        decide_fn_head(p);
    } else if (f->block == BLOCK_CLAUSES) {
        p->kind = PLACE_NONE; /* new names */
    } else if (call && (last == f->open || place_kind_at(p, last) == TOKEN_COMMA)) {
        p->kind = PLACE_ARGUMENT;
        p->callee = place_word_at(p, before);
        p->callee_is_fn = p->parenthesised = true;
        p->by_place = last == f->open;
    } else if (!f->object || place_kind_at(p, last) != TOKEN_COMMA) {
        decide_value(p);
    }
}

void place_decide(struct lsp_place *p)
{
    const struct place_frame *f = &vec_last(&p->frames);
    int last = p->count ? place_kind_at(p, p->count - 1) : TOKEN_END;
    bool statements = f->bracket == TOKEN_END || (f->bracket == TOKEN_BRACE_OPEN && !f->object);
    if (last == TOKEN_DOT) {
        p->kind = PLACE_FIELD;
        p->callee = p->count > 1 ? place_word_at(p, p->count - 2) : (struct str){ 0 };
        return;
    }
    if (!statements) {
        decide_in_brackets(p, f);
        return;
    }
    if (f->block == BLOCK_CLAUSES || f->block == BLOCK_ANSWER)
        find_callee(p, f);
    if (p->count == f->statement)
        decide_start(p, f);
    else
        decide_started(p, f);
}
