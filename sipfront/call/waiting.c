#include "sipfront/call/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "vm/base/vec.h"

enum {
    MEMBERS_KEPT = 200, /* a queue that is empty forgets more than so many agents, */
    QUEUES_KEPT = 1000, /* and the server more than so many queues that are */
};

/* An agent of a queue. */
struct member {
    struct queue *queue;
    char *user;
    int64_t idle_since;  /* 0: not yet talked to */
    struct waiter *with; /* whom he is rung for, or talks with */
    struct clock_timer *rest;
    bool stale; /* the two below are to be asked for anew */
    bool reachable, engaged;
};

struct queue {
    struct waiting *waiting;
    struct queue *next; /* by name */
    char *name;
    VEC(struct member *) members;
    struct waiter *first, *last; /* the line */
    unsigned length, talking;
    struct clock_timer *later; /* look who can be rung */
};

struct waiter {
    struct queue *queue;
    struct waiter *prev, *next;
    struct waiter_params p; /* without name and agents */
    int64_t since;
    bool talking, deserted;
    unsigned ringing; /* how many agents are rung for it */
    unsigned count;
    struct member *members[];
};

struct waiting {
    struct waiting_port port;
    struct queue *queues;
    unsigned nqueues;
};

/* ---- queues and their agents ---- */

static void member_free(struct member *m)
{
    clock_stop(m->queue->waiting->port.clock, &m->rest);
    free(m->user);
    free(m);
}

static void forget_members(struct queue *q)
{
    for (size_t i = 0; i < q->members.len; i++)
        member_free(q->members.items[i]);
    vec_free(&q->members);
}

static bool is_empty(const struct queue *q) { return !q->first && !q->talking; }

static void queue_free(struct queue *q)
{
    struct queue **at = &q->waiting->queues;
    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    q->waiting->nqueues--;
    clock_stop(q->waiting->port.clock, &q->later);
    forget_members(q);
    free(q->name);
    free(q);
}

/* Names may be made up by flows without an end: what nobody uses makes room. */
static void make_room(struct waiting *w)
{
    for (struct queue *q = w->queues, *next; q && w->nqueues >= QUEUES_KEPT; q = next) {
        next = q->next;
        if (is_empty(q))
            queue_free(q);
    }
}

static char *copy(struct str s)
{
    char *p = strndup(s.p ? s.p : "", s.len);
    if (!p)
        abort();
    return p;
}

static struct queue *queue_find(struct waiting *w, struct str name)
{
    struct queue *q = w->queues, **at = &w->queues;
    while (q && !str_is(name, q->name))
        q = q->next;
    if (q)
        return q;
    make_room(w);
    q = calloc(1, sizeof *q);
    if (!q)
        abort();
    q->waiting = w;
    q->name = copy(name);
    while (*at && strcmp((*at)->name, q->name) < 0)
        at = &(*at)->next;
    q->next = *at;
    *at = q;
    w->nqueues++;
    return q;
}

static struct member *member_find(struct queue *q, struct str user)
{
    for (size_t i = 0; i < q->members.len; i++)
        if (str_is(user, q->members.items[i]->user))
            return q->members.items[i];
    struct member *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    m->queue = q;
    m->user = copy(user);
    m->stale = true;
    vec_push(&q->members, m);
    return m;
}

static void refresh(struct member *m)
{
    const struct waiting_port *port = &m->queue->waiting->port;
    m->stale = false;
    m->reachable = port->reachable(m->user, port->owner);
    m->engaged = port->engaged(m->user, port->owner);
}

/* ---- who is rung for whom ---- */

static bool is_free(const struct member *m) { return m->reachable && !m->engaged && !m->with && !m->rest; }

static bool is_deserted(const struct waiter *w)
{
    unsigned i = 0;
    while (i < w->count && !w->members[i]->reachable && !w->members[i]->with)
        i++;
    return i == w->count;
}

/* The place of the free agent who has been idle for the longest; -1: none is free. */
static int longest_idle(const struct waiter *w)
{
    int best = -1;
    for (unsigned i = 0; i < w->count; i++)
        if (is_free(w->members[i]) && (best < 0 || w->members[i]->idle_since < w->members[best]->idle_since))
            best = (int)i;
    return best;
}

static void take(struct waiter *w, unsigned place)
{
    w->members[place]->with = w;
    w->ringing++;
}

static void ring_all(struct waiter *w)
{
    unsigned *places = calloc(w->count, sizeof *places), n = 0;
    if (!places)
        abort();
    for (unsigned i = 0; i < w->count; i++) {
        if (!is_free(w->members[i]))
            continue;
        take(w, i);
        places[n++] = i;
    }
    if (n)
        w->p.events->ring(places, n, w->p.owner);
    free(places);
}

static void ring_one(struct waiter *w)
{
    int place = w->ringing ? -1 : longest_idle(w);
    if (place < 0)
        return;
    take(w, (unsigned)place);
    w->p.events->ring(&(unsigned){ (unsigned)place }, 1, w->p.owner);
}

static void look(struct waiter *w)
{
    if (w->deserted)
        return;
    if (is_deserted(w)) {
        w->deserted = true;
        w->p.events->deserted(w->p.owner);
    } else if (w->p.all) {
        ring_all(w);
    } else {
        ring_one(w);
    }
}

static void on_later(void *arg)
{
    struct queue *q = arg;
    q->later = NULL;
    for (size_t i = 0; i < q->members.len; i++)
        if (q->members.items[i]->stale)
            refresh(q->members.items[i]);
    for (struct waiter *w = q->first; w; w = w->next)
        look(w);
}

static void look_later(struct queue *q)
{
    if (q->first && !q->later)
        q->later = clock_start(q->waiting->port.clock, 0, on_later, q);
}

static void on_rested(void *arg)
{
    struct member *m = arg;
    m->rest = NULL;
    m->stale = true;
    look_later(m->queue);
}

void waiting_changed(struct waiting *w, const char *user)
{
    for (struct queue *q = w ? w->queues : NULL; q; q = q->next)
        for (size_t i = 0; q->first && i < q->members.len; i++)
            if (strcmp(q->members.items[i]->user, user) == 0) {
                q->members.items[i]->stale = true;
                look_later(q);
            }
}

/* ---- the line ---- */

static void line_up(struct waiter *w)
{
    struct queue *q = w->queue;
    w->prev = q->last;
    *(q->last ? &q->last->next : &q->first) = w;
    q->last = w;
    q->length++;
}

static void step_out(struct waiter *w)
{
    struct queue *q = w->queue;
    *(w->prev ? &w->prev->next : &q->first) = w->next;
    *(w->next ? &w->next->prev : &q->last) = w->prev;
    q->length--;
}

static struct waiter *waiter_new(struct queue *q, const struct waiter_params *p)
{
    struct waiter *w = calloc(1, sizeof *w + p->count * sizeof w->members[0]);
    if (!w)
        abort();
    w->queue = q;
    w->p = *p;
    w->since = clock_mono(q->waiting->port.clock);
    w->count = p->count;
    for (unsigned i = 0; i < p->count; i++) {
        w->members[i] = member_find(q, p->agents[i]);
        if (!q->first || w->members[i]->stale) /* while nobody waits no changes are told */
            refresh(w->members[i]);
    }
    return w;
}

enum waiting_answer waiting_enter(struct waiting *waiting, const struct waiter_params *p, struct waiter **out)
{
    struct queue *q = queue_find(waiting, p->name);
    *out = NULL;
    if (q->length >= p->most)
        return WAITING_FULL;
    if (is_empty(q) && q->members.len > MEMBERS_KEPT)
        forget_members(q);
    struct waiter *w = waiter_new(q, p);
    if (is_deserted(w)) {
        free(w);
        return WAITING_NO_AGENTS;
    }
    line_up(w);
    look_later(q);
    *out = w;
    return WAITING_TAKEN;
}

void *waiter_owner(const struct waiter *w) { return w->p.owner; }

unsigned waiter_place(const struct waiter *w)
{
    unsigned place = 1;
    for (const struct waiter *before = w->prev; before; before = before->prev)
        place++;
    return place;
}

/* ---- what comes of a ring ---- */

/* Its agents are free again; they rest first when they have not answered. */
static void let_go(struct waiter *w, bool rest)
{
    for (unsigned i = 0; i < w->count; i++) {
        struct member *m = w->members[i];
        if (m->with != w)
            continue;
        m->with = NULL;
        m->stale = true;
        if (rest)
            m->rest = clock_start(w->queue->waiting->port.clock, WAITING_REST_MS, on_rested, m);
    }
    w->ringing = 0;
    look_later(w->queue);
}

void waiter_unanswered(struct waiter *w) { let_go(w, true); }

void waiter_answered(struct waiter *w, const char *user)
{
    struct member *taken = NULL;
    for (unsigned i = 0; i < w->count; i++)
        if (w->members[i]->with == w && (!taken || strcmp(w->members[i]->user, user) == 0))
            taken = w->members[i];
    step_out(w);
    w->talking = true;
    w->queue->talking++;
    let_go(w, false);
    if (taken)
        taken->with = w;
}

/* Whether all that is rung for a could as well be rung for b. */
static bool could_ring(const struct waiter *a, const struct waiter *b)
{
    for (unsigned i = 0; i < a->count; i++) {
        unsigned k = 0;
        if (a->members[i]->with != a)
            continue;
        while (k < b->count && b->members[k] != a->members[i])
            k++;
        if (k == b->count)
            return false;
    }
    return true;
}

struct waiter *waiter_first(struct waiter *w)
{
    struct waiter *v = w->queue->first;
    while (v != w && !(could_ring(w, v) && could_ring(v, w)))
        v = v->next;
    return v;
}

void waiter_exchange(struct waiter *a, struct waiter *b)
{
    unsigned ringing = a->ringing;
    for (size_t i = 0; i < a->queue->members.len; i++) {
        struct member *m = a->queue->members.items[i];
        m->with = m->with == a ? b : m->with == b ? a : m->with;
    }
    a->ringing = b->ringing;
    b->ringing = ringing;
}

/* The first for whom nobody is rung has the agents of the one who leaves: they need not be called anew. */
static void bequeath(struct waiter *w)
{
    struct waiter *heir = w->queue->first;
    while (heir && (heir == w || heir->ringing || heir->deserted || !could_ring(w, heir)))
        heir = heir->next;
    if (heir && heir->p.events->take_over(w->p.owner, heir->p.owner))
        waiter_exchange(w, heir);
}

void waiter_leave(struct waiter **waiter)
{
    struct waiter *w = *waiter;
    *waiter = NULL;
    if (!w)
        return;
    struct queue *q = w->queue;
    for (unsigned i = 0; w->talking && i < w->count; i++)
        if (w->members[i]->with == w)
            w->members[i]->idle_since = clock_mono(q->waiting->port.clock);
    if (w->talking) {
        q->talking--;
    } else {
        if (w->ringing)
            bequeath(w);
        step_out(w);
    }
    let_go(w, false);
    free(w);
}

/* ---- the whole ---- */

struct waiting *waiting_new(const struct waiting_port *port)
{
    struct waiting *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->port = *port;
    return w;
}

void waiting_free(struct waiting **w)
{
    if (!*w)
        return;
    while ((*w)->queues)
        queue_free((*w)->queues);
    free(*w);
    *w = NULL;
}

static const char *state_of(const struct member *m)
{
    if (m->with)
        return m->with->talking ? "talking" : "ringing";
    return !m->reachable ? "offline" : m->rest ? "resting" : m->engaged ? "engaged" : "free";
}

static const char **labels(const struct queue *q)
{
    const char **calls = calloc(q->length + 1, sizeof *calls);
    unsigned n = 0;
    if (!calls)
        abort();
    for (const struct waiter *w = q->first; w; w = w->next)
        calls[n++] = w->p.label;
    return calls;
}

static void tell(struct queue *q, void (*each)(const struct waiting_queue *q, void *arg), void *arg)
{
    int64_t now = clock_mono(q->waiting->port.clock);
    struct waiting_agent *agents = calloc(q->members.len + 1, sizeof *agents);
    if (!agents)
        abort();
    for (size_t i = 0; i < q->members.len; i++) {
        struct member *m = q->members.items[i];
        refresh(m);
        agents[i] = (struct waiting_agent){ m->user, state_of(m), m->idle_since ? now - m->idle_since : -1 };
    }
    struct waiting_queue told = { .name = q->name,
                                  .waiting = q->length,
                                  .talking = q->talking,
                                  .calls = labels(q),
                                  .longest_ms = q->first ? now - q->first->since : 0,
                                  .agents = agents,
                                  .nagents = (unsigned)q->members.len };
    each(&told, arg);
    free((void *)told.calls);
    free(agents);
}

void waiting_each(struct waiting *w, void (*each)(const struct waiting_queue *q, void *arg), void *arg)
{
    for (struct queue *q = w->queues; q; q = q->next)
        tell(q, each, arg);
}
