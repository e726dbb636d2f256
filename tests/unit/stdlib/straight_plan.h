/* The plan behind straight_flow.h: for each step its import and its place in the function's slots. */
#ifndef TESTS_UNIT_STDLIB_STRAIGHT_PLAN_H
#define TESTS_UNIT_STDLIB_STRAIGHT_PLAN_H

#include "stdlib/catalog/catalog.h"
#include "tests/unit/isa/asm.h"

struct flow_step {
    const char *action;
    const char *args; /* "label=value|label=value"; "-outcome": the image does not take its payload */
};

enum { STRAIGHT_ARGS = 10, STRAIGHT_ITEMS = 4 };

/* A step with its place in the function's slots. */
struct straight {
    const struct action_row *row;
    const char *without; /* NULL: none */
    int import;
    unsigned window, nresults, nparams;
    unsigned words, sounds; /* to make lists of sounds: a text slot, STRAIGHT_ITEMS sound slots */
    unsigned arg[STRAIGHT_ARGS];
    char *value[STRAIGHT_ARGS];
};

struct straight_slots {
    char letters[250];
    unsigned count;
};

static inline unsigned straight_slot(struct straight_slots *s, int type)
{
    static const char of_type[] = {
        0,
#define TYPE(name, letter, ...) letter,
#include "vm/isa/type.def"
#undef TYPE
    };
    s->letters[s->count] = of_type[type];
    return s->count++;
}

static inline void straight_args(struct asm_image *a, struct straight *st, const char *args)
{
    char *copy = arena_dup(a->arena, args, strlen(args)), *save;
    for (char *part = strtok_r(copy, "|", &save); part; part = strtok_r(NULL, "|", &save)) {
        char *value = strchr(part, '=');
        if (*part == '-') {
            st->without = part + 1;
            continue;
        }
        int arg = value ? action_arg_find(st->row, (struct str){ part, (size_t)(value - part) }) : -1;
        if (arg < 0)
            abort();
        st->arg[st->nparams] = (unsigned)arg;
        st->value[st->nparams++] = value + 1;
    }
}

/* The import with the outcomes' payloads in slots of their own. */
static inline void straight_import(struct asm_image *a, struct straight *st, struct straight_slots *s)
{
    char results[16] = "i", params[STRAIGHT_ARGS + 1] = "";
    uint8_t places[16][2];
    st->window = straight_slot(s, TYPE_INT);
    for (unsigned o = 0; o < st->row->noutcomes; o++)
        for (unsigned p = 0; p < st->row->outcomes[o].npayload; p++) {
            unsigned slot = straight_slot(s, arg_slot_type(st->row->outcomes[o].payload[p].type));
            places[o][p] = (uint8_t)(slot - st->window);
            results[slot - st->window] = s->letters[slot];
            results[slot - st->window + 1] = '\0';
        }
    st->nresults = s->count - st->window;
    for (unsigned i = 0; i < st->nparams; i++)
        params[i] = s->letters[straight_slot(s, arg_slot_type(st->row->args[st->arg[i]].type))];
    st->import = asm_import(a, st->row->name, results, params);
    struct image_param *p = (struct image_param *)a->imports[st->import].params;
    for (unsigned i = 0; i < st->nparams; i++)
        p[i].label = str_of(st->row->args[st->arg[i]].label);
    for (unsigned o = 0; o < st->row->noutcomes; o++) {
        const struct action_outcome *out = &st->row->outcomes[o];
        char payload[3] = "";
        for (unsigned i = 0; i < out->npayload; i++)
            payload[i] = results[places[o][i]];
        bool without = st->without && strcmp(st->without, out->name) == 0;
        asm_outcome(a, out->name, without ? "" : payload, places[o]);
    }
    st->words = straight_slot(s, TYPE_TEXT);
    st->sounds = s->count;
    for (unsigned i = 0; i < STRAIGHT_ITEMS; i++)
        straight_slot(s, TYPE_SOUND);
}

static inline unsigned straight_plan(struct asm_image *a, struct straight *to, const struct flow_step *steps,
                                     struct straight_slots *s)
{
    unsigned n = 0;
    for (; steps && steps[n].action; n++) {
        to[n].row = action_find(str_of(steps[n].action));
        if (!to[n].row)
            abort();
        straight_args(a, &to[n], steps[n].args);
        straight_import(a, &to[n], s);
    }
    return n;
}

#endif
