#include "sipfront/directory/table.h"

#include <stdlib.h>
#include <string.h>

#include "vm/base/vec.h"

enum { FIRST_BUCKETS = 64 }; /* a power of two, as are all sizes after it */

/* The pointer that points to the row of that key, or to the NULL at the chain's end. */
static struct row **slot_of(const struct table *t, struct str key, uint64_t hash)
{
    struct row **at = &t->buckets[hash & (t->nbuckets - 1)];
    while (*at && ((*at)->hash != hash || !str_eq((*at)->key, key)))
        at = &(*at)->next;
    return at;
}

static struct row **new_buckets(size_t n)
{
    void *p = NULL;
    size_t exactly = n;
    vec_grow(&p, &exactly, sizeof(struct row *), n);
    memset(p, 0, n * sizeof(struct row *));
    return p;
}

static void grow(struct table *t)
{
    size_t n = t->nbuckets ? t->nbuckets * 2 : FIRST_BUCKETS;
    struct row **buckets = new_buckets(n);
    for (size_t i = 0; i < t->nbuckets; i++) {
        for (struct row *r = t->buckets[i], *next; r; r = next) {
            next = r->next;
            r->next = buckets[r->hash & (n - 1)];
            buckets[r->hash & (n - 1)] = r;
        }
    }
    free(t->buckets);
    t->buckets = buckets;
    t->nbuckets = n;
}

struct row *table_find(const struct table *t, struct str key)
{
    return t->nbuckets ? *slot_of(t, key, str_hash(key)) : NULL;
}

struct row *table_put(struct table *t, struct row *r)
{
    if (t->len >= t->nbuckets)
        grow(t);
    struct row **at = slot_of(t, r->key, r->hash);
    struct row *old = *at;
    r->next = old ? old->next : NULL;
    *at = r;
    if (!old)
        t->len++;
    return old;
}

struct row *table_take(struct table *t, struct str key)
{
    if (!t->nbuckets)
        return NULL;
    struct row **at = slot_of(t, key, str_hash(key));
    struct row *r = *at;
    if (r) {
        *at = r->next;
        t->len--;
    }
    return r;
}

void table_drop_if(struct table *t, bool (*want)(const struct row *r, const void *arg), const void *arg)
{
    for (size_t i = 0; i < t->nbuckets; i++) {
        for (struct row **at = &t->buckets[i]; *at;) {
            struct row *r = *at;
            if (want(r, arg)) {
                *at = r->next;
                t->len--;
                free(r);
            } else {
                at = &r->next;
            }
        }
    }
}

static int by_key(const void *a, const void *b)
{
    return str_cmp((*(struct row *const *)a)->key, (*(struct row *const *)b)->key);
}

struct row **table_rows(const struct table *t, bool sorted)
{
    if (!t->len)
        return NULL;
    struct row **rows = new_buckets(t->len);
    size_t n = 0;
    for (size_t i = 0; i < t->nbuckets; i++)
        for (struct row *r = t->buckets[i]; r; r = r->next)
            rows[n++] = r;
    if (sorted)
        qsort(rows, n, sizeof *rows, by_key);
    return rows;
}

static bool every(const struct row *r, const void *arg)
{
    (void)r, (void)arg;
    return true;
}

void table_free(struct table *t)
{
    table_drop_if(t, every, NULL);
    free(t->buckets);
    *t = (struct table){ 0 };
}
