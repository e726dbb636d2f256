/* Slot types, opcodes, call fields and causes as enums, made from the .def tables. Any thread; owns nothing. */
#ifndef VM_ISA_TYPE_H
#define VM_ISA_TYPE_H

#include <stdbool.h>
#include <stdint.h>

enum type {
    TYPE_NONE,
#define TYPE(name, letter, class, element, text) TYPE_##name,
#include "vm/isa/type.def"
#undef TYPE
};
enum {
    TYPE_COUNT = 0
#define TYPE(...) +1
#include "vm/isa/type.def"
#undef TYPE
};

enum opcode {
#define OP(name, operands, text) OP_##name,
#include "vm/isa/opcode.def"
#undef OP
};
enum {
    OP_COUNT = 0
#define OP(...) +1
#include "vm/isa/opcode.def"
#undef OP
};

enum call_field {
#define FIELD(name, type, outside, text) FIELD_##name,
#include "vm/isa/field.def"
#undef FIELD
};
enum {
    FIELD_COUNT = 0
#define FIELD(...) +1
#include "vm/isa/field.def"
#undef FIELD
};

/* TEXT, SOUND, JSON and lists. In line: the heap asks it of every slot. */
static inline bool type_is_ref(enum type t)
{
#define TYPE_BIT_NUM 0u
#define TYPE_BIT_REF 1u
    const unsigned refs = 0u
#define TYPE(name, letter, class, element, text) | TYPE_BIT_##class << TYPE_##name
#include "vm/isa/type.def"
#undef TYPE
        ;
#undef TYPE_BIT_NUM
#undef TYPE_BIT_REF
    return (unsigned)t <= TYPE_COUNT && (refs >> t & 1u);
}

bool type_crosses(enum type t);          /* may it be given to, or come from, a function in Lua? */
enum type type_element(enum type list);  /* TYPE_NONE when it is no list */
const char *type_text(enum type t);      /* as the language writes it: "list of text" */
enum type field_type(enum call_field f); /* the type of FIELD's row */
const char *field_text(enum call_field f);

/* The cause's SIP status by its name, 0 when there is none of that name. */
int cause_status(const char *name);
/* The first cause of that status, NULL when there is none. Static. */
const char *cause_name(int status);
const char *cause_phrase(int status); /* reason phrase for any status 400-699. Never NULL. */

#endif
