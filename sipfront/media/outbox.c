#include "sipfront/media/outbox.h"

#include <pthread.h>
#include <stdlib.h>

struct outbox {
    struct outbox *orphan; /* the next in `orphans` */
    struct loop *loop;
    void (*deliver)(const struct event *e);
    pthread_mutex_t lock; /* guards what follows */
    struct event *first, **last;
    unsigned runs; /* of outbox_run() that are to come */
    bool urgent;   /* and the loop was waked for one */
    bool freed;    /* and the last of them frees the rest */
};

enum err outbox_new(struct outbox **out, struct loop *l, void (*deliver)(const struct event *e))
{
    struct outbox *o = calloc(1, sizeof *o);

    *out = o;
    if (!o)
        return ERR_NOMEM;
    o->loop = l;
    o->deliver = deliver;
    o->last = &o->first;
    pthread_mutex_init(&o->lock, NULL);
    return ERR_OK;
}

/* Freed, but a posted function will still come for them: kept findable. Loop thread. */
static struct outbox *orphans;

static struct event *take(struct outbox *o)
{
    struct event *list = o->first;

    o->first = NULL;
    o->last = &o->first;
    return list;
}

static void deliver_all(struct outbox *o, struct event *list)
{
    while (list) {
        struct event *e = list;
        list = e->next;
        o->deliver(e);
        free(e);
    }
}

static void destroy(struct outbox *o)
{
    pthread_mutex_destroy(&o->lock);
    free(o);
}

static void destroy_orphan(struct outbox *o)
{
    struct outbox **at = &orphans;

    while (*at != o)
        at = &(*at)->orphan;
    *at = o->orphan;
    destroy(o);
}

static void outbox_run(void *arg)
{
    struct outbox *o = arg;
    struct event *list;
    bool last;

    pthread_mutex_lock(&o->lock);
    list = take(o);
    o->urgent = false;
    last = --o->runs == 0 && o->freed;
    pthread_mutex_unlock(&o->lock);
    if (last)
        destroy_orphan(o);
    else
        deliver_all(o, list); /* nothing, when it is freed */
}

void outbox_put(struct outbox *o, const struct event *e)
{
    struct event *copy = malloc(sizeof *copy);
    bool post, urgent = e->kind != EVENT_GONE; /* nobody waits for what only frees memory */

    if (!copy)
        abort(); /* as loop_post() */
    *copy = *e;
    copy->next = NULL;
    pthread_mutex_lock(&o->lock);
    *o->last = copy;
    o->last = &copy->next;
    post = urgent ? !o->urgent : o->runs == 0;
    o->urgent |= urgent;
    o->runs += post;
    pthread_mutex_unlock(&o->lock);
    if (post && urgent)
        loop_post(o->loop, outbox_run, o);
    else if (post)
        loop_leave(o->loop, outbox_run, o);
}

void outbox_free(struct outbox **op)
{
    struct outbox *o = *op;
    bool posted;

    *op = NULL;
    if (!o)
        return;
    deliver_all(o, take(o));
    pthread_mutex_lock(&o->lock);
    posted = o->runs > 0;
    o->freed = true;
    pthread_mutex_unlock(&o->lock);
    if (!posted) {
        destroy(o);
        return;
    }
    o->orphan = orphans;
    orphans = o;
}
