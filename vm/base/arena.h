/* An arena: many small allocations, freed together. One thread at a time.
 * The arena owns every byte it hands out; nothing is freed alone. Running out of memory ends the process
 * (the arena is for tools and for bounded work at load, never for a call in progress). */
#ifndef VM_BASE_ARENA_H
#define VM_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* A new, empty arena. Never NULL. Free it with arena_free(). */
struct arena *arena_new(void);

/* Frees the arena and all it handed out; sets *a to NULL. Accepts NULL and a pointer to NULL. */
void arena_free(struct arena **a);

/* size bytes, zeroed, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *a, size_t size);

/* A copy of len bytes with a NUL after them. Never NULL. */
char *arena_dup(struct arena *a, const char *p, size_t len);

/* Bytes handed out so far. */
size_t arena_used(const struct arena *a);

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))

#endif
