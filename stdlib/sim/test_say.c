/* Values, steps and actions as a report writes them. */
#include <inttypes.h>

#include "stdlib/sim/sim_show.h"
#include "stdlib/sim/test_state.h"

/* ---- values ---- */

static void field_text_of(const struct test_state *t, enum call_field f, struct sbuf *out)
{
    switch (f) {
    case FIELD_FROM: sbuf_str(out, t->facts.from); return;
    case FIELD_FROM_NAME: sbuf_str(out, t->facts.from_name); return;
    case FIELD_TO: sbuf_str(out, t->facts.to); return;
    case FIELD_ID: sbuf_str(out, SIM_CALL_ID); return;
    case FIELD_DIALED: sbuf_str(out, t->facts.dialed); return;
    case FIELD_DIALED_NAME: sbuf_str(out, t->facts.dialed_name); return;
    case FIELD_DIALED_RING_TIME: sbuf_fmt(out, "%" PRId64, t->facts.ring_ms); return;
    case FIELD_DIALED_HAS_VOICEMAIL: sbuf_cstr(out, t->facts.has_voicemail ? "yes" : "no"); return;
    }
}

void test_value_text(const struct test_state *t, const struct test_value *v, struct sbuf *out)
{
    switch (v->kind) {
    case TEST_VALUE_NONE: return;
    case TEST_VALUE_NUM: sbuf_fmt(out, "%" PRId64, v->num); return;
    case TEST_VALUE_TEXT:
    case TEST_VALUE_JSON: sbuf_str(out, v->text); return;
    case TEST_VALUE_FIELD: field_text_of(t, (enum call_field)v->num, out); return;
    case TEST_VALUE_JOIN:
    case TEST_VALUE_LIST:
        for (uint32_t i = 0; i < v->count; i++)
            test_value_text(t, &v->items[i], out);
        return;
    }
}

void test_value_show(const struct test_state *t, const struct test_value *v, struct sbuf *out)
{
    struct sbuf text = { 0 };
    if (v->kind == TEST_VALUE_LIST) {
        for (uint32_t i = 0; i < v->count; i++) {
            sbuf_cstr(out, i ? ", " : "[");
            test_value_show(t, &v->items[i], out);
        }
        sbuf_cstr(out, v->count ? "]" : "[]");
        return;
    }
    test_value_text(t, v, &text);
    if (v->kind == TEST_VALUE_NUM || v->kind == TEST_VALUE_JSON)
        sbuf_str(out, sbuf_view(&text));
    else
        sim_show_text(sbuf_view(&text), out);
    sbuf_free(&text);
}

/* ---- steps ---- */

void test_action_show(const struct running *r, const struct test_step *s, struct sbuf *out)
{
    uint32_t labels = 0;
    for (uint32_t i = 0; s && i < s->nargs; i++)
        labels |= UINT32_C(1) << s->args[i].arg;
    sim_show_action(r, labels, out);
}

static void show_expected(const struct test_state *t, const struct test_step *s, struct sbuf *out)
{
    bool first = true;
    sbuf_fmt(out, "%s%s", s->op == TEST_EXPECT_NO ? "no " : "", s->action->name);
    for (uint32_t i = 0; i < s->nargs; i++, first = false) {
        const struct action_arg *a = &s->action->args[s->args[i].arg];
        sbuf_cstr(out, first ? " " : ", ");
        if (!(a->flags & ARG_PLACE))
            sbuf_fmt(out, "%s: ", a->label);
        if (s->args[i].value.kind == TEST_VALUE_NUM)
            sim_show_number(a->type, s->args[i].value.num, out);
        else
            test_value_show(t, &s->args[i].value, out);
    }
    if (s->op == TEST_EXPECT && s->outcome >= 0)
        sbuf_fmt(out, " { %s }", s->action->outcomes[s->outcome].name);
    if (s->op == TEST_EXPECT_LEAVE)
        sbuf_cstr(out, " { caller hangs up }");
}

static void show_with_value(const struct test_state *t, const char *word, const struct test_step *s, struct sbuf *out)
{
    sbuf_cstr(out, word);
    test_value_show(t, &s->v[0], out);
}

void test_step_show(const struct test_state *t, const struct test_step *s, struct sbuf *out)
{
    switch (s->op) {
    case TEST_AT: sbuf_cstr(out, "at"); return;
    case TEST_CALL: sbuf_cstr(out, "call"); return;
    case TEST_HEAR: show_with_value(t, "to hear ", s, out); return;
    case TEST_PRESS: show_with_value(t, "to press ", s, out); return;
    case TEST_HANG_UP: sbuf_cstr(out, "the caller to hang up"); return;
    case TEST_EXPECT:
    case TEST_EXPECT_LEAVE:
    case TEST_EXPECT_NO: show_expected(t, s, out); return;
    case TEST_ENDED: sbuf_fmt(out, "the call to end%s", s->n[0] ? " by the caller" : ""); return;
    case TEST_REJECTED:
        sbuf_fmt(out, "the call to be rejected with %d %s", (int)s->n[0], cause_phrase((int)s->n[0]));
        return;
    case TEST_CONTINUE: sbuf_fmt(out, "the call to continue with %.*s", STR_ARG(s->t[0])); return;
    case TEST_REPEAT: sbuf_cstr(out, "repeat"); return;
    }
}

void test_end_show(const struct test_state *t, struct sbuf *out) { sim_show_end(t->session, out); }
