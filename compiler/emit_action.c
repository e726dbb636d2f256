/* Actions and functions as statements: the window, the asking, and the blocks that answer. */
#include "compiler/emit_state.h"

static void emit_targets(struct emit *e, const struct expr *x, unsigned dst)
{
    struct const_value v;
    struct str name;
    if (type_is_list(x->type)) {
        emit_into(e, x, dst);
    } else if (const_text(e->arena, x, &name)) {
        v = (struct const_value){ .type = T(TEXT), .text = name };
        emit_const(e, &(struct const_value){ .type = T(LIST_TEXT), .items = &v, .count = 1 }, dst);
    } else {
        struct operand one = emit_operand(e, x);
        code_op3(&e->code, OP_LISTT, dst, one.slot, 1);
        done(e, one);
    }
}

static void emit_barge(struct emit *e, const struct expr *x, unsigned dst)
{
    struct str keys = x->kind == EXPR_TEXT ? x->u.text : x->u.boolean ? STR("*any") : STR("");
    code_wide(&e->code, OP_TEXTK, dst, pool_text(e, keys));
}

static void emit_arg(struct emit *e, enum arg_type type, const struct expr *x, unsigned dst)
{
    switch (type) {
    case ARG_TARGETS: emit_targets(e, x, dst); break;
    case ARG_SOUNDS: emit_sounds_into(e, x, dst); break;
    case ARG_BARGE: emit_barge(e, x, dst); break;
    case ARG_JSON: emit_json_into(e, x, dst); break;
    case ARG_SPEECH:
    case ARG_INT:
    case ARG_BOOL:
    case ARG_DURATION:
    case ARG_MOMENT:
    case ARG_TEXT:
    case ARG_SOUND:
    case ARG_LIST_TEXT:
    case ARG_CAUSE_OR_CODE:
    case ARG_BOX:
    case ARG_FILE: emit_into(e, x, dst); break;
    }
}

static const struct expr *arg_labelled(const struct action_row *row, struct arg *const *args, const char *label)
{
    int at = action_arg_find(row, str_of(label));
    return at >= 0 && args[at] ? args[at]->value : NULL;
}

/* What will be said is listed, where it, its voice and its rate are known. */
static void list_words(struct emit *e, const struct action_row *row, struct arg *const *args, const struct expr *words)
{
    const struct expr *voice = arg_labelled(row, args, "voice"), *rate = arg_labelled(row, args, "rate");
    struct image_spoken said = { .voice = STR(""), .rate = 100 };
    struct const_value percent = { .num = 100 };
    if (!const_text(e->arena, words, &said.text) || (voice && !const_text(e->arena, voice, &said.voice)) ||
        (rate && !const_eval(e->arena, rate, &percent)))
        return;
    said.rate = (uint32_t)percent.num; /* the checker keeps it in its bounds */
    pool_spoken(e, &said);
}

/* As a pattern of the machine: in a choice `*` is the key. */
static struct str choice_pattern(struct emit *e, struct str choice)
{
    char *p = arena_alloc(e->arena, 2 * choice.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < choice.len; i++) {
        if (choice.p[i] == '*' && (i == 0 || choice.p[i - 1] != '\\'))
            p[n++] = '\\';
        p[n++] = choice.p[i];
    }
    return (struct str){ p, n };
}

static void emit_choices(struct emit *e, const struct clause *clauses, unsigned dst)
{
    struct str keys[IMAGE_SLOTS_MAX];
    uint32_t n = 0;
    for (const struct clause *k = clauses; k && n < IMAGE_SLOTS_MAX; k = k->next)
        if (k->kind == CLAUSE_CHOICE)
            keys[n++] = choice_pattern(e, k->choice.text);
    code_wide(&e->code, OP_LISTTK, dst, pool_texts(e, keys, n));
}

/* Which arguments are passed: those written but a menu's tries, and those that are the compiler's. */
static uint32_t passed(const struct action_row *row, struct arg *const *args, const struct clause *choices)
{
    uint32_t written = 0;
    bool outside = false;
    for (unsigned i = 0; i < row->nargs; i++) {
        if (args[i] && !(choices && str_is(str_of(row->args[i].label), "tries")))
            written |= 1u << i;
        outside |= args[i] && (row->args[i].flags & ARG_DIALS) && (args[i]->value->quals & QUAL_OUTSIDE);
    }
    if (outside)
        written |= 1u << action_arg_find(row, STR("outside"));
    return choices ? written | 1u << action_arg_find(row, STR("choices")) : written;
}

static bool is_menu(const struct action_row *row) { return str_is(str_of(row->name), "menu"); }

/* The outcomes whose values are taken: those with values that have a clause, or else an `else`. A menu's own code takes
 * all. */
static uint32_t taken(const struct stmt *s)
{
    const struct action_row *row = s->u.call.action;
    uint32_t answered = is_menu(row) ? UINT32_MAX : 0, valued = 0;
    for (const struct clause *k = s->u.call.clauses; k; k = k->next) {
        if (k->kind == CLAUSE_ELSE)
            answered = UINT32_MAX;
        for (const struct clause_outcome *o = k->outcomes; o; o = o->next)
            answered |= 1u << o->outcome;
    }
    for (unsigned i = 0; i < row->noutcomes; i++)
        valued |= (row->outcomes[i].npayload ? 1u : 0) << i;
    return answered & valued;
}

struct window emit_window(struct emit *e, const struct stmt *s)
{
    const struct action_row *row = s->u.call.action;
    const struct clause *choices = is_menu(row) ? s->u.call.clauses : NULL;
    struct arg *args[ACTION_ARGS_MAX];
    enum type types[IMAGE_SLOTS_MAX];
    action_args(row, s->u.call.args, args);
    uint32_t written = passed(row, args, choices);
    unsigned import = import_of(e, row, written, taken(s));
    const struct image_import *m = &e->imports.items[import];
    struct window w = { 0, m->nresults, m->nparams };
    for (unsigned i = 0; i < w.nresults; i++)
        types[i] = (enum type)m->results[i];
    for (unsigned i = 0; i < w.nparams; i++)
        types[w.nresults + i] = m->params[i].type;
    w.base = code_window(&e->code, types, w.nresults + w.nparams);
    for (unsigned i = 0, slot = w.base + w.nresults; i < row->nargs; i++) {
        if (!(written >> i & 1))
            continue;
        if (args[i] && row->args[i].type == ARG_SPEECH)
            list_words(e, row, args, args[i]->value);
        if (args[i])
            emit_arg(e, row->args[i].type, args[i]->value, slot++);
        else if (choices)
            emit_choices(e, choices, slot++);
        else
            emit_number(e, 1, slot++); /* outside: yes */
    }
    code_call(&e->code, OP_ACT, import, w.base);
    code_release(&e->code, w.base + w.nresults, w.nparams);
    if (row->noutcomes == 0)
        e->code.dead = true;
    return w;
}

void emit_action(struct emit *e, const struct stmt *s)
{
    const struct action_row *row = s->u.call.action;
    if (is_menu(row)) {
        emit_menu(e, s);
        return;
    }
    struct window w = emit_window(e, s);
    emit_clauses(e, s, emit_action_set(e, row), w.base);
    code_release(&e->code, w.base, w.nresults);
}

void emit_call(struct emit *e, const struct stmt *s)
{
    const struct decl_fn *fn = &s->u.call.fn->u.fn;
    unsigned base = emit_fn_window(e, fn, s->u.call.args);
    if (fn->info->falls == PATH_DEAD) /* it ends the call itself */
        code_op(&e->code, OP_HALT);
    if (fn->info->outcomes)
        emit_clauses(e, s, fn->info->outcomes, base);
    code_release(&e->code, base, fn_nresults(fn));
}
