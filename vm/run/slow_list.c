/* Instructions on lists. */
#include "vm/isa/opcode.h"
#include "vm/run/slow.h"

uint32_t list_len(const struct vm *vm, uint64_t ref)
{
    if (!ref)
        return 0;
    return ref_is_const(ref) ? vm->im->consts[ref >> 1].count : heap_object(&vm->heap, ref)->len;
}

uint64_t list_item(const struct vm *vm, uint64_t ref, uint32_t i)
{
    if (!ref_is_const(ref))
        return object_words(heap_object(&vm->heap, ref))[i];
    const struct image_const *c = &vm->im->consts[ref >> 1];
    return c->type == TYPE_LIST_TEXT ? ref_const((uint32_t)c->items[i]) : (uint64_t)c->items[i];
}

static bool make_list(struct vm *vm, uint64_t *s, const uint8_t *pc, enum object_kind kind)
{
    unsigned n = pc[3];
    uint32_t at = n ? heap_make(vm, kind, n) : 0;
    if (n && !at)
        return false;
    for (unsigned i = 0; i < n; i++)
        object_words(heap_object(&vm->heap, at))[i] = s[pc[2] + i];
    s[pc[1]] = at;
    return true;
}

bool slow_listt(struct vm *vm, uint64_t *s, const uint8_t *pc) { return make_list(vm, s, pc, OBJECT_REFS); }
bool slow_listn(struct vm *vm, uint64_t *s, const uint8_t *pc) { return make_list(vm, s, pc, OBJECT_WORDS); }
bool slow_lists(struct vm *vm, uint64_t *s, const uint8_t *pc) { return make_list(vm, s, pc, OBJECT_REFS); }

bool slow_att(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    uint64_t list = s[pc[2]], i = s[pc[3]]; /* a negative place is a large one */
    if (i >= list_len(vm, list))
        return machine_fault(vm, VM_FAULT_INDEX);
    s[pc[1]] = list_item(vm, list, (uint32_t)i);
    return true;
}

bool slow_atn(struct vm *vm, uint64_t *s, const uint8_t *pc) { return slow_att(vm, s, pc); }

bool slow_int(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct str t = machine_text(vm, s[pc[2]]);
    uint64_t list = s[pc[3]];
    uint32_t n = list_len(vm, list), i = 0;
    if (!machine_charge(vm, n * (t.len + 8)))
        return false;
    while (i < n && !str_eq(machine_text(vm, list_item(vm, list, i)), t))
        i++;
    s[pc[1]] = i < n;
    return true;
}

bool slow_inn(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    uint64_t list = s[pc[3]];
    uint32_t n = list_len(vm, list), i = 0;
    while (i < n && list_item(vm, list, i) != s[pc[2]])
        i++;
    s[pc[1]] = i < n;
    return machine_charge(vm, n * UINT64_C(8));
}
