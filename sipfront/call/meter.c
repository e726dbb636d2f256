#include "sipfront/call/meter.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vm/base/vec.h"

enum { SLICE_MS = 30000, MINUTE_MS = 60000 };

/* A Connection's day, ahead of what the directory has stored. */
struct account {
    char *user;
    int64_t day, used_ms, spent;
    unsigned calls;
};

struct meters {
    struct directory *directory;
    const struct clock *clock;
    VEC(struct account *) accounts;
};

struct meter_use {
    struct meters *m;
    struct account *account;
    struct meter_ask ask;
    int64_t day;      /* on which the slices below were taken */
    int64_t taken_ms; /* that day, for this call */
    int64_t taken_cost;
    int64_t from_ms;      /* monotonic: since when it talks on that day; 0 not yet */
    int64_t earlier_cost; /* on days before */
    struct clock_timer *slice_over;
    enum meter_verdict why; /* told by cut() */
};

const char *meter_name(enum meter_verdict v)
{
    static const char *const names[] = {
        [METER_GOES] = "", [METER_MINUTES] = "minutes", [METER_SPEND] = "spend", [METER_CALLS] = "calls"
    };
    return names[v];
}

const char *meter_text(enum meter_verdict v)
{
    static const char *const texts[] = { [METER_GOES] = "",
                                         [METER_MINUTES] = "the minutes of today are used up",
                                         [METER_SPEND] = "the amount for today is spent",
                                         [METER_CALLS] = "too many outside calls at a time" };
    return texts[v];
}

/* Days as the clock on the wall counts them: a new one begins at local midnight. */
static int64_t today(const struct clock *clock)
{
    time_t t = (time_t)(clock_wall(clock) / 1000);
    struct tm tm;
    localtime_r(&t, &tm);
    tm.tm_isdst = 0;
    return (int64_t)timegm(&tm) / 86400;
}

struct meters *meters_new(struct directory *d, const struct clock *clock)
{
    struct meters *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    m->directory = d;
    m->clock = clock;
    return m;
}

void meters_free(struct meters **mp)
{
    struct meters *m = *mp;
    *mp = NULL;
    if (!m)
        return;
    for (size_t i = 0; i < m->accounts.len; i++) {
        free(m->accounts.items[i]->user);
        free(m->accounts.items[i]);
    }
    vec_free(&m->accounts);
    free(m);
}

static struct account *find(const struct meters *m, const char *user)
{
    for (size_t i = 0; i < m->accounts.len; i++)
        if (strcmp(m->accounts.items[i]->user, user) == 0)
            return m->accounts.items[i];
    return NULL;
}

static void turn_day(struct account *a, int64_t day)
{
    if (a->day == day)
        return;
    a->day = day;
    a->used_ms = a->spent = 0;
}

/* The account as it is today; made from what is stored when it is first wanted. */
static struct account *open_account(struct meters *m, const char *user)
{
    struct account *a = find(m, user);
    const struct dial_usage *stored = directory_dial_usage(m->directory, user);
    if (!a) {
        a = calloc(1, sizeof *a);
        if (!a || !(a->user = strdup(user)))
            abort();
        if (stored)
            a->day = stored->day, a->used_ms = stored->used_ms, a->spent = stored->spent;
        vec_push(&m->accounts, a);
    }
    turn_day(a, today(m->clock));
    return a;
}

static void store(struct meters *m, const struct account *a)
{
    struct dial_usage u = { a->user, a->day, a->used_ms, a->spent };
    directory_put_usage(m->directory, &u, (struct directory_done){ 0 });
}

/* Rounded up: nobody talks for nothing. */
static int64_t cost_of(int64_t ms, int64_t rate) { return (ms * rate + MINUTE_MS - 1) / MINUTE_MS; }

void meter_follow(struct meter_use *u, void (*cut)(enum meter_verdict why, void *owner), void *owner)
{
    u->ask.cut = cut;
    u->ask.owner = owner;
}

/* How much of a slice the account still gives; *why when it is nothing. */
static int64_t room(const struct meters *m, const struct meter_use *u, enum meter_verdict *why)
{
    const struct account *a = u->account;
    const struct dial_rule *r = directory_dial_rule(m->directory, a->user);
    int64_t ms = SLICE_MS, left;
    *why = METER_GOES;
    if (u->ask.exempt || !r)
        return ms;
    if (r->minutes_a_day && (left = r->minutes_a_day * MINUTE_MS - a->used_ms) < ms) {
        ms = left;
        *why = METER_MINUTES;
    }
    if (r->spend_a_day && u->ask.rate && (left = (r->spend_a_day - a->spent) * MINUTE_MS / u->ask.rate) < ms) {
        ms = left;
        *why = METER_SPEND;
    }
    return ms > 0 ? ms : 0;
}

/* Takes the next slice; 0 and *why when there is none. */
static int64_t take(struct meter_use *u, enum meter_verdict *why)
{
    struct account *a = u->account;
    int64_t ms = room(u->m, u, why);
    if (!ms)
        return 0;
    *why = METER_GOES;
    int64_t cost = cost_of(u->taken_ms + ms, u->ask.rate) - u->taken_cost;
    u->taken_ms += ms;
    u->taken_cost += cost;
    a->used_ms += ms;
    a->spent += cost;
    store(u->m, a);
    return ms;
}

static void on_slice_over(void *owner)
{
    struct meter_use *u = owner;
    int64_t now = today(u->m->clock);
    enum meter_verdict why;
    u->slice_over = NULL;
    if (u->day != now) { /* what was taken before midnight is used up, and stays with its day */
        turn_day(u->account, now);
        u->earlier_cost += u->taken_cost;
        u->day = now;
        u->taken_ms = u->taken_cost = 0;
        u->from_ms = clock_mono(u->m->clock);
    }
    int64_t ms = take(u, &why);
    if (ms)
        u->slice_over = clock_start(u->m->clock, ms, on_slice_over, u);
    else
        u->ask.cut(why, u->ask.owner);
}

enum meter_verdict meter_begin(struct meter_use **out, struct meters *m, const struct meter_ask *ask)
{
    struct account *a = open_account(m, ask->user);
    const struct dial_rule *r = directory_dial_rule(m->directory, ask->user);
    enum meter_verdict why = METER_GOES;
    *out = NULL;
    if (!ask->exempt && r && r->calls && a->calls >= (uint64_t)r->calls)
        return METER_CALLS;
    struct meter_use *u = calloc(1, sizeof *u);
    if (!u)
        abort();
    *u = (struct meter_use){ .m = m, .account = a, .ask = *ask, .day = a->day };
    if (!take(u, &why)) {
        free(u);
        return why;
    }
    a->calls++;
    *out = u;
    return METER_GOES;
}

void meter_answered(struct meter_use *u)
{
    if (!u || u->from_ms)
        return;
    u->from_ms = clock_mono(u->m->clock);
    u->slice_over = clock_start(u->m->clock, u->taken_ms, on_slice_over, u);
}

int64_t meter_end(struct meter_use **up)
{
    struct meter_use *u = *up;
    *up = NULL;
    if (!u)
        return 0;
    struct account *a = u->account;
    int64_t used = u->from_ms ? clock_mono(u->m->clock) - u->from_ms : 0;
    if (used > u->taken_ms)
        used = u->taken_ms;
    int64_t cost = cost_of(used, u->ask.rate);
    clock_stop(u->m->clock, &u->slice_over);
    a->calls--;
    if (a->day == u->day) {
        a->used_ms -= u->taken_ms - used;
        a->spent -= u->taken_cost - cost;
        store(u->m, a);
    }
    cost += u->earlier_cost;
    free(u);
    return cost;
}

void meter_today(const struct meters *m, const char *user, struct meter_today *out)
{
    const struct account *a = find(m, user);
    const struct dial_usage *stored = directory_dial_usage(m->directory, user);
    int64_t day = today(m->clock);
    *out = (struct meter_today){ .calls = a ? a->calls : 0 };
    if (a && a->day == day)
        out->used_ms = a->used_ms, out->spent = a->spent;
    else if (!a && stored && stored->day == day)
        out->used_ms = stored->used_ms, out->spent = stored->spent;
}
