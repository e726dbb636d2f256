/* Counters in one hash table, in the order of their last use; the longest unused makes room for a new one. */
#include "sipfront/sip/guard.h"

#include <stdlib.h>
#include <string.h>

#include "vm/base/log.h"

enum {
    BUCKETS = 16384,
    MOST = 32768, /* counters: 6 MiB at most */
    V6_BITS = 64, /* a customer's own network: he has all its addresses */
    WINDOW_MS = 600000,
    FIRST_BAN_MS = 600000,
    LONGEST_BAN_MS = 86400000,
    PROVED_MS = 86400000,
    CHECK_MS = 1000, /* between two checks of who is answered in spite of a ban */
    SPARE = 16,      /* so many are looked at for one that is not banned before a banned one is forgotten */
};

enum kind { OF_PAIR, OF_SOURCE, OF_USER, KINDS };

static const unsigned most_failures[KINDS] = { [OF_PAIR] = 5, [OF_SOURCE] = 20, [OF_USER] = 60 };

struct watch {
    struct watch *next;          /* in its bucket */
    struct watch *newer, *older; /* by last use */
    uint64_t hash;
    enum kind kind;
    struct network source;
    unsigned failures, bans; /* failures since window_ms; bans so far */
    int64_t window_ms, until_ms, proved_ms, checked_ms;
    uint64_t refused;
    char user[];
};

struct by_hand {
    struct network source;
    int64_t until_wall_ms;
    uint64_t refused;
};

struct guard {
    const struct clock *clock;
    struct guard_port port;
    struct network *allowed;
    size_t nallowed;
    struct watch *buckets[BUCKETS];
    struct watch *newest, *oldest;
    size_t count;
    struct by_hand hand[GUARD_BANS_BY_HAND];
    size_t nhand;
};

enum err guard_new(struct guard **out, const struct clock *clock, const struct sip_networks *allowed,
                   const struct guard_port *port)
{
    struct guard *g = calloc(1, sizeof *g);
    *out = NULL;
    if (!g)
        return ERR_NOMEM;
    g->clock = clock;
    g->port = *port;
    g->allowed = calloc(allowed->len + 1, sizeof *g->allowed);
    if (!g->allowed) {
        free(g);
        return ERR_NOMEM;
    }
    if (allowed->len)
        memcpy(g->allowed, allowed->items, allowed->len * sizeof *g->allowed);
    g->nallowed = allowed->len;
    *out = g;
    return ERR_OK;
}

void guard_free(struct guard **gp)
{
    struct guard *g = *gp;
    if (!g)
        return;
    *gp = NULL;
    for (struct watch *w = g->oldest, *newer; w; w = newer) {
        newer = w->newer;
        free(w);
    }
    free(g->allowed);
    free(g);
}

/* ---- the table ---- */

struct network guard_source(const struct network *address)
{
    return network_is_v6(address) ? network_prefix(address, V6_BITS) : *address;
}

static uint64_t hash_of(enum kind kind, const struct network *source, const char *user)
{
    uint64_t h = str_hash(str_of(user)) * 31 + (uint64_t)kind;
    if (kind != OF_USER)
        h ^= str_hash((struct str){ (const char *)source->bytes, sizeof source->bytes });
    return h;
}

static bool is_of(const struct watch *w, enum kind kind, const struct network *source, const char *user)
{
    bool same = w->kind == kind && strcmp(w->user, user) == 0;
    return same && (kind == OF_USER || memcmp(w->source.bytes, source->bytes, sizeof source->bytes) == 0);
}

/* user is "" for OF_SOURCE. */
static struct watch *find(const struct guard *g, enum kind kind, const struct network *source, const char *user)
{
    uint64_t hash = hash_of(kind, source, user);
    struct watch *w = g->buckets[hash % BUCKETS];
    while (w && (w->hash != hash || !is_of(w, kind, source, user)))
        w = w->next;
    return w;
}

static void unlink_age(struct guard *g, struct watch *w)
{
    *(w->newer ? &w->newer->older : &g->newest) = w->older;
    *(w->older ? &w->older->newer : &g->oldest) = w->newer;
}

static void link_newest(struct guard *g, struct watch *w)
{
    w->newer = NULL;
    w->older = g->newest;
    *(g->newest ? &g->newest->newer : &g->oldest) = w;
    g->newest = w;
}

static void drop(struct guard *g, struct watch *w)
{
    struct watch **at = &g->buckets[w->hash % BUCKETS];
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    unlink_age(g, w);
    g->count--;
    free(w);
}

static void make_room(struct guard *g)
{
    struct watch *w = g->oldest;
    int64_t now = clock_mono(g->clock);
    for (int i = 0; i < SPARE && w && w->until_ms > now; i++)
        w = w->newer;
    drop(g, w && w->until_ms <= now ? w : g->oldest);
}

static struct watch *find_or_add(struct guard *g, enum kind kind, const struct network *source, const char *user)
{
    struct watch *w = find(g, kind, source, user);
    size_t size = strlen(user) + 1;
    if (w) {
        unlink_age(g, w);
        link_newest(g, w);
        return w;
    }
    if (g->count >= MOST)
        make_room(g);
    w = calloc(1, sizeof *w + size);
    if (!w)
        abort();
    w->hash = hash_of(kind, source, user);
    w->kind = kind;
    if (kind != OF_USER)
        w->source = *source;
    memcpy(w->user, user, size);
    w->proved_ms = w->checked_ms = INT64_MIN / 2;
    w->next = g->buckets[w->hash % BUCKETS];
    g->buckets[w->hash % BUCKETS] = w;
    link_newest(g, w);
    g->count++;
    return w;
}

/* ---- bans ---- */

static bool is_banned(const struct guard *g, const struct watch *w) { return w && w->until_ms > clock_mono(g->clock); }

static struct sip_ban ban_of(const struct guard *g, const struct watch *w)
{
    return (struct sip_ban){
        .source = w->source,
        .user = w->user,
        .until_wall_ms = clock_wall(g->clock) + w->until_ms - clock_mono(g->clock),
        .refused = w->refused,
    };
}

static void log_ban(const struct watch *w, int64_t for_ms)
{
    char source[NETWORK_TEXT] = "anywhere";
    if (w->kind != OF_USER)
        network_text(&w->source, source);
    log_warn("guard", "%s%s%s from %s is not answered for %lld min: %u wrong credentials", w->user[0] ? "\"" : "",
             w->user[0] ? w->user : "everybody", w->user[0] ? "\"" : "", source, (long long)(for_ms / 60000),
             most_failures[w->kind]);
}

static void start_ban(struct guard *g, struct watch *w)
{
    int64_t for_ms = FIRST_BAN_MS;
    for (unsigned i = 0; i < w->bans && for_ms < LONGEST_BAN_MS; i++)
        for_ms *= 2;
    if (for_ms > LONGEST_BAN_MS)
        for_ms = LONGEST_BAN_MS;
    w->bans++;
    w->failures = 0;
    w->refused = 0;
    w->until_ms = clock_mono(g->clock) + for_ms;
    log_ban(w, for_ms);
    if (w->kind == OF_SOURCE) {
        struct sip_ban ban = ban_of(g, w);
        g->port.banned(g->port.owner, &ban, false);
    }
}

static void count_failure(struct guard *g, struct watch *w)
{
    int64_t now = clock_mono(g->clock);
    if (w->failures == 0 || now - w->window_ms > WINDOW_MS) {
        w->failures = 0;
        w->window_ms = now;
    }
    if (++w->failures >= most_failures[w->kind])
        start_ban(g, w);
}

static bool is_allowed(const struct guard *g, const struct network *source)
{
    for (size_t i = 0; i < g->nallowed; i++)
        if (network_holds(&g->allowed[i], source))
            return true;
    return false;
}

void guard_failed(struct guard *g, const struct network *address, const char *user)
{
    struct network source = guard_source(address);
    if (is_allowed(g, address))
        return;
    count_failure(g, find_or_add(g, OF_PAIR, &source, user));
    if (!g->port.is_trunk(g->port.owner, address))
        count_failure(g, find_or_add(g, OF_SOURCE, &source, ""));
    count_failure(g, find_or_add(g, OF_USER, &source, user));
}

/* Kept only where somebody has failed: who registers is known by its binding. The source's own count stays, or an
 * attacker with one account could guess on for ever. */
void guard_proved(struct guard *g, const struct network *address, const char *user)
{
    struct network source = guard_source(address);
    struct watch *pair;
    if (!find(g, OF_SOURCE, &source, "") && !find(g, OF_USER, &source, user))
        return;
    pair = find_or_add(g, OF_PAIR, &source, user);
    pair->failures = pair->bans = 0;
    pair->until_ms = 0;
    pair->proved_ms = clock_mono(g->clock);
}

/* ---- who is answered ---- */

static struct by_hand *hand_of(struct guard *g, const struct network *address)
{
    int64_t now = clock_wall(g->clock);
    for (size_t i = 0; i < g->nhand; i++)
        if ((!g->hand[i].until_wall_ms || g->hand[i].until_wall_ms > now) && network_holds(&g->hand[i].source, address))
            return &g->hand[i];
    return NULL;
}

bool guard_is_wary(const struct guard *g) { return g->nhand > 0 || g->count > 0; }

/* Who has proved itself here is answered all the same, but cannot be used to guess fast. */
static bool admits_proved(struct guard *g, const struct network *source, const char *user, bool with_credentials)
{
    int64_t now = clock_mono(g->clock);
    struct watch *pair = find(g, OF_PAIR, source, user);
    bool proved = pair && now - pair->proved_ms < PROVED_MS;
    if (!proved && !g->port.registered(g->port.owner, user, source))
        return false;
    if (!with_credentials)
        return true;
    pair = find_or_add(g, OF_PAIR, source, user);
    if (now - pair->checked_ms < CHECK_MS)
        return false;
    pair->checked_ms = now;
    return true;
}

/* A trunk's calls show no credentials. */
static bool is_spared(const struct guard *g, const struct watch *ban, const struct network *address,
                      bool with_credentials)
{
    return (ban->kind == OF_SOURCE || !with_credentials) && g->port.is_trunk(g->port.owner, address);
}

bool guard_admits(struct guard *g, const struct network *address, const char *user, bool with_credentials)
{
    struct network source = guard_source(address);
    struct by_hand *hand = hand_of(g, address);
    if (hand) {
        hand->refused++;
        return false;
    }
    if (g->count == 0 || is_allowed(g, address))
        return true;
    struct watch *bans[] = { find(g, OF_SOURCE, &source, ""), find(g, OF_PAIR, &source, user),
                             find(g, OF_USER, &source, user) };
    for (size_t i = 0; i < sizeof bans / sizeof *bans; i++) {
        if (!is_banned(g, bans[i]) || is_spared(g, bans[i], address, with_credentials))
            continue;
        if (admits_proved(g, &source, user, with_credentials))
            return true;
        bans[i]->refused++;
        return false;
    }
    return true;
}

/* ---- what operators see and do ---- */

static void forget_ended(struct guard *g)
{
    int64_t now = clock_wall(g->clock);
    size_t kept = 0;
    for (size_t i = 0; i < g->nhand; i++)
        if (!g->hand[i].until_wall_ms || g->hand[i].until_wall_ms > now)
            g->hand[kept++] = g->hand[i];
    g->nhand = kept;
}

static enum err ban_by_hand(struct guard *g, const struct network *source, int64_t until_wall_ms)
{
    struct by_hand *at = g->hand;
    forget_ended(g);
    while (at < g->hand + g->nhand && (at->source.bits != source->bits || !network_holds(&at->source, source)))
        at++;
    if (at == g->hand + GUARD_BANS_BY_HAND)
        return ERR_LIMIT;
    if (at == g->hand + g->nhand)
        g->nhand++;
    *at = (struct by_hand){ .source = *source, .until_wall_ms = until_wall_ms };
    return ERR_OK;
}

enum err guard_ban(struct guard *g, const struct network *source, int64_t until_wall_ms, bool by_hand)
{
    int64_t left = until_wall_ms - clock_wall(g->clock);
    if (by_hand)
        return ban_by_hand(g, source, until_wall_ms);
    if (left > 0) {
        struct network whose = guard_source(source);
        struct watch *w = find_or_add(g, OF_SOURCE, &whose, "");
        w->until_ms = clock_mono(g->clock) + left;
        w->bans++;
    }
    return ERR_OK;
}

static void tell_gone(struct guard *g, const struct network *source)
{
    struct sip_ban ban = { .source = *source, .user = "" };
    g->port.banned(g->port.owner, &ban, true);
}

static bool unban_by_hand(struct guard *g, const struct network *source)
{
    size_t kept = 0, had = g->nhand;
    for (size_t i = 0; i < had; i++)
        if (g->hand[i].source.bits != source->bits || !network_holds(&g->hand[i].source, source))
            g->hand[kept++] = g->hand[i];
    g->nhand = kept;
    return kept < had;
}

/* Counters go with the ban: whoever was let in again begins anew. */
bool guard_unban(struct guard *g, const struct network *source)
{
    bool found = unban_by_hand(g, source);
    for (struct watch *w = g->oldest, *newer; w; w = newer) {
        newer = w->newer;
        if (w->kind == OF_USER || !network_holds(source, &w->source))
            continue;
        found = found || is_banned(g, w);
        if (w->kind == OF_SOURCE && is_banned(g, w))
            tell_gone(g, &w->source);
        drop(g, w);
    }
    tell_gone(g, source);
    return found;
}

bool guard_unban_user(struct guard *g, const char *user)
{
    bool found = false;
    for (struct watch *w = g->oldest, *newer; w; w = newer) {
        newer = w->newer;
        if (w->kind == OF_SOURCE || strcmp(w->user, user) != 0)
            continue;
        found = found || is_banned(g, w);
        drop(g, w);
    }
    return found;
}

void guard_each(const struct guard *g, void (*each)(const struct sip_ban *ban, void *arg), void *arg)
{
    int64_t now = clock_wall(g->clock);
    for (size_t i = 0; i < g->nhand; i++) {
        const struct by_hand *h = &g->hand[i];
        struct sip_ban ban = { h->source, "", true, h->until_wall_ms, h->refused };
        if (!h->until_wall_ms || h->until_wall_ms > now)
            each(&ban, arg);
    }
    for (const struct watch *w = g->newest; w; w = w->older) {
        struct sip_ban ban = ban_of(g, w);
        if (is_banned(g, w))
            each(&ban, arg);
    }
}
