#include "stdlib/digits.h"

#include <string.h>

static const char all_keys[] = "0123456789*#ABCD";

bool digit_is_key(char key) { return key && strchr(all_keys, key); }

static uint16_t bit_of(char key) { return (uint16_t)(1u << (strchr(all_keys, key) - all_keys)); }

bool keys_hold(struct str keys, char key)
{
    if (str_eq(keys, BARGE_ANY_KEY))
        return true;
    return keys.len && memchr(keys.p, key, keys.len);
}

bool digits_put(struct digits *d, char key, int64_t now_ms)
{
    bool swallowed = (d->swallow & bit_of(key)) && now_ms < d->swallow_until;
    d->swallow = 0; /* only what comes right after is swallowed */
    if (swallowed || d->count == DIGITS_MAX)
        return false;
    d->queue[d->count++] = key;
    return true;
}

bool digits_take(struct digits *d, char *key)
{
    if (d->count == 0)
        return false;
    *key = digits_take_at(d, 0);
    return true;
}

int digits_find(const struct digits *d, struct str keys)
{
    for (int i = 0; i < d->count; i++)
        if (keys_hold(keys, d->queue[i]))
            return i;
    return -1;
}

char digits_take_at(struct digits *d, int place)
{
    char key = d->queue[place];
    d->count--;
    memmove(d->queue + place, d->queue + place + 1, (size_t)(d->count - place));
    return key;
}

void digits_clear(struct digits *d) { d->count = 0; }

void digits_swallow(struct digits *d, struct str keys, int64_t now_ms, int64_t for_ms)
{
    if (d->count > 0) {
        if (keys_hold(keys, d->queue[0]))
            digits_take_at(d, 0);
        return;
    }
    d->swallow = 0;
    for (size_t i = 0; i < keys.len; i++)
        if (digit_is_key(keys.p[i]))
            d->swallow |= bit_of(keys.p[i]);
    d->swallow_until = now_ms + for_ms;
}
