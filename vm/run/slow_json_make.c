/* Instructions that make a json. What is put into a container is copied, so a json is always a tree: it cannot hold
 * itself, nor one part many times over, and whoever walks it comes to an end. */
#include <string.h>

#include "vm/run/slow.h"

static bool make_container(struct vm *vm, uint64_t *slot, enum ref_kind kind)
{
    uint32_t at = heap_make(vm, OBJECT_REFS, 2);
    if (!at)
        return false;
    object_words(heap_object(&vm->heap, at))[0] = ref_make(REF_JSON_INT, 0);
    *slot = ref_make(kind, at);
    return true;
}

bool slow_jobj(struct vm *vm, uint64_t *s, const uint8_t *pc) { return make_container(vm, &s[pc[1]], REF_JSON_OBJECT); }
bool slow_jarr(struct vm *vm, uint64_t *s, const uint8_t *pc) { return make_container(vm, &s[pc[1]], REF_JSON_ARRAY); }

static bool is_container(uint64_t ref) { return ref_kind(ref) == REF_JSON_OBJECT || ref_kind(ref) == REF_JSON_ARRAY; }

static uint64_t *handle_of(const struct vm *vm, uint64_t ref)
{
    return object_words(heap_object(&vm->heap, ref_body(ref)));
}

/* Bytes that a copy takes; false when it is nested too deep. Texts are shared: they never change. */
static bool measure(const struct vm *vm, uint64_t ref, unsigned depth, uint64_t *bytes)
{
    if (!is_container(ref))
        return true;
    if (depth >= JSON_DEPTH)
        return false;
    const uint64_t *handle = handle_of(vm, ref);
    uint64_t n = (uint64_t)ref_number(handle[0]);
    *bytes += heap_size(OBJECT_REFS, 2) + (n ? heap_size(OBJECT_REFS, n) : 0);
    for (uint64_t i = 0; i < n; i++)
        if (!measure(vm, object_words(heap_object(&vm->heap, handle[1]))[i], depth + 1, bytes))
            return false;
    return true;
}

/* Into room that was reserved, so nothing moves meanwhile. */
static uint64_t copy(struct vm *vm, uint64_t ref)
{
    if (!is_container(ref))
        return ref;
    const uint64_t *from = handle_of(vm, ref);
    uint64_t n = (uint64_t)ref_number(from[0]);
    uint32_t handle = heap_take(vm, OBJECT_REFS, 2), storage = n ? heap_take(vm, OBJECT_REFS, (uint32_t)n) : 0;
    uint64_t *to = object_words(heap_object(&vm->heap, handle));
    to[0] = from[0];
    to[1] = storage;
    for (uint64_t i = 0; i < n; i++)
        object_words(heap_object(&vm->heap, storage))[i] = copy(vm, object_words(heap_object(&vm->heap, from[1]))[i]);
    return ref_make(ref_kind(ref), handle);
}

/* Makes room in the storage for more words, doubling it; room for it was reserved. */
static void widen(struct vm *vm, uint64_t container, uint64_t more)
{
    uint64_t *handle = handle_of(vm, container);
    uint64_t n = (uint64_t)ref_number(handle[0]);
    uint32_t cap = handle[1] ? heap_object(&vm->heap, handle[1])->len : 0;
    if (n + more <= cap)
        return;
    uint32_t storage = heap_take(vm, OBJECT_REFS, (uint32_t)(n + more) * 2);
    if (n)
        memcpy(object_words(heap_object(&vm->heap, storage)), object_words(heap_object(&vm->heap, handle[1])),
               n * sizeof(uint64_t));
    handle[1] = storage;
}

/* Room for a copy of the value and for a wider storage of the container. A value that is nested too deep is too large.
 */
static bool reserve(struct vm *vm, uint64_t container, uint64_t value, uint64_t more)
{
    uint64_t bytes = 0;
    if (!measure(vm, value, 1, &bytes))
        return machine_fault(vm, VM_FAULT_MEMORY);
    uint64_t n = (uint64_t)ref_number(handle_of(vm, container)[0]);
    return machine_charge(vm, n * 8) && heap_reserve(vm, bytes + heap_size(OBJECT_REFS, (n + more) * 2));
}

static void append(struct vm *vm, uint64_t container, uint64_t word)
{
    uint64_t *handle = handle_of(vm, container);
    uint64_t n = (uint64_t)ref_number(handle[0]);
    object_words(heap_object(&vm->heap, handle[1]))[n] = word;
    handle[0] = ref_make(REF_JSON_INT, n + 1);
}

/* The place of the key's value in the object's storage, n when it is not there. */
static uint64_t find(const struct vm *vm, uint64_t object, struct str key)
{
    const uint64_t *handle = handle_of(vm, object);
    uint64_t n = (uint64_t)ref_number(handle[0]);
    const uint64_t *words = n ? object_words(heap_object(&vm->heap, handle[1])) : NULL;
    for (uint64_t i = 0; i < n; i += 2)
        if (str_eq(machine_text(vm, words[i]), key))
            return i + 1;
    return n;
}

/* Putting into what is no object does nothing. */
bool slow_jput(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    if (ref_kind(s[pc[1]]) != REF_JSON_OBJECT)
        return true;
    if (!reserve(vm, s[pc[1]], s[pc[3]], 2))
        return false;
    uint64_t object = s[pc[1]], key = s[pc[2]], value = copy(vm, s[pc[3]]);
    uint64_t n = (uint64_t)ref_number(handle_of(vm, object)[0]), at = find(vm, object, machine_text(vm, key));
    if (at < n) {
        object_words(heap_object(&vm->heap, handle_of(vm, object)[1]))[at] = value;
        return true;
    }
    widen(vm, object, 2);
    append(vm, object, key);
    append(vm, object, value);
    return true;
}

bool slow_jadd(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    if (ref_kind(s[pc[1]]) != REF_JSON_ARRAY)
        return true;
    if (!reserve(vm, s[pc[1]], s[pc[2]], 1))
        return false;
    uint64_t value = copy(vm, s[pc[2]]);
    widen(vm, s[pc[1]], 1);
    append(vm, s[pc[1]], value);
    return true;
}
