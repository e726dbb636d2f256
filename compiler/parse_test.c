/* Steps of a `test` block. */
#include "compiler/parse_core.h"

static void parse_at(struct parser *p, struct test_step *s)
{
    const struct token *t = p->next;
    s->kind = STEP_AT;
    if (!expect(p, TOKEN_DATE, "a date, as 2026-11-23 10:00"))
        return;
    s->u.at.date = parse_date_token(t);
    t = p->next;
    s->u.at.has_time = accept(p, TOKEN_TIME);
    if (s->u.at.has_time)
        s->u.at.minute = (uint16_t)t->u.number;
    if (s->u.at.minute == 24 * 60)
        diag_help(mistake(p, span_of(p, t), "24:00 is the next day"), "write that day and 00:00");
}

static void parse_call_step(struct parser *p, struct test_step *s)
{
    s->kind = STEP_CALL;
    while (!p->quiet && !at_line_end(p)) {
        if (!s->u.call.from && accept_named(p, "from"))
            s->u.call.from = parse_expr(p);
        else if (!s->u.call.to && accept_named(p, "to"))
            s->u.call.to = parse_expr(p);
        else if (!s->u.call.with_voicemail && accept(p, TOKEN_WITH)) {
            s->u.call.with_voicemail = true;
            if (!accept_named(p, "voicemail"))
                mistake_expected(p, "'voicemail'");
        } else
            mistake_expected(p, "'from', 'to' or 'with voicemail'");
    }
}

static void parse_hear(struct parser *p, struct test_step *s)
{
    s->kind = STEP_HEAR;
    s->u.text = parse_expr(p);
}

static struct expr *parse_after(struct parser *p)
{
    return !p->quiet && accept_named(p, "after") ? parse_expr(p) : NULL;
}

static void parse_press(struct parser *p, struct test_step *s)
{
    s->kind = STEP_PRESS;
    s->u.key.digits = parse_expr(p);
    s->u.key.after = parse_after(p);
}

static void parse_hang_up(struct parser *p, struct test_step *s)
{
    s->kind = STEP_HANG_UP;
    if (!accept_named(p, "up"))
        mistake_expected(p, "'up'");
    s->u.key.after = parse_after(p);
}

static bool at_answer_end(const struct parser *p)
{
    return at_line_end(p) || at_named(p, "by") || at_named(p, "after");
}

static void parse_payload(struct parser *p, struct step_answer *a)
{
    struct list_item **tail = &a->payload;
    if (at_answer_end(p))
        return;
    do {
        *tail = NODE(p, struct list_item);
        (*tail)->value = parse_value(p);
        tail = &(*tail)->next;
    } while (!p->quiet && accept(p, TOKEN_COMMA));
}

/* caller hangs up after 5s | outcome payload, payload by WHO after T */
static void parse_answer_body(struct parser *p, struct step_answer *a)
{
    if (at_named(p, "caller") && p->next[1].kind == TOKEN_WORD && str_is(p->next[1].u.name->text, "hangs")) {
        p->next += 2;
        a->caller_hangs_up = true;
        if (!accept_named(p, "up"))
            mistake_expected(p, "'up'");
    } else {
        a->outcome = expect_word(p, "an outcome");
        if (!p->quiet)
            parse_payload(p, a);
        if (!p->quiet && accept_named(p, "by"))
            a->by = expect_name(p, "'caller', 'callee', 'limit' or 'transfer'");
    }
    a->after = parse_after(p);
}

/* At `{`: what the outside world does. */
static void parse_answer(struct parser *p, struct step_answer *a)
{
    const struct token *open;
    if (!open_block(p, &open, "'{'"))
        return;
    skip_newlines(p);
    if (!at(p, TOKEN_BRACE_CLOSE))
        parse_answer_body(p, a);
    if (p->quiet)
        recover_statement(p);
    for (bool first = true; !block_over(p, open); first = false) {
        if (first)
            mistake_expected(p, "'}'");
        recover_statement(p);
    }
    a->span = span_from(p, open);
}

static void parse_expect_action(struct parser *p, struct test_step *s)
{
    struct step_expect *e = &s->u.expect;
    s->kind = accept(p, TOKEN_NO) ? STEP_EXPECT_NO : STEP_EXPECT;
    e->action = expect_name(p, "an action, 'ended', 'rejected' or 'continue with'");
    if (p->quiet)
        return;
    if (s->kind == STEP_EXPECT_NO)
        accept_named(p, "to"); /* expect no bridge to "…" */
    e->args = parse_action_args(p);
    if (p->quiet || !at(p, TOKEN_BRACE_OPEN))
        return;
    if (s->kind == STEP_EXPECT_NO)
        mistake(p, span_of(p, p->next), "what is not expected has no outcome");
    else
        parse_answer(p, &e->answer);
}

static void parse_ended(struct parser *p, struct test_step *s)
{
    s->kind = STEP_EXPECT_ENDED;
    if (!accept_named(p, "by"))
        return;
    s->u.by_caller = accept_named(p, "caller");
    if (!s->u.by_caller)
        mistake_expected(p, "'caller'");
}

static void parse_expect(struct parser *p, struct test_step *s)
{
    if (accept_named(p, "ended")) {
        parse_ended(p, s);
    } else if (accept_named(p, "rejected")) {
        s->kind = STEP_EXPECT_REJECTED;
        s->u.cause = parse_expr(p);
    } else if (accept(p, TOKEN_CONTINUE)) {
        s->kind = STEP_EXPECT_CONTINUE;
        if (expect(p, TOKEN_WITH, "'with'"))
            s->u.flow = expect_name(p, "the name of a flow");
    } else {
        parse_expect_action(p, s);
    }
}

static struct test_step *parse_steps(struct parser *p);

static void parse_repeat_step(struct parser *p, struct test_step *s)
{
    s->kind = STEP_REPEAT;
    s->u.repeat.count = parse_expr(p);
    s->u.repeat.steps = parse_steps(p);
}

typedef void step_parser(struct parser *p, struct test_step *s);

static const struct {
    const char *word;
    step_parser *parse;
} steps[] = {
    { "at", parse_at },        { "call", parse_call_step }, { "hear", parse_hear },          { "press", parse_press },
    { "hang", parse_hang_up }, { "expect", parse_expect },  { "repeat", parse_repeat_step },
};
#define STEP_COUNT (sizeof steps / sizeof *steps)

static step_parser *find_step(struct parser *p)
{
    struct str word = at_word(p) ? p->next->u.name->text : (struct str){ 0 };
    for (size_t i = 0; i < STEP_COUNT; i++)
        if (str_is(word, steps[i].word))
            return steps[i].parse;
    return NULL;
}

static void no_step(struct parser *p)
{
    const char *best = NULL;
    unsigned least = 3;
    if (!at(p, TOKEN_WORD)) {
        mistake_expected(p, "a step of the test: at, call, hear, press, hang up, expect or repeat");
        return;
    }
    struct str word = p->next->u.name->text;
    for (size_t i = 0; i < STEP_COUNT; i++) {
        unsigned d = str_distance(word, str_of(steps[i].word), 2);
        if (d < least) {
            least = d;
            best = steps[i].word;
        }
    }
    struct diag *d = mistake(p, span_of(p, p->next), "unknown test step '%.*s'", STR_ARG(word));
    if (best)
        diag_help(d, "did you mean '%s'?", best);
    else
        diag_help(d, "the steps are: at, call, hear, press, hang up, expect, repeat");
}

static struct test_step *parse_step(struct parser *p)
{
    struct test_step *s = NODE(p, struct test_step);
    const struct token *start = p->next;
    step_parser *parse = find_step(p);
    if (parse) {
        take(p);
        parse(p, s);
    } else {
        no_step(p);
    }
    if (p->quiet)
        s->kind = STEP_BAD;
    s->span = span_from(p, start);
    end_statement(p);
    return s;
}

static struct test_step *parse_steps(struct parser *p)
{
    const struct token *open;
    struct test_step *first = NULL, **tail = &first;
    if (!open_block(p, &open, "'{'"))
        return NULL;
    while (!block_over(p, open)) {
        *tail = parse_step(p);
        tail = &(*tail)->next;
    }
    return first;
}

void parse_test(struct parser *p, struct decl *d)
{
    unsigned mistakes = p->mistakes;
    d->u.test.steps = parse_steps(p);
    d->u.test.end = span_from(p, p->next - 1);
    d->u.test.has_mistakes = p->mistakes != mistakes;
}
