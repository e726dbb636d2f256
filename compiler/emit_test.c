/* Writes test blocks as stdlib/catalog/step.def says: each step fills a row, and the row's letters say what of it is
 * written. */
#include "compiler/emit_test.h"

#include <inttypes.h>
#include <string.h>

#include "compiler/ast_test.h"
#include "compiler/check_fn.h"
#include "stdlib/catalog/step.h"
#include "vm/base/vec.h"

struct writer {
    const struct emit_env *env;
    struct sbuf out; /* zone and tests; the texts go before it */
    VEC(struct str) texts;
    uint32_t *index; /* hash table of text number + 1 */
    size_t mask;
    uint32_t line;
};

/* What a step is written from, by the letters n, t, v, a, p. */
struct row {
    enum test_op op;
    int64_t n[TEST_OPERANDS_MAX];
    struct str t[TEST_OPERANDS_MAX];
    const struct expr *v[TEST_OPERANDS_MAX];
    const struct action_row *action;
    const struct arg *args;
    const struct list_item *payload;
    uint32_t line;
};

/* ---- numbers and texts ---- */

static void put_count(struct sbuf *b, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        sbuf_char(b, (char)(n | 0x80));
    sbuf_char(b, (char)n);
}

static void put_number(struct sbuf *b, int64_t n) { put_count(b, (uint64_t)n << 1 ^ (uint64_t)(n >> 63)); }

static size_t place_of(const struct writer *w, struct str s)
{
    size_t i = str_hash(s) & w->mask;
    while (w->index[i] && !str_eq(w->texts.items[w->index[i] - 1], s))
        i = (i + 1) & w->mask;
    return i;
}

static void grow_index(struct writer *w)
{
    size_t room = w->mask ? (w->mask + 1) * 2 : 64;
    w->index = ARENA_ARRAY(w->env->arena, uint32_t, room); /* zeroed */
    w->mask = room - 1;
    for (size_t i = 0; i < w->texts.len; i++)
        w->index[place_of(w, w->texts.items[i])] = (uint32_t)i + 1;
}

static void put_text(struct writer *w, struct str s)
{
    if (w->texts.len * 2 >= w->mask)
        grow_index(w);
    size_t i = place_of(w, s);
    if (!w->index[i]) {
        vec_push(&w->texts, s);
        w->index[i] = (uint32_t)w->texts.len;
    }
    put_count(&w->out, w->index[i] - 1);
}

/* ---- json ---- */

static void json_text(struct sbuf *out, struct str s)
{
    sbuf_char(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (ch == '"' || ch == '\\')
            sbuf_fmt(out, "\\%c", ch);
        else if (ch < ' ')
            sbuf_fmt(out, "\\u%04x", ch);
        else
            sbuf_char(out, (char)ch);
    }
    sbuf_char(out, '"');
}

static bool json_known(struct sbuf *out, const struct const_value *v)
{
    if (v->type == T(TEXT))
        json_text(out, v->text);
    else if (v->type == T(BOOL))
        sbuf_cstr(out, v->num ? "true" : "false");
    else if (!type_is_list(v->type))
        sbuf_fmt(out, "%" PRId64, v->num);
    else
        sbuf_char(out, '[');
    for (uint32_t i = 0; i < v->count; i++) {
        sbuf_cstr(out, i ? "," : "");
        json_known(out, &v->items[i]);
    }
    if (type_is_list(v->type))
        sbuf_char(out, ']');
    return true;
}

static bool json_value(struct writer *w, struct sbuf *out, const struct expr *x);

static bool json_object(struct writer *w, struct sbuf *out, const struct expr *x)
{
    sbuf_char(out, '{');
    for (const struct object_item *i = x->u.object; i; i = i->next) {
        sbuf_cstr(out, i == x->u.object ? "" : ",");
        json_text(out, i->key.text);
        sbuf_char(out, ':');
        if (!json_value(w, out, i->value))
            return false;
    }
    sbuf_char(out, '}');
    return true;
}

static bool json_list(struct writer *w, struct sbuf *out, const struct expr *x)
{
    sbuf_char(out, '[');
    for (const struct list_item *i = x->u.items; i; i = i->next) {
        sbuf_cstr(out, i == x->u.items ? "" : ",");
        if (!json_value(w, out, i->value))
            return false;
    }
    sbuf_char(out, ']');
    return true;
}

static bool json_value(struct writer *w, struct sbuf *out, const struct expr *x)
{
    struct const_value v;
    if (x->kind == EXPR_OBJECT)
        return json_object(w, out, x);
    if (const_eval(w->env->arena, x, &v))
        return json_known(out, &v);
    return x->kind == EXPR_LIST && json_list(w, out, x);
}

/* ---- values ---- */

static void unknown(struct writer *w, const struct expr *x)
{
    struct diag *d = diag_error(w->env->diags, x->span, "a test cannot know this value");
    diag_help(d, "its steps hold constants, and texts with call.from and other parts of the call");
    put_count(&w->out, TEST_VALUE_NONE);
}

static bool put_field(struct writer *w, const struct expr *x)
{
    struct str text = source_text(w->env->sources, x->span);
    for (unsigned f = 0; f < FIELD_COUNT; f++) {
        if (!str_is(text, field_text((enum call_field)f)))
            continue;
        put_count(&w->out, TEST_VALUE_FIELD);
        sbuf_char(&w->out, (char)f);
        return true;
    }
    return false;
}

static void put_known(struct writer *w, const struct const_value *v)
{
    if (v->type == T(TEXT)) {
        put_count(&w->out, TEST_VALUE_TEXT);
        put_text(w, v->text);
    } else if (type_is_list(v->type)) {
        put_count(&w->out, TEST_VALUE_LIST);
        put_count(&w->out, v->count);
        for (uint32_t i = 0; i < v->count; i++)
            put_known(w, &v->items[i]);
    } else {
        put_count(&w->out, TEST_VALUE_NUM);
        put_number(&w->out, v->num);
    }
}

static void put_value(struct writer *w, const struct expr *x);

static void put_join(struct writer *w, const struct expr *x)
{
    uint32_t n = 0;
    for (const struct text_part *p = x->u.parts; p; p = p->next)
        n++;
    put_count(&w->out, TEST_VALUE_JOIN);
    put_count(&w->out, n);
    for (const struct text_part *p = x->u.parts; p; p = p->next) {
        if (p->expr)
            put_value(w, p->expr);
        else
            put_known(w, &(struct const_value){ .type = T(TEXT), .text = p->text });
    }
}

static void put_list(struct writer *w, const struct expr *x)
{
    uint32_t n = 0;
    for (const struct list_item *i = x->u.items; i; i = i->next)
        n++;
    put_count(&w->out, TEST_VALUE_LIST);
    put_count(&w->out, n);
    for (const struct list_item *i = x->u.items; i; i = i->next)
        put_value(w, i->value);
}

/* file("x") and tone("x") are compared by their names. */
static bool is_sound(const struct expr *x) { return x->kind == EXPR_CALL && x->type == T(SOUND) && x->u.call.args; }

static void put_value(struct writer *w, const struct expr *x)
{
    struct const_value v;
    if (!x)
        put_count(&w->out, TEST_VALUE_NONE);
    else if (const_eval(w->env->arena, x, &v))
        put_known(w, &v);
    else if (x->kind == EXPR_JOIN)
        put_join(w, x);
    else if (x->kind == EXPR_LIST)
        put_list(w, x);
    else if (is_sound(x))
        put_value(w, x->u.call.args->value);
    else if (x->kind != EXPR_FIELD || !put_field(w, x))
        unknown(w, x);
}

static void put_json(struct writer *w, const struct expr *x)
{
    struct sbuf text = { 0 };
    if (json_value(w, &text, x)) {
        put_count(&w->out, TEST_VALUE_JSON);
        put_text(w, (struct str){ arena_dup(w->env->arena, text.p, text.len), text.len });
    } else {
        unknown(w, x);
    }
    sbuf_free(&text);
}

/* As the action is passed it: `barge: yes` is a text there. */
static void put_arg(struct writer *w, const struct action_arg *a, const struct expr *x)
{
    static const struct const_value barge[] = { { .type = T(TEXT), .text = { "", 0 } },
                                                { .type = T(TEXT), .text = { "*any", 4 } } };
    put_text(w, str_of(a->label));
    if (a->type == ARG_BARGE && x->kind == EXPR_BOOL)
        put_known(w, &barge[x->u.boolean]);
    else if (a->type == ARG_JSON)
        put_json(w, x);
    else
        put_value(w, x);
}

static void put_args(struct writer *w, const struct row *row)
{
    struct arg *args[ACTION_ARGS_MAX];
    unsigned n = 0, all = row->action ? row->action->nargs : 0;
    if (row->action)
        action_args(row->action, (struct arg *)(uintptr_t)row->args, args);
    for (unsigned i = 0; i < all; i++)
        n += args[i] != NULL;
    put_count(&w->out, n);
    for (unsigned i = 0; i < all; i++)
        if (args[i])
            put_arg(w, &row->action->args[i], args[i]->value);
}

/* The type that the outcome's value of that number has. */
static bool is_json(const struct row *row, unsigned i)
{
    int outcome = row->t[1].len ? action_outcome_find(row->action, row->t[1]) : 0;
    const struct action_outcome *o = outcome < 0 ? NULL : &row->action->outcomes[outcome];
    return o && i < o->npayload && o->payload[i].type == ARG_JSON;
}

static void put_payload(struct writer *w, const struct row *row)
{
    unsigned n = 0;
    for (const struct list_item *i = row->payload; i; i = i->next)
        n++;
    put_count(&w->out, n);
    n = 0;
    for (const struct list_item *i = row->payload; i; i = i->next) {
        if (is_json(row, n++))
            put_json(w, i->value);
        else
            put_value(w, i->value);
    }
}

/* ---- steps ---- */

static void put_row(struct writer *w, const struct row *row)
{
    unsigned n = 0, t = 0, v = 0;
    put_number(&w->out, (int64_t)row->line - w->line);
    w->line = row->line;
    sbuf_char(&w->out, (char)row->op);
    for (const char *letter = test_operands(row->op); *letter; letter++)
        switch (*letter) {
        case 'n': put_number(&w->out, row->n[n++]); break;
        case 't': put_text(w, row->t[t++]); break;
        case 'v': put_value(w, row->v[v++]); break;
        case 'a': put_args(w, row); break;
        case 'p': put_payload(w, row); break;
        }
}

/* A number that the step needs; -1 when none was written. */
static int64_t number_of(struct writer *w, const struct expr *x)
{
    struct const_value v;
    if (!x)
        return -1;
    if (const_eval(w->env->arena, x, &v) && v.num >= 0)
        return v.num;
    diag_error(w->env->diags, x->span, "this has to be a constant that is not negative");
    return -1;
}

static int64_t days_of(struct date d) { return date_moment(d, (struct str){ NULL, 0 }) / (24 * 3600 * 1000); }

static struct str word_of(struct word w) { return w.name ? w.name->text : (struct str){ "", 0 }; }

static void fill_expect(struct writer *w, const struct test_step *s, struct row *row)
{
    const struct step_expect *e = &s->u.expect;
    row->op = s->kind == STEP_EXPECT_NO ? TEST_EXPECT_NO : TEST_EXPECT;
    row->t[0] = str_of(e->row->name);
    row->action = e->row;
    row->args = e->args;
    row->n[0] = number_of(w, e->answer.after);
    if (e->answer.caller_hangs_up)
        row->op = TEST_EXPECT_LEAVE;
    row->t[1] = word_of(e->answer.outcome);
    row->t[2] = word_of(e->answer.by);
    row->payload = e->answer.payload;
}

static uint32_t count_steps(const struct test_step *s)
{
    uint32_t n = 0;
    for (; s; s = s->next)
        n += s->kind == STEP_REPEAT ? 1 + count_steps(s->u.repeat.steps) : 1;
    return n;
}

static struct row row_of(struct writer *w, const struct test_step *s)
{
    struct row r = { .line = source_line_at(w->env->sources, s->span.file, s->span.start) };
    switch (s->kind) {
    case STEP_BAD: break; /* never written: a file with mistakes makes no image */
    case STEP_AT: r.op = TEST_AT, r.n[0] = days_of(s->u.at.date), r.n[1] = s->u.at.minute; break;
    case STEP_CALL:
        r.op = TEST_CALL, r.v[0] = s->u.call.from, r.v[1] = s->u.call.to, r.n[0] = s->u.call.with_voicemail;
        break;
    case STEP_HEAR: r.op = TEST_HEAR, r.v[0] = s->u.text; break;
    case STEP_PRESS: r.op = TEST_PRESS, r.v[0] = s->u.key.digits, r.n[0] = number_of(w, s->u.key.after); break;
    case STEP_HANG_UP: r.op = TEST_HANG_UP, r.n[0] = number_of(w, s->u.key.after); break;
    case STEP_EXPECT:
    case STEP_EXPECT_NO: fill_expect(w, s, &r); break;
    case STEP_EXPECT_ENDED: r.op = TEST_ENDED, r.n[0] = s->u.by_caller; break;
    case STEP_EXPECT_REJECTED: r.op = TEST_REJECTED, r.n[0] = number_of(w, s->u.cause); break;
    case STEP_EXPECT_CONTINUE: r.op = TEST_CONTINUE, r.t[0] = word_of(s->u.flow); break;
    case STEP_REPEAT:
        r.op = TEST_REPEAT, r.n[0] = count_steps(s->u.repeat.steps), r.n[1] = number_of(w, s->u.repeat.count);
        break;
    }
    return r;
}

static void put_steps(struct writer *w, const struct test_step *first)
{
    for (const struct test_step *s = first; s; s = s->next) {
        struct row row = row_of(w, s);
        put_row(w, &row);
        if (s->kind == STEP_REPEAT)
            put_steps(w, s->u.repeat.steps);
    }
}

/* ---- the section ---- */

static void put_test(struct writer *w, const struct decl *d)
{
    uint32_t line = source_line_at(w->env->sources, d->span.file, d->span.start);
    put_text(w, d->u.test.title.text);
    put_count(&w->out, d->span.file);
    put_count(&w->out, line);
    put_count(&w->out, count_steps(d->u.test.steps));
    w->line = line;
    put_steps(w, d->u.test.steps);
}

/* `at` is by the zone of the first hours, the file's own before used ones. */
static struct str zone_of(const struct emit_env *env)
{
    for (const struct file *f = env->files; f; f = f->next)
        for (const struct decl *d = f->first; d; d = d->next)
            if (d->kind == DECL_HOURS)
                return d->u.hours.zone.text;
    return STR("");
}

static uint32_t count_tests(const struct file *f)
{
    uint32_t n = 0;
    for (const struct decl *d = f->first; d; d = d->next)
        n += d->kind == DECL_TEST;
    return n;
}

static struct str join(struct writer *w)
{
    struct sbuf all = { 0 };
    sbuf_char(&all, TEST_SECTION_VERSION);
    put_count(&all, w->texts.len);
    for (size_t i = 0; i < w->texts.len; i++)
        put_count(&all, w->texts.items[i].len);
    for (size_t i = 0; i < w->texts.len; i++)
        sbuf_str(&all, w->texts.items[i]);
    sbuf_str(&all, sbuf_view(&w->out));
    struct str kept = { arena_dup(w->env->arena, all.p, all.len), all.len };
    sbuf_free(&all);
    return kept;
}

struct str emit_test_section(const struct emit_env *env)
{
    struct writer w = { .env = env };
    uint32_t n = count_tests(env->files);
    if (!n)
        return (struct str){ NULL, 0 };
    put_text(&w, zone_of(env));
    put_count(&w.out, n);
    for (const struct decl *d = env->files->first; d; d = d->next)
        if (d->kind == DECL_TEST)
            put_test(&w, d);
    struct str section = join(&w);
    sbuf_free(&w.out);
    vec_free(&w.texts);
    return section;
}
