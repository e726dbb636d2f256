#include "stdlib/sim/test_read.h"

enum { SECTION_MAX = 4 << 20, STEP_SIZE_MIN = 3 };

/* After the first mistake it gives zeroes. */
struct reader {
    const uint8_t *p, *end;
    const char *mistake;
    struct arena *arena;
    const struct str *texts;
    uint32_t ntexts;
    uint32_t line;
};

static void fail(struct reader *r, const char *mistake)
{
    if (!r->mistake)
        r->mistake = mistake;
    r->p = r->end;
}

static size_t left(const struct reader *r) { return (size_t)(r->end - r->p); }

static uint8_t get_byte(struct reader *r)
{
    if (r->p < r->end)
        return *r->p++;
    fail(r, "the tests are cut off");
    return 0;
}

static uint64_t get_long(struct reader *r)
{
    uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t b = get_byte(r);
        n |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            return n;
    }
    fail(r, "a number in the tests is too long");
    return 0;
}

static int64_t get_number(struct reader *r)
{
    uint64_t n = get_long(r);
    return (int64_t)(n >> 1 ^ (0 - (n & 1)));
}

static uint32_t get_u32(struct reader *r)
{
    uint64_t n = get_long(r);
    if (n <= INT32_MAX)
        return (uint32_t)n;
    fail(r, "a number in the tests is out of range");
    return 0;
}

/* How many things follow, each of at least one byte: so no more memory is taken than the bytes can fill. */
static uint32_t get_count(struct reader *r)
{
    uint64_t n = get_long(r);
    if (n <= left(r))
        return (uint32_t)n;
    fail(r, "a count in the tests is larger than what follows");
    return 0;
}

static struct str get_text(struct reader *r)
{
    uint64_t n = get_long(r);
    if (n < r->ntexts)
        return r->texts[n];
    fail(r, "the tests have no text of that number");
    return STR("");
}

static void read_texts(struct reader *r)
{
    uint32_t n = get_count(r);
    struct str *texts = ARENA_ARRAY(r->arena, struct str, n + 1);
    for (uint32_t i = 0; i < n; i++)
        texts[i].len = get_u32(r);
    for (uint32_t i = 0; i < n; i++) {
        if (texts[i].len > left(r)) {
            fail(r, "a text of the tests is cut off");
            texts[i].len = 0;
        }
        texts[i].p = arena_dup(r->arena, (const char *)r->p, texts[i].len);
        r->p += texts[i].len;
    }
    r->texts = texts;
    r->ntexts = n;
}

static void read_value(struct reader *r, struct test_value *v, unsigned depth);

static void read_values(struct reader *r, struct test_value *v, unsigned depth)
{
    uint32_t n = get_count(r);
    if (depth == TEST_VALUE_DEPTH) {
        fail(r, "a value of the tests is nested too deep");
        return;
    }
    struct test_value *items = ARENA_ARRAY(r->arena, struct test_value, n + 1);
    for (uint32_t i = 0; i < n && !r->mistake; i++)
        read_value(r, &items[i], depth + 1);
    v->items = items;
    v->count = n;
}

static void read_field(struct reader *r, struct test_value *v)
{
    v->num = get_byte(r);
    if (v->num >= FIELD_COUNT)
        fail(r, "the tests name a field that no call has");
}

static void read_value(struct reader *r, struct test_value *v, unsigned depth)
{
    v->kind = (enum test_value_kind)get_byte(r);
    switch (v->kind) {
    case TEST_VALUE_NONE: return;
    case TEST_VALUE_NUM: v->num = get_number(r); return;
    case TEST_VALUE_TEXT:
    case TEST_VALUE_JSON: v->text = get_text(r); return;
    case TEST_VALUE_FIELD: read_field(r, v); return;
    case TEST_VALUE_JOIN:
    case TEST_VALUE_LIST: read_values(r, v, depth); return;
    }
    fail(r, "the tests hold a value of an unknown kind");
    v->kind = TEST_VALUE_NONE;
}

static void read_args(struct reader *r, struct test_step *s)
{
    s->nargs = get_count(r);
    struct test_arg *args = ARENA_ARRAY(r->arena, struct test_arg, s->nargs + 1);
    for (uint32_t i = 0; i < s->nargs && !r->mistake; i++) {
        args[i].arg = action_arg_find(s->action, get_text(r));
        if (args[i].arg < 0)
            fail(r, "a test names an argument that its action does not have");
        read_value(r, &args[i].value, 0);
    }
    s->args = args;
}

static void read_payload(struct reader *r, struct test_step *s)
{
    struct test_value all = { 0 };
    read_values(r, &all, 0);
    s->payload = all.items;
    s->npayload = all.count;
}

/* The text of an EXPECT step names its action first, then the outcome. */
static void bind_text(struct reader *r, struct test_step *s, unsigned place)
{
    bool expects = s->op == TEST_EXPECT || s->op == TEST_EXPECT_LEAVE || s->op == TEST_EXPECT_NO;
    if (!expects || r->mistake)
        return;
    if (place == 0) {
        s->action = action_find(s->t[0]);
        if (!s->action)
            fail(r, "a test names an action that is not known here");
    } else if (place == 1 && s->t[1].len) {
        s->outcome = action_outcome_find(s->action, s->t[1]);
        if (s->outcome < 0)
            fail(r, "a test names an outcome that its action does not have");
    }
}

static void read_operands(struct reader *r, struct test_step *s)
{
    unsigned n = 0, t = 0, v = 0;
    for (const char *letter = test_operands(s->op); *letter && !r->mistake; letter++)
        switch (*letter) {
        case 'n': s->n[n++] = get_number(r); break;
        case 't':
            s->t[t] = get_text(r);
            bind_text(r, s, t++);
            break;
        case 'v': read_value(r, &s->v[v++], 0); break;
        case 'a': read_args(r, s); break;
        case 'p': read_payload(r, s); break;
        }
}

static void read_step(struct reader *r, struct test_step *s)
{
    int64_t line = get_number(r) + r->line;
    uint8_t op = get_byte(r);
    if (line < 0 || line > INT32_MAX || op >= TEST_OP_COUNT) {
        fail(r, "the tests hold a step of an unknown kind");
        return;
    }
    r->line = s->line = (uint32_t)line;
    s->op = (enum test_op)op;
    s->outcome = -1;
    read_operands(r, s);
}

/* Repeated steps stand wholly within those around them, so that a stack of fixed size runs them. */
static void check_repeats(struct reader *r, const struct test_case *t)
{
    uint32_t ends[TEST_REPEAT_DEPTH + 1] = { t->nsteps };
    unsigned depth = 0;
    for (uint32_t i = 0; i < t->nsteps && !r->mistake; i++) {
        while (depth && i >= ends[depth])
            depth--;
        if (t->steps[i].op != TEST_REPEAT)
            continue;
        int64_t n = t->steps[i].n[0];
        if (depth == TEST_REPEAT_DEPTH || n < 0 || n > (int64_t)ends[depth] - i - 1)
            fail(r, "the steps that a test repeats do not fit");
        else
            ends[++depth] = i + 1 + (uint32_t)n;
    }
}

static void read_test(struct reader *r, struct test_case *t)
{
    t->title = get_text(r);
    t->source = get_u32(r);
    t->line = r->line = get_u32(r);
    t->nsteps = get_count(r);
    if (t->nsteps > left(r) / STEP_SIZE_MIN)
        fail(r, "a test has more steps than follow");
    struct test_step *steps = ARENA_ARRAY(r->arena, struct test_step, r->mistake ? 1 : t->nsteps + 1);
    t->steps = steps;
    for (uint32_t i = 0; i < t->nsteps && !r->mistake; i++)
        read_step(r, &steps[i]);
    check_repeats(r, t);
}

static void read_suite(struct reader *r, struct test_suite *s)
{
    if (get_byte(r) != TEST_SECTION_VERSION)
        fail(r, "the tests were written for another version");
    read_texts(r);
    s->zone = get_text(r);
    s->ntests = get_count(r);
    struct test_case *tests = ARENA_ARRAY(r->arena, struct test_case, s->ntests + 1);
    s->tests = tests;
    for (uint32_t i = 0; i < s->ntests && !r->mistake; i++)
        read_test(r, &tests[i]);
    if (r->p < r->end)
        fail(r, "something stands behind the tests");
}

enum err test_suite_read(struct test_suite **out, struct str section, const char **why)
{
    struct arena *arena = arena_new();
    struct test_suite *s = ARENA_NEW(arena, struct test_suite);
    const uint8_t *p = (const uint8_t *)section.p;
    struct reader r = { .p = p, .end = p + section.len, .arena = arena };
    *out = NULL;
    s->arena = arena;
    if (section.len > SECTION_MAX)
        fail(&r, "the tests are larger than any may be");
    else if (section.len)
        read_suite(&r, s);
    if (r.mistake) {
        *why = r.mistake;
        test_suite_free(&s);
        return ERR_BAD_IMAGE;
    }
    *out = s;
    return ERR_OK;
}

void test_suite_free(struct test_suite **s)
{
    if (!s || !*s)
        return;
    struct arena *arena = (*s)->arena; /* the suite itself lies in it */
    arena_free(&arena);
    *s = NULL;
}
