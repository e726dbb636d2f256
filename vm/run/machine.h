/* The insides of struct vm, shared by the files of vm/run and by nobody else. Loop thread.
 *
 * The stack is one array of words. Above a caller's slots lie the two words of its mark (how to go on), then the
 * callee's slots. Calls copy parameters up and results down, so a window never shares words with a frame and every word
 * keeps the type that the verifier proved. */
#ifndef VM_RUN_MACHINE_H
#define VM_RUN_MACHINE_H

#include "vm/run/heap.h"
#include "vm/run/value.h"
#include "vm/run/vm.h"

struct vm {
    struct image *im;
    const struct action_host *host;
    const struct image_func
        *f; /* the function that runs, and its instruction: the one at hand while parked or faulted */
    const uint8_t *pc;
    uint64_t *slots;             /* the function's, in the stack */
    uint64_t *stack, *stack_end; /* first[], or an array of its own once that was too small */
    uint32_t depth, depth_max;
    uint32_t fuel_full, memory_max;
    int64_t fuel;
    struct heap heap;
    uint8_t state, fault; /* enum vm_state, enum vm_fault */
    bool hung_up;
    uint8_t first_cap;
    uint64_t first[];
};

/* Words of a mark, below the callee's slots: the caller and its pc behind the CALL, whose last byte is the window. */
enum { MARK_SIZE = 2, MARK_FUNC = -2, MARK_PC = -1 };
static inline const struct image_func *mark_func(const uint64_t *slots)
{
    return (const struct image_func *)(uintptr_t)slots[MARK_FUNC];
}
static inline const uint8_t *mark_pc(const uint64_t *slots) { return (const uint8_t *)(uintptr_t)slots[MARK_PC]; }

/* Stops the machine; false, so that an instruction can end with it. */
bool machine_fault(struct vm *vm, enum vm_fault fault);

/* Work in bytes that an instruction does beyond its own step: 64 cost a unit of fuel. */
static inline bool machine_charge(struct vm *vm, uint64_t bytes)
{
    vm->fuel -= (int64_t)(bytes >> 6);
    return vm->fuel >= 0 || machine_fault(vm, VM_FAULT_FUEL);
}

/* Bytes the machine holds apart from its heap. */
size_t machine_fixed(const struct vm *vm);

struct str machine_text(const struct vm *vm, uint64_t ref); /* valid until the heap moves */
/* A text in the heap; *ref is 0 for an empty one. bytes must not lie in this heap. false after a fault. */
bool machine_new_text(struct vm *vm, struct str bytes, uint64_t *ref);

/* Lists: length, and element i as the slot of its type holds it. */
uint32_t list_len(const struct vm *vm, uint64_t ref);
uint64_t list_item(const struct vm *vm, uint64_t ref, uint32_t i);

/* Reads JSON (RFC 8259) into *ref; what is no JSON, or nested deeper than JSON_DEPTH, gives null. false after a fault.
 */
enum { JSON_DEPTH = 64 };
bool json_read(struct vm *vm, struct str text, uint64_t *ref);
void json_write(const struct vm *vm, uint64_t ref, struct sbuf *out);

#endif
