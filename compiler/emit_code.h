/* The code of one function as it grows: bytes, slots with types, labels, lines. One thread at a time; the buffers are
 * its own. Behind an instruction that never goes on nothing is written until a label is placed that something jumps to.
 */
#ifndef COMPILER_EMIT_CODE_H
#define COMPILER_EMIT_CODE_H

#include "vm/base/vec.h"
#include "vm/isa/image.h"

/* A place that jumps lead to before it is known. Begin with LABEL_NEW. */
struct label {
    int32_t last; /* index of the newest patch + 1; 0: nothing jumps there */
};
#define LABEL_NEW ((struct label){ 0 })

struct patch {
    uint32_t at, base; /* where the distance goes; where it is counted from */
    int32_t before;    /* the label's patch before it, as in struct label */
};

struct code {
    VEC(uint8_t) bytes;
    VEC(struct patch) patches;
    VEC(struct image_line) lines;
    uint8_t slots[IMAGE_SLOTS_MAX]; /* enum type */
    bool busy[IMAGE_SLOTS_MAX];
    unsigned nslots;
    bool too_many; /* slots: the code is of no use */
    bool dead;
    uint32_t jumped; /* behind a JUMP that may still be taken back; 0: none */
};

void code_reset(struct code *c); /* for the next function; keeps the memory */
void code_close(struct code *c);
uint32_t code_here(const struct code *c);

/* ---- instructions ---- */
void code_op(struct code *c, enum opcode op);
void code_op1(struct code *c, enum opcode op, unsigned a);
void code_op2(struct code *c, enum opcode op, unsigned a, unsigned b);
void code_op3(struct code *c, enum opcode op, unsigned a, unsigned b, unsigned d);
void code_op4(struct code *c, enum opcode op, unsigned a, unsigned b, const unsigned more[2]);
void code_wide(struct code *c, enum opcode op, unsigned a, unsigned wide);      /* slot, 2 bytes */
void code_call(struct code *c, enum opcode op, unsigned wide, unsigned window); /* 2 bytes, slot */
void code_jump(struct code *c, struct label *to);
void code_jump1(struct code *c, enum opcode op, unsigned a, struct label *to);
void code_jump2(struct code *c, enum opcode op, unsigned a, unsigned b, struct label *to);
void code_loop(struct code *c, uint32_t to);
void code_down(struct code *c, unsigned a, uint32_t to); /* back to `to` until the slot is counted down */
/* SWITCH on a number (list < 0), or TSWITCH on a text over that constant list; to: n labels. */
void code_switch(struct code *c, unsigned a, int list, struct label *const *to, unsigned n);
void code_place(struct code *c, struct label *l); /* here is where its jumps lead */
void code_line(struct code *c, uint16_t file, uint32_t line);

/* ---- slots ---- */
unsigned code_slot(struct code *c, enum type type);                       /* busy until released; number types share */
unsigned code_fresh(struct code *c, enum type type);                      /* one that nothing has used before */
unsigned code_window(struct code *c, const enum type *types, unsigned n); /* n in a row */
void code_release(struct code *c, unsigned first, unsigned n);

#endif
