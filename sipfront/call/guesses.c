#include "sipfront/call/guesses.h"

#include <stdlib.h>

/* Names are kept as their hashes: two that meet are counted together, which shuts out sooner, never later. */
struct counted {
    uint64_t room, caller;
    unsigned wrong; /* 0: free */
    int64_t last_ms, until_ms;
};

struct guesses {
    struct counted list[GUESSES_KEPT];
};

struct guesses *guesses_new(void)
{
    struct guesses *g = calloc(1, sizeof *g);
    if (!g)
        abort();
    return g;
}

void guesses_free(struct guesses **g)
{
    free(*g);
    *g = NULL;
}

static const struct counted *find(const struct guesses *g, const struct guess *by)
{
    uint64_t room = str_hash(by->room), caller = str_hash(by->caller);
    for (unsigned i = 0; i < GUESSES_KEPT; i++)
        if (g->list[i].wrong && g->list[i].room == room && g->list[i].caller == caller)
            return &g->list[i];
    return NULL;
}

/* A free one, else the one that has rested longest. */
static struct counted *make(struct guesses *g, const struct guess *by)
{
    struct counted *best = g->list;
    for (unsigned i = 0; i < GUESSES_KEPT && best->wrong; i++)
        if (!g->list[i].wrong || g->list[i].last_ms < best->last_ms)
            best = &g->list[i];
    *best = (struct counted){ .room = str_hash(by->room), .caller = str_hash(by->caller) };
    return best;
}

bool guesses_shut(const struct guesses *g, const struct guess *by, int64_t now_ms)
{
    const struct counted *c = find(g, by);
    return c && c->until_ms > now_ms;
}

int64_t guesses_wrong(struct guesses *g, const struct guess *by, int64_t now_ms)
{
    struct counted *c = (struct counted *)find(g, by);
    int64_t ms = GUESSES_SHUT_MS;
    if (!c)
        c = make(g, by);
    c->last_ms = now_ms;
    if (++c->wrong < GUESSES_FREE)
        return 0;
    for (unsigned i = GUESSES_FREE; i < c->wrong && ms < GUESSES_SHUT_MOST_MS; i++)
        ms *= 2;
    if (ms > GUESSES_SHUT_MOST_MS)
        ms = GUESSES_SHUT_MOST_MS;
    c->until_ms = now_ms + ms;
    return ms;
}

void guesses_right(struct guesses *g, const struct guess *by)
{
    struct counted *c = (struct counted *)find(g, by);
    if (c)
        *c = (struct counted){ 0 };
}
