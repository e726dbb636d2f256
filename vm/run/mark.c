/* The dispatch loop once more, which here marks where it comes by. A mark is a byte beside each byte of code: at an
 * instruction that it was come to and that it was left for the next, at a jump's distance that it was taken. */
#include "vm/run/mark.h"

#include <stdlib.h>

#include "vm/isa/opcode.h"
#include "vm/run/machine.h"

enum { CAME = 1, WENT_ON = 2, JUMPED = 4 };

struct vm_marks {
    struct image *im;
    uint8_t **marks;               /* by function, as long as its code */
    const struct image_func *last; /* the function and the branching instruction that it was left from; NULL: none */
    const uint8_t *from;
};

struct vm_marks *vm_marks_new(struct image *im)
{
    struct vm_marks *m = calloc(1, sizeof *m);
    uint8_t **marks = calloc(im->nfuncs + 1, sizeof *marks);
    if (!m || !marks)
        abort();
    for (uint32_t i = 0; i < im->nfuncs; i++)
        if (!(marks[i] = calloc(im->funcs[i].code_len + 1, 1)))
            abort();
    *m = (struct vm_marks){ .im = image_ref(im), .marks = marks };
    return m;
}

void vm_marks_free(struct vm_marks **m)
{
    if (!m || !*m)
        return;
    for (uint32_t i = 0; i < (*m)->im->nfuncs; i++)
        free((*m)->marks[i]);
    free((*m)->marks);
    image_unref(&(*m)->im);
    free(*m);
    *m = NULL;
}

/* ---- jumps of an instruction: where in it each distance stands ---- */

struct jumps {
    unsigned first, count; /* the first distance's place in the instruction; each has 2 bytes */
};

static struct jumps jumps_of(const uint8_t *pc)
{
    const struct opcode_row *row = &opcode_rows[*pc];
    unsigned at = 1;
    for (unsigned i = 0; i < OPERANDS_MAX && row->operands[i]; i++) {
        const struct operand_row *operand = operand_row(row->operands[i]);
        if (operand->role == ROLE_TABLE)
            return (struct jumps){ at + 1, pc[at] };
        if (operand->role == ROLE_FORWARD && *pc != OP_JUMP)
            return (struct jumps){ at, 1 };
        at += operand->bytes;
    }
    return (struct jumps){ 0, 0 };
}

/* ---- marking ---- */

static void mark_way(struct vm_marks *m, const uint8_t *to)
{
    uint8_t *marks = m->marks[m->last - m->im->funcs] + (m->from - m->last->code);
    struct jumps j = jumps_of(m->from);
    const uint8_t *behind = m->from + j.first + 2 * j.count;
    if (to == behind)
        marks[0] |= WENT_ON;
    for (unsigned i = 0; to != behind && i < j.count; i++)
        if (to == behind + code_u16(m->from + j.first + 2 * i))
            marks[j.first + 2 * i] |= JUMPED;
}

static void arrive(struct vm_marks *m, const struct image_func *f, const uint8_t *pc)
{
    if (m->last)
        mark_way(m, pc);
    m->marks[f - m->im->funcs][pc - f->code] |= CAME;
    m->last = jumps_of(pc).count ? f : NULL;
    m->from = pc;
}

#define ARRIVE(pc)      arrive(marks, vm->f, (pc))
#define vm_run(machine) vm_run_marked(machine, struct vm_marks *marks)
#include "vm/run/vm.c" /* NOLINT(bugprone-suspicious-include): a second copy is the purpose */
#undef vm_run

/* ---- reading ---- */

bool vm_marks_came(const struct vm_marks *m, uint32_t func, uint32_t pc) { return m->marks[func][pc] & CAME; }

unsigned vm_marks_ways(const struct vm_marks *m, uint32_t func, uint32_t pc)
{
    const uint8_t *at = m->im->funcs[func].code + pc;
    bool complete = *at == OP_SWITCH && !(m->marks[func][pc] & WENT_ON);
    return jumps_of(at).count + !complete;
}

unsigned vm_marks_taken(const struct vm_marks *m, uint32_t func, uint32_t pc)
{
    const uint8_t *marks = m->marks[func] + pc;
    struct jumps j = jumps_of(m->im->funcs[func].code + pc);
    unsigned n = j.count ? (marks[0] & WENT_ON) != 0 : marks[0] & CAME;
    for (unsigned i = 0; i < j.count; i++)
        n += marks[j.first + 2 * i] != 0;
    return n;
}
