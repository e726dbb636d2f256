#include "vm/base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { BLOCK_FIRST = 1024, BLOCK_MAX = 256 << 10, ALIGN = alignof(max_align_t) };
/* An arena that has grown to ARENA_LARGE goes on in large pages: a fault for each 4 KiB of fresh memory would take more
 * time than what is done with it (a compiler of 100,000 lines spends two thirds of it so). */
enum { HUGE_PAGE = 2 << 20, BLOCK_HUGE = 2 * HUGE_PAGE, ARENA_LARGE = 1 << 20 };

struct block {
    struct block *next;
    size_t size, used; /* of the bytes behind this header */
    size_t mapped;     /* bytes of a mapping that is its own, header and all; 0: malloc's */
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *blocks; /* the newest first; only the first one is filled further */
    size_t used, next_size;
};

static void *or_die(void *p)
{
    if (!p) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return p;
}

static void *alloc_or_die(size_t size) { return or_die(calloc(1, size)); }

/* Zeroed memory that begins and ends at a large page. What the kernel makes of the advice is its own matter. */
static void *map_or_die(size_t size)
{
    char *p = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    or_die(p == MAP_FAILED ? NULL : p);
    size_t before = (HUGE_PAGE - (uintptr_t)p % HUGE_PAGE) % HUGE_PAGE;
    if (before)
        munmap(p, before);
    munmap(p + before + size, HUGE_PAGE - before);
    madvise(p + before, size, MADV_HUGEPAGE);
    return p + before;
}

/* Room for so many bytes, perhaps for more. */
static struct block *block_new(size_t room)
{
    size_t size = sizeof(struct block) + room, mapped = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    bool huge = size > BLOCK_HUGE / 2;
    struct block *b = huge ? map_or_die(mapped) : alloc_or_die(size);
    b->mapped = huge ? mapped : 0;
    b->size = (huge ? mapped : size) - sizeof *b;
    return b;
}

static void block_free(struct block *b)
{
    if (b->mapped)
        munmap(b, b->mapped);
    else
        free(b);
}

/* Blocks grow with the arena. */
static void grow_next(struct arena *a)
{
    if (a->used >= ARENA_LARGE)
        a->next_size = BLOCK_HUGE - sizeof(struct block);
    else if (a->next_size < BLOCK_MAX)
        a->next_size *= 2;
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
        block_free(b);
    }
    free(*a);
    *a = NULL;
}

/* A large request gets a block of its own size behind the first, so that the room left in the first is not lost. */
static struct block *block_add(struct arena *a, size_t size)
{
    bool large = size > a->next_size / 2 && a->blocks;
    size_t room = large || size > a->next_size ? size : a->next_size;
    struct block *b = block_new(room);
    if (large) {
        b->next = a->blocks->next;
        a->blocks->next = b;
    } else {
        b->next = a->blocks;
        a->blocks = b;
        grow_next(a);
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
