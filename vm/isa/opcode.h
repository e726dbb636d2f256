/* opcode.def and operand.def as tables: what the verifier, the disassembler and the manual read. Static data: any
 * thread. */
#ifndef VM_ISA_OPCODE_H
#define VM_ISA_OPCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/isa/type.h"

enum operand_kind {
    OPERAND_NONE,
#define OPERAND(name, bytes, role, type) OPERAND_##name,
#include "vm/isa/operand.def"
#undef OPERAND
};

enum {
    OPERAND_COUNT = 1 /* NONE */
#define OPERAND(...) +1
#include "vm/isa/operand.def"
#undef OPERAND
};

enum operand_role {
    ROLE_NONE,
    ROLE_WRITE,
    ROLE_READ,
    ROLE_RANGE, /* first slot, count */
    ROLE_CONSTANT,
    ROLE_NUMBER,
    ROLE_POSITIVE, /* a number above 0 */
    ROLE_FORWARD,
    ROLE_BACK,
    ROLE_TABLE, /* count, then as many forward jumps */
    ROLE_FUNCTION,
    ROLE_IMPORT,
    ROLE_HOURS,
    ROLE_EXTERN,
    ROLE_FIELD,
    ROLE_WINDOW,
};

struct operand_row {
    const char *name;
    uint8_t bytes;
    enum operand_role role;
    enum type type;
};

enum { OPERANDS_MAX = 4 };

struct opcode_row {
    const char *name;
    const char *text;
    uint8_t operands[OPERANDS_MAX]; /* enum operand_kind, OPERAND_NONE behind the last */
};

extern const struct opcode_row opcode_rows[OP_COUNT];
const struct operand_row *operand_row(unsigned kind); /* kind: enum operand_kind but NONE */

/* Bytes of the instruction at code, at most left of them to be read; 0 when it is cut off or no instruction. */
uint32_t opcode_size(const uint8_t *code, uint32_t left);

static inline uint16_t code_u16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

#endif
