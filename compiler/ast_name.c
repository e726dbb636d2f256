/* The table of words: open addressing, never more than half full. */
#include "compiler/ast_name.h"

#include <string.h>

#include "compiler/token.h"
#include "vm/base/vec.h"

struct slot {
    uint32_t hash;
    struct name *name;
};

struct names {
    struct arena *arena;
    struct slot *slots;
    size_t cap; /* a power of two */
    uint32_t count;
};

/* FNV-1a: words are short, and a seedless hash of an author's own file has nobody to fear. */
static uint32_t hash_of(struct str text)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.p[i]) * 16777619u;
    return h ^ h >> 15;
}

static struct slot *slot_of(const struct names *set, struct str text, uint32_t hash)
{
    size_t i = hash & (set->cap - 1);
    while (set->slots[i].name && !(set->slots[i].hash == hash && str_eq(set->slots[i].name->text, text)))
        i = (i + 1) & (set->cap - 1);
    return &set->slots[i];
}

static void grow(struct names *set)
{
    struct slot *old = set->slots;
    size_t old_cap = set->cap;
    set->slots = NULL;
    set->cap = 0;
    vec_grow((void **)&set->slots, &set->cap, sizeof *set->slots, old_cap * 2);
    set->cap = old_cap * 2;
    memset(set->slots, 0, set->cap * sizeof *set->slots);
    for (size_t i = 0; i < old_cap; i++)
        if (old && old[i].name)
            *slot_of(set, old[i].name->text, old[i].hash) = old[i];
    free(old);
}

struct names *names_new(struct arena *arena)
{
    struct names *set = ARENA_NEW(arena, struct names);
    set->arena = arena;
    set->cap = 256;
    grow(set);
    for (int kind = 0; kind < TOKEN_COUNT; kind++)
        if (token_is_keyword(kind))
            ((struct name *)(uintptr_t)name_intern(set, str_of(token_text(kind))))->keyword = (uint16_t)kind;
    return set;
}

void names_close(struct names *set)
{
    if (!set)
        return;
    free(set->slots);
    set->slots = NULL;
    set->cap = 0;
}

const struct name *name_intern(struct names *set, struct str text)
{
    uint32_t hash = hash_of(text);
    struct slot *slot = slot_of(set, text, hash);
    struct name *n;
    if (slot->name)
        return slot->name;
    n = ARENA_NEW(set->arena, struct name);
    n->text = (struct str){ arena_dup(set->arena, text.p, text.len), text.len };
    n->id = set->count++;
    *slot = (struct slot){ hash, n };
    if (set->count * 2 > set->cap)
        grow(set);
    return n;
}

const struct name *name_find(const struct names *set, struct str text)
{
    return slot_of(set, text, hash_of(text))->name;
}

uint32_t names_count(const struct names *set) { return set->count; }

bool name_is_type(const struct name *name)
{
    static const char *const types[] = {
#define TYPE_NAME(word) #word,
#include "compiler/ast_type.def"
#undef TYPE_NAME
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(name->text, types[i]))
            return true;
    return false;
}
