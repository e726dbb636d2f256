/* The cache: entries in a hash table and in order of use; one job at a time renders an entry, and all who ask meanwhile
 * wait at it. Words and tones are answered from memory; a file is first looked at on a worker, so that a changed one is
 * heard at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/prompt_data.h"
#include "vm/base/log.h"

enum { BUCKETS = 1024, TEXT_MAX = 65536 };
static const uint64_t default_max_bytes = 256u << 20;

/* Which content a path had: all zero before the first look. */
struct file_identity {
    int64_t size, mtime_s, mtime_ns;
};

/* Work on one entry; a worker has it between submit and done. Lives on its own, so that the cache can go meanwhile. */
struct prompt_job {
    struct prompt_entry *entry; /* NULL: the cache is gone; loop thread */
    struct speech_port speech;
    enum prompt_source source;
    enum codec codec;
    char *text, *voice;
    int rate;
    struct file_identity had, found;
    struct prompt *made; /* NULL with no error: the file is as it was */
    enum err e;
};

struct prompt_entry {
    struct sbuf key;
    struct prompt_cache *cache;
    struct prompt_entry *next;          /* of its bucket */
    struct prompt_entry *newer, *older; /* in order of use */
    struct prompt *prompt;              /* NULL until rendered */
    struct file_identity identity;
    struct prompt_job *job;   /* at work, or NULL */
    struct prompt_wait *wait; /* who waits, the last first */
};

struct prompt_wait {
    struct prompt_cache *cache;
    struct prompt_entry *entry; /* waited at; NULL: the answer is known and the timer brings it */
    struct prompt_wait *next, **link;
    struct clock_timer *timer;
    struct prompt *prompt;
    enum err e;
    prompt_ready_cb *ready;
    void *owner;
};

struct prompt_cache {
    struct prompt_cache_params params;
    const struct clock *clock;
    struct prompt_entry *buckets[BUCKETS];
    struct prompt_entry *newest, *oldest;
    struct prompt_wait *answered; /* with timers */
    struct prompt_cache_stats stats;
};

/* --- lists --- */

static void wait_link(struct prompt_wait **list, struct prompt_wait *w)
{
    w->next = *list;
    w->link = list;
    if (w->next)
        w->next->link = &w->next;
    *list = w;
}

static void wait_unlink(struct prompt_wait *w)
{
    *w->link = w->next;
    if (w->next)
        w->next->link = w->link;
}

static void use_unlink(struct prompt_cache *c, struct prompt_entry *e)
{
    *(e->newer ? &e->newer->older : &c->newest) = e->older;
    *(e->older ? &e->older->newer : &c->oldest) = e->newer;
}

static void use_link(struct prompt_cache *c, struct prompt_entry *e)
{
    e->newer = NULL;
    e->older = c->newest;
    *(c->newest ? &c->newest->newer : &c->oldest) = e;
    c->newest = e;
}

static struct prompt_entry **bucket_of(struct prompt_cache *c, struct str key)
{
    return &c->buckets[str_hash(key) % BUCKETS];
}

/* --- entries --- */

/* What the codec's prompts are kept as: PCMA's are PCMU's. */
static enum codec kept_codec(const struct prompt_request *rq)
{
    return rq->codec == CODEC_NONE || rq->codec == CODEC_PCMA ? CODEC_PCMU : rq->codec;
}

static void key_make(struct sbuf *key, const struct prompt_request *rq)
{
    int rate = rq->rate ? rq->rate : 100;

    sbuf_fmt(key, "%d %d %d %zu ", (int)rq->source, (int)kept_codec(rq), rate, rq->voice.len);
    sbuf_str(key, rq->voice);
    sbuf_str(key, rq->text);
}

static struct prompt_entry *entry_find(struct prompt_cache *c, struct str key)
{
    struct prompt_entry *e = *bucket_of(c, key);

    while (e && !str_eq(sbuf_view(&e->key), key))
        e = e->next;
    return e;
}

/* Takes over key. NULL: out of memory. */
static struct prompt_entry *entry_new(struct prompt_cache *c, struct sbuf *key)
{
    struct prompt_entry *e = calloc(1, sizeof *e), **bucket = bucket_of(c, sbuf_view(key));

    if (!e)
        return NULL;
    e->key = *key;
    *key = (struct sbuf){ 0 };
    e->cache = c;
    e->next = *bucket;
    *bucket = e;
    use_link(c, e);
    c->stats.entries++;
    return e;
}

static void entry_set_prompt(struct prompt_entry *e, struct prompt *p)
{
    struct prompt_cache *c = e->cache;

    if (e->prompt)
        c->stats.bytes -= prompt_bytes(e->prompt);
    prompt_unref(&e->prompt);
    e->prompt = p;
    if (p)
        c->stats.bytes += prompt_bytes(p);
}

/* Nobody waits at it. */
static void entry_free(struct prompt_entry *e)
{
    struct prompt_cache *c = e->cache;
    struct prompt_entry **at = bucket_of(c, sbuf_view(&e->key));

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    use_unlink(c, e);
    entry_set_prompt(e, NULL);
    if (e->job)
        e->job->entry = NULL;
    sbuf_free(&e->key);
    free(e);
    c->stats.entries--;
}

/* Lets the least recently used go; those at work stay. */
static void shrink(struct prompt_cache *c)
{
    struct prompt_entry *e = c->oldest, *newer;

    while (e && c->stats.bytes > c->params.max_bytes) {
        newer = e->newer;
        if (!e->job && !e->wait)
            entry_free(e);
        e = newer;
    }
}

/* --- the job: on a worker --- */

static void job_free(struct prompt_job *j)
{
    prompt_unref(&j->made);
    free(j->text);
    free(j->voice);
    free(j);
}

static enum err render_words(struct prompt_job *j, struct prompt_audio *out)
{
    struct prompt_request rq = { j->source, str_of(j->text), str_of(j->voice), j->rate, j->codec };
    int16_t *samples = NULL;
    unsigned count = 0, rate = 0;
    enum err e = j->speech.render ? j->speech.render(j->speech.self, &rq, &samples, &count, &rate) : ERR_UNSUPPORTED;

    if (!e)
        e = prompt_audio_samples(out, samples, count, rate);
    free(samples);
    return e;
}

/* ERR_OK without samples when the file is the one we have. */
static enum err render_file(struct prompt_job *j, struct prompt_audio *out)
{
    struct stat st;

    if (stat(j->text, &st) != 0)
        return ERR_NOT_FOUND;
    j->found = (struct file_identity){ st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec };
    if (memcmp(&j->found, &j->had, sizeof j->found) == 0)
        return ERR_OK;
    return prompt_audio_file(out, j->text);
}

static void job_run(void *arg)
{
    struct prompt_job *j = arg;
    struct prompt_audio audio = { .codec = j->codec };

    switch (j->source) {
    case PROMPT_WORDS: j->e = render_words(j, &audio); break;
    case PROMPT_AUDIO_FILE: j->e = render_file(j, &audio); break;
    case PROMPT_NAMED_TONE: j->e = prompt_audio_tone(&audio, str_of(j->text)); break;
    }
    if (!j->e && audio.samples)
        j->e = prompt_new(&j->made, &audio);
    prompt_audio_free(&audio);
}

/* --- answers: on the loop --- */

static void on_answer(void *owner)
{
    struct prompt_wait *w = owner;

    w->timer = NULL;
    wait_unlink(w);
    w->ready(w->prompt, w->e, w->owner);
    prompt_unref(&w->prompt);
    free(w);
}

/* Each answer is a timer of its own: what its callback does (ask again, stop others, free the cache) meets nothing half
 * done. */
static void answer_later(struct prompt_wait *w, struct prompt *p, enum err e)
{
    w->entry = NULL;
    w->prompt = p ? prompt_ref(p) : NULL;
    w->e = e;
    wait_link(&w->cache->answered, w);
    w->timer = clock_start(w->cache->clock, 0, on_answer, w);
}

static void entry_answer(struct prompt_entry *e, struct prompt *p, enum err err)
{
    while (e->wait) {
        struct prompt_wait *w = e->wait;
        wait_unlink(w);
        answer_later(w, p, err);
    }
}

static void entry_rendered(struct prompt_entry *e, struct prompt_job *j)
{
    struct prompt_cache *c = e->cache;

    e->job = NULL;
    if (j->e || j->made) {
        entry_set_prompt(e, j->made);
        e->identity = j->e ? (struct file_identity){ 0 } : j->found;
        j->made = NULL;
    }
    entry_answer(e, e->prompt, j->e);
    if (!e->prompt)
        entry_free(e);
    shrink(c);
}

static void job_done(void *arg)
{
    struct prompt_job *j = arg;

    if (j->e)
        log_warn("media", "prompt \"%.80s\": %s", j->text, err_text(j->e));
    if (j->entry)
        entry_rendered(j->entry, j);
    job_free(j);
}

static enum err job_start(struct prompt_entry *e, const struct prompt_request *rq)
{
    struct prompt_cache *c = e->cache;
    struct prompt_job *j = calloc(1, sizeof *j);
    enum err err;

    if (!j)
        return ERR_NOMEM;
    *j = (struct prompt_job){ .entry = e, .speech = c->params.speech, .source = rq->source };
    j->codec = kept_codec(rq);
    j->rate = rq->rate ? rq->rate : 100;
    j->had = e->identity;
    j->text = strndup(rq->text.p ? rq->text.p : "", rq->text.len);
    j->voice = strndup(rq->voice.p ? rq->voice.p : "", rq->voice.len);
    err = j->text && j->voice ? workers_submit(c->params.workers, job_run, job_done, j) : ERR_NOMEM;
    if (err)
        job_free(j);
    else
        e->job = j;
    return err;
}

static void ask(struct prompt_cache *c, const struct prompt_request *rq, struct prompt_wait *w)
{
    struct sbuf key = { 0 };
    struct prompt_entry *entry;
    enum err e = ERR_OK;

    key_make(&key, rq);
    entry = entry_find(c, sbuf_view(&key));
    c->stats.hits += entry != NULL;
    c->stats.misses += entry == NULL;
    if (!entry)
        entry = entry_new(c, &key);
    sbuf_free(&key);
    if (entry) {
        use_unlink(c, entry);
        use_link(c, entry);
    }
    if (entry && entry->prompt && !entry->job && rq->source != PROMPT_AUDIO_FILE) {
        answer_later(w, entry->prompt, ERR_OK);
        return;
    }
    if (entry && !entry->job)
        e = job_start(entry, rq);
    if (!entry || e) {
        answer_later(w, NULL, entry ? e : ERR_NOMEM);
        if (entry && !entry->prompt)
            entry_free(entry);
        return;
    }
    w->entry = entry;
    wait_link(&entry->wait, w);
}

struct prompt_wait *prompt_get(struct prompt_cache *c, const struct prompt_request *rq, prompt_ready_cb *ready,
                               void *owner)
{
    struct prompt_wait *w = calloc(1, sizeof *w);

    if (!w)
        abort(); /* as sbuf and loop_post: a few bytes are not there, so nothing can go on */
    w->cache = c;
    w->ready = ready;
    w->owner = owner;
    if (rq->text.len > TEXT_MAX)
        answer_later(w, NULL, ERR_TOO_BIG);
    else
        ask(c, rq, w);
    return w;
}

void prompt_wait_stop(struct prompt_wait **wp)
{
    struct prompt_wait *w = *wp;

    *wp = NULL;
    if (!w)
        return;
    if (w->timer)
        clock_stop(w->cache->clock, &w->timer);
    wait_unlink(w);
    prompt_unref(&w->prompt);
    free(w);
}

enum err prompt_cache_new(struct prompt_cache **out, const struct prompt_cache_params *p)
{
    struct prompt_cache *c = calloc(1, sizeof *c);

    *out = c;
    if (!c)
        return ERR_NOMEM;
    c->params = *p;
    c->clock = loop_clock(p->loop);
    if (c->params.max_bytes == 0)
        c->params.max_bytes = default_max_bytes;
    return ERR_OK;
}

static void drop_waits(struct prompt_wait *list)
{
    while (list) {
        struct prompt_wait *w = list;
        list = w->next;
        prompt_wait_stop(&w);
    }
}

void prompt_cache_free(struct prompt_cache **cp)
{
    struct prompt_cache *c = *cp;

    *cp = NULL;
    if (!c)
        return;
    drop_waits(c->answered);
    while (c->newest) {
        drop_waits(c->newest->wait);
        entry_free(c->newest);
    }
    free(c);
}

bool prompt_is_ready(const struct prompt_cache *c, const struct prompt_request *rq)
{
    struct sbuf key = { 0 };
    key_make(&key, rq);
    const struct prompt_entry *e = entry_find((struct prompt_cache *)c, sbuf_view(&key));
    sbuf_free(&key);
    return e && e->prompt;
}

void prompt_cache_stats(const struct prompt_cache *c, struct prompt_cache_stats *out) { *out = c->stats; }
