/* The heap of one call: objects one behind the other, copied to a fresh place when there is no room (precisely: slots
 * and objects say which of their words are references). Private to vm/run; loop thread; owned by its VM. */
#ifndef VM_RUN_HEAP_H
#define VM_RUN_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/base/str.h"

enum object_kind {
    OBJECT_BYTES, /* len bytes */
    OBJECT_WORDS, /* len numbers */
    OBJECT_REFS,  /* len references */
    OBJECT_MOVED, /* only while collecting: len is the new offset */
};

/* Followed by its bytes or words; takes a multiple of 8. */
struct object {
    uint32_t kind, len;
};

struct heap {
    uint8_t *p;
    uint32_t used, cap; /* used begins with 8, so that no object is at 0 */
};

struct vm;

/* Makes room for so many bytes of objects (heap_size_*), collecting when needed: all references that are not in slots
 * are then void. false after a fault: no memory, or no fuel, which heap work costs too. */
bool heap_reserve(struct vm *vm, uint64_t bytes);
uint64_t heap_size(enum object_kind kind, uint64_t len);
/* Makes an object in room that was reserved; its bytes are zero. Its offset. */
uint32_t heap_take(struct vm *vm, enum object_kind kind, uint32_t len);
/* Both in one: 0 after a fault. */
uint32_t heap_make(struct vm *vm, enum object_kind kind, uint64_t len);

void heap_free(struct heap *h);

static inline struct object *heap_object(const struct heap *h, uint64_t at) { return (struct object *)(h->p + at); }
static inline uint8_t *object_bytes(struct object *o) { return (uint8_t *)(o + 1); }
static inline uint64_t *object_words(struct object *o) { return (uint64_t *)(o + 1); }

/* A test's way to collect at each allocation; off at start. */
extern bool heap_stress;

#endif
