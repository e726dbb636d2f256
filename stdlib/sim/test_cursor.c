/* The steps of a test in their order: whose turn it is, and what passes without anybody acting. */
#include <string.h>

#include "stdlib/sim/test_state.h"

/* ---- whose turn it is ---- */

const struct test_step *test_step_now(const struct test_state *t)
{
    return t->at < t->test->nsteps ? &t->test->steps[t->at] : NULL;
}

/* At the end of what is repeated: back to its first step, or out of it. */
static void leave_loops(struct test_state *t)
{
    while (t->depth && t->at >= t->loops[t->depth - 1].end) {
        struct test_loop *loop = &t->loops[t->depth - 1];
        if (--loop->left > 0 && loop->end > loop->first) {
            t->at = loop->first;
            return;
        }
        t->depth--;
    }
}

void test_step_done(struct test_state *t)
{
    t->at++;
    t->since = test_now(t);
    leave_loops(t);
}

static void enter_repeat(struct test_state *t, const struct test_step *s)
{
    uint32_t end = t->at + 1 + (uint32_t)s->n[0];
    t->since = test_now(t);
    if (s->n[1] < 1) {
        t->at = end;
        leave_loops(t);
        return;
    }
    t->loops[t->depth++] = (struct test_loop){ t->at + 1, end, s->n[1] };
    t->at++;
    leave_loops(t);
}

/* ---- what was heard ---- */

static void fold_into(struct sbuf *out, struct str s)
{
    bool space = false;
    for (size_t i = 0; i < s.len; i++) {
        bool is = s.p[i] == ' ' || (s.p[i] >= '\t' && s.p[i] <= '\r');
        if (!is || !space)
            sbuf_char(out, is ? ' ' : s.p[i]);
        space = is;
    }
}

/* A line a text: what is looked for holds no line end, so it never spans two texts. */
void test_tell(struct test_state *t, struct str text)
{
    fold_into(&t->told, text);
    sbuf_char(&t->told, '\n');
}

static bool hears(struct test_state *t, const struct test_step *s)
{
    struct sbuf text = { 0 }, wanted = { 0 };
    test_value_text(t, &s->v[0], &text);
    fold_into(&wanted, sbuf_view(&text));
    const char *from = t->told.p ? t->told.p + t->told_from : NULL;
    const char *found = from ? memmem(from, t->told.len - t->told_from, wanted.len ? wanted.p : "", wanted.len) : NULL;
    if (found)
        t->told_from = (size_t)(found - t->told.p) + wanted.len;
    sbuf_free(&text);
    sbuf_free(&wanted);
    return found != NULL;
}

/* ---- what passes by itself ---- */

static void comes_late(struct test_state *t, const struct test_step *s)
{
    struct test_result *out = test_fail(t, s);
    if (!out)
        return;
    sbuf_cstr(&out->expected, "'at' and 'call' once, before all other steps");
    sbuf_fmt(&out->happened, "'%s' stands here", s->op == TEST_AT ? "at" : "call");
}

bool test_is_any_order(const struct test_step *s)
{
    if (s->op != TEST_EXPECT)
        return false;
    int id = action_id_of(s->action);
    return id == ACTION_ID_log || id == ACTION_ID_notify;
}

/* false: its turn stays. */
static bool passes(struct test_state *t, const struct test_step *s)
{
    switch (s->op) {
    case TEST_AT:
    case TEST_CALL: comes_late(t, s); return false;
    case TEST_HEAR: return hears(t, s);
    case TEST_EXPECT: return test_is_any_order(s);
    case TEST_EXPECT_NO: t->forbidden[t->at] = true; return true;
    case TEST_REPEAT:
    case TEST_PRESS:
    case TEST_HANG_UP:
    case TEST_EXPECT_LEAVE:
    case TEST_ENDED:
    case TEST_REJECTED:
    case TEST_CONTINUE: break;
    }
    return false;
}

void test_advance(struct test_state *t)
{
    const struct test_step *s;
    while (!t->failed && (s = test_step_now(t)) != NULL) {
        if (s->op == TEST_REPEAT)
            enter_repeat(t, s);
        else if (passes(t, s))
            test_step_done(t);
        else
            return;
    }
}

/* ---- what is due in any order ---- */

enum { WANTED_MAX = 1000000 };

void test_count_wanted(struct test_state *t)
{
    struct test_loop loops[TEST_REPEAT_DEPTH + 1] = { { 0, t->test->nsteps, 1 } };
    unsigned depth = 0;
    for (uint32_t i = 0; i < t->test->nsteps; i++) {
        const struct test_step *s = &t->test->steps[i];
        while (depth && i >= loops[depth].end)
            depth--;
        if (test_is_any_order(s))
            t->wanted[i] = loops[depth].left;
        if (s->op != TEST_REPEAT)
            continue;
        int64_t turns = s->n[1] < 0 ? 0 : s->n[1] > WANTED_MAX ? WANTED_MAX : s->n[1];
        int64_t all = loops[depth].left * turns;
        loops[++depth] = (struct test_loop){ i + 1, i + 1 + (uint32_t)s->n[0], all > WANTED_MAX ? WANTED_MAX : all };
    }
}
