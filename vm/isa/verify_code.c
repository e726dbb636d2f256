/* Two walks over each function: the first checks every instruction by the operand table and marks where instructions
 * begin, the second checks that jumps land on such marks. Code that passes needs no check of slots, types or jumps as
 * it runs. */
#include "vm/isa/verify_code.h"

#include <stdio.h>
#include <string.h>

#include "vm/isa/opcode.h"

struct walk {
    const struct image *im;
    const struct image_func *f;
    uint32_t index, pc, size; /* function; start and size of the instruction at hand */
    struct image_refusal *why;
    uint8_t starts[IMAGE_CODE_MAX / 8 + 1]; /* bit pc: an instruction begins there */
};

static bool refuse(struct walk *w, const char *fmt, ...) PRINTF_LIKE(2, 3);
static bool refuse(struct walk *w, const char *fmt, ...)
{
    char text[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct str name = w->f->name;
    name.len = name.len > 40 ? 40 : name.len;
    return verify_refuse(w->why, "function %u '%.*s', pc %u: %s", w->index, STR_ARG(name), w->pc, text);
}

/* Numbers of all kinds are alike to the machine; references are not. NONE wants nothing. */
static bool type_fits(enum type have, enum type want)
{
    return want == TYPE_NONE || have == want || (!type_is_ref(have) && !type_is_ref(want));
}

static bool check_slot(struct walk *w, unsigned slot, enum type want)
{
    if (slot >= w->f->nslots)
        return refuse(w, "there is no slot %u", slot);
    enum type have = (enum type)w->f->slots[slot];
    if (!type_fits(have, want))
        return refuse(w, "slot %u is %s, %s is wanted", slot, type_text(have), type_text(want));
    return true;
}

static bool check_range(struct walk *w, unsigned first, unsigned count, enum type want)
{
    if (first + count > w->f->nslots)
        return refuse(w, "slots %u to %u are not all there", first, first + count);
    for (unsigned i = first; i < first + count; i++)
        if (!check_slot(w, i, want))
            return false;
    return true;
}

static bool check_constant(struct walk *w, unsigned k, enum type want)
{
    if (k >= w->im->nconsts)
        return refuse(w, "there is no constant %u", k);
    enum type have = w->im->consts[k].type;
    if (!type_fits(have, want))
        return refuse(w, "constant %u is %s, %s is wanted", k, type_text(have), type_text(want));
    return true;
}

static bool check_below(struct walk *w, unsigned n, unsigned count, const char *what)
{
    return n < count || refuse(w, "there is no %s %u", what, n);
}

/* What is divided by: no zero, and no -1, whose quotient need not fit. */
static bool check_positive(struct walk *w, uint8_t n)
{
    return (int8_t)n > 0 || refuse(w, "%d is not above 0", (int8_t)n);
}

/* The field's type must be just the slot's: the host answers with it. */
static bool check_field(struct walk *w, unsigned field, unsigned slot)
{
    if (field >= FIELD_COUNT)
        return refuse(w, "there is no field %u", field);
    return check_slot(w, slot, field_type((enum call_field)field));
}

static bool check_function_window(struct walk *w, const struct image_func *callee, unsigned first)
{
    unsigned n = callee->nresults + callee->nparams;
    if (first + n > w->f->nslots)
        return refuse(w, "the window at slot %u is too short for function '%.*s'", first,
                      (int)(callee->name.len > 40 ? 40 : callee->name.len), callee->name.p ? callee->name.p : "");
    for (unsigned i = 0; i < n; i++)
        if (!check_slot(w, first + i, (enum type)callee->slots[i]))
            return false;
    return true;
}

static bool check_import_window(struct walk *w, const struct image_import *m, unsigned first)
{
    if (first + m->nresults + m->nparams > w->f->nslots)
        return refuse(w, "the window at slot %u is too short for its action", first);
    for (unsigned i = 0; i < m->nresults; i++)
        if (!check_slot(w, first + i, (enum type)m->results[i]))
            return false;
    for (unsigned i = 0; i < m->nparams; i++)
        if (!check_slot(w, first + m->nresults + i, m->params[i].type))
            return false;
    return true;
}

/* Operands of two bytes that name a row of a table of the image. */
static bool check_row(struct walk *w, enum operand_role role, unsigned n)
{
    switch (role) {
    case ROLE_FUNCTION: return check_below(w, n, w->im->nfuncs, "function");
    case ROLE_IMPORT: return check_below(w, n, w->im->nimports, "action");
    case ROLE_HOURS: return check_below(w, n, w->im->nhours, "hours table");
    case ROLE_EXTERN: return check_below(w, n, w->im->nexterns, "function in Lua");
    default: return true;
    }
}

/* A window follows the function or action that it is for. Each was found to be there. */
static bool check_window(struct walk *w, const uint8_t *p)
{
    unsigned row = code_u16(p - 2);
    if (w->f->code[w->pc] == OP_CALL)
        return check_function_window(w, &w->im->funcs[row], p[0]);
    return check_import_window(w, w->f->code[w->pc] == OP_LUA ? &w->im->externs[row].shape : &w->im->imports[row],
                               p[0]);
}

static bool check_operand(struct walk *w, const struct operand_row *o, const uint8_t *p)
{
    switch (o->role) {
    case ROLE_WRITE:
    case ROLE_READ: return check_slot(w, p[0], o->type);
    case ROLE_RANGE: return check_range(w, p[0], p[1], o->type);
    case ROLE_CONSTANT: return check_constant(w, code_u16(p), o->type);
    case ROLE_FUNCTION:
    case ROLE_IMPORT:
    case ROLE_HOURS:
    case ROLE_EXTERN: return check_row(w, o->role, code_u16(p));
    case ROLE_FIELD: return check_field(w, p[0], p[-1]); /* stands behind the slot that gets it */
    case ROLE_WINDOW: return check_window(w, p);
    case ROLE_POSITIVE: return check_positive(w, p[0]);
    case ROLE_NONE:
    case ROLE_NUMBER:
    case ROLE_FORWARD:
    case ROLE_BACK:
    case ROLE_TABLE: return true; /* jumps wait for the second walk */
    }
    return false;
}

/* What the operand table cannot say. */
static bool check_special(struct walk *w, const uint8_t *code)
{
    if (code[0] == OP_MOVE)
        return check_slot(w, code[1], (enum type)w->f->slots[code[2]]);
    if (code[0] == OP_DAYTEXT && !verify_zone(w->im->consts[code_u16(code + 3)].text))
        return refuse(w, "constant %u is no time zone", code_u16(code + 3));
    return true;
}

static bool check_instruction(struct walk *w)
{
    const uint8_t *code = w->f->code + w->pc;
    if (code[0] >= OP_COUNT)
        return refuse(w, "%u is no instruction", code[0]);
    w->size = opcode_size(code, w->f->code_len - w->pc);
    if (!w->size)
        return refuse(w, "instruction %s is cut off", opcode_rows[code[0]].name);
    const uint8_t *p = code + 1;
    for (unsigned i = 0; i < OPERANDS_MAX && opcode_rows[code[0]].operands[i]; i++) {
        const struct operand_row *o = operand_row(opcode_rows[code[0]].operands[i]);
        if (!check_operand(w, o, p))
            return false;
        p += o->bytes;
    }
    return check_special(w, code);
}

static bool is_start(const struct walk *w, uint32_t pc)
{
    return pc < w->f->code_len && (w->starts[pc / 8] >> (pc % 8) & 1);
}

static bool check_forward(struct walk *w, const uint8_t *p)
{
    uint32_t target = w->pc + w->size + code_u16(p);
    return is_start(w, target) || refuse(w, "it jumps to %u, where no instruction begins", target);
}

static bool check_back(struct walk *w, const uint8_t *p)
{
    uint32_t end = w->pc + w->size, back = code_u16(p);
    if (back > end || !is_start(w, end - back))
        return refuse(w, "it jumps back by %u, where no instruction begins", back);
    return true;
}

static bool check_table(struct walk *w, const uint8_t *p)
{
    for (unsigned i = 0; i < p[0]; i++)
        if (!check_forward(w, p + 1 + 2 * i))
            return false;
    return true;
}

static bool check_jumps(struct walk *w)
{
    const uint8_t *p = w->f->code + w->pc;
    const struct opcode_row *row = &opcode_rows[*p++];
    w->size = opcode_size(p - 1, w->f->code_len - w->pc);
    for (unsigned i = 0; i < OPERANDS_MAX && row->operands[i]; i++) {
        const struct operand_row *o = operand_row(row->operands[i]);
        if ((o->role == ROLE_FORWARD && !check_forward(w, p)) || (o->role == ROLE_BACK && !check_back(w, p)) ||
            (o->role == ROLE_TABLE && !check_table(w, p)))
            return false;
        p += o->bytes;
    }
    return true;
}

/* Whether code may end with this instruction: it never goes on behind itself. An action without outcomes never comes
 * back. */
static bool is_last(const struct walk *w)
{
    const uint8_t *code = w->f->code + w->pc;
    switch (code[0]) {
    case OP_HALT:
    case OP_RET:
    case OP_JUMP:
    case OP_LOOP:
    case OP_CONTINUE: return true;
    case OP_ACT: return w->im->imports[code_u16(code + 1)].noutcomes == 0;
    default: return false;
    }
}

static bool walk_instructions(struct walk *w)
{
    bool last = false;
    for (w->pc = 0; w->pc < w->f->code_len; w->pc += w->size) {
        w->starts[w->pc / 8] |= (uint8_t)(1u << (w->pc % 8));
        if (!check_instruction(w))
            return false;
        last = is_last(w);
    }
    return last || refuse(w, "the code runs off its end");
}

static bool walk_jumps(struct walk *w)
{
    for (w->pc = 0; w->pc < w->f->code_len; w->pc += w->size)
        if (!check_jumps(w))
            return false;
    w->pc = w->f->on_hangup;
    return w->pc == 0 || is_start(w, w->pc) || refuse(w, "'on hangup' is where no instruction begins");
}

bool verify_code(const struct image *im, uint32_t index, struct image_refusal *why)
{
    struct walk w;
    w.im = im;
    w.f = &im->funcs[index];
    w.index = index;
    w.pc = w.size = 0;
    w.why = why;
    if (w.f->code_len == 0 || w.f->code_len > IMAGE_CODE_MAX)
        return refuse(&w, "its code has %u bytes", w.f->code_len);
    memset(w.starts, 0, w.f->code_len / 8 + 1); /* only what this function needs: linear over many small ones */
    return walk_instructions(&w) && walk_jumps(&w);
}
