/* Bindings by user in a growing hash table; each user a short list in order of first registration. */
#include "sipfront/sip/bindings.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>

struct user;

struct binding {
    struct binding *next;
    struct user *user;
    struct clock_timer *expiry;
    su_home_t *home; /* of the parsed URI */
    url_t *url;
    struct sip_binding facts; /* its texts stand in text[] */
    char text[];
};

struct user {
    struct user *next; /* in its bucket */
    struct bindings *all;
    struct binding *first;
    uint64_t hash;
    unsigned count;
    char name[];
};

struct bindings {
    const struct clock *clock;
    void (*changed)(void *owner, const struct sip_binding *b, bool gone);
    void *owner;
    struct user **buckets;
    size_t nbuckets, nusers; /* nbuckets is a power of two */
};

enum err bindings_new(struct bindings **out, const struct clock *clock,
                      void (*changed)(void *owner, const struct sip_binding *b, bool gone), void *owner)
{
    struct bindings *bs = calloc(1, sizeof *bs);
    *out = NULL;
    if (!bs)
        return ERR_NOMEM;
    bs->nbuckets = 64;
    bs->buckets = calloc(bs->nbuckets, sizeof *bs->buckets);
    if (!bs->buckets) {
        free(bs);
        return ERR_NOMEM;
    }
    bs->clock = clock;
    bs->changed = changed;
    bs->owner = owner;
    *out = bs;
    return ERR_OK;
}

static struct user *find_user(const struct bindings *bs, const char *name)
{
    uint64_t hash = str_hash(str_of(name));
    struct user *u = bs->buckets[hash & (bs->nbuckets - 1)];
    while (u && (u->hash != hash || strcmp(u->name, name) != 0))
        u = u->next;
    return u;
}

/* Twice the buckets; when memory is short the lists just grow longer. */
static void grow(struct bindings *bs)
{
    size_t n = bs->nbuckets * 2;
    struct user **buckets = calloc(n, sizeof *buckets);
    if (!buckets)
        return;
    for (size_t i = 0; i < bs->nbuckets; i++)
        for (struct user *u = bs->buckets[i], *next; u; u = next) {
            next = u->next;
            u->next = buckets[u->hash & (n - 1)];
            buckets[u->hash & (n - 1)] = u;
        }
    free(bs->buckets);
    bs->buckets = buckets;
    bs->nbuckets = n;
}

static struct user *add_user(struct bindings *bs, const char *name)
{
    size_t size = strlen(name) + 1;
    struct user *u = calloc(1, sizeof *u + size);
    if (!u)
        abort();
    if (bs->nusers++ >= bs->nbuckets)
        grow(bs);
    u->all = bs;
    u->hash = str_hash(str_of(name));
    memcpy(u->name, name, size);
    u->next = bs->buckets[u->hash & (bs->nbuckets - 1)];
    bs->buckets[u->hash & (bs->nbuckets - 1)] = u;
    return u;
}

static void drop_user(struct bindings *bs, struct user *u)
{
    struct user **at = &bs->buckets[u->hash & (bs->nbuckets - 1)];
    while (*at != u)
        at = &(*at)->next;
    *at = u->next;
    bs->nusers--;
    free(u);
}

static const char *keep(char **at, const char *text)
{
    char *kept = *at;
    size_t size = strlen(text) + 1;
    memcpy(kept, text, size);
    *at += size;
    return kept;
}

static const char *or_empty(const char *text) { return text ? text : ""; }

/* A copy, NULL when its contact is no URI. */
static struct binding *copy_binding(struct user *u, const struct sip_binding *from)
{
    const char *texts[] = { or_empty(from->contact), or_empty(from->instance), or_empty(from->received),
                            or_empty(from->call_id), or_empty(from->agent),    or_empty(from->path) };
    size_t size = sizeof(struct binding);
    struct binding *b;
    char *at;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        size += strlen(texts[i]) + 1;
    b = calloc(1, size);
    if (!b)
        abort();
    at = b->text;
    b->user = u;
    b->facts = *from;
    b->facts.user = u->name;
    b->facts.contact = keep(&at, texts[0]);
    b->facts.instance = keep(&at, texts[1]);
    b->facts.received = keep(&at, texts[2]);
    b->facts.call_id = keep(&at, texts[3]);
    b->facts.agent = keep(&at, texts[4]);
    b->facts.path = keep(&at, texts[5]);
    b->home = su_home_new(sizeof *b->home);
    b->url = url_make(b->home, b->facts.contact);
    return b;
}

static void free_binding(struct binding *b)
{
    clock_stop(b->user->all->clock, &b->expiry);
    su_home_unref(b->home);
    free(b);
}

/* Takes it out of its list and frees it, and its user after the last. */
static void unlink_binding(struct binding *b)
{
    struct user *u = b->user;
    struct binding **at = &u->first;
    while (*at != b)
        at = &(*at)->next;
    *at = b->next;
    u->count--;
    free_binding(b);
    if (u->count == 0)
        drop_user(u->all, u);
}

static void remove_and_tell(struct binding *b)
{
    struct bindings *bs = b->user->all;
    bs->changed(bs->owner, &b->facts, true);
    unlink_binding(b);
}

static void on_expired(void *owner)
{
    struct binding *b = owner;
    b->expiry = NULL;
    remove_and_tell(b);
}

static bool same_contact(const struct binding *old, const url_t *url, const struct sip_binding *b)
{
    if (b->instance && *b->instance && strcmp(old->facts.instance, b->instance) == 0 && old->facts.reg_id == b->reg_id)
        return true;
    return old->url && url && url_cmp_all(old->url, url) == 0;
}

static struct binding *find_same(const struct bindings *bs, const struct sip_binding *b)
{
    struct user *u = find_user(bs, b->user);
    struct binding *found = u ? u->first : NULL;
    su_home_t *home = su_home_new(sizeof *home);
    url_t *url = url_make(home, b->contact);
    while (found && !same_contact(found, url, b))
        found = found->next;
    su_home_unref(home);
    return found;
}

bool bindings_stale(const struct bindings *bs, const struct sip_binding *b)
{
    const struct binding *old = find_same(bs, b);
    return old && strcmp(old->facts.call_id, b->call_id) == 0 && b->cseq <= old->facts.cseq;
}

static struct binding *soonest(struct user *u)
{
    struct binding *found = u->first;
    for (struct binding *b = u->first; b; b = b->next)
        if (b->facts.expires_wall_ms < found->facts.expires_wall_ms)
            found = b;
    return found;
}

static void append(struct user *u, struct binding *b)
{
    struct binding **at = &u->first;
    while (*at)
        at = &(*at)->next;
    *at = b;
    u->count++;
}

void bindings_put(struct bindings *bs, const struct sip_binding *b, unsigned most, bool quiet)
{
    int64_t left_ms = b->expires_wall_ms - clock_wall(bs->clock);
    struct user *u = find_user(bs, b->user);
    struct binding *old = find_same(bs, b), *made;
    if (left_ms <= 0)
        return;
    if (!u)
        u = add_user(bs, b->user);
    while (!old && u->count >= most && u->count > 1)
        remove_and_tell(soonest(u));
    if (!old && u->count >= most && u->count == 1) /* the user itself stays: the new one takes the place below */
        old = u->first;
    made = copy_binding(u, b);
    append(u, made);
    if (old && strcmp(old->facts.contact, made->facts.contact) != 0)
        remove_and_tell(old); /* another text for it, such as a rebooted phone's new port: stored rows go by the text */
    else if (old)
        unlink_binding(old);
    made->expiry = clock_start(bs->clock, left_ms, on_expired, made);
    if (!quiet)
        bs->changed(bs->owner, &made->facts, false);
}

void bindings_remove(struct bindings *bs, const struct sip_binding *b)
{
    struct binding *old = find_same(bs, b);
    if (old)
        remove_and_tell(old);
}

void bindings_remove_all(struct bindings *bs, const char *user)
{
    struct user *u;
    while ((u = find_user(bs, user)))
        remove_and_tell(u->first);
}

unsigned bindings_count(const struct bindings *bs, const char *user)
{
    const struct user *u = find_user(bs, user);
    return u ? u->count : 0;
}

bool bindings_at(const struct bindings *bs, const char *user, unsigned i, struct sip_binding *out)
{
    const struct user *u = find_user(bs, user);
    const struct binding *b = u ? u->first : NULL;
    while (b && i-- > 0)
        b = b->next;
    if (b)
        *out = b->facts;
    return b;
}

void bindings_each(const struct bindings *bs, void (*each)(const struct sip_binding *b, void *arg), void *arg)
{
    for (size_t i = 0; i < bs->nbuckets; i++)
        for (const struct user *u = bs->buckets[i]; u; u = u->next)
            for (const struct binding *b = u->first; b; b = b->next)
                each(&b->facts, arg);
}

void bindings_free(struct bindings **bsp)
{
    struct bindings *bs = *bsp;
    if (!bs)
        return;
    *bsp = NULL;
    for (size_t i = 0; i < bs->nbuckets; i++)
        while (bs->buckets[i])
            unlink_binding(bs->buckets[i]->first);
    free(bs->buckets);
    free(bs);
}
