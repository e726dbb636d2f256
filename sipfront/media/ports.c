#include "sipfront/media/ports.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vm/base/log.h"

enum {
    DSCP_EF = 46 << 2,
    SPARE = 64,        /* pairs that stay open however long they rest */
    IDLE_MS = 60000,   /* the others are closed when they have rested for so long */
    SPARE_MOST = 1024, /* and no more than an eighth of the sockets that the process may open */
};

struct resting { /* the longest first */
    struct port_pair *first, **last;
    unsigned n;
};

struct ports {
    pthread_mutex_t lock;
    uint16_t first;
    unsigned npairs, next, used, spare_most;
    struct port_pair *pairs;
    struct resting resting[2]; /* IPv4, IPv6 */
    bool (*watch_fn)(struct port_pair *pair, void *arg);
    void *arg;
};

static unsigned random_below(unsigned n)
{
    unsigned r = 0;

    if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r)
        r = (unsigned)(uintptr_t)&r >> 4;
    return r % n;
}

static unsigned spare_most(void)
{
    struct rlimit l;
    bool few = getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur / 16 < SPARE_MOST;

    return few ? (unsigned)l.rlim_cur / 16 : SPARE_MOST;
}

enum err ports_new(struct ports **out, uint16_t min, uint16_t max, bool (*watch_fn)(struct port_pair *pair, void *arg),
                   void *arg)
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
    p->npairs = (max - first + 1u) / 2;
    p->next = random_below(p->npairs);
    p->spare_most = spare_most();
    p->watch_fn = watch_fn;
    p->arg = arg;
    p->pairs = calloc(p->npairs, sizeof *p->pairs);
    if (!p->pairs) {
        free(p);
        return ERR_NOMEM;
    }
    for (unsigned i = 0; i < p->npairs; i++)
        p->pairs[i] = (struct port_pair){ .port = (uint16_t)(first + 2 * i), .rtp = -1, .rtcp = -1 };
    for (unsigned v6 = 0; v6 < 2; v6++)
        p->resting[v6].last = &p->resting[v6].first;
    pthread_mutex_init(&p->lock, NULL);
    *out = p;
    return ERR_OK;
}

static void close_pair(struct port_pair *pair)
{
    if (pair->rtp >= 0)
        close(pair->rtp);
    if (pair->rtcp >= 0)
        close(pair->rtcp);
    pair->rtp = pair->rtcp = -1;
}

void ports_free(struct ports **p)
{
    if (!*p)
        return;
    for (unsigned i = 0; i < (*p)->npairs; i++)
        close_pair(&(*p)->pairs[i]);
    pthread_mutex_destroy(&(*p)->lock);
    free((*p)->pairs);
    free(*p);
    *p = NULL;
}

static int bound(const struct net_address *address, uint16_t port)
{
    struct net_address a = *address;
    int fd = socket(a.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int dscp = DSCP_EF;

    if (fd < 0)
        return -1;
    a.v4.sin_port = htons(port); /* sin6_port lies at the same place */
    if (bind(fd, &a.any, a.len) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    /* marking may be forbidden; audio flows without it */
    if (a.any.sa_family == AF_INET)
        (void)setsockopt(fd, IPPROTO_IP, IP_TOS, &dscp, sizeof dscp);
    else
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &dscp, sizeof dscp);
    return fd;
}

/* Both of the pair, or none, and errno says why. */
static bool open_pair(struct ports *p, struct port_pair *pair, const struct net_address *address)
{
    int why;

    pair->v6 = address->any.sa_family == AF_INET6;
    pair->rtp = bound(address, pair->port);
    if (pair->rtp >= 0)
        pair->rtcp = bound(address, (uint16_t)(pair->port + 1));
    if (pair->rtcp >= 0 && p->watch_fn(pair, p->arg))
        return true;
    why = errno;
    close_pair(pair);
    errno = why;
    return false;
}

static bool is_anothers(int why) { return why == EADDRINUSE || why == EACCES; }

static void rest(struct ports *p, struct port_pair *pair, int64_t now_ms)
{
    struct resting *r = &p->resting[pair->v6];

    pair->quiet_ms = now_ms;
    pair->next = NULL;
    pair->link = r->last;
    *r->last = pair;
    r->last = &pair->next;
    r->n++;
}

static void end_rest(struct ports *p, struct port_pair *pair)
{
    struct resting *r = &p->resting[pair->v6];

    *pair->link = pair->next;
    if (pair->next)
        pair->next->link = pair->link;
    else
        r->last = pair->link;
    pair->link = NULL;
    r->n--;
}

static struct port_pair *rested(struct ports *p, bool v6, int64_t for_ms, int64_t now_ms)
{
    struct port_pair *pair = p->resting[v6].first;

    if (!pair || now_ms - pair->quiet_ms < for_ms)
        return NULL;
    end_rest(p, pair);
    return pair;
}

static struct port_pair *opened(struct ports *p, const struct net_address *address)
{
    for (unsigned i = 0; i < p->npairs; i++) {
        unsigned at = (p->next + i) % p->npairs;
        struct port_pair *pair = &p->pairs[at];
        if (pair->rtp >= 0)
            continue;
        if (open_pair(p, pair, address)) {
            p->next = (at + 1) % p->npairs;
            return pair;
        }
        if (!is_anothers(errno)) /* no descriptors, no such address: the next port is no better */
            break;
    }
    return NULL;
}

/* All ports are open, and those of this family owned: one that rests in the other is turned over. */
static struct port_pair *turned(struct ports *p, const struct net_address *address, bool v6)
{
    struct port_pair *pair = rested(p, !v6, 0, INT64_MAX);

    if (!pair)
        return NULL;
    close_pair(pair);
    return open_pair(p, pair, address) ? pair : NULL;
}

enum err ports_take(struct ports *p, const struct net_address *address, void *owner, int64_t now_ms,
                    struct port_pair **out)
{
    bool v6 = address->any.sa_family == AF_INET6;
    struct port_pair *pair;

    pthread_mutex_lock(&p->lock);
    pair = rested(p, v6, PORTS_REST_MS, now_ms);
    if (!pair)
        pair = opened(p, address);
    if (!pair)
        pair = rested(p, v6, 0, INT64_MAX);
    if (!pair)
        pair = turned(p, address, v6);
    if (pair) {
        p->used++;
        atomic_store(&pair->owner, owner);
    }
    pthread_mutex_unlock(&p->lock);
    *out = pair;
    return pair ? ERR_OK : ERR_LIMIT;
}

static void close_idle(struct ports *p, bool v6, int64_t now_ms)
{
    const struct resting *r = &p->resting[v6];

    if (r->n > p->spare_most || (r->n > SPARE && now_ms - r->first->quiet_ms > IDLE_MS))
        close_pair(rested(p, v6, 0, INT64_MAX));
}

void ports_give(struct ports *p, struct port_pair *pair, const void *owner, int64_t now_ms)
{
    bool ours;

    pthread_mutex_lock(&p->lock);
    ours = atomic_load(&pair->owner) == owner;
    if (ours) {
        atomic_store(&pair->owner, NULL);
        p->used--;
        rest(p, pair, now_ms);
        close_idle(p, pair->v6, now_ms);
    }
    pthread_mutex_unlock(&p->lock);
    if (!ours)
        log_error("media", "port %u was given back by somebody who does not own it", pair->port);
}

void ports_disturbed(struct ports *p, struct port_pair *pair, int64_t now_ms)
{
    pthread_mutex_lock(&p->lock);
    if (!atomic_load(&pair->owner) && pair->link) {
        end_rest(p, pair);
        rest(p, pair, now_ms);
    }
    pthread_mutex_unlock(&p->lock);
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
