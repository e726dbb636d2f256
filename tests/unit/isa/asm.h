/* A tiny assembler for tests and benchmarks: builds a struct image from readable calls. Everything lies in an arena.
 *
 *     struct asm_image *a = asm_new("demo");
 *     asm_func(a, "main", 0, 0, "it");          one letter a slot, as in type.def
 *     asm_op(a, OP_TEXTK, 1, asm_text(a, "hi"));
 *     asm_jump(a, OP_JT, L_DONE, 0);            operands before the jump
 *     asm_label(a, L_DONE);
 *     asm_op(a, OP_HALT);
 *     struct image *im = asm_load(a);           encoded, decoded and verified
 */
#ifndef TESTS_UNIT_ISA_ASM_H
#define TESTS_UNIT_ISA_ASM_H

#include "tests/unit/isa/asm_tables.h"

/* Closes the function begun last: its code and lines get their place, its jumps their distance. */
static inline void asm_close(struct asm_image *a)
{
    if (!a->im.nfuncs)
        return;
    struct image_func *f = &a->funcs[a->im.nfuncs - 1];
    if (f->code)
        return;
    for (size_t i = 0; i < a->fixes.len; i++) {
        const struct asm_fix *x = &a->fixes.items[i];
        uint32_t to = a->labels[x->label], by = x->back ? x->end - to : to - x->end;
        a->code.p[x->at] = (char)by;
        a->code.p[x->at + 1] = (char)(by >> 8);
    }
    f->code = (const uint8_t *)arena_dup(a->arena, a->code.p, a->code.len);
    f->code_len = (uint32_t)a->code.len;
    f->lines = (const struct image_line *)arena_dup(a->arena, (const char *)a->lines.items,
                                                    a->lines.len * sizeof *a->lines.items);
    f->nlines = (uint32_t)a->lines.len;
    a->code.len = a->fixes.len = a->lines.len = 0;
}

/* Begins a function; what follows goes into it. Returns its number. The first one is the entry. */
static inline int asm_func(struct asm_image *a, const char *name, unsigned nresults, unsigned nparams,
                           const char *slots)
{
    asm_close(a);
    a->funcs[a->im.nfuncs] = (struct image_func){ .name = str_of(name),
                                                  .nresults = (uint8_t)nresults,
                                                  .nparams = (uint8_t)nparams,
                                                  .nslots = (uint8_t)strlen(slots),
                                                  .slots = asm_types(a, slots) };
    return (int)a->im.nfuncs++;
}

/* Operands as they are written; what is left off is 0. */
struct asm_args {
    int n[OPERANDS_MAX * 2];
};

/* Writes operands by the table; a range takes two numbers. Jumps are left to asm_jump() and asm_table(). */
static inline void asm_emit(struct asm_image *a, enum opcode op, struct asm_args args)
{
    const int *next = args.n;
    sbuf_char(&a->code, (char)op);
    for (unsigned i = 0; i < OPERANDS_MAX && opcode_rows[op].operands[i]; i++) {
        const struct operand_row *o = operand_row(opcode_rows[op].operands[i]);
        if (o->role == ROLE_FORWARD || o->role == ROLE_BACK || o->role == ROLE_TABLE)
            return;
        int n = *next++;
        sbuf_char(&a->code, (char)n);
        if (o->bytes == 2)
            sbuf_char(&a->code, (char)(o->role == ROLE_RANGE ? *next++ : n >> 8));
    }
}
/* asm_op(a, OP_NAME, operands …) */
#define asm_op(a, ...)      asm_op_(a, __VA_ARGS__, 0)
#define asm_op_(a, op, ...) asm_emit((a), (op), (struct asm_args){ { __VA_ARGS__ } })

static inline void asm_fixup(struct asm_image *a, unsigned label, bool back)
{
    vec_push(&a->fixes, (struct asm_fix){ .at = (uint32_t)a->code.len, .label = label, .back = back });
    sbuf_add(&a->code, "\0", 2);
}

static inline bool asm_goes_back(enum opcode op)
{
    bool back = false;
    for (unsigned i = 0; i < OPERANDS_MAX && opcode_rows[op].operands[i]; i++)
        back = back || operand_row(opcode_rows[op].operands[i])->role == ROLE_BACK;
    return back;
}

/* An instruction that ends in a jump to the label: operands that stand before it last. */
#define asm_jump(a, op, label, ...) asm_jump_args((a), (op), (label), (struct asm_args){ { __VA_ARGS__ + 0 } })
static inline void asm_jump_args(struct asm_image *a, enum opcode op, unsigned label, struct asm_args args)
{
    asm_emit(a, op, args);
    asm_fixup(a, label, asm_goes_back(op));
    vec_last(&a->fixes).end = (uint32_t)a->code.len;
}

/* SWITCH and TSWITCH, whose first operands were written by asm_op(): n jumps. */
static inline void asm_table(struct asm_image *a, unsigned n, const unsigned *labels)
{
    sbuf_char(&a->code, (char)n);
    for (unsigned i = 0; i < n; i++)
        asm_fixup(a, labels[i], false);
    for (unsigned i = 0; i < n; i++)
        a->fixes.items[a->fixes.len - 1 - i].end = (uint32_t)a->code.len;
}

static inline void asm_label(struct asm_image *a, unsigned label) { a->labels[label] = (uint32_t)a->code.len; }

static inline void asm_line(struct asm_image *a, uint32_t line)
{
    vec_push(&a->lines, (struct image_line){ (uint32_t)a->code.len, 0, line });
}

/* 'on hangup' of the entry is here. */
static inline void asm_on_hangup(struct asm_image *a) { a->funcs[a->im.nfuncs - 1].on_hangup = (uint32_t)a->code.len; }

static inline const struct image *asm_image(struct asm_image *a)
{
    asm_close(a);
    return &a->im;
}

/* The image as the server would load it; says why and stops when it is refused. Frees a. */
static inline struct image *asm_load(struct asm_image *a)
{
    struct sbuf bytes = { 0 };
    struct image *im;
    struct image_refusal why = { "" };
    enum err e = image_encode(asm_image(a), IMAGE_STRIP_NOTHING, &bytes);
    if (!e)
        e = image_load(&im, bytes.p, bytes.len, &why);
    if (e) {
        fprintf(stderr, "asm: %s: %s\n", err_text(e), why.text);
        abort();
    }
    sbuf_free(&bytes);
    asm_free(a);
    return im;
}

#endif
