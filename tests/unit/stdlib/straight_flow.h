/* Flows for tests that go straight on from action to action: after each, its payload is logged. Made without the
 * compiler.
 *
 *     static const struct flow_step steps[] = { { "gather", "digits=4|prompt=PIN" }, { "hangup", "" }, { NULL, NULL }
 * }; struct image *im = straight_flow(steps, NULL);
 *
 * Numbers and texts are written as they are, lists with commas between; a sound is a file's name. */
#ifndef TESTS_UNIT_STDLIB_STRAIGHT_FLOW_H
#define TESTS_UNIT_STDLIB_STRAIGHT_FLOW_H

#include "tests/unit/stdlib/straight_plan.h"

static inline void straight_list(struct asm_image *a, const struct straight *st, unsigned slot, char *value, bool text)
{
    int64_t items[STRAIGHT_ITEMS];
    unsigned n = 0;
    char *save;
    for (char *part = strtok_r(value, ",", &save); part && n < STRAIGHT_ITEMS; part = strtok_r(NULL, ",", &save))
        items[n++] = asm_text(a, part);
    if (text) {
        asm_op(a, OP_LISTTK, (int)slot, asm_list(a, TYPE_LIST_TEXT, n, items));
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        asm_op(a, OP_TEXTK, (int)st->words, (int)items[i]);
        asm_op(a, OP_FILESOUND, (int)(st->sounds + i), (int)st->words);
    }
    asm_op(a, OP_LISTS, (int)slot, (int)st->sounds, (int)n);
}

static inline void straight_load(struct asm_image *a, const struct straight *st, unsigned i)
{
    unsigned slot = st->window + st->nresults + i;
    enum type type = (enum type)arg_slot_type(st->row->args[st->arg[i]].type);
    if (type == TYPE_TEXT)
        asm_op(a, OP_TEXTK, (int)slot, asm_text(a, st->value[i]));
    else if (type == TYPE_LIST_TEXT || type == TYPE_LIST_SOUND)
        straight_list(a, st, slot, st->value[i], type == TYPE_LIST_TEXT);
    else
        asm_op(a, OP_LOADK, (int)slot, asm_num(a, type, strtoll(st->value[i], NULL, 10)));
}

/* Logs the payload of the outcome that came; the window of 'log' begins at slot log. */
static inline void straight_log(struct asm_image *a, const struct straight *st, int log_import, unsigned log,
                                unsigned *label)
{
    const struct image_import *m = &a->imports[st->import];
    for (unsigned o = 0; o < m->noutcomes; o++) {
        asm_jump(a, OP_JNEI, *label, (int)st->window, (int)o);
        for (unsigned p = 0; p < m->outcomes[o].npayload; p++) {
            int slot = (int)st->window + m->outcomes[o].payload_slot[p];
            if (m->outcomes[o].payload[p] == TYPE_SOUND)
                continue;
            asm_op(a, m->outcomes[o].payload[p] == TYPE_TEXT ? OP_MOVE : OP_INTTEXT, (int)log + 1, slot);
            asm_op(a, OP_ACT, log_import, (int)log);
        }
        asm_label(a, (*label)++);
    }
}

static inline int straight_log_import(struct asm_image *a)
{
    int import = asm_import(a, "log", "i", "t");
    ((struct image_param *)a->imports[import].params)[0].label = STR("text");
    asm_outcome(a, "done", "", NULL);
    return import;
}

/* steps, and those of 'on hangup' (NULL: there is none); each ends with a row of NULL. */
static inline struct asm_image *straight_asm(const struct flow_step *steps, const struct flow_step *on_hangup)
{
    struct asm_image *a = asm_new("straight");
    struct straight_slots s = { .letters = "it", .count = 2 };
    struct straight plan[12] = { 0 };
    unsigned n = straight_plan(a, plan, steps, &s), all = n + straight_plan(a, plan + n, on_hangup, &s), label = 0;
    int log_import = straight_log_import(a);
    asm_func(a, "straight", 0, 0, s.letters);
    for (unsigned i = 0; i <= all; i++) {
        if (i == n) {
            asm_op(a, OP_HALT);
            if (on_hangup)
                asm_on_hangup(a);
        }
        if (i == all)
            break;
        for (unsigned p = 0; p < plan[i].nparams; p++)
            straight_load(a, &plan[i], p);
        asm_op(a, OP_ACT, plan[i].import, (int)plan[i].window);
        straight_log(a, &plan[i], log_import, 0, &label);
    }
    if (on_hangup)
        asm_op(a, OP_HALT);
    return a;
}

static inline struct image *straight_flow(const struct flow_step *steps, const struct flow_step *on_hangup)
{
    return asm_load(straight_asm(steps, on_hangup));
}

#endif
