/* Statements and blocks. */
#include "compiler/parse_core.h"

static void parse_let(struct parser *p, struct stmt *s)
{
    s->kind = take(p)->kind == TOKEN_LET ? STMT_LET : STMT_VAR;
    s->u.set.name = expect_new_name(p, "a name");
    s->u.set.value = expr_bad(p, span_of(p, p->next));
    if (!p->quiet && expect(p, TOKEN_ASSIGN, NULL))
        s->u.set.value = parse_expr(p);
}

static void parse_assign(struct parser *p, struct stmt *s)
{
    s->kind = STMT_ASSIGN;
    s->u.set.name = word_of(p, take(p));
    take(p);
    s->u.set.value = parse_expr(p);
}

static void parse_if(struct parser *p, struct stmt *s);

/* `else if` is an `else` whose block holds that one `if`. */
static struct block *parse_else_if(struct parser *p)
{
    struct block *b = NODE(p, struct block);
    const struct token *start = p->next;
    if (!enter(p))
        return b;
    b->is_else_if = true;
    b->first = NODE(p, struct stmt);
    parse_if(p, b->first);
    b->first->span = b->span = span_from(p, start);
    b->end = (struct span){ p->source, b->span.start + b->span.len, 0 };
    leave(p);
    return b;
}

/* The `else` of `if` or `repeat`, on the line of the `}`. One line down it is still meant, so it is read all the same.
 */
static bool accept_else(struct parser *p, bool *misplaced)
{
    *misplaced = false;
    if (accept(p, TOKEN_ELSE))
        return true;
    if (p->quiet || !at(p, TOKEN_NEWLINE) || p->next[1].kind != TOKEN_ELSE)
        return false;
    diag_help(mistake(p, span_of(p, p->next + 1), "'else' stands on the line of the '}' before it"),
              "write '} else {'");
    p->quiet = false;
    *misplaced = true;
    p->next += 2;
    return true;
}

static void parse_if(struct parser *p, struct stmt *s)
{
    bool misplaced;
    s->kind = STMT_IF;
    take(p);
    s->u.branch.condition = parse_expr(p);
    s->u.branch.then = parse_block(p, "'{'");
    if (!accept_else(p, &misplaced))
        return;
    s->u.branch.other = at(p, TOKEN_IF) ? parse_else_if(p) : parse_block(p, "'{' or 'if'");
}

static void parse_repeat(struct parser *p, struct stmt *s)
{
    bool misplaced;
    s->kind = STMT_REPEAT;
    take(p);
    s->u.repeat.count = parse_expr(p);
    s->u.repeat.body = parse_block(p, "'{'");
    if (accept_else(p, &misplaced))
        s->u.repeat.other = parse_block(p, "'{'");
}

static void parse_for(struct parser *p, struct stmt *s)
{
    s->kind = STMT_FOR;
    take(p);
    s->u.loop_for.item = NODE(p, struct binding);
    s->u.loop_for.item->word = expect_new_name(p, "a name for the element");
    s->u.loop_for.list = expr_bad(p, span_of(p, p->next));
    if (!p->quiet && expect(p, TOKEN_IN, "'in'"))
        s->u.loop_for.list = parse_expr(p);
    s->u.loop_for.body = parse_block(p, "'{'");
}

static void parse_loop(struct parser *p, struct stmt *s)
{
    s->kind = STMT_LOOP;
    take(p);
    s->u.loop = parse_block(p, "'{'");
}

static struct match_arm *parse_arm(struct parser *p)
{
    struct match_arm *arm = NODE(p, struct match_arm);
    struct list_item **tail = &arm->literals;
    const struct token *start = p->next;
    if (!accept(p, TOKEN_ELSE)) {
        do {
            *tail = NODE(p, struct list_item);
            (*tail)->value = parse_expr(p);
            tail = &(*tail)->next;
        } while (!p->quiet && accept(p, TOKEN_COMMA));
    }
    arm->span = span_from(p, start);
    arm->body = parse_block(p, "'{' with what happens then");
    return arm;
}

static void parse_match(struct parser *p, struct stmt *s)
{
    const struct token *open;
    struct match_arm **tail = &s->u.match.arms;
    s->kind = STMT_MATCH;
    take(p);
    s->u.match.value = parse_expr(p);
    if (!open_block(p, &open, "'{'"))
        return;
    while (!block_over(p, open)) {
        *tail = parse_arm(p);
        tail = &(*tail)->next;
        if (p->quiet)
            recover_statement(p);
    }
    s->u.match.block = span_from(p, open);
}

static void parse_continue(struct parser *p, struct stmt *s)
{
    s->kind = STMT_CONTINUE;
    take(p);
    if (!accept(p, TOKEN_WITH))
        return;
    s->kind = STMT_CONTINUE_WITH;
    s->u.flow = expect_name(p, "the name of a flow");
}

static void parse_return(struct parser *p, struct stmt *s)
{
    s->kind = STMT_RETURN;
    take(p);
    if (at_line_end(p))
        return;
    if (p->fn_kind != FN_OUTCOMES || !at_word(p)) {
        s->u.value = parse_expr(p);
        return;
    }
    s->kind = STMT_OUTCOME;
    s->u.outcome.name = word_of(p, take(p));
    if (at(p, TOKEN_PAREN_OPEN))
        s->u.outcome.args = parse_call_args(p);
}

/* The token that begins the next statement, behind line ends. */
static const struct token *next_begin(const struct parser *p)
{
    const struct token *t = p->next;
    while (t->kind == TOKEN_NEWLINE || t->kind == TOKEN_SEMICOLON)
        t++;
    return t;
}

/* After `on hangup` nothing can stand in a flow. */
static void check_last(struct parser *p, struct span head)
{
    const struct token *t = next_begin(p);
    if (t->kind == TOKEN_BRACE_CLOSE || t->kind == TOKEN_END || t->kind == TOKEN_ON)
        return;
    if (p->quiet)
        return;
    diag_note(mistake(p, span_of(p, t), "'on hangup' is the last thing in its flow"), head, "it stands here");
    p->quiet = false;
}

/* `on hangup { … }` is a part of the flow, not a statement of its body. */
static void parse_on_hangup(struct parser *p)
{
    const struct token *start = take(p);
    struct decl_flow *flow = p->flow;
    take(p);
    struct span head = span_from(p, start);
    bool placed = flow && p->blocks == 1 && !flow->on_hangup;
    if (!placed)
        diag_help(mistake(p, head,
                          flow && flow->on_hangup ? "a flow has one 'on hangup'"
                                                  : "'on hangup' can only stand in a flow, outside of its blocks"),
                  "put it last in the flow");
    p->quiet = false;
    struct block *body = parse_block(p, "'{'");
    if (placed) {
        flow->on_hangup = body;
        flow->on_hangup_head = head;
        check_last(p, head);
    }
    end_statement(p);
}

static bool is_on_hangup(const struct token *t)
{
    return t->kind == TOKEN_ON && t[1].kind == TOKEN_WORD && str_is(t[1].u.name->text, "hangup");
}

static void parse_alone(struct parser *p, struct stmt *s, enum stmt_kind kind)
{
    s->kind = kind;
    take(p);
}

static void report_no_stmt(struct parser *p)
{
    struct span where = span_of(p, p->next);
    if (at(p, TOKEN_ON))
        diag_help(mistake(p, where, "this 'on' belongs to no action"),
                  "it stands in the block behind an action or a call: say \"…\" { on … { } }");
    else if (at(p, TOKEN_ELSE))
        diag_help(mistake(p, where, "this 'else' belongs to no 'if'"),
                  "it stands on the line of the '}' before it: '} else {'");
    else if (at(p, TOKEN_TEXT))
        diag_help(mistake(p, where, "a text alone says nothing"),
                  "to say it, write 'say' before it; a choice stands in the block of a 'menu'");
    else
        mistake_expected(p, "a statement");
}

/* A block that follows what is no statement is read for its own mistakes. */
static void skip_no_stmt(struct parser *p)
{
    if (!at_line_end(p) && !at(p, TOKEN_BRACE_OPEN))
        take(p);
    if (recover_block(p))
        parse_block(p, "'{'");
    else
        recover_statement(p);
}

static bool begins_clause(const struct token *t)
{
    return !is_on_hangup(t) && (t->kind == TOKEN_ON || t->kind == TOKEN_ELSE || t->kind == TOKEN_TEXT);
}

/* What begins no statement. Clauses that have lost their action come in numbers: the first is spoken of. */
static void parse_no_stmt(struct parser *p, struct stmt *s)
{
    bool clause = begins_clause(p->next);
    s->kind = STMT_BAD;
    report_no_stmt(p);
    skip_no_stmt(p);
    while (clause && begins_clause(next_begin(p))) {
        p->next = next_begin(p);
        skip_no_stmt(p);
    }
}

static void parse_word_stmt(struct parser *p, struct stmt *s)
{
    if (p->next[1].kind == TOKEN_ASSIGN)
        parse_assign(p, s);
    else
        parse_stmt_call(p, s);
}

static void parse_stmt_kind(struct parser *p, struct stmt *s)
{
    switch (peek(p)) {
    case TOKEN_LET:
    case TOKEN_VAR: parse_let(p, s); break;
    case TOKEN_IF: parse_if(p, s); break;
    case TOKEN_MATCH: parse_match(p, s); break;
    case TOKEN_REPEAT: parse_repeat(p, s); break;
    case TOKEN_FOR: parse_for(p, s); break;
    case TOKEN_LOOP: parse_loop(p, s); break;
    case TOKEN_BREAK: parse_alone(p, s, STMT_BREAK); break;
    case TOKEN_AGAIN: parse_alone(p, s, STMT_AGAIN); break;
    case TOKEN_CONTINUE: parse_continue(p, s); break;
    case TOKEN_RETURN: parse_return(p, s); break;
    case TOKEN_WORD: parse_word_stmt(p, s); break;
    default: parse_no_stmt(p, s); break;
    }
}

/* Is what was read enough for the checker? A declared name is kept, so that its uses are not unknown. */
static bool is_whole(const struct parser *p, const struct stmt *s)
{
    switch (s->kind) {
    case STMT_LET:
    case STMT_VAR: return s->u.set.name.name != NULL;
    case STMT_FOR: return s->u.loop_for.item->word.name != NULL;
    case STMT_CONTINUE_WITH: return s->u.flow.name != NULL;
    case STMT_ACTION:
    case STMT_CALL: return true;
    default: return !p->quiet;
    }
}

struct stmt *parse_stmt(struct parser *p)
{
    struct stmt *s = NODE(p, struct stmt);
    const struct token *start = p->next;
    parse_stmt_kind(p, s);
    if (!is_whole(p, s))
        s->kind = STMT_BAD;
    s->span = span_from(p, start);
    end_statement(p);
    return s;
}

struct block *parse_block(struct parser *p, const char *what)
{
    struct block *b = NODE(p, struct block);
    const struct token *open;
    struct stmt **tail = &b->first;
    unsigned mistakes = p->mistakes;
    b->span = b->end = span_of(p, p->next);
    b->has_mistakes = true;
    if (!open_block(p, &open, what))
        return b;
    while (!block_over(p, open)) {
        if (is_on_hangup(p->next)) {
            parse_on_hangup(p);
            continue;
        }
        *tail = parse_stmt(p);
        tail = &(*tail)->next;
    }
    b->has_mistakes = p->mistakes != mistakes;
    b->span = span_from(p, open);
    b->end = (struct span){ p->source, b->span.start + b->span.len - 1, 1 };
    return b;
}
