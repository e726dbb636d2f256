#include "compiler/emit_code.h"

#include <string.h>

void code_reset(struct code *c)
{
    c->bytes.len = c->patches.len = c->lines.len = 0;
    memset(c->busy, 0, sizeof c->busy);
    c->nslots = 0;
    c->jumped = 0;
    c->too_many = c->dead = false;
}

void code_close(struct code *c)
{
    vec_free(&c->bytes);
    vec_free(&c->patches);
    vec_free(&c->lines);
}

uint32_t code_here(const struct code *c) { return (uint32_t)c->bytes.len; }

static void byte(struct code *c, unsigned b) { vec_push(&c->bytes, (uint8_t)b); }

static void wide(struct code *c, unsigned n)
{
    byte(c, n & 0xff);
    byte(c, n >> 8 & 0xff);
}

void code_op(struct code *c, enum opcode op)
{
    if (c->dead)
        return;
    byte(c, op);
    c->dead = op == OP_HALT || op == OP_RET;
}

void code_op1(struct code *c, enum opcode op, unsigned a)
{
    if (c->dead)
        return;
    byte(c, op);
    byte(c, a);
    c->dead = op == OP_CONTINUE;
}

void code_op2(struct code *c, enum opcode op, unsigned a, unsigned b)
{
    if (c->dead)
        return;
    byte(c, op);
    byte(c, a);
    byte(c, b);
}

void code_op3(struct code *c, enum opcode op, unsigned a, unsigned b, unsigned d)
{
    if (c->dead)
        return;
    code_op2(c, op, a, b);
    byte(c, d);
}

void code_op4(struct code *c, enum opcode op, unsigned a, unsigned b, const unsigned more[2])
{
    if (c->dead)
        return;
    code_op3(c, op, a, b, more[0]);
    byte(c, more[1]);
}

void code_wide(struct code *c, enum opcode op, unsigned a, unsigned n)
{
    if (c->dead)
        return;
    byte(c, op);
    byte(c, a);
    wide(c, n);
}

void code_call(struct code *c, enum opcode op, unsigned n, unsigned window)
{
    if (c->dead)
        return;
    byte(c, op);
    wide(c, n);
    byte(c, window);
}

/* Leaves room for a distance counted from `base` bytes further on. */
static void patch(struct code *c, struct label *to, uint32_t base)
{
    vec_push(&c->patches, (struct patch){ code_here(c), base, to->last });
    to->last = (int32_t)c->patches.len;
    wide(c, 0);
}

void code_jump(struct code *c, struct label *to)
{
    if (c->dead)
        return;
    byte(c, OP_JUMP);
    patch(c, to, code_here(c) + 2);
    c->dead = true;
    c->jumped = code_here(c);
}

void code_jump1(struct code *c, enum opcode op, unsigned a, struct label *to)
{
    if (c->dead)
        return;
    byte(c, op);
    byte(c, a);
    patch(c, to, code_here(c) + 2);
}

void code_jump2(struct code *c, enum opcode op, unsigned a, unsigned b, struct label *to)
{
    if (c->dead)
        return;
    code_op2(c, op, a, b);
    patch(c, to, code_here(c) + 2);
}

void code_loop(struct code *c, uint32_t to)
{
    if (c->dead)
        return;
    byte(c, OP_LOOP);
    wide(c, code_here(c) + 2 - to);
    c->dead = true;
}

void code_down(struct code *c, unsigned a, uint32_t to)
{
    if (c->dead)
        return;
    byte(c, OP_DOWN);
    byte(c, a);
    wide(c, code_here(c) + 2 - to);
}

void code_switch(struct code *c, unsigned a, int list, struct label *const *to, unsigned n)
{
    if (c->dead)
        return;
    byte(c, list < 0 ? OP_SWITCH : OP_TSWITCH);
    byte(c, a);
    if (list >= 0)
        wide(c, (unsigned)list);
    byte(c, n);
    uint32_t end = code_here(c) + 2 * n;
    for (unsigned i = 0; i < n; i++)
        patch(c, to[i], end);
}

/* A jump to where it ends is none. Not when another label stands here already: it would be moved. */
static void drop_jump(struct code *c, struct label *l)
{
    if (!c->jumped || c->jumped != code_here(c) || !l->last || (size_t)l->last != c->patches.len)
        return;
    if (c->patches.items[l->last - 1].base != c->jumped)
        return;
    l->last = c->patches.items[l->last - 1].before;
    c->patches.len--;
    c->bytes.len -= 3;
    c->dead = false;
}

void code_place(struct code *c, struct label *l)
{
    drop_jump(c, l);
    if (l->last) {
        c->dead = false;
        c->jumped = 0;
    }
    for (int32_t i = l->last; i; i = c->patches.items[i - 1].before) {
        const struct patch *p = &c->patches.items[i - 1];
        uint32_t distance = code_here(c) - p->base;
        c->bytes.items[p->at] = (uint8_t)distance;
        c->bytes.items[p->at + 1] = (uint8_t)(distance >> 8);
    }
    l->last = 0;
}

void code_line(struct code *c, uint16_t file, uint32_t line)
{
    if (c->dead)
        return;
    if (c->lines.len) {
        struct image_line *last = &vec_last(&c->lines);
        if (last->file == file && last->line == line)
            return;
        if (last->pc == code_here(c)) {
            last->file = file;
            last->line = line;
            return;
        }
    }
    vec_push(&c->lines, (struct image_line){ code_here(c), file, line });
}

/* ---- slots ---- */

static bool alike(enum type a, enum type b) { return a == b || (!type_is_ref(a) && !type_is_ref(b)); }

unsigned code_fresh(struct code *c, enum type type)
{
    if (c->nslots == IMAGE_SLOTS_MAX) {
        c->too_many = true;
        return 0;
    }
    c->slots[c->nslots] = (uint8_t)type;
    c->busy[c->nslots] = true;
    return c->nslots++;
}

unsigned code_slot(struct code *c, enum type type)
{
    for (unsigned s = 0; s < c->nslots; s++)
        if (!c->busy[s] && alike((enum type)c->slots[s], type)) {
            c->busy[s] = true;
            return s;
        }
    return code_fresh(c, type);
}

/* Do the slots from first on, as far as they exist, fit? */
static bool window_fits(const struct code *c, unsigned first, const enum type *types, unsigned n)
{
    for (unsigned i = 0; i < n && first + i < c->nslots; i++)
        if (c->busy[first + i] || !alike((enum type)c->slots[first + i], types[i]))
            return false;
    return true;
}

unsigned code_window(struct code *c, const enum type *types, unsigned n)
{
    unsigned first = 0;
    while (first < c->nslots && !window_fits(c, first, types, n))
        first++;
    for (unsigned i = 0; i < n; i++)
        if (first + i < c->nslots)
            c->busy[first + i] = true;
        else
            code_fresh(c, types[i]);
    return c->too_many ? 0 : first;
}

void code_release(struct code *c, unsigned first, unsigned n)
{
    for (unsigned i = first; i < first + n && i < c->nslots; i++)
        c->busy[i] = false;
}
