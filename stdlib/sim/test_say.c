/* Values, steps and actions as a report writes them. */
#include <inttypes.h>
#include <stdlib.h>

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

static void show_text(struct str s, struct sbuf *out)
{
    sbuf_char(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (ch == '"' || ch == '\\')
            sbuf_fmt(out, "\\%c", ch);
        else if (ch == '\n')
            sbuf_cstr(out, "\\n");
        else
            sbuf_char(out, ch < ' ' || ch == 127 ? '?' : (char)ch);
    }
    sbuf_char(out, '"');
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
        show_text(sbuf_view(&text), out);
    sbuf_free(&text);
}

/* 90000 is 1m30s. */
static void show_duration(int64_t ms, struct sbuf *out)
{
    static const struct {
        int64_t ms;
        const char *unit;
    } units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "m" }, { 1000, "s" }, { 1, "ms" } };
    if (ms == 0)
        sbuf_cstr(out, "0s");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (ms / units[i].ms)
            sbuf_fmt(out, "%" PRId64 "%s", ms / units[i].ms, units[i].unit);
        ms %= units[i].ms;
    }
}

static void show_number(enum arg_type type, int64_t n, struct sbuf *out)
{
    if (type == ARG_DURATION)
        show_duration(n, out);
    else if (type == ARG_BOOL)
        sbuf_cstr(out, n ? "yes" : "no");
    else
        sbuf_fmt(out, "%" PRId64, n);
}

/* ---- actions ---- */

static void show_items(const struct running *r, unsigned arg, struct sbuf *out)
{
    bool targets = arg_slot_type(r->row->args[arg].type) == TYPE_LIST_TEXT;
    struct vm_sound *sounds = NULL;
    unsigned n = targets ? arg_count(r, arg) : arg_sounds(r, arg, &sounds);
    sbuf_cstr(out, n > 1 ? "[" : "");
    for (unsigned i = 0; i < n; i++) {
        sbuf_cstr(out, i ? ", " : "");
        show_text(targets ? arg_item(r, arg, i) : sounds[i].text, out);
    }
    sbuf_cstr(out, n > 1 ? "]" : n == 0 ? "[]" : "");
    free(sounds);
}

static void show_arg(const struct running *r, unsigned arg, struct sbuf *out)
{
    const struct action_arg *a = &r->row->args[arg];
    enum type type = (enum type)arg_slot_type(a->type);
    if (!arg_given(r, arg))
        sbuf_cstr(out, "(left off)");
    else if (!type_is_ref(type))
        show_number(a->type, arg_num(r, arg, 0), out);
    else if (!(a->flags & ARG_NO_SECRET) && type != TYPE_LIST_TEXT)
        sbuf_cstr(out, "(may be secret)");
    else if (type == TYPE_TEXT)
        show_text(arg_text(r, arg, ""), out);
    else if (type == TYPE_JSON)
        arg_json(r, arg, out);
    else
        show_items(r, arg, out);
}

static bool names(const struct test_step *s, unsigned arg)
{
    for (uint32_t i = 0; s && i < s->nargs; i++)
        if (s->args[i].arg == (int)arg)
            return true;
    return false;
}

void test_action_show(const struct running *r, const struct test_step *s, struct sbuf *out)
{
    bool first = true;
    sbuf_cstr(out, r->row->name);
    for (unsigned i = 0; i < r->row->nargs; i++) {
        bool by_place = r->row->args[i].flags & ARG_PLACE;
        if (!names(s, i) && !(by_place && arg_given(r, i)))
            continue;
        sbuf_cstr(out, first ? " " : ", ");
        if (!by_place)
            sbuf_fmt(out, "%s: ", r->row->args[i].label);
        show_arg(r, i, out);
        first = false;
    }
}

/* ---- steps ---- */

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
            show_number(a->type, s->args[i].value.num, out);
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

void test_end_show(const struct test_state *t, struct sbuf *out)
{
    const struct sim_call *call = sim_session_call(t->session);
    const struct flow_run *run = sim_session_run(t->session);
    switch (sim_session_end(t->session)) {
    case FLOW_HUNG_UP: sbuf_cstr(out, "the flow ended the call"); break;
    case FLOW_REJECTED:
        sbuf_fmt(out, "the flow rejected the call with %d %s", sim_call_status(call),
                 cause_phrase(sim_call_status(call)));
        break;
    case FLOW_CALLER_GONE: sbuf_cstr(out, "the caller hung up, and the flow was over"); break;
    case FLOW_CONTINUE: sbuf_fmt(out, "the flow continued with %.*s", STR_ARG(flow_run_continue_with(run))); break;
    case FLOW_FAULT: sbuf_fmt(out, "the flow failed: %s", flow_run_fault(run)); break;
    }
}
