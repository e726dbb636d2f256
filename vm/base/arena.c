#include "vm/base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FIRST = 1024, BLOCK_MAX = 256 << 10, ALIGN = alignof(max_align_t) };

struct block {
    struct block *next;
    size_t size, used; /* of the bytes behind this header */
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *blocks; /* the newest first; only the first one is filled further */
    size_t used, next_size;
};

static void *alloc_or_die(size_t size)
{
    void *p = calloc(1, size);
    if (!p) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return p;
}

struct arena *arena_new(void)
{
    struct arena *a = alloc_or_die(sizeof *a);
    a->next_size = BLOCK_FIRST;
    return a;
}

void arena_free(struct arena **a)
{
    if (!a || !*a)
        return;
    for (struct block *b = (*a)->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(*a);
    *a = NULL;
}

/* A large request gets a block of its own size behind the first, so that the room left in the first is not lost. */
static struct block *block_add(struct arena *a, size_t size)
{
    bool large = size > a->next_size / 2 && a->blocks;
    size_t room = large || size > a->next_size ? size : a->next_size;
    struct block *b = alloc_or_die(sizeof *b + room);
    b->size = room;
    if (large) {
        b->next = a->blocks->next;
        a->blocks->next = b;
    } else {
        b->next = a->blocks;
        a->blocks = b;
        if (a->next_size < BLOCK_MAX)
            a->next_size *= 2;
    }
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        alloc_or_die(SIZE_MAX / 2); /* cannot succeed: ends the process */
    size_t padded = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct block *b = a->blocks;
    if (!b || b->size - b->used < padded)
        b = block_add(a, padded);
    void *p = b->bytes + b->used;
    b->used += padded;
    a->used += size;
    return p;
}

char *arena_dup(struct arena *a, const char *p, size_t len)
{
    char *copy = arena_alloc(a, len + 1);
    if (len)
        memcpy(copy, p, len);
    return copy;
}

size_t arena_used(const struct arena *a) { return a->used; }
