/* The dispatch loop. It checks nothing that verify.c has proved; what can go wrong here is arithmetic, fuel, memory and
 * depth. Slow instructions stand in slow_*.c. */
#include <stdlib.h>
#include <string.h>

#include "vm/isa/opcode.h"
#include "vm/run/slow.h"

/* Slots are zeroed by fours, so a frame needs up to three words more than it has. */
enum { CHUNK = 4 };
typedef uint64_t chunk __attribute__((vector_size(CHUNK * 8), aligned(8), may_alias));

/* Makes the stack hold so many words. The first one, inside the machine, is not given back. */
static __attribute__((noinline)) bool stack_grow(struct vm *vm, size_t words)
{
    size_t cap = words + words / 2, at = (size_t)(vm->slots - vm->stack);
    size_t others = sizeof *vm + vm->first_cap * sizeof(uint64_t) + vm->heap.cap;
    if (others + cap * sizeof(uint64_t) > vm->memory_max)
        cap = words;
    if (others + cap * sizeof(uint64_t) > vm->memory_max)
        return machine_fault(vm, VM_FAULT_MEMORY);
    uint64_t *old = vm->stack == vm->first ? NULL : vm->stack, *p = realloc(old, cap * sizeof(uint64_t));
    if (!p)
        return machine_fault(vm, VM_FAULT_MEMORY);
    if (!old)
        memcpy(p, vm->first, vm->first_cap * sizeof(uint64_t));
    vm->stack = p;
    vm->stack_end = p + cap;
    vm->slots = p + at;
    return true;
}

/* CALL at pc: leaves a mark above the caller's slots, copies the parameters behind it, zeroes the rest. */
static inline __attribute__((always_inline)) bool enter(struct vm *vm, const uint8_t *pc)
{
    const struct image_func *caller = vm->f, *callee = &vm->im->funcs[code_u16(pc + 1)];
    size_t words = (size_t)(caller->nslots + MARK_SIZE + callee->nslots + CHUNK - 1);
    vm->fuel -= 1 + (callee->code_len >> 8);
    if (__builtin_expect(vm->fuel < 0, 0))
        return machine_fault(vm, VM_FAULT_FUEL);
    if (__builtin_expect(++vm->depth > vm->depth_max, 0))
        return machine_fault(vm, VM_FAULT_DEPTH);
    if (__builtin_expect((size_t)(vm->stack_end - vm->slots) < words, 0) &&
        !stack_grow(vm, (size_t)(vm->slots - vm->stack) + words))
        return false;
    const uint64_t *from = vm->slots + pc[3] + callee->nresults;
    uint64_t *to = vm->slots + caller->nslots + MARK_SIZE;
    to[MARK_FUNC] = (uintptr_t)caller;
    to[MARK_PC] = (uintptr_t)(pc + 4);
    for (unsigned i = 0; i < callee->nslots; i += CHUNK)
        *(chunk *)(to + i) = (chunk){ 0 };
    for (unsigned i = 0, n = callee->nparams; i < n; i++)
        to[callee->nresults + i] = from[i];
    vm->f = callee;
    vm->slots = to;
    vm->pc = callee->code;
    return true;
}

/* RET: the results go to the caller's window. */
static inline __attribute__((always_inline)) void leave(struct vm *vm)
{
    const uint64_t *from = vm->slots;
    const struct image_func *caller = mark_func(from);
    const uint8_t *pc = mark_pc(from);
    uint64_t *slots = vm->slots - MARK_SIZE - caller->nslots, *to = slots + pc[-1];
    for (unsigned i = 0, n = vm->f->nresults; i < n; i++)
        to[i] = from[i];
    vm->depth--;
    vm->f = caller;
    vm->slots = slots;
    vm->pc = pc;
}

/* Truncates toward zero. The one quotient that does not fit is INT64_MIN / -1. */
static bool divide(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    int64_t a = (int64_t)s[pc[2]], b = (int64_t)s[pc[3]];
    if (b == 0)
        return machine_fault(vm, VM_FAULT_DIVISION);
    if (b == -1 && a == INT64_MIN)
        return machine_fault(vm, VM_FAULT_OVERFLOW);
    s[pc[1]] = (uint64_t)(a / b);
    return true;
}

static bool remainder_of(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    int64_t a = (int64_t)s[pc[2]], b = (int64_t)s[pc[3]];
    if (b == 0)
        return machine_fault(vm, VM_FAULT_DIVISION);
    s[pc[1]] = b == -1 ? 0 : (uint64_t)(a % b);
    return true;
}

/* What is done at each instruction besides: nothing, but for coverage (mark.c). */
#ifndef ARRIVE
#define ARRIVE(pc)
#endif
#define GO                                                                                                             \
    ARRIVE(pc);                                                                                                        \
    goto *labels[*pc]

#define N(i)       ((int64_t)s[pc[i]])
#define PUT(value) (s[pc[1]] = (uint64_t)(value))
#define I8(i)      ((int8_t)pc[i])
#define U16(i)     code_u16(pc + (i))
#define NEXT(bytes)                                                                                                    \
    pc += (bytes);                                                                                                     \
    GO
/* A jump whose distance stands in the instruction's last two bytes. */
#define JUMP_IF(condition, bytes)                                                                                      \
    pc += (condition) ? (bytes) + U16((bytes)-2) : (bytes);                                                            \
    GO
#define SLOW(name, bytes)                                                                                              \
    if (!slow_##name(vm, s, pc))                                                                                       \
        goto stopped;                                                                                                  \
    NEXT(bytes)
#define ARITH(builtin, b, bytes)                                                                                       \
    if (builtin(N(2), (b), (int64_t *)&s[pc[1]]))                                                                      \
        goto overflow;                                                                                                 \
    NEXT(bytes)

// clang-format off: one instruction, one row
enum vm_state vm_run(struct vm *vm)
{
    static const void *const labels[] = {
#define OP(name, operands, text) &&L_##name,
#include "vm/isa/opcode.def"
#undef OP
    };
    if (vm->state != VM_READY)
        return (enum vm_state)vm->state;
    const uint8_t *pc = vm->pc;
    uint64_t *s = vm->slots;
    GO;

L_HALT:
    vm->state = VM_ENDED;
    goto stopped;
L_MOVE:
    s[pc[1]] = s[pc[2]];
    NEXT(3);
L_LOADK:
    PUT(vm->im->consts[U16(2)].num);
    NEXT(4);
L_LOADI:
    PUT(I8(2));
    NEXT(3);
L_TEXTK:
    PUT(ref_const(U16(2)));
    NEXT(4);
L_LISTTK:
    PUT(ref_const(U16(2)));
    NEXT(4);
L_LISTNK:
    PUT(ref_const(U16(2)));
    NEXT(4);

L_ADD:
    ARITH(__builtin_add_overflow, N(3), 4);
L_SUB:
    ARITH(__builtin_sub_overflow, N(3), 4);
L_MUL:
    ARITH(__builtin_mul_overflow, N(3), 4);
L_DIV:
    if (!divide(vm, s, pc))
        goto stopped;
    NEXT(4);
L_REM:
    if (!remainder_of(vm, s, pc))
        goto stopped;
    NEXT(4);
L_ADDI:
    ARITH(__builtin_add_overflow, I8(3), 4);
L_NEG:
    if (__builtin_sub_overflow((int64_t)0, N(2), (int64_t *)&s[pc[1]]))
        goto overflow;
    NEXT(3);
L_NOT:
    PUT(s[pc[2]] == 0);
    NEXT(3);
L_EQ:
    PUT(N(2) == N(3));
    NEXT(4);
L_LT:
    PUT(N(2) < N(3));
    NEXT(4);
L_LE:
    PUT(N(2) <= N(3));
    NEXT(4);
L_TEQ:
    SLOW(teq, 4);
L_TLT:
    SLOW(tlt, 4);

L_JUMP:
    JUMP_IF(true, 3);
L_LOOP:
    vm->fuel -= 1 + (U16(1) >> 6); /* a long way round costs more: time between refills stays bounded */
    if (__builtin_expect(vm->fuel < 0, 0))
        goto out_of_fuel;
    pc += 3 - U16(1);
    GO;
L_JT:
    JUMP_IF(s[pc[1]] != 0, 4);
L_JF_:
    JUMP_IF(s[pc[1]] == 0, 4);
L_JEQ:
    JUMP_IF(N(1) == N(2), 5);
L_JNE:
    JUMP_IF(N(1) != N(2), 5);
L_JLT:
    JUMP_IF(N(1) < N(2), 5);
L_JLE:
    JUMP_IF(N(1) <= N(2), 5);
L_JEQI:
    JUMP_IF(N(1) == I8(2), 5);
L_JNEI:
    JUMP_IF(N(1) != I8(2), 5);
L_JLTI:
    JUMP_IF(N(1) < I8(2), 5);
L_JGEI:
    JUMP_IF(N(1) >= I8(2), 5);
L_SWITCH:
    pc += 3 + 2 * pc[2] + (s[pc[1]] < pc[2] ? U16(3 + 2 * s[pc[1]]) : 0);
    GO;
L_TSWITCH:
    if (!slow_tswitch(vm, s, pc))
        goto stopped;
    pc = vm->pc;
    GO;

L_CALL:
    if (!enter(vm, pc))
        goto stopped;
    pc = vm->pc;
    s = vm->slots;
    GO;
L_RET:
    if (vm->depth == 0)
        goto L_HALT;
    leave(vm);
    pc = vm->pc;
    s = vm->slots;
    GO;
L_ACT:
    vm->state = VM_PARKED;
    goto stopped;

L_CONCAT:
    SLOW(concat, 4);
L_INTTEXT:
    SLOW(inttext, 3);
L_CAUSETEXT:
    SLOW(causetext, 3);
L_TLEN:
    SLOW(tlen, 3);
L_TSUB:
    SLOW(tsub, 5);
L_TINT:
    SLOW(tint, 5);
L_MATCH:
    SLOW(match, 4);

L_LISTT:
    SLOW(listt, 4);
L_LISTN:
    SLOW(listn, 4);
L_LISTS:
    SLOW(lists, 4);
L_LENT:
    PUT(list_len(vm, s[pc[2]]));
    NEXT(3);
L_LENN:
    PUT(list_len(vm, s[pc[2]]));
    NEXT(3);
L_ATT:
    SLOW(att, 4);
L_ATN:
    SLOW(atn, 4);
L_INT:
    SLOW(int, 4);
L_INN:
    SLOW(inn, 4);

L_SAYSOUND:
    PUT(ref_make(SOUND_SAY, s[pc[2]]));
    NEXT(3);
L_FILESOUND:
    PUT(ref_make(SOUND_FILE, s[pc[2]]));
    NEXT(3);
L_TONESOUND:
    PUT(ref_make(SOUND_TONE, s[pc[2]]));
    NEXT(3);

L_FIELDN:
    SLOW(fieldn, 3);
L_FIELDT:
    SLOW(fieldt, 3);
L_HEADER:
    SLOW(header, 3);
L_NOW:
    PUT(vm->host->wall_ms(vm->host->self));
    NEXT(2);
L_OPEN:
    SLOW(open, 5);
L_DAYTEXT:
    SLOW(daytext, 5);

L_JFIELD:
    SLOW(jfield, 4);
L_JAT:
    SLOW(jat, 4);
L_JTEXT:
    SLOW(jtext, 4);
L_JINT:
    SLOW(jint, 4);
L_JBOOL:
    SLOW(jbool, 4);
L_JLIST:
    SLOW(jlist, 4);
L_JNULL:
    PUT(0);
    NEXT(2);
L_JOFT:
    SLOW(joft, 3);
L_JOFN:
    SLOW(jofn, 3);
L_JOFB:
    PUT(ref_make(REF_JSON_BOOL, s[pc[2]] != 0));
    NEXT(3);
L_JOBJ:
    SLOW(jobj, 2);
L_JARR:
    SLOW(jarr, 2);
L_JPUT:
    SLOW(jput, 4);
L_JADD:
    SLOW(jadd, 3);
L_CONTINUE:
    vm->state = VM_CONTINUE;
    goto stopped;
L_LUA:
    SLOW(lua, 4);

L_MULI:
    ARITH(__builtin_mul_overflow, I8(3), 4);
L_DIVI:
    PUT(N(2) / I8(3));
    NEXT(4);
L_REMI:
    PUT(N(2) % I8(3));
    NEXT(4);
L_DOWN:
    vm->fuel -= 1 + (U16(2) >> 6);
    if (__builtin_expect(vm->fuel < 0, 0))
        goto out_of_fuel;
    s[pc[1]] -= N(1) > 0;
    pc += N(1) > 0 ? 4 - U16(2) : 4;
    GO;

overflow:
    machine_fault(vm, VM_FAULT_OVERFLOW);
    goto stopped;
out_of_fuel:
    machine_fault(vm, VM_FAULT_FUEL);
stopped:
    vm->pc = pc;
    return (enum vm_state)vm->state;
}
// clang-format on
