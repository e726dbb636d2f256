/* The tables of asm.h's image: constants and actions. */
#ifndef TESTS_UNIT_ISA_ASM_TABLES_H
#define TESTS_UNIT_ISA_ASM_TABLES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/base/vec.h"
#include "vm/isa/image.h"
#include "vm/isa/opcode.h"

enum { ASM_LABELS = 64, ASM_ROWS = 64 };

struct asm_fix {
    uint32_t at, end; /* where the two bytes are, and from where they count */
    unsigned label;
    bool back;
};

struct asm_image {
    struct arena *arena;
    struct image im;
    struct image_const consts[ASM_ROWS];
    struct image_func funcs[ASM_ROWS];
    struct image_import imports[ASM_ROWS];
    struct image_hours hours[ASM_ROWS];
    struct image_extern externs[ASM_ROWS];
    struct sbuf code;
    uint32_t labels[ASM_LABELS];
    VEC(struct asm_fix) fixes;
    VEC(struct image_line) lines;
};

static inline uint8_t *asm_types(struct asm_image *a, const char *letters)
{
    uint8_t *types = arena_alloc(a->arena, strlen(letters) + 1);
    for (size_t i = 0; letters[i]; i++) {
        switch (letters[i]) {
#define TYPE(name, letter, class, element, text)                                                                       \
    case letter:                                                                                                       \
        types[i] = TYPE_##name;                                                                                        \
        break;
#include "vm/isa/type.def"
#undef TYPE
        default: abort();
        }
    }
    return types;
}

static inline struct asm_image *asm_new(const char *flow)
{
    struct asm_image *a = calloc(1, sizeof *a);
    if (!a)
        abort();
    a->arena = arena_new();
    a->im.flow = str_of(flow);
    a->im.consts = a->consts;
    a->im.funcs = a->funcs;
    a->im.imports = a->imports;
    a->im.hours = a->hours;
    a->im.externs = a->externs;
    return a;
}

static inline void asm_free(struct asm_image *a)
{
    arena_free(&a->arena);
    sbuf_free(&a->code);
    vec_free(&a->fixes);
    vec_free(&a->lines);
    free(a);
}

static inline int asm_num(struct asm_image *a, enum type type, int64_t n)
{
    a->consts[a->im.nconsts] = (struct image_const){ .type = type, .num = n };
    return (int)a->im.nconsts++;
}

static inline int asm_text(struct asm_image *a, const char *text)
{
    a->consts[a->im.nconsts] = (struct image_const){ .type = TYPE_TEXT, .text = str_of(text) };
    return (int)a->im.nconsts++;
}

/* A list of n numbers, or of the numbers of n text constants. */
static inline int asm_list(struct asm_image *a, enum type type, unsigned n, const int64_t *items)
{
    int64_t *copy = ARENA_ARRAY(a->arena, int64_t, n);
    memcpy(copy, items, n * sizeof *items);
    a->consts[a->im.nconsts] = (struct image_const){ .type = type, .items = copy, .count = n };
    return (int)a->im.nconsts++;
}

/* An action with results and parameters by letter; asm_outcome() adds its outcomes. */
static inline int asm_import(struct asm_image *a, const char *name, const char *results, const char *params)
{
    struct image_param *p = ARENA_ARRAY(a->arena, struct image_param, strlen(params) + 1);
    uint8_t *types = asm_types(a, params);
    for (size_t i = 0; params[i]; i++)
        p[i] = (struct image_param){ STR("arg"), (enum type)types[i] };
    a->imports[a->im.nimports] = (struct image_import){ .name = str_of(name),
                                                        .nresults = (uint8_t)strlen(results),
                                                        .results = asm_types(a, results),
                                                        .params = p,
                                                        .nparams = (uint8_t)strlen(params),
                                                        .outcomes = ARENA_ARRAY(a->arena, struct image_outcome, 16) };
    return (int)a->im.nimports++;
}

/* A function in Lua of file 0. asm_lua_outcome() adds its outcomes; without one it gives a value. */
static inline int asm_lua(struct asm_image *a, const char *name, const char *results, const char *params)
{
    int row = asm_import(a, name, results, params);
    a->im.nimports--;
    a->externs[a->im.nexterns].shape = a->imports[row];
    return (int)a->im.nexterns++;
}

static inline void asm_add_outcome(struct asm_image *a, struct image_import *m, const char *name, const char *payload,
                                   const uint8_t *slots)
{
    unsigned n = (unsigned)strlen(payload);
    enum type *types = ARENA_ARRAY(a->arena, enum type, n + 1);
    uint8_t *letters = asm_types(a, payload);
    for (unsigned i = 0; i < n; i++)
        types[i] = (enum type)letters[i];
    ((struct image_outcome *)m->outcomes)[m->noutcomes++] =
        (struct image_outcome){ str_of(name), types,
                                n ? (const uint8_t *)arena_dup(a->arena, (const char *)slots, n) : NULL, (uint8_t)n };
}

/* An outcome of the import, or function in Lua, made last, with its payload's types; slots are those of the window. */
static inline void asm_outcome(struct asm_image *a, const char *name, const char *payload, const uint8_t *slots)
{
    asm_add_outcome(a, &a->imports[a->im.nimports - 1], name, payload, slots);
}
static inline void asm_lua_outcome(struct asm_image *a, const char *name, const char *payload, const uint8_t *slots)
{
    asm_add_outcome(a, &a->externs[a->im.nexterns - 1].shape, name, payload, slots);
}

#endif
