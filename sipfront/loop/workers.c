/* Worker threads over one ring of jobs. */
#include "sipfront/loop/workers.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct job {
    void (*run)(void *job);
    void (*done)(void *job);
    void *job;
};

struct workers {
    struct loop *loop;
    char name[16]; /* the kernel's limit for a thread's name */
    pthread_mutex_t lock;
    pthread_cond_t more;
    bool closing;
    unsigned nthreads;
    pthread_t *threads;
    struct job *ring;
    unsigned most, first, waiting;
};

static bool next_job(struct workers *w, struct job *out)
{
    bool got;
    pthread_mutex_lock(&w->lock);
    while (w->waiting == 0 && !w->closing)
        pthread_cond_wait(&w->more, &w->lock);
    got = w->waiting > 0;
    if (got) {
        *out = w->ring[w->first];
        w->first = (w->first + 1) % w->most;
        w->waiting--;
    }
    pthread_mutex_unlock(&w->lock);
    return got;
}

static void *work(void *arg)
{
    struct workers *w = arg;
    struct job j;
    pthread_setname_np(pthread_self(), w->name);
    while (next_job(w, &j)) {
        j.run(j.job);
        if (j.done)
            loop_post(w->loop, j.done, j.job);
    }
    return NULL;
}

enum err workers_new(struct workers **out, struct loop *l, const char *name, unsigned n, unsigned most)
{
    struct workers *w;
    *out = NULL;
    if (n == 0 || most == 0)
        return ERR_INVALID;
    w = calloc(1, sizeof *w);
    if (!w)
        return ERR_NOMEM;
    w->loop = l;
    w->most = most;
    snprintf(w->name, sizeof w->name, "%s", name);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->more, NULL);
    w->threads = calloc(n, sizeof *w->threads);
    w->ring = calloc(most, sizeof *w->ring);
    while (w->threads && w->ring && w->nthreads < n) {
        if (pthread_create(&w->threads[w->nthreads], NULL, work, w) != 0)
            break;
        w->nthreads++;
    }
    if (w->nthreads < n) {
        workers_free(&w);
        return ERR_NOMEM;
    }
    *out = w;
    return ERR_OK;
}

void workers_free(struct workers **wp)
{
    struct workers *w = *wp;
    if (!w)
        return;
    *wp = NULL;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_broadcast(&w->more);
    pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->nthreads; i++)
        pthread_join(w->threads[i], NULL);
    pthread_cond_destroy(&w->more);
    pthread_mutex_destroy(&w->lock);
    free(w->threads);
    free(w->ring);
    free(w);
}

enum err workers_submit(struct workers *w, void (*run)(void *job), void (*done)(void *job), void *job)
{
    enum err e = ERR_BUSY;
    if (!w)
        return e;
    pthread_mutex_lock(&w->lock);
    if (w->waiting < w->most) {
        w->ring[(w->first + w->waiting++) % w->most] = (struct job){ run, done, job };
        pthread_cond_signal(&w->more);
        e = ERR_OK;
    }
    pthread_mutex_unlock(&w->lock);
    return e;
}

unsigned workers_waiting(const struct workers *w)
{
    unsigned n;
    pthread_mutex_lock((pthread_mutex_t *)&w->lock);
    n = w->waiting;
    pthread_mutex_unlock((pthread_mutex_t *)&w->lock);
    return n;
}
