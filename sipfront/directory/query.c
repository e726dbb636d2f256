/* Questions that only the store can answer: their way to it and back. */
#include "sipfront/directory/query.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/directory/inside.h"

static void query_free(struct query *q)
{
    for (size_t i = 0; i < q->texts.len; i++)
        free(q->texts.items[i]);
    vec_free(&q->texts);
    free(q->box);
    free(q->text);
    sbuf_free(&q->why);
    free(q);
}

static void tell(struct query *q)
{
    q->found.found(q->e, q->e && q->why.p ? q->why.p : "", (const char *const *)q->texts.items, q->texts.len,
                   q->found.arg);
}

static void forget(struct directory *d, const struct query *q)
{
    struct query **at = &d->asked;
    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    d->nasked--;
}

static void run_query(void *job)
{
    struct query *q = job;
    store_ask(q->store, q);
}

static void on_answered(void *job)
{
    struct query *q = job;
    if (q->d) {
        forget(q->d, q);
        tell(q);
    }
    query_free(q);
}

static void refuse(void *job)
{
    struct query *q = job;
    tell(q);
    query_free(q);
}

static void refuse_later(struct directory *d, struct query *q, enum err e)
{
    q->e = e;
    loop_post(d->loop, refuse, q);
}

void queries_end(struct directory *d)
{
    while (d->asked) {
        struct query *q = d->asked;
        forget(d, q);
        q->d = NULL;
        q->found.found(ERR_BUSY, "the server is stopping", NULL, 0, q->found.arg);
    }
}

static char *copy(const char *s)
{
    char *p = strdup(s ? s : "");
    if (!p)
        abort();
    return p;
}

static struct query *query_new(struct directory *d, enum query_kind kind, struct directory_found found)
{
    struct query *q = calloc(1, sizeof *q);
    if (!q)
        abort();
    *q = (struct query){ .store = d->store, .kind = kind, .found = found };
    return q;
}

static void submit(struct directory *d, struct query *q)
{
    if (d->nasked >= QUERIES_MOST) {
        sbuf_fmt(&q->why, "%d questions are being answered: try again", QUERIES_MOST);
        refuse_later(d, q, ERR_BUSY);
        return;
    }
    q->d = d;
    q->next = d->asked;
    d->asked = q;
    d->nasked++;
    if (workers_submit(d->worker, run_query, on_answered, q))
        abort(); /* the queue has room for all of them */
}

void directory_search(struct directory *d, const char *box, const char *text, struct directory_found found)
{
    struct query *q = query_new(d, QUERY_SEARCH, found);
    struct sbuf fts = { 0 };
    enum err e = search_translate(text, &fts, &q->why);
    q->box = copy(box);
    q->text = copy(fts.p);
    sbuf_free(&fts);
    if (e)
        refuse_later(d, q, e);
    else
        submit(d, q);
}

void directory_words(struct directory *d, const char *id, struct directory_found found)
{
    struct query *q = query_new(d, QUERY_WORDS, found);
    q->box = copy("");
    q->text = copy(id);
    submit(d, q);
}
