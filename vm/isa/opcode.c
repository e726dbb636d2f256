#include "vm/isa/opcode.h"

#define OPS0                                                                                                           \
    {                                                                                                                  \
        OPERAND_NONE                                                                                                   \
    }
#define OPS1(a)                                                                                                        \
    {                                                                                                                  \
        OPERAND_##a                                                                                                    \
    }
#define OPS2(a, b)                                                                                                     \
    {                                                                                                                  \
        OPERAND_##a, OPERAND_##b                                                                                       \
    }
#define OPS3(a, b, c)                                                                                                  \
    {                                                                                                                  \
        OPERAND_##a, OPERAND_##b, OPERAND_##c                                                                          \
    }
#define OPS4(a, b, c, d)                                                                                               \
    {                                                                                                                  \
        OPERAND_##a, OPERAND_##b, OPERAND_##c, OPERAND_##d                                                             \
    }

const struct opcode_row opcode_rows[OP_COUNT] = {
#define OP(name, operands, text) { #name, text, operands },
#include "vm/isa/opcode.def"
#undef OP
};

static const struct operand_row operands[] = {
    { "", 0, ROLE_NONE, TYPE_NONE },
#define OPERAND(name, bytes, role, type) { #name, bytes, ROLE_##role, TYPE_##type },
#include "vm/isa/operand.def"
#undef OPERAND
};

const struct operand_row *operand_row(unsigned kind) { return &operands[kind]; }

uint32_t opcode_size(const uint8_t *code, uint32_t left)
{
    uint32_t size = 1;
    if (left == 0 || code[0] >= OP_COUNT)
        return 0;
    for (unsigned i = 0; i < OPERANDS_MAX && opcode_rows[code[0]].operands[i]; i++) {
        const struct operand_row *o = &operands[opcode_rows[code[0]].operands[i]];
        if (left - size < o->bytes)
            return 0;
        size += o->bytes + (o->role == ROLE_TABLE ? code[size] * 2u : 0);
        if (size > left)
            return 0;
    }
    return size;
}
