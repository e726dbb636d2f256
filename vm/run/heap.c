#include "vm/run/heap.h"

#include <stdlib.h>
#include <string.h>

#include "vm/run/machine.h"

/* The first is enough for most flows: they never collect. Up to SMALL a heap grows for something of LARGE bytes without
 * being looked through: that would hardly make room for it. */
enum { HEAP_FIRST = 256, HEAP_SMALL = 512, HEAP_LARGE = 128, HEAP_START = 8 };

bool heap_stress;

uint64_t heap_size(enum object_kind kind, uint64_t len)
{
    uint64_t bytes = kind == OBJECT_BYTES ? len : len * 8;
    return sizeof(struct object) + (bytes + 7) / 8 * 8;
}

/* Moves the object that a reference names, once, and gives the reference to where it is now. */
static uint64_t forward(struct heap *to, const struct heap *from, uint64_t ref)
{
    uint64_t at = ref_body(ref);
    if (ref_kind(ref) & REF_IMMEDIATE || at == 0 || ref_is_const(ref))
        return ref;
    struct object *o = heap_object(from, at);
    if (o->kind != OBJECT_MOVED) {
        uint32_t size = (uint32_t)heap_size((enum object_kind)o->kind, o->len), place = to->used;
        memcpy(to->p + place, o, size);
        to->used += size;
        o->kind = OBJECT_MOVED;
        o->len = place;
    }
    return ref_make(ref_kind(ref), o->len);
}

static void forward_slots(struct heap *to, const struct heap *from, const struct image_func *f, uint64_t *slots)
{
    for (unsigned i = 0; i < f->nslots; i++)
        if (type_is_ref((enum type)f->slots[i]))
            slots[i] = forward(to, from, slots[i]);
}

/* All frames, from the one that runs down to the entry's. */
static void forward_roots(struct heap *to, struct vm *vm)
{
    const struct image_func *f = vm->f;
    uint64_t *slots = vm->slots;
    for (;;) {
        forward_slots(to, &vm->heap, f, slots);
        if (slots == vm->stack)
            return;
        f = mark_func(slots);
        slots -= MARK_SIZE + f->nslots;
    }
}

/* What was moved is scanned in its new place, in order, until nothing new came. */
static void forward_objects(struct heap *to, const struct heap *from)
{
    for (uint32_t at = HEAP_START; at < to->used;) {
        struct object *o = heap_object(to, at);
        for (uint32_t i = 0; o->kind == OBJECT_REFS && i < o->len; i++)
            object_words(o)[i] = forward(to, from, object_words(o)[i]);
        at += (uint32_t)heap_size((enum object_kind)o->kind, o->len);
    }
}

/* Copies what lives to a place of the same size; of an empty heap nothing does. */
static bool collect(struct vm *vm)
{
    struct heap to = { .used = HEAP_START, .cap = vm->heap.used };
    if (vm->heap.used <= HEAP_START) {
        vm->heap.used = HEAP_START;
        return true;
    }
    to.p = malloc(to.cap);
    if (!to.p)
        return machine_fault(vm, VM_FAULT_MEMORY);
    forward_roots(&to, vm);
    forward_objects(&to, &vm->heap);
    free(vm->heap.p);
    vm->heap = to;
    return machine_charge(vm, to.used);
}

/* The heap is as large as what lives, twice, as long as the call's limit allows it. */
static bool resize(struct vm *vm, uint64_t needed)
{
    uint64_t max = vm->memory_max - machine_fixed(vm);
    uint64_t cap = needed * 2 < HEAP_FIRST ? HEAP_FIRST : needed * 2;
    if (needed > max)
        return machine_fault(vm, VM_FAULT_MEMORY);
    cap = cap > max ? max : cap;
    uint8_t *p = realloc(vm->heap.p, cap);
    if (!p)
        return machine_fault(vm, VM_FAULT_MEMORY);
    vm->heap.p = p;
    vm->heap.cap = (uint32_t)cap;
    return true;
}

static bool only_grows(const struct vm *vm, uint64_t bytes)
{
    uint64_t needed = vm->heap.used + bytes;
    return vm->heap.used && bytes >= HEAP_LARGE && needed <= HEAP_SMALL &&
           needed * 2 <= vm->memory_max - machine_fixed(vm) && !heap_stress;
}

bool heap_reserve(struct vm *vm, uint64_t bytes)
{
    if (bytes > vm->memory_max) /* no sum below can overflow */
        return machine_fault(vm, VM_FAULT_MEMORY);
    if (!machine_charge(vm, bytes))
        return false;
    if (vm->heap.cap - vm->heap.used >= bytes && !heap_stress)
        return true;
    return (only_grows(vm, bytes) || collect(vm)) && resize(vm, vm->heap.used + bytes);
}

uint32_t heap_take(struct vm *vm, enum object_kind kind, uint32_t len)
{
    uint32_t at = vm->heap.used, size = (uint32_t)heap_size(kind, len);
    memset(vm->heap.p + at, 0, size);
    *heap_object(&vm->heap, at) = (struct object){ kind, len };
    vm->heap.used += size;
    return at;
}

uint32_t heap_make(struct vm *vm, enum object_kind kind, uint64_t len)
{
    if (len > UINT32_MAX || !heap_reserve(vm, heap_size(kind, len)))
        return len > UINT32_MAX ? (uint32_t)machine_fault(vm, VM_FAULT_MEMORY) : 0;
    return heap_take(vm, kind, (uint32_t)len);
}

void heap_free(struct heap *h)
{
    free(h->p);
    *h = (struct heap){ 0 };
}
