/* Whether a trunk is up, and the order in which its targets are tried. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sipfront/sip/trunk_inner.h"

const char *trunk_state_text(enum trunk_state st)
{
    static const char *const texts[] = { [TRUNK_STARTING] = "starting", [TRUNK_UP] = "up", [TRUNK_DOWN] = "down" };
    return texts[st];
}

static unsigned count(const struct trunk *t, enum reach reach)
{
    unsigned n = 0;
    for (unsigned i = 0; i < t->npeers; i++)
        n += t->peers[i].reach == reach;
    return n;
}

/* For the first time. */
static bool is_registering(const struct trunk *t)
{
    return t->registers && t->registering == REG_TRYING && !t->registered_until_ms;
}

/* Fills state and why with the first thing that is wrong. */
static void judge(const struct trunk *t, struct trunk_status *out)
{
    out->state = TRUNK_DOWN;
    if (t->fault[0])
        out->why = t->fault;
    else if (!t->npeers && t->misses)
        out->why = t->lookup_why;
    else if (t->npeers && t->registers && t->registering == REG_FAILED)
        out->why = t->tls_why[0] ? t->tls_why : t->reg_why;
    else if (t->npeers && count(t, REACH_DOWN) == t->npeers && !is_registering(t))
        out->why = t->tls_why[0] ? t->tls_why : "no gateway answers OPTIONS";
    else if (!t->npeers || is_registering(t) || (t->ping_ms && !t->registers && !count(t, REACH_UP)))
        out->state = TRUNK_STARTING;
    else {
        out->state = TRUNK_UP;
        out->why = t->lookup_why[0] ? t->lookup_why : count(t, REACH_DOWN) ? "not every gateway answers" : "";
    }
}

void trunk_status(const struct trunk *t, struct trunk_status *out)
{
    *out = (struct trunk_status){ .why = "",
                                  .registered_until_ms = t->registering == REG_DONE ? t->registered_until_ms : 0,
                                  .targets = t->npeers,
                                  .targets_up = count(t, REACH_UP) };
    judge(t, out);
}

/* ---- the order (RFC 2782: by priority, at random by weight) ---- */

static bool is_rested(const struct trunk_peer *p, int64_t now)
{
    return p->reach != REACH_DOWN && p->resting_until_ms <= now;
}

struct entry {
    const struct trunk_peer *peer;
    bool last;    /* it does not answer, or wants to be left alone */
    unsigned key; /* as they were found, for a stable order before the draw */
};

static double random_unit(void)
{
    uint32_t r;
    if (getrandom(&r, sizeof r, 0) != sizeof r)
        abort();
    return (r + 1.0) / 4294967297.0;
}

static int compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    if (a->last != b->last)
        return a->last ? 1 : -1;
    if (a->peer->target.rank != b->peer->target.rank)
        return a->peer->target.rank < b->peer->target.rank ? -1 : 1;
    return a->key < b->key ? -1 : a->key > b->key;
}

/* Draws, of those of one rank that are left, one by weight, and puts it first; then the rest (RFC 2782, p. 3). */
static void draw(struct entry *e, unsigned n)
{
    for (unsigned i = 0; i + 1 < n; i++) {
        uint64_t sum = 0;
        unsigned at = i;
        for (unsigned k = i; k < n; k++)
            sum += e[k].peer->target.weight;
        double left = random_unit() * (double)sum;
        while (at + 1 < n && left > e[at].peer->target.weight)
            left -= e[at++].peer->target.weight;
        struct entry chosen = e[at];
        e[at] = e[i];
        e[i] = chosen;
    }
}

static bool same_class(const struct entry *a, const struct entry *b)
{
    return a->last == b->last && a->peer->target.rank == b->peer->target.rank;
}

unsigned trunk_order(const struct trunk_peer *peers, unsigned count, int64_t now_ms, struct trunk_target *out,
                     unsigned most)
{
    struct entry e[64];
    unsigned n = count < 64 ? count : 64;
    for (unsigned i = 0; i < n; i++)
        e[i] = (struct entry){ .peer = &peers[i], .last = !is_rested(&peers[i], now_ms), .key = i };
    qsort(e, n, sizeof *e, compare);
    for (unsigned i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && same_class(&e[i], &e[end]);)
            end++;
        draw(e + i, end - i);
    }
    if (n > most)
        n = most;
    for (unsigned i = 0; i < n; i++)
        out[i] = e[i].peer->target;
    return n;
}

unsigned trunk_targets(const struct trunk *t, struct trunk_target *out, unsigned most)
{
    return trunk_order(t->peers, t->npeers, clock_mono(t->agent->clock), out, most);
}

void trunk_rest(struct trunk *t, const struct trunk_target *target, int64_t ms)
{
    for (unsigned i = 0; i < t->npeers; i++)
        if (t->peers[i].target.port == target->port && t->peers[i].target.transport == target->transport &&
            strcmp(t->peers[i].target.address, target->address) == 0)
            t->peers[i].resting_until_ms = clock_mono(t->agent->clock) + ms;
}
