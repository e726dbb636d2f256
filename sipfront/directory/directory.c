/* The directory: queue of changes, their way to the store and back. Reading is in access.c. */
#include "sipfront/directory/directory.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/directory/inside.h"
#include "sipfront/directory/query.h"
#include "vm/base/log.h"

enum {
    MOST_WAITING = 200000, /* changes; more means that the disk cannot follow: they are refused */
    GATHER_MS = 50,
    MOST_BATCHES = 2,
    MOST_TOGETHER = 2000, /* changes of one transaction: what waits behind them is not kept for long */
};

/* The changes of one transaction, alive from their start on the loop until their return to it. */
struct batch {
    struct directory *d; /* NULL: the directory was closed meanwhile */
    struct store *store;
    struct change *list;
};

static void send_next(struct directory *d);

/* A full disk in a storm of registrations: two lines of log, not one a change. */
static void log_outcome(struct directory *d, const struct change *c)
{
    if (c->e == ERR_DB && d->failed++ == 0)
        log_error("directory", "%s; changes are refused until it can", c->why.p);
    if (c->e == ERR_OK && d->failed) {
        log_warn("directory", "the database stores again; %zu changes were refused", d->failed);
        d->failed = 0;
    }
}

/* The box whose messages the change changes; NULL when it is another kind of change. Owned by the caller. */
static char *box_of(struct directory *d, const struct change *c)
{
    const struct message *m = NULL;
    if (c->kind == CHANGE_ADD_MESSAGE)
        m = change_message(c);
    else if (c->kind == CHANGE_MARK_HEARD || c->kind == CHANGE_DELETE_MESSAGE)
        m = directory_message(d, c->key);
    return m ? strdup(m->box) : NULL;
}

static void take_over(struct directory *d, struct change *c)
{
    char *box = d->on_messages ? box_of(d, c) : NULL;
    memory_take(&d->memory, c);
    if (box)
        d->on_messages(box, d->on_messages_arg);
    free(box);
}

void directory_on_messages(struct directory *d, void (*changed)(const char *box, void *arg), void *arg)
{
    d->on_messages = changed;
    d->on_messages_arg = arg;
}

/* Tells the owner, and takes over what was stored. The callback may make further changes. */
static void settle(struct directory *d, struct change *c)
{
    if (!c->e)
        take_over(d, c);
    else
        memory_words(&d->memory, c);
    log_outcome(d, c);
    if (c->done.done)
        c->done.done(c->e, c->e ? c->why.p : "", c->done.arg);
    change_free(&c);
}

static void settle_list(struct directory *d, struct change *list)
{
    while (list) {
        struct change *c = list;
        list = c->next;
        d->waiting--;
        settle(d, c);
    }
}

static void write_batch(void *job)
{
    struct batch *b = job;
    store_write(b->store, b->list);
}

static void on_written(void *job)
{
    struct batch *b = job;
    struct directory *d = b->d;
    struct change *list = b->list;
    free(b);
    if (!d)
        return;
    d->in_flight = NULL;
    settle_list(d, list);
    send_next(d);
}

/* Cuts off the queue's first changes. */
static struct change *take_waiting(struct directory *d)
{
    struct change *first = d->first, *last = first;
    for (int n = 1; n < MOST_TOGETHER && last->next; n++)
        last = last->next;
    d->first = last->next;
    last->next = NULL;
    return first;
}

/* One batch at a time is on its way; what comes meanwhile becomes the next. */
static void send_next(struct directory *d)
{
    if (d->in_flight || !d->first)
        return;
    struct batch *b = calloc(1, sizeof *b);
    if (!b)
        abort(); /* out of memory, as in vm/base/vec.h */
    *b = (struct batch){ .d = d, .store = d->store, .list = take_waiting(d) };
    d->in_flight = b;
    if (workers_submit(d->worker, write_batch, on_written, b))
        abort(); /* the queue has room for one besides the questions, and there is one */
}

static void refuse_now(void *arg)
{
    struct change *c = arg;
    c->done.done(c->e, c->why.p, c->done.arg);
    change_free(&c);
}

/* The one change that does not wait in the line: there is no room in it. */
static void refuse_busy(struct directory *d, struct change *c)
{
    d->refused++;
    if (d->refused == 1)
        log_error("directory", "the database does not follow: %zu changes wait, more are refused", d->waiting);
    if (!c->done.done) {
        change_free(&c);
        return;
    }
    c->e = ERR_BUSY;
    sbuf_fmt(&c->why, "the database does not follow: %zu changes wait", d->waiting);
    loop_post(d->loop, refuse_now, c);
}

static void on_gathered(void *arg)
{
    struct directory *d = arg;
    d->gathering = NULL;
    send_next(d);
}

/* What nobody waits for, such as a refreshed registration, may gather for a moment: one flush to the disk for many. */
void directory_change(struct directory *d, struct change *c)
{
    if (d->waiting >= MOST_WAITING) {
        refuse_busy(d, c);
        return;
    }
    d->refused = 0;
    change_check(c);
    if (d->first)
        d->last->next = c;
    else
        d->first = c;
    d->last = c;
    d->waiting++;
    if (c->done.done)
        send_next(d);
    else if (!d->gathering)
        d->gathering = clock_start(loop_clock(d->loop), GATHER_MS, on_gathered, d);
}

static void load_row(enum row_kind kind, struct row *row, void *memory) { memory_put(memory, kind, row); }

static enum err open_all(struct directory *d, const char *folder, struct sbuf *why)
{
    enum err e = store_open(&d->store, folder, why);
    if (!e)
        e = store_load(d->store, load_row, &d->memory, why);
    if (!e) {
        e = workers_new(&d->worker, d->loop, "directory", 1, MOST_BATCHES + QUERIES_MOST);
        if (e)
            sbuf_fmt(why, "the directory's thread cannot be made: %s", err_text(e));
        else
            notes_begin(d);
    }
    return e;
}

enum err directory_open(struct directory **out, struct loop *l, const char *folder, struct sbuf *why)
{
    struct directory *d = calloc(1, sizeof *d);
    *out = NULL;
    if (!d)
        return ERR_NOMEM;
    d->loop = l;
    enum err e = open_all(d, folder, why);
    if (e)
        directory_close(&d);
    *out = d;
    return e;
}

/* The batch on its way is written once the worker is joined; its return to the loop finds no directory any more. */
static void settle_in_flight(struct directory *d)
{
    struct batch *b = d->in_flight;
    if (!b)
        return;
    struct change *list = b->list;
    b->d = NULL;
    b->list = NULL;
    settle_list(d, list);
}

void directory_close(struct directory **dp)
{
    struct directory *d = *dp;
    if (!d)
        return;
    *dp = NULL;
    clock_stop(loop_clock(d->loop), &d->forget);
    clock_stop(loop_clock(d->loop), &d->gathering);
    workers_free(&d->worker);
    queries_end(d);
    settle_in_flight(d); /* in_flight stays set: changes made by callbacks only join the queue */
    while (d->first) {
        struct change *list = take_waiting(d);
        store_write(d->store, list);
        settle_list(d, list);
    }
    clock_stop(loop_clock(d->loop), &d->gathering); /* begun by a callback just now */
    store_close(&d->store);
    memory_free(&d->memory);
    free(d);
}
