/* The parser: the tree of a text, shown with every bracket that binding puts there. */
#include "tests/unit/compiler/front.h"

#include <string.h>

static void show_expr(struct sbuf *b, const struct expr *e);

static void show_args(struct sbuf *b, const struct arg *a)
{
    for (; a; a = a->next) {
        sbuf_char(b, ' ');
        if (a->label.name)
            sbuf_fmt(b, "%.*s:", STR_ARG(a->label.name->text));
        show_expr(b, a->value);
    }
}

static void show_two(struct sbuf *b, const char *what, const struct expr *left, const struct expr *right)
{
    sbuf_fmt(b, "(%s ", what);
    show_expr(b, left);
    if (right) {
        sbuf_char(b, ' ');
        show_expr(b, right);
    }
    sbuf_char(b, ')');
}

static void show_operation(struct sbuf *b, const struct expr *e)
{
    static const char *const signs[] = { "neg", "not", "*", "/",  "%",  "+",       "-",   "==", "!=",
                                         "<",   "<=",  ">", ">=", "in", "matches", "and", "or" };
    show_two(b, signs[e->u.op.op], e->u.op.left, e->u.op.right);
}

static void show_as(struct sbuf *b, const struct expr_as *as)
{
    sbuf_cstr(b, "(as ");
    show_expr(b, as->base);
    for (const struct type_ref *t = as->type; t; t = t->element)
        sbuf_fmt(b, " %.*s", STR_ARG(t->name->text));
    if (as->other) {
        sbuf_char(b, ' ');
        show_expr(b, as->other);
    }
    sbuf_char(b, ')');
}

static void show_parts(struct sbuf *b, const struct text_part *part)
{
    sbuf_cstr(b, "(text");
    for (; part; part = part->next) {
        sbuf_char(b, ' ');
        if (part->expr)
            show_expr(b, part->expr);
        else
            sbuf_fmt(b, "'%.*s'", STR_ARG(part->text));
    }
    sbuf_char(b, ')');
}

static void show_object(struct sbuf *b, const struct object_item *item)
{
    sbuf_cstr(b, "{");
    for (; item; item = item->next) {
        sbuf_fmt(b, "%.*s:", STR_ARG(item->key.text));
        show_expr(b, item->value);
        sbuf_cstr(b, item->next ? " " : "");
    }
    sbuf_cstr(b, "}");
}

static void show_list(struct sbuf *b, const struct list_item *item)
{
    sbuf_cstr(b, "[");
    for (; item; item = item->next) {
        show_expr(b, item->value);
        sbuf_cstr(b, item->next ? " " : "");
    }
    sbuf_cstr(b, "]");
}

static void show_index(struct sbuf *b, const struct expr_index *x)
{
    sbuf_cstr(b, "(at ");
    show_expr(b, x->base);
    sbuf_char(b, ' ');
    show_expr(b, x->index);
    if (x->other) {
        sbuf_char(b, ' ');
        show_expr(b, x->other);
    }
    sbuf_char(b, ')');
}

static void show_expr(struct sbuf *b, const struct expr *e)
{
    switch (e->kind) {
    case EXPR_BAD: sbuf_cstr(b, "BAD"); break;
    case EXPR_INT: sbuf_fmt(b, "%lld", (long long)e->u.integer); break;
    case EXPR_DURATION: sbuf_fmt(b, "%lldms", (long long)e->u.integer); break;
    case EXPR_BOOL: sbuf_cstr(b, e->u.boolean ? "yes" : "no"); break;
    case EXPR_TEXT: sbuf_fmt(b, "'%.*s'", STR_ARG(e->u.text)); break;
    case EXPR_JOIN: show_parts(b, e->u.parts); break;
    case EXPR_DATE: sbuf_fmt(b, "%d-%d-%d", e->u.date.year, e->u.date.month, e->u.date.day); break;
    case EXPR_NAME: sbuf_str(b, e->u.name.name->text); break;
    case EXPR_FIELD:
        show_expr(b, e->u.field.base);
        sbuf_fmt(b, ".%.*s", STR_ARG(e->u.field.name.name->text));
        break;
    case EXPR_INDEX: show_index(b, &e->u.index); break;
    case EXPR_AS: show_as(b, &e->u.as); break;
    case EXPR_UNARY:
    case EXPR_BINARY: show_operation(b, e); break;
    case EXPR_CALL:
        sbuf_fmt(b, "(%.*s!", STR_ARG(e->u.call.name.name->text));
        show_args(b, e->u.call.args);
        sbuf_char(b, ')');
        break;
    case EXPR_LIST: show_list(b, e->u.items); break;
    case EXPR_OBJECT: show_object(b, e->u.object); break;
    }
}

static const struct {
    const char *text, *want;
} exprs[] = {
    { "1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)" },
    { "a or b and not c == d", "(or a (and b (not (== c d))))" },
    { "not a in b", "(not (in a b))" },
    { "not not a", "(not (not a))" },
    { "-a.b[1] * -2", "(* (neg (at a.b 1)) (neg 2))" },
    { "(1 + 2) * 3", "(* (+ 1 2) 3)" },
    { "a - b - c", "(- (- a b) c)" },
    { "doc.x.y[0].z as int else 5 + 1", "(+ (as (at doc.x.y 0).z int 5) 1)" },
    { "- a as int else -1", "(neg (as a int (neg 1)))" },
    { "a as int else b as int else 0", "(as a int (as b int 0))" },
    { "a as list of text else []", "(as a list text [])" },
    { "xs[i + 1] else \"none\"", "(at xs (+ i 1) 'none')" },
    { "xs[0][1]", "(at (at xs 0) 1)" },
    { "a matches \"1?5\" and b", "(and (matches a '1?5') b)" },
    { "[1, 2, 3]", "[1 2 3]" },
    { "[\n 1,\n 2,\n]", "[1 2]" },
    { "[]", "[]" },
    { "[{ a: 1, \"b c\": [2] }, {}]", "[{a:1 b c:[2]} {}]" },
    { "f(1, x: { for: 30d })", "(f! 1 x:{for:2592000000ms})" },
    { "f (1)", "(f! 1)" },
    { "call.from", "call.from" },
    { "doc.for.if", "doc.for.if" },
    { "\"a \\\"b\\\" \\\\ \\{c}\"", "'a \"b\" \\ {c}'" },
    { "\"Hello {a.b + 1}, {f(\"x {y}\")}!\"", "(text 'Hello ' (+ a.b 1) ', ' (f! (text 'x ' y)) '!')" },
    { "\"{a}\"", "(text a)" },
    { "now() - 2026-12-25 > 1h30m", "(> (- (now!) 2026-12-25) 5400000ms)" },
    { "1 +\n 2", "(+ 1 2)" },
    { "a and\n b", "(and a b)" },
};

static void binding_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof exprs / sizeof *exprs; i++) {
        struct front f;
        struct sbuf text = { 0 };
        sbuf_fmt(&text, "const x = %s\n", exprs[i].text);
        front_open(&f, sbuf_view(&text));
        struct file *file = parse_file(&f.env, f.source);
        assert_string_equal(front_errors(&f), "");
        sbuf_clear(&f.shown);
        show_expr(&f.shown, file->first->u.value);
        if (strcmp(f.shown.p, exprs[i].want) != 0)
            fail_msg("%s:\nwant: %s\ngot:  %s", exprs[i].text, exprs[i].want, f.shown.p);
        sbuf_free(&text);
        front_close(&f);
    }
}

static void show_block(struct sbuf *b, const struct block *block);

static void show_clauses(struct sbuf *b, const struct clause *c)
{
    static const char *const kinds[] = { "on", "choice", "else" };
    for (; c; c = c->next) {
        sbuf_fmt(b, " (%s", kinds[c->kind]);
        for (const struct clause_outcome *o = c->outcomes; o; o = o->next) {
            sbuf_fmt(b, " %.*s", STR_ARG(o->name.name->text));
            for (const struct binding *v = o->bindings; v; v = v->next)
                sbuf_fmt(b, "/%.*s", STR_ARG(v->word.name->text));
            if (o->literal) {
                sbuf_char(b, '=');
                show_expr(b, o->literal);
            }
        }
        if (c->kind == CLAUSE_CHOICE)
            sbuf_fmt(b, " '%.*s'%s%.*s", STR_ARG(c->choice.text), c->binding ? "/" : "",
                     STR_ARG(c->binding ? c->binding->word.name->text : STR("")));
        show_block(b, c->body);
        sbuf_char(b, ')');
    }
}

static void show_call(struct sbuf *b, const struct stmt *s)
{
    sbuf_fmt(b, "%.*s%s", STR_ARG(s->u.call.name.name->text), s->kind == STMT_CALL ? "!" : "");
    show_args(b, s->u.call.args);
    show_clauses(b, s->u.call.clauses);
}

static void show_set(struct sbuf *b, const char *what, const struct stmt *s)
{
    sbuf_fmt(b, "%s%.*s ", what, STR_ARG(s->u.set.name.name->text));
    show_expr(b, s->u.set.value);
}

static void show_branch(struct sbuf *b, const char *what, const struct expr *e, const struct block *one,
                        const struct block *two)
{
    sbuf_cstr(b, what);
    show_expr(b, e);
    show_block(b, one);
    if (two)
        show_block(b, two);
}

static void show_match(struct sbuf *b, const struct stmt *s)
{
    sbuf_cstr(b, "match ");
    show_expr(b, s->u.match.value);
    for (const struct match_arm *arm = s->u.match.arms; arm; arm = arm->next) {
        sbuf_cstr(b, " (");
        show_list(b, arm->literals);
        show_block(b, arm->body);
        sbuf_char(b, ')');
    }
}

static void show_stmt(struct sbuf *b, const struct stmt *s)
{
    switch (s->kind) {
    case STMT_BAD: sbuf_cstr(b, "BAD"); break;
    case STMT_LET: show_set(b, "let ", s); break;
    case STMT_VAR: show_set(b, "var ", s); break;
    case STMT_ASSIGN: show_set(b, "set ", s); break;
    case STMT_IF: show_branch(b, "if ", s->u.branch.condition, s->u.branch.then, s->u.branch.other); break;
    case STMT_MATCH: show_match(b, s); break;
    case STMT_REPEAT: show_branch(b, "repeat ", s->u.repeat.count, s->u.repeat.body, s->u.repeat.other); break;
    case STMT_FOR: show_branch(b, "for ", s->u.loop_for.list, s->u.loop_for.body, NULL); break;
    case STMT_LOOP:
        sbuf_cstr(b, "loop");
        show_block(b, s->u.loop);
        break;
    case STMT_BREAK: sbuf_cstr(b, "break"); break;
    case STMT_CONTINUE: sbuf_cstr(b, "continue"); break;
    case STMT_CONTINUE_WITH: sbuf_fmt(b, "continue-with %.*s", STR_ARG(s->u.flow.name->text)); break;
    case STMT_RETURN:
        sbuf_cstr(b, "return ");
        if (s->u.value)
            show_expr(b, s->u.value);
        break;
    case STMT_OUTCOME:
        sbuf_fmt(b, "end %.*s", STR_ARG(s->u.outcome.name.name->text));
        show_args(b, s->u.outcome.args);
        break;
    case STMT_AGAIN: sbuf_cstr(b, "again"); break;
    case STMT_ACTION:
    case STMT_CALL: show_call(b, s); break;
    }
}

static void show_block(struct sbuf *b, const struct block *block)
{
    sbuf_cstr(b, " {");
    for (const struct stmt *s = block->first; s; s = s->next) {
        show_stmt(b, s);
        sbuf_cstr(b, s->next ? "; " : "");
    }
    sbuf_char(b, '}');
}

static const struct {
    const char *text, *want;
} stmts[] = {
    { "let x = 1; var y = 2\n y = 3", "let x 1; var y 2; set y 3" },
    { "if a { hangup } else if b { } else { answer }", "if a {hangup} {if b {} {answer}}" },
    { "repeat 3 { break } else { continue }", "repeat 3 {break} {continue}" },
    { "for x in xs { loop { pause 1s } }", "for xs {loop {pause 1000ms}}" },
    { "match n { 1, 2 { hangup } \"a\" { } else { again } }", "match n ([1 2] {hangup}) (['a'] {}) ([] {again})" },
    { "continue with support", "continue-with support" },
    { "return a(1, 2)", "end a 1 2" },
    { "return yes", "end yes" },
    { "bridge \"a\", ring: 20s, hunt: yes", "bridge 'a' ring:20000ms hunt:yes" },
    { "bridge [\"a\",\n \"b\"],\n ring: 1s {\n on ended(talk, by) { }\n on busy, no_answer { hangup }\n else { } }",
      "bridge ['a' 'b'] ring:1000ms (on ended/talk/by {}) (on busy no_answer {hangup}) (else {})" },
    { "fetch url, json: { a: { b: [1] } }, for: 1s { on status 404 { } on status(code) { } }",
      "fetch url json:{a:{b:[1]}} for:1000ms (on status=404 {}) (on status/code {})" },
    { "menu \"x\", tries: 3 { \"1\" { again } \"2?5\"(ext) { } on gave_up { } }",
      "menu 'x' tries:3 (choice '1' {again}) (choice '2?5'/ext {}) (on gave_up {})" },
    { "menu \"x\" { \"1\" { } \"2\" { } }", "menu 'x' (choice '1' {}) (choice '2' {})" },
    { "ring_team(front, n: 2) { on yes { } on for { } }", "ring_team! front n:2 (on yes {}) (on for {})" },
    { "gather digits: 4, secret: yes { on matched(pin) { } }", "gather digits:4 secret:yes (on matched/pin {})" },
    { "remember \"k\", 5, for: 30d", "remember 'k' 5 for:2592000000ms" },
    { "hangup; hangup", "hangup; hangup" },
    { "play -1", "play (neg 1)" },
    { "on hangup { log \"x\" }", "" },
};

static void statements_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stmts / sizeof *stmts; i++) {
        struct front f;
        struct sbuf text = { 0 }, want = { 0 };
        bool flow = strstr(stmts[i].text, "on hangup") != NULL;
        sbuf_fmt(&text, "%s {\n%s\n}", flow ? "flow f" : "fn f() -> a | yes", stmts[i].text);
        sbuf_fmt(&want, " {%s}", stmts[i].want);
        front_open(&f, sbuf_view(&text));
        struct decl *d = parse_file(&f.env, f.source)->first;
        assert_string_equal(front_errors(&f), "");
        sbuf_clear(&f.shown);
        show_block(&f.shown, flow ? d->u.flow.body : d->u.fn.body);
        if (strcmp(f.shown.p, want.p) != 0)
            fail_msg("%s:\nwant: %s\ngot:  %s", stmts[i].text, want.p, f.shown.p);
        sbuf_free(&text);
        sbuf_free(&want);
        front_close(&f);
    }
}

static struct decl *only_decl(struct front *f, const char *text)
{
    front_open(f, str_of(text));
    struct file *file = parse_file(&f->env, f->source);
    assert_string_equal(front_errors(f), "");
    assert_non_null(file->first);
    return file->first;
}

static void hours_are(void **state)
{
    struct front f;
    (void)state;
    struct decl *d = only_decl(
        &f, "hours office {\n zone \"Europe/Warsaw\"\n mon-fri, sun 09:00-12:00, 13:00-24:00\n fri-mon 10:00-11:00\n"
            " 12-24 09:00-12:00\n closed 2026-12-25, 05-01\n}");
    struct hours_entry *e = d->u.hours.entries;
    assert_true(str_is(d->u.hours.zone.text, "Europe/Warsaw"));
    assert_int_equal(e->days, 0x5F);
    assert_int_equal(e->ranges->next->to, 24 * 60);
    assert_int_equal(e->next->days, 0x71);
    e = e->next->next;
    assert_int_equal(e->kind, HOURS_DATES);
    assert_int_equal(e->dates->date.year, 0);
    assert_int_equal(e->dates->date.day, 24);
    e = e->next;
    assert_int_equal(e->kind, HOURS_CLOSED);
    assert_int_equal(e->dates->date.year, 2026);
    assert_int_equal(e->dates->next->date.month, 5);
    assert_null(e->next);
    front_close(&f);
}

static void functions_are(void **state)
{
    struct front f;
    (void)state;
    struct decl *d = only_decl(
        &f,
        "fn a(x: int, ys: list of text) -> yes | found(doc: json) | for { }\nfn b() -> list of int { }\nfn c() { }\n"
        "extern lua \"p.lua\" {\n fn quote(item: text) -> int\n fn two() -> text\n}");
    assert_int_equal(d->u.fn.kind, FN_OUTCOMES);
    assert_true(str_is(d->u.fn.params->next->type->element->name->text, "text"));
    assert_true(str_is(d->u.fn.outcomes->next->payload->name.name->text, "doc"));
    assert_true(str_is(d->u.fn.outcomes->next->next->name.name->text, "for"));
    d = d->next;
    assert_int_equal(d->u.fn.kind, FN_VALUE);
    d = d->next;
    assert_int_equal(d->u.fn.kind, FN_PLAIN);
    d = d->next;
    assert_true(str_is(d->u.lua.fns->next->name.name->text, "two"));
    assert_null(d->u.lua.fns->next->u.fn.body);
    front_close(&f);
}

static void permits_are(void **state)
{
    struct front f;
    (void)state;
    struct decl *d =
        only_decl(&f, "permit dial \"+48*\", connections at most 2\npermit fetch \"https://a\"\nflow f { }");
    assert_true(d->u.permit.items->next->connections);
    assert_int_equal(d->u.permit.at_most->u.integer, 2);
    assert_int_equal(d->next->u.permit.kind, PERMIT_FETCH);
    front_close(&f);
}

static void test_steps_are(void **state)
{
    struct front f;
    (void)state;
    struct decl *d = only_decl(
        &f,
        "test \"t\" {\n at 2026-11-23 10:00\n call from \"+48\" to \"ann\" with voicemail\n hear \"x\"\n press \"1\" "
        "after 500ms\n"
        " hang up after 1s\n expect bridge [\"a\"], ring: 20s { ended 5s, \"x\" by caller after 2m }\n"
        " expect bridge \"b\" { caller hangs up after 5s }\n expect no bridge to \"+979\"\n expect fetch \"u\" { ok { "
        "\"a\": 1 } }\n"
        " expect ended by caller\n expect rejected busy\n expect continue with support\n repeat 2 { hear \"y\" }\n}");
    static const enum test_step_kind kinds[] = {
        STEP_AT,     STEP_CALL,      STEP_HEAR,   STEP_PRESS,        STEP_HANG_UP,         STEP_EXPECT,
        STEP_EXPECT, STEP_EXPECT_NO, STEP_EXPECT, STEP_EXPECT_ENDED, STEP_EXPECT_REJECTED, STEP_EXPECT_CONTINUE,
        STEP_REPEAT
    };
    struct test_step *s = d->u.test.steps;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++, s = s->next)
        assert_int_equal(s->kind, kinds[i]);
    assert_null(s);
    s = d->u.test.steps;
    assert_int_equal(s->u.at.minute, 600);
    assert_true(s->next->u.call.with_voicemail);
    for (int i = 0; i < 5; i++)
        s = s->next;
    assert_true(str_is(s->u.expect.answer.by.name->text, "caller"));
    assert_int_equal(s->u.expect.answer.after->u.integer, 120000);
    assert_non_null(s->u.expect.answer.payload->next);
    assert_true(s->next->u.expect.answer.caller_hangs_up);
    front_close(&f);
}

/* The sample flows are read without a word, and quickly enough to be read often. */
static void samples_are_read(void **state)
{
    static const char *const files[] = { "default", "welcome", "reception", "support", "hunt", "company" };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct sbuf path = { 0 }, text = { 0 };
        struct front f;
        sbuf_fmt(&path, "flows/%s.flow", files[i]);
        assert_int_equal(sbuf_read_file(&text, path.p, 1 << 20), ERR_OK);
        front_open(&f, sbuf_view(&text));
        struct file *file = parse_file(&f.env, f.source);
        assert_string_equal(front_errors(&f), "");
        assert_int_equal(file->flow == NULL, !strcmp(files[i], "company"));
        front_close(&f);
        sbuf_free(&path);
        sbuf_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binding_is),       cmocka_unit_test(statements_are), cmocka_unit_test(hours_are),
        cmocka_unit_test(functions_are),    cmocka_unit_test(permits_are),    cmocka_unit_test(test_steps_are),
        cmocka_unit_test(samples_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
