/* A growing array of any type: VEC(struct token) tokens = {0}. Owns items; free with vec_free. One thread at a time.
 * Running out of memory ends the process, as in arena.h. */
#ifndef VM_BASE_VEC_H
#define VM_BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>

/* Grows *items of elements of that size so that one more fits; aborts when memory is out. */
void vec_grow(void **items, size_t *cap, size_t size, size_t wanted);

#define VEC(type)                                                                                                      \
    struct {                                                                                                           \
        type *items;                                                                                                   \
        size_t len, cap;                                                                                               \
    }

#define vec_reserve(v, n)                                                                                              \
    ((n) > (v)->cap ? vec_grow((void **)&(v)->items, &(v)->cap, sizeof *(v)->items, (n)) : (void)0)
#define vec_push(v, ...) (vec_reserve((v), (v)->len + 1), (v)->items[(v)->len++] = (__VA_ARGS__))
#define vec_pop(v)       ((v)->items[--(v)->len])
#define vec_last(v)      ((v)->items[(v)->len - 1])
#define vec_free(v)      (free((v)->items), (v)->items = NULL, (v)->len = (v)->cap = 0)

#endif
