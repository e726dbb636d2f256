#include "vm/base/vec.h"

#include <stdint.h>
#include <stdio.h>

void vec_grow(void **items, size_t *cap, size_t size, size_t wanted)
{
    size_t next = *cap ? *cap : 8;
    while (next < wanted)
        next = next > SIZE_MAX / 2 ? wanted : next * 2;
    void *p = next > SIZE_MAX / size ? NULL : realloc(*items, next * size);
    if (!p) {
        fputs("out of memory\n", stderr);
        abort();
    }
    *items = p;
    *cap = next;
}
