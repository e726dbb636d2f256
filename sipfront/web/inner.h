/* What the two sides of the web client share: web.c (loop) and thread.c (libcurl). Private to this folder. A job is the
 * loop's, the web thread's from job_submit() until it is posted back, then the loop's again, which frees it. */
#ifndef SIPFRONT_WEB_INNER_H
#define SIPFRONT_WEB_INNER_H

#include <pthread.h>

#include <curl/curl.h>

#include "sipfront/web/guard.h"
#include "sipfront/web/web.h"
#include "vm/base/vec.h"

struct web_job {
    struct web *web;
    struct web_job *next; /* in one list of the web thread, or in the queue to it */
    uint64_t id;
    /* loop */
    struct clock_timer *timer;
    web_done_cb *done; /* NULL: nobody waits for it any more */
    void *owner;
    /* constant while the web thread has it */
    char *method, *url;
    struct curl_slist *headers;
    struct sbuf body;
    bool has_body;
    int64_t timeout_ms;
    web_read_fn *read;
    /* web thread */
    CURL *easy; /* NULL: it waits for its turn */
    struct web_answer answer;
    char error[CURL_ERROR_SIZE];
    bool too_big; /* why libcurl gave up on our behalf, or the guard's reason */
    struct guard guard;
};

struct web {
    /* constant once the thread runs */
    struct loop *loop;
    char *ca_file;
    struct address_range *reachable;
    unsigned nreachable, most_running, most_waiting;
    size_t most_bytes;
    CURLM *multi;
    pthread_t thread;
    bool started;
    /* loop */
    uint64_t next_id;
    struct web_stats stats;
    /* both */
    pthread_mutex_t lock;
    struct web_job *submitted, **last_submitted; /* in order */
    VEC(uint64_t) cancelled;
    bool closing;
    /* web thread */
    struct web_job *waiting, *running;
    unsigned nrunning;
};

/* thread.c */
enum err web_thread_start(struct web *w) MUST_USE;
void web_thread_stop(struct web *w); /* posts all jobs back, joins */
/* Loop: web.c */
void web_job_returned(void *job);

#endif
