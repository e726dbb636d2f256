/* Compares what a test names with what the flow asks for. */
#include <stdlib.h>

#include "stdlib/permit.h"
#include "stdlib/sim/test_state.h"

static bool is_text(const struct test_state *t, const struct test_value *v, struct str have)
{
    struct sbuf want = { 0 };
    test_value_text(t, v, &want);
    bool same = str_eq(sbuf_view(&want), have);
    sbuf_free(&want);
    return same;
}

/* One value stands for a list of one. */
static uint32_t count_of(const struct test_value *v) { return v->kind == TEST_VALUE_LIST ? v->count : 1; }
static const struct test_value *item_of(const struct test_value *v, uint32_t i)
{
    return v->kind == TEST_VALUE_LIST ? &v->items[i] : v;
}

/* Whether its targets come from outside, as the compiler tells the action. */
static bool is_outside(const struct running *r)
{
    int arg = action_arg_find(r->row, STR("outside"));
    return arg >= 0 && arg_num(r, (unsigned)arg, 0) != 0;
}

/* Of targets only those count that the flow's permits cover: nobody else is rung. */
static bool are_targets(const struct test_state *t, const struct test_value *v, const struct running *r, unsigned arg)
{
    uint32_t met = 0;
    bool dials = r->row->args[arg].flags & ARG_DIALS;
    for (unsigned i = 0; i < arg_count(r, arg); i++) {
        struct str have = arg_item(r, arg, i);
        if (dials && !permit_dial(t->im, have, is_outside(r)))
            continue;
        if (met == count_of(v) || !is_text(t, item_of(v, met), have))
            return false;
        met++;
    }
    return met == count_of(v);
}

static bool are_sounds(const struct test_state *t, const struct test_value *v, const struct running *r, unsigned arg)
{
    struct vm_sound *sounds;
    unsigned n = arg_sounds(r, arg, &sounds);
    bool same = n == count_of(v);
    for (unsigned i = 0; i < n && same; i++)
        same = is_text(t, item_of(v, i), sounds[i].text);
    free(sounds);
    return same;
}

static bool is_json(const struct test_value *v, const struct running *r, unsigned arg)
{
    struct sbuf have = { 0 };
    arg_json(r, arg, &have);
    bool same = v->kind == TEST_VALUE_JSON && str_eq(v->text, sbuf_view(&have));
    sbuf_free(&have);
    return same;
}

/* ---- what the flow leaves off has its default, which the catalogue writes as the language does ---- */

static bool unit_of(struct str unit, int64_t *ms)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = { { "", 1 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 } };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_is(unit, units[i].name)) {
            *ms = units[i].ms;
            return true;
        }
    return false;
}

static bool default_number(const struct action_arg *a, int64_t *n)
{
    char *end;
    int64_t ms;
    if (a->type == ARG_BOOL) {
        *n = str_is(str_of(a->fallback), "yes");
        return a->fallback[0] != '\0';
    }
    *n = strtoll(a->fallback, &end, 10);
    if (end == a->fallback || !unit_of(str_of(end), &ms))
        return false;
    *n *= ms;
    return true;
}

static bool is_default(const struct test_state *t, const struct test_value *v, const struct action_arg *a)
{
    int64_t n;
    if (v->kind == TEST_VALUE_NUM)
        return default_number(a, &n) && n == v->num;
    if (a->type == ARG_BARGE)
        return is_text(t, v, str_is(str_of(a->fallback), "yes") ? BARGE_ANY_KEY : STR(""));
    return a->type == ARG_TEXT && is_text(t, v, str_of(a->fallback));
}

static bool arg_matches(const struct test_state *t, const struct test_arg *want, const struct running *r)
{
    unsigned arg = (unsigned)want->arg;
    enum type type = (enum type)arg_slot_type(r->row->args[arg].type);
    if (!arg_given(r, arg))
        return is_default(t, &want->value, &r->row->args[arg]);
    switch (type) {
    case TYPE_TEXT: return is_text(t, &want->value, arg_text(r, arg, ""));
    case TYPE_LIST_TEXT: return are_targets(t, &want->value, r, arg);
    case TYPE_LIST_SOUND: return are_sounds(t, &want->value, r, arg);
    case TYPE_JSON: return is_json(&want->value, r, arg);
    default: return want->value.kind == TEST_VALUE_NUM && want->value.num == arg_num(r, arg, 0);
    }
}

bool test_matches(const struct test_state *t, const struct test_step *s, const struct running *r)
{
    if (s->action != r->row)
        return false;
    for (uint32_t i = 0; i < s->nargs; i++)
        if (!arg_matches(t, &s->args[i], r))
            return false;
    return true;
}

static bool may_dial(const struct test_state *t, const struct running *r, unsigned arg)
{
    if (arg_slot_type(r->row->args[arg].type) == TYPE_TEXT)
        return permit_dial(t->im, arg_text(r, arg, ""), is_outside(r));
    for (unsigned i = 0; i < arg_count(r, arg); i++)
        if (permit_dial(t->im, arg_item(r, arg, i), is_outside(r)))
            return true;
    return false;
}

bool test_is_permitted(const struct test_state *t, const struct running *r)
{
    for (unsigned i = 0; i < r->row->nargs; i++) {
        unsigned flags = r->row->args[i].flags;
        if ((flags & ARG_DIALS) && !may_dial(t, r, i))
            return false;
        if ((flags & ARG_FETCHES) && !permit_fetch(t->im, arg_text(r, i, "")))
            return false;
    }
    return true;
}
