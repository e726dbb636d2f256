/* The loop's side: requests go to the web thread, answers come back, each at most once. */
#include "sipfront/web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sipfront/web/inner.h"

enum { MOST_RUNNING = 64, MOST_WAITING = 256, MOST_BYTES = 256 * 1024 };

static char *copy(const char *s)
{
    char *p = s ? strdup(s) : NULL;
    if (s && !p)
        abort(); /* as in vm/base/str.h */
    return p;
}

static void job_free(struct web_job *j)
{
    curl_slist_free_all(j->headers);
    if (j->body.p)
        explicit_bzero(j->body.p, j->body.len); /* it may hold what a caller has revealed */
    sbuf_free(&j->body);
    sbuf_free(&j->answer.body);
    free(j->answer.location);
    free(j->method);
    free(j->url);
    free(j);
}

static void count(struct web_stats *s, enum web_end how)
{
    s->answered += how == WEB_ANSWERED;
    s->timed_out += how == WEB_TIMEOUT;
    s->failed += how == WEB_FAILED;
}

/* Tells who waits, if anybody does. */
static void tell(struct web_job *j, const struct web_answer *a)
{
    web_done_cb *done = j->done;
    j->done = NULL;
    clock_stop(loop_clock(j->web->loop), &j->timer);
    if (!done)
        return;
    count(&j->web->stats, a->how);
    done(a, j->owner);
}

void web_job_returned(void *job)
{
    struct web_job *j = job;
    j->web->stats.under_way--;
    tell(j, &j->answer);
    job_free(j);
}

static void cancel(struct web_job *j)
{
    struct web *w = j->web;
    pthread_mutex_lock(&w->lock);
    vec_push(&w->cancelled, j->id);
    pthread_mutex_unlock(&w->lock);
    curl_multi_wakeup(w->multi);
}

static void on_timeout(void *arg)
{
    struct web_job *j = arg;
    static const struct web_answer answer = { .how = WEB_TIMEOUT };
    j->timer = NULL;
    cancel(j);
    tell(j, &answer);
}

void web_stop(struct web_job **jp)
{
    struct web_job *j = *jp;
    *jp = NULL;
    if (!j)
        return;
    j->done = NULL;
    clock_stop(loop_clock(j->web->loop), &j->timer);
    cancel(j);
}

static struct web_job *job_new(struct web *w, const struct web_request *rq)
{
    struct web_job *j = calloc(1, sizeof *j);
    if (!j)
        abort();
    j->web = w;
    j->id = ++w->next_id;
    j->done = rq->done;
    j->owner = rq->owner;
    j->read = rq->read;
    j->timeout_ms = rq->timeout_ms;
    j->method = copy(rq->method);
    j->url = copy(rq->url);
    for (unsigned i = 0; i < rq->nheaders; i++)
        j->headers = curl_slist_append(j->headers, rq->headers[i]);
    j->has_body = rq->body.p != NULL;
    sbuf_str(&j->body, rq->body);
    return j;
}

static void submit(struct web *w, struct web_job *j)
{
    pthread_mutex_lock(&w->lock);
    *w->last_submitted = j;
    w->last_submitted = &j->next;
    pthread_mutex_unlock(&w->lock);
    curl_multi_wakeup(w->multi);
}

struct web_job *web_ask(struct web *w, const struct web_request *rq)
{
    struct web_job *j = job_new(w, rq);
    w->stats.asked++;
    if (w->stats.under_way++ >= w->most_running + w->most_waiting) {
        w->stats.refused++;
        j->answer.how = WEB_FAILED;
        snprintf(j->answer.why, sizeof j->answer.why, "too many requests are under way");
        loop_post(w->loop, web_job_returned, j);
        return j;
    }
    j->timer = clock_start(loop_clock(w->loop), rq->timeout_ms, on_timeout, j);
    submit(w, j);
    return j;
}

void web_stats(const struct web *w, struct web_stats *out) { *out = w->stats; }

static enum err init(struct web *w, const struct web_params *p)
{
    w->loop = p->loop;
    w->ca_file = copy(p->ca_file);
    w->most_running = p->most_running ? p->most_running : MOST_RUNNING;
    w->most_waiting = p->most_waiting ? p->most_waiting : MOST_WAITING;
    w->most_bytes = p->most_bytes ? p->most_bytes : MOST_BYTES;
    w->nreachable = p->nreachable;
    w->reachable = calloc(p->nreachable + 1, sizeof *w->reachable);
    if (!w->reachable)
        return ERR_NOMEM;
    if (p->nreachable)
        memcpy(w->reachable, p->reachable, p->nreachable * sizeof *w->reachable);
    if (w->ca_file && access(w->ca_file, R_OK) != 0)
        return ERR_IO;
    return web_thread_start(w);
}

enum err web_new(struct web **out, const struct web_params *p)
{
    struct web *w = calloc(1, sizeof *w);
    *out = NULL;
    if (!w)
        return ERR_NOMEM;
    pthread_mutex_init(&w->lock, NULL);
    w->last_submitted = &w->submitted;
    enum err e = init(w, p);
    if (e)
        web_free(&w);
    *out = w;
    return e;
}

void web_free(struct web **wp)
{
    struct web *w = *wp;
    *wp = NULL;
    if (!w)
        return;
    web_thread_stop(w);
    loop_drain(w->loop); /* the jobs on their way back */
    pthread_mutex_destroy(&w->lock);
    vec_free(&w->cancelled);
    free(w->reachable);
    free(w->ca_file);
    free(w);
}
