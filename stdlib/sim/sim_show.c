#include "stdlib/sim/sim_show.h"

#include <inttypes.h>
#include <stdlib.h>

void sim_show_text(struct str s, struct sbuf *out)
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

void sim_show_number(enum arg_type type, int64_t n, struct sbuf *out)
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
        sim_show_text(targets ? arg_item(r, arg, i) : sounds[i].text, out);
    }
    sbuf_cstr(out, n > 1 ? "]" : n == 0 ? "[]" : "");
    free(sounds);
}

static void show_arg(const struct running *r, unsigned arg, struct sbuf *out)
{
    const struct action_arg *a = &r->row->args[arg];
    enum type type = (enum type)arg_slot_type(a->type);
    if (!arg_given(r, arg))
        sbuf_fmt(out, "%s (left off)", a->fallback);
    else if (!type_is_ref(type))
        sim_show_number(a->type, arg_num(r, arg, 0), out);
    else if (!(a->flags & ARG_NO_SECRET) && type != TYPE_LIST_TEXT)
        sbuf_cstr(out, "(may be secret)");
    else if (type == TYPE_TEXT)
        sim_show_text(arg_text(r, arg, ""), out);
    else if (type == TYPE_JSON)
        arg_json(r, arg, out);
    else
        show_items(r, arg, out);
}

void sim_show_action(const struct running *r, uint32_t labels, struct sbuf *out)
{
    bool first = true;
    sbuf_cstr(out, r->row->name);
    for (unsigned i = 0; i < r->row->nargs; i++) {
        bool by_place = r->row->args[i].flags & ARG_PLACE;
        if (!(labels >> i & 1) && !(by_place && arg_given(r, i)))
            continue;
        sbuf_cstr(out, first ? " " : ", ");
        if (!by_place)
            sbuf_fmt(out, "%s: ", r->row->args[i].label);
        show_arg(r, i, out);
        first = false;
    }
}

/* ---- ends ---- */

void sim_show_end(struct sim_session *s, struct sbuf *out)
{
    const struct sim_call *call = sim_session_call(s);
    const struct flow_run *run = sim_session_run(s);
    switch (sim_session_end(s)) {
    case FLOW_HUNG_UP:
        sbuf_cstr(out, "the flow ended the call");
        if (sim_call_state(call) == SIM_REJECTED)
            sbuf_fmt(out, ", unanswered: %d %s", sim_call_status(call), cause_phrase(sim_call_status(call)));
        break;
    case FLOW_REJECTED:
        sbuf_fmt(out, "the flow rejected the call with %d %s", sim_call_status(call),
                 cause_phrase(sim_call_status(call)));
        break;
    case FLOW_DONE: break; /* no call's end */
    case FLOW_CALLER_GONE: sbuf_cstr(out, "the caller hung up, and the flow was over"); break;
    case FLOW_CONTINUE: sbuf_fmt(out, "the flow continued with %.*s", STR_ARG(flow_run_continue_with(run))); break;
    case FLOW_FAULT: sbuf_fmt(out, "the flow failed: %s", flow_run_fault(run)); break;
    }
}
