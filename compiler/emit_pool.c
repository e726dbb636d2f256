/* Constants, each kept once. */
#include <string.h>

#include "compiler/emit_state.h"

enum { ROWS_MAX = 65535 };

void pool_full(struct emit *e, const char *what)
{
    struct span at = { e->env->files->source, 0, 0 };
    if (!e->full)
        diag_error(e->env->diags, at, "this flow has more %s than an image holds", what);
    e->full = true;
}

static uint64_t hash_const(const struct image_const *k)
{
    uint64_t h = k->type * 0x9e3779b97f4a7c15u;
    if (k->type == TYPE_TEXT)
        return h ^ str_hash(k->text);
    for (uint32_t i = 0; i < k->count; i++)
        h = (h ^ (uint64_t)k->items[i]) * 0x100000001b3u;
    return h ^ (uint64_t)k->num * 0xff51afd7ed558ccdu;
}

static bool same_const(const struct image_const *a, const struct image_const *b)
{
    if (a->type != b->type || a->num != b->num || a->count != b->count)
        return false;
    if (a->type == TYPE_TEXT)
        return str_eq(a->text, b->text);
    return !a->count || memcmp(a->items, b->items, a->count * sizeof *a->items) == 0;
}

static void index_const(struct emit *e, uint32_t number)
{
    size_t i = (hash_const(&e->consts.items[number]) >> 8) & e->const_mask;
    while (e->const_index[i])
        i = (i + 1) & e->const_mask;
    e->const_index[i] = number + 1;
}

static void grow_index(struct emit *e)
{
    size_t room = e->const_mask ? (e->const_mask + 1) * 2 : 64;
    e->const_index = ARENA_ARRAY(e->arena, uint32_t, room);
    e->const_mask = room - 1;
    for (uint32_t i = 0; i < e->consts.len; i++)
        index_const(e, i);
}

static unsigned pool_add(struct emit *e, const struct image_const *k)
{
    if (e->consts.len * 2 >= e->const_mask)
        grow_index(e);
    size_t i = (hash_const(k) >> 8) & e->const_mask;
    for (; e->const_index[i]; i = (i + 1) & e->const_mask)
        if (same_const(&e->consts.items[e->const_index[i] - 1], k))
            return e->const_index[i] - 1;
    if (e->consts.len == ROWS_MAX) {
        pool_full(e, "constants");
        return 0;
    }
    vec_push(&e->consts, *k);
    e->const_index[i] = (uint32_t)e->consts.len;
    return (unsigned)e->consts.len - 1;
}

unsigned pool_number(struct emit *e, int64_t n)
{
    return pool_add(e, &(struct image_const){ .type = TYPE_INT, .num = n });
}

unsigned pool_text(struct emit *e, struct str text)
{
    return pool_add(e, &(struct image_const){ .type = TYPE_TEXT, .text = text });
}

unsigned pool_texts(struct emit *e, const struct str *texts, uint32_t n)
{
    int64_t *items = ARENA_ARRAY(e->arena, int64_t, n + 1);
    for (uint32_t i = 0; i < n; i++)
        items[i] = pool_text(e, texts[i]);
    return pool_add(e, &(struct image_const){ .type = TYPE_LIST_TEXT, .items = items, .count = n });
}

unsigned pool_list(struct emit *e, const struct const_value *list)
{
    int64_t *items = ARENA_ARRAY(e->arena, int64_t, list->count + 1);
    bool texts = list->type->slot == TYPE_LIST_TEXT;
    for (uint32_t i = 0; i < list->count; i++)
        items[i] = texts ? (int64_t)pool_text(e, list->items[i].text) : list->items[i].num;
    return pool_add(e, &(struct image_const){ .type = list->type->slot, .items = items, .count = list->count });
}

bool pool_mark(struct emit *e, struct str text, unsigned bit)
{
    unsigned k = pool_text(e, text);
    while (e->listed.len <= k)
        vec_push(&e->listed, 0);
    if (e->listed.items[k] >> bit & 1)
        return false;
    e->listed.items[k] |= (uint8_t)(1u << bit);
    return true;
}

void pool_prompt(struct emit *e, enum prompt_kind kind, struct str text)
{
    if (pool_mark(e, text, kind))
        vec_push(&e->prompts, (struct image_prompt){ kind, text });
}

static bool same_spoken(const struct image_spoken *a, const struct image_spoken *b)
{
    return a->rate == b->rate && str_eq(a->voice, b->voice) && str_eq(a->text, b->text);
}

void pool_spoken(struct emit *e, const struct image_spoken *row)
{
    if (!row->voice.len && row->rate == 100) {
        pool_prompt(e, PROMPT_TEXT, row->text);
        return;
    }
    for (size_t i = 0; i < e->spoken.len; i++)
        if (same_spoken(&e->spoken.items[i], row))
            return;
    vec_push(&e->spoken, *row);
}
