#include "sipfront/call/outside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/far_outside.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/directory/trunk_lists.h"
#include "vm/base/log.h"

enum { MOST_GATEWAYS = 16, MOST_SOURCES = 64 };

static char *copy(const char *s, const char *usual)
{
    char *p = strdup(s ? s : usual);
    if (!p)
        abort();
    return p;
}

/* ---- opening ---- */

static void note_secret(const struct trunk_settings *t, void *arg) { *(bool *)arg |= *t->secret != '\0'; }

static enum err open_key(struct server *s, const struct server_params *p, struct sbuf *why)
{
    struct sbuf path = { 0 };
    bool sealed = false;
    if (p->outside.server_key)
        sbuf_cstr(&path, p->outside.server_key);
    else
        sbuf_fmt(&path, "%s/server.key", p->data);
    enum err e = keyring_open(&s->outside.keyring, path.p, why);
    directory_each_trunk(s->directory, note_secret, &sealed);
    if (!e && !keyring_count(s->outside.keyring) && !sealed) {
        e = keyring_add(s->outside.keyring);
        if (!e)
            e = keyring_write(s->outside.keyring, why);
    } else if (!e && !keyring_count(s->outside.keyring)) {
        log_error("trunk", "the server key %s is missing: passwords of trunks cannot be read", path.p);
    }
    sbuf_free(&path);
    return e;
}

enum err outside_open(struct server *s, const struct server_params *p, struct sbuf *why)
{
    s->outside.numbering = (struct numbering){
        .country = copy(p->outside.country, ""),
        .national = copy(p->outside.national_prefix, "0"),
        .international = copy(p->outside.international_prefix, "00"),
        .emergency = copy(p->outside.emergency, "112,911,999"),
    };
    s->outside.meters = meters_new(s->directory, loop_clock(s->loop));
    return open_key(s, p, why);
}

void outside_close(struct server *s)
{
    const struct numbering *n = &s->outside.numbering;
    const char *texts[] = { n->country, n->national, n->international, n->emergency };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((char *)(uintptr_t)texts[i]);
    meters_free(&s->outside.meters);
    keyring_free(&s->outside.keyring);
}

/* ---- trunks ---- */

static enum trunk_transport transport_of(const char *name)
{
    return strcmp(name, "tls") == 0    ? TRUNK_TLS
           : strcmp(name, "tcp") == 0  ? TRUNK_TCP
           : strcmp(name, "auto") == 0 ? TRUNK_AUTO
                                       : TRUNK_UDP;
}

/* The lists of a row, read: storage for struct trunk_params. */
struct lists {
    struct gateway read[MOST_GATEWAYS];
    struct trunk_gateway gateways[MOST_GATEWAYS];
    struct network sources[MOST_SOURCES];
    struct gateway first;
};

static void read_gateways(struct lists *l, const struct trunk_settings *t, struct trunk_params *p)
{
    const char *at = *t->proxy ? t->proxy : t->gateways;
    struct str item;
    while (p->ngateways < MOST_GATEWAYS && list_next(&at, &item)) {
        struct gateway *g = &l->read[p->ngateways];
        if (gateway_read(g, item))
            l->gateways[p->ngateways++] = (struct trunk_gateway){ g->host, g->port, g->priority, g->weight };
    }
    at = t->gateways;
    if (!*t->domain && list_next(&at, &item) && gateway_read(&l->first, item))
        p->domain = l->first.host;
}

static void read_sources(struct lists *l, const struct trunk_settings *t, struct trunk_params *p)
{
    const char *at = t->sources;
    char text[NETWORK_TEXT];
    struct str item;
    while (p->nsources < MOST_SOURCES && list_next(&at, &item)) {
        snprintf(text, sizeof text, "%.*s", STR_ARG(item));
        if (network_parse(&l->sources[p->nsources], text) == ERR_OK)
            p->nsources++;
    }
}

static void start(struct server *s, const struct trunk_settings *t)
{
    struct lists l;
    struct sbuf password = { 0 }, why = { 0 };
    struct trunk *made;
    struct trunk_params p = {
        .name = t->name,
        .domain = t->domain,
        .user = t->user,
        .auth_user = t->auth_user,
        .transport = transport_of(t->transport),
        .gateways = l.gateways,
        .sources = l.sources,
        .registers = t->registers,
        .expires_ms = t->expires_ms,
        .ping_ms = t->ping_ms,
        .patience_ms = t->patience_ms,
        .fault = "",
    };
    read_gateways(&l, t, &p);
    read_sources(&l, t, &p);
    if (*t->secret && secret_open(s->outside.keyring, t->name, t->secret, &password, &why) != ERR_OK) {
        log_error("trunk", "%s: %s", t->name, why.p);
        p.fault = why.p;
    }
    p.password = password.p ? password.p : "";
    if (trunk_new(&made, s->agent, &p) != ERR_OK)
        log_error("trunk", "%s cannot be started", t->name);
    if (password.p)
        explicit_bzero(password.p, password.len);
    sbuf_free(&password);
    sbuf_free(&why);
}

static void start_enabled(const struct trunk_settings *t, void *server)
{
    if (t->enabled)
        start(server, t);
}

void outside_start(struct server *s) { directory_each_trunk(s->directory, start_enabled, s); }

void outside_sync(struct server *s, const char *name)
{
    if (!s->agent) /* the directory is being closed */
        return;
    struct trunk *old = trunk_find(s->agent, name);
    const struct trunk_settings *t = directory_trunk(s->directory, name);
    trunk_free(&old);
    if (t && !s->closing)
        start_enabled(t, s);
}

unsigned outside_calls(const struct server *s, const char *trunk)
{
    unsigned n = 0;
    for (const struct call *c = s->calls; c; c = c->next) {
        n += c->leg && strcmp(fare_trunk(c->fare), trunk) == 0;
        n += dial_on_trunk(c->dial, trunk);
    }
    return n;
}

/* ---- ways ---- */

struct choosing {
    struct server *server;
    const char *number;
    bool emergency;
    struct ways *ways;
    const struct trunk_settings *fit[OUTSIDE_WAYS];
    unsigned nfit;
};

static void note_fit(const struct trunk_settings *t, void *arg)
{
    struct choosing *ch = arg;
    if (!t->enabled || ch->nfit == OUTSIDE_WAYS || !(ch->emergency || list_fits(t->carries, str_of(ch->number))))
        return;
    if (!ch->emergency && t->max_calls && outside_calls(ch->server, t->name) >= (uint64_t)t->max_calls)
        ch->ways->full = true;
    else
        ch->fit[ch->nfit++] = t;
}

/* By priority; those that are down after all that are not; names decide the rest, for the rows come by name. */
static bool goes_before(const struct choosing *ch, const struct trunk_settings *a, const struct trunk_settings *b)
{
    const struct trunk *ta = trunk_find(ch->server->agent, a->name), *tb = trunk_find(ch->server->agent, b->name);
    struct trunk_status sa = { .state = TRUNK_DOWN }, sb = { .state = TRUNK_DOWN };
    if (ta)
        trunk_status(ta, &sa);
    if (tb)
        trunk_status(tb, &sb);
    if ((sa.state == TRUNK_DOWN) != (sb.state == TRUNK_DOWN))
        return sb.state == TRUNK_DOWN;
    return a->priority < b->priority;
}

static void sort(struct choosing *ch)
{
    for (unsigned i = 1; i < ch->nfit; i++) {
        const struct trunk_settings *t = ch->fit[i];
        unsigned at = i;
        for (; at > 0 && goes_before(ch, t, ch->fit[at - 1]); at--)
            ch->fit[at] = ch->fit[at - 1];
        ch->fit[at] = t;
    }
}

static void add_ways(struct choosing *ch, const char *name)
{
    struct trunk_target targets[OUTSIDE_WAYS];
    const struct trunk *t = trunk_find(ch->server->agent, name);
    unsigned n = t ? trunk_targets(t, targets, OUTSIDE_WAYS - ch->ways->count) : 0;
    for (unsigned i = 0; i < n; i++) {
        struct way *w = &ch->ways->list[ch->ways->count++];
        snprintf(w->trunk, sizeof w->trunk, "%s", name);
        w->target = targets[i];
    }
}

void outside_ways(struct server *s, const char *number, struct ways *out)
{
    struct choosing ch = {
        .server = s, .number = number, .emergency = numbering_is_emergency(&s->outside.numbering, number), .ways = out
    };
    *out = (struct ways){ .count = 0 };
    directory_each_trunk(s->directory, note_fit, &ch);
    sort(&ch);
    for (unsigned i = 0; i < ch.nfit; i++)
        add_ways(&ch, ch.fit[i]->name);
}

const char *outside_caller(const struct server *s, const char *user, const char *wanted, const char *trunk)
{
    const struct number *n = wanted && *wanted ? directory_number(s->directory, wanted) : NULL;
    const struct trunk_settings *t = directory_trunk(s->directory, trunk);
    if (!n || strcmp(n->user, user) != 0)
        n = directory_number_of(s->directory, user);
    return n ? n->digits : t ? t->number : "";
}
