/* The web thread: libcurl's multi interface. What it is told by the loop it finds in a queue; libcurl is woken for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sipfront/web/inner.h"
#include "vm/base/log.h"

enum { IDLE_MS = 1000, GRACE_MS = 1000 /* beyond the loop's own limit, which comes first */ };

/* ---- what libcurl asks while it works ---- */

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct web_job *j = arg;
    j->too_big = size * n > j->web->most_bytes - j->answer.body.len;
    if (j->too_big)
        return 0; /* libcurl gives up */
    sbuf_add(&j->answer.body, bytes, size * n);
    return size * n;
}

/* ---- one request ---- */

static void set_security(CURL *easy, const struct web *w)
{
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (w->ca_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, w->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
}

static void set_body(CURL *easy, const struct web_job *j)
{
    if (j->has_body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)j->body.len);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, j->body.p ? j->body.p : "");
    }
    if (strcmp(j->method, "HEAD") == 0)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, j->method);
}

static bool begin(struct web *w, struct web_job *j)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return false;
    j->guard = (struct guard){ .reachable = w->reachable, .nreachable = w->nreachable };
    guard_request(easy, &j->guard);
    set_security(easy, w);
    set_body(easy, j);
    curl_easy_setopt(easy, CURLOPT_URL, j->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, j->headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Call Flow");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* never waits for a resolver that does not answer */
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(j->timeout_ms + GRACE_MS));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, j->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, j);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, j);
    if (curl_multi_add_handle(w->multi, easy) != CURLM_OK) {
        curl_easy_cleanup(easy);
        return false;
    }
    j->easy = easy;
    return true;
}

static void let_go(struct web *w, struct web_job *j)
{
    if (!j->easy)
        return;
    curl_multi_remove_handle(w->multi, j->easy);
    curl_easy_cleanup(j->easy);
    j->easy = NULL;
}

/* ---- its end ---- */

static void note_answer(struct web_job *j)
{
    long status = 0;
    char *text = NULL;
    struct web_answer *a = &j->answer;
    a->how = WEB_ANSWERED;
    curl_easy_getinfo(j->easy, CURLINFO_RESPONSE_CODE, &status);
    a->status = (int)status;
    if (curl_easy_getinfo(j->easy, CURLINFO_REDIRECT_URL, &text) == CURLE_OK && text)
        a->location = strdup(text);
    if (curl_easy_getinfo(j->easy, CURLINFO_CONTENT_TYPE, &text) == CURLE_OK && text)
        snprintf(a->type, sizeof a->type, "%s", text);
    if (j->read)
        j->read(a, j->owner);
}

static void note_failure(struct web_job *j, CURLcode code)
{
    struct web_answer *a = &j->answer;
    a->how = code == CURLE_OPERATION_TIMEDOUT ? WEB_TIMEOUT : WEB_FAILED;
    if (j->too_big)
        snprintf(a->why, sizeof a->why, "the answer is larger than %zu KiB", j->web->most_bytes / 1024);
    else if (j->guard.kept_out)
        snprintf(a->why, sizeof a->why, "the address %s is private", j->guard.address);
    else
        snprintf(a->why, sizeof a->why, "%s", *j->error ? j->error : curl_easy_strerror(code));
}

/* Takes it out of the list. */
static void unlink_job(struct web_job **list, const struct web_job *j)
{
    while (*list != j)
        list = &(*list)->next;
    *list = j->next;
}

static void hand_back(struct web *w, struct web_job *j)
{
    let_go(w, j);
    j->next = NULL;
    loop_post(w->loop, web_job_returned, j);
}

static void take_finished(struct web *w)
{
    int left;
    CURLMsg *m;
    while ((m = curl_multi_info_read(w->multi, &left))) {
        struct web_job *j = NULL;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&j);
        if (code == CURLE_OK)
            note_answer(j);
        else
            note_failure(j, code);
        unlink_job(&w->running, j);
        w->nrunning--;
        hand_back(w, j);
    }
}

/* ---- what the loop wants ---- */

static struct web_job *find(struct web_job *list, uint64_t id)
{
    while (list && list->id != id)
        list = list->next;
    return list;
}

static void drop(struct web *w, uint64_t id)
{
    struct web_job *j = find(w->running, id);
    if (j) {
        unlink_job(&w->running, j);
        w->nrunning--;
    } else if ((j = find(w->waiting, id))) {
        unlink_job(&w->waiting, j);
    } else {
        return; /* it is on its way back already */
    }
    hand_back(w, j);
}

static bool take_orders(struct web *w)
{
    VEC(uint64_t) cancelled = { 0 };
    struct web_job **last = &w->waiting;
    while (*last)
        last = &(*last)->next;
    pthread_mutex_lock(&w->lock);
    *last = w->submitted;
    w->submitted = NULL;
    w->last_submitted = &w->submitted;
    for (size_t i = 0; i < w->cancelled.len; i++)
        vec_push(&cancelled, w->cancelled.items[i]);
    w->cancelled.len = 0;
    bool closing = w->closing;
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < cancelled.len; i++)
        drop(w, cancelled.items[i]);
    vec_free(&cancelled);
    return closing;
}

static void begin_waiting(struct web *w)
{
    while (w->waiting && w->nrunning < w->most_running) {
        struct web_job *j = w->waiting;
        w->waiting = j->next;
        if (!begin(w, j)) {
            j->answer.how = WEB_FAILED;
            snprintf(j->answer.why, sizeof j->answer.why, "out of memory");
            hand_back(w, j);
            continue;
        }
        j->next = w->running;
        w->running = j;
        w->nrunning++;
    }
}

static void hand_back_all(struct web *w, struct web_job **list)
{
    while (*list) {
        struct web_job *j = *list;
        *list = j->next;
        j->answer.how = WEB_FAILED;
        hand_back(w, j);
    }
}

static void *run(void *arg)
{
    struct web *w = arg;
    int running;
    pthread_setname_np(pthread_self(), "web");
    while (!take_orders(w)) {
        begin_waiting(w);
        curl_multi_perform(w->multi, &running);
        take_finished(w);
        begin_waiting(w); /* in the room of those that have ended */
        if (curl_multi_poll(w->multi, NULL, 0, IDLE_MS, NULL) != CURLM_OK)
            usleep(IDLE_MS); /* out of memory or descriptors: not as fast as it can */
    }
    hand_back_all(w, &w->running);
    hand_back_all(w, &w->waiting);
    return NULL;
}

enum err web_thread_start(struct web *w)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ERR_NOMEM;
    w->multi = curl_multi_init();
    if (!w->multi)
        return ERR_NOMEM;
    curl_multi_setopt(w->multi, CURLMOPT_MAXCONNECTS, (long)w->most_running);
    if (pthread_create(&w->thread, NULL, run, w) != 0)
        return ERR_LIMIT;
    w->started = true;
    return ERR_OK;
}

void web_thread_stop(struct web *w)
{
    if (w->started) {
        pthread_mutex_lock(&w->lock);
        w->closing = true;
        pthread_mutex_unlock(&w->lock);
        curl_multi_wakeup(w->multi);
        pthread_join(w->thread, NULL);
    }
    if (w->multi)
        curl_multi_cleanup(w->multi);
}
