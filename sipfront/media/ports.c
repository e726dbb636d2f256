#include "sipfront/media/ports.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

#include "vm/base/log.h"

struct ports {
    pthread_mutex_t lock;
    uint16_t first;
    unsigned pairs, next, used;
    const void **owners; /* by pair, NULL: free */
};

static unsigned random_below(unsigned n)
{
    unsigned r = 0;

    if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r)
        r = (unsigned)(uintptr_t)&r >> 4;
    return r % n;
}

enum err ports_new(struct ports **out, uint16_t min, uint16_t max)
{
    unsigned first = (min + 1u) & ~1u;
    struct ports *p;

    *out = NULL;
    if (first == 0 || first >= max)
        return ERR_INVALID;
    p = calloc(1, sizeof *p);
    if (!p)
        return ERR_NOMEM;
    p->first = (uint16_t)first;
    p->pairs = (max - first + 1u) / 2;
    p->next = random_below(p->pairs);
    p->owners = calloc(p->pairs, sizeof *p->owners);
    if (!p->owners) {
        free(p);
        return ERR_NOMEM;
    }
    pthread_mutex_init(&p->lock, NULL);
    *out = p;
    return ERR_OK;
}

void ports_free(struct ports **p)
{
    if (!*p)
        return;
    pthread_mutex_destroy(&(*p)->lock);
    free((*p)->owners);
    free(*p);
    *p = NULL;
}

enum err ports_take(struct ports *p, const void *owner, const struct ports_try *how, uint16_t *port)
{
    enum err e = ERR_LIMIT;

    pthread_mutex_lock(&p->lock);
    for (unsigned i = 0; i < p->pairs && e; i++) {
        unsigned at = (p->next + i) % p->pairs;
        uint16_t candidate = (uint16_t)(p->first + 2 * at);
        if (p->owners[at] || !how->bind_fn(candidate, how->arg))
            continue;
        p->owners[at] = owner;
        p->next = (at + 1) % p->pairs;
        p->used++;
        *port = candidate;
        e = ERR_OK;
    }
    pthread_mutex_unlock(&p->lock);
    return e;
}

void ports_give(struct ports *p, const void *owner, uint16_t port)
{
    unsigned at = (unsigned)(port - p->first) / 2;
    bool ours;

    pthread_mutex_lock(&p->lock);
    ours = port >= p->first && at < p->pairs && p->owners[at] == owner;
    if (ours) {
        p->owners[at] = NULL;
        p->used--;
    }
    pthread_mutex_unlock(&p->lock);
    if (!ours)
        log_error("media", "port %u was given back by somebody who does not own it", port);
}

unsigned ports_in_use(const struct ports *p)
{
    struct ports *m = (struct ports *)p; /* the lock is not part of the value */
    unsigned used;

    pthread_mutex_lock(&m->lock);
    used = m->used;
    pthread_mutex_unlock(&m->lock);
    return used;
}
