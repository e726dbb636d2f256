/* The queue: what waits is written down, what fails is put off.
 *   scribe_look() -> pump() --worker: engine--> on_tried() --row: done or failed--> settled()
 *                      ^                           |later
 *                      +------timer, again---------+ */
#include "sipfront/transcribe/scribe.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <curl/curl.h>

#include "sipfront/directory/box.h"
#include "sipfront/transcribe/engine.h"
#include "vm/base/log.h"

enum { RETRY_MS = 30000, RETRY_MOST_MS = 3600 * 1000, LIMIT_MS = 60000, LIMIT_TIMES = 10, MEMORY_MIB = 1024 };

const struct engine engines[] = { { "pocketsphinx", engine_child }, { "web", engine_web }, { NULL, NULL } };

struct work {
    struct scribe *scribe;
    const struct engine *engine;
    char *id, *file;
    struct engine_try attempt;
};

struct scribe {
    struct loop *loop;
    struct directory *directory;
    struct workers *workers;
    struct engine_config config;
    const char *by; /* of engines[] */
    int64_t retry_ms, limit_ms;
    unsigned at_once;
    struct work *works[SCRIBE_MOST_AT_ONCE];
    struct clock_timer *next;
    bool closing;
    void (*settled)(const char *id, void *owner);
    void *owner;
    struct scribe_counts counts;
};

static void pump(struct scribe *s);

static int64_t now_of(const struct scribe *s) { return clock_wall(loop_clock(s->loop)); }

static char *copy(const char *s)
{
    char *p = s ? strdup(s) : NULL;
    if (s && !p)
        abort();
    return p;
}

static void work_free(struct work *w)
{
    free(w->id);
    free(w->file);
    said_free(&w->attempt.said);
    free(w);
}

static unsigned slot_of(const struct scribe *s, const char *id)
{
    unsigned i = 0;
    while (i < s->at_once && !(s->works[i] && strcmp(s->works[i]->id, id) == 0))
        i++;
    return i;
}

bool scribe_working(const struct scribe *s, const char *id) { return slot_of(s, id) < s->at_once; }

/* ---- one try ---- */

static void run_work(void *job)
{
    struct work *w = job;
    w->engine->hear(&w->attempt);
}

/* Its slot is free once the directory's memory knows, or it would be taken up again. */
static void on_stored(enum err e, const char *why, void *arg)
{
    struct work *w = arg;
    struct scribe *s = w->scribe;
    const struct message *m = directory_message(s->directory, w->id);
    if (e && e != ERR_NOT_FOUND)
        log_error("transcribe", "%s: %s", w->id, why);
    s->works[slot_of(s, w->id)] = NULL;
    if (!s->closing && m && m->transcript_state != TRANSCRIPT_WAITING && s->settled)
        s->settled(w->id, s->owner);
    work_free(w);
    if (!s->closing)
        pump(s);
}

static int64_t distance_of(const struct scribe *s, int64_t tries, int64_t least)
{
    int64_t ms = s->retry_ms;
    for (int64_t i = 1; i < tries && ms < RETRY_MOST_MS; i++)
        ms *= 2;
    ms = ms < least ? least : ms;
    return ms < RETRY_MOST_MS ? ms : RETRY_MOST_MS;
}

static void store_words(struct scribe *s, struct work *w)
{
    struct sbuf text = { 0 }, json = { 0 };
    sbuf_cstr(&text, "");
    said_text(&w->attempt.said, &text);
    said_json(&w->attempt.said, w->engine->name, &json);
    s->counts.written++;
    s->counts.empty += !w->attempt.said.len;
    log_info("transcribe", "%s is written down by %s, %zu words", w->id, w->engine->name, w->attempt.said.len);
    struct message m = {
        .id = w->id, .transcript_state = TRANSCRIPT_DONE, .transcript = text.p, .transcript_words = json.p
    };
    directory_set_transcript(s->directory, &m, (struct directory_done){ on_stored, w });
    sbuf_free(&text);
    sbuf_free(&json);
}

static void store_failure(struct scribe *s, struct work *w, const struct message *old)
{
    int64_t tries = old->transcript_tries + 1;
    bool over = w->attempt.how == HEARD_NEVER || tries >= SCRIBE_TRIES;
    s->counts.tries_failed++;
    log_warn("transcribe", "%s, try %lld: %s%s", w->id, (long long)tries, w->attempt.why, over ? "; given up" : "");
    struct message m = { .id = w->id,
                         .transcript_state = over ? TRANSCRIPT_FAILED : TRANSCRIPT_WAITING,
                         .transcript_why = w->attempt.why,
                         .transcript_tries = tries,
                         .transcript_next_wall_ms = now_of(s) + distance_of(s, tries, w->attempt.retry_ms) };
    directory_set_transcript(s->directory, &m, (struct directory_done){ on_stored, w });
}

static void on_tried(void *job)
{
    struct work *w = job;
    struct scribe *s = w->scribe;
    const struct message *m = directory_message(s->directory, w->id);
    if (!m || (s->closing && w->attempt.how != HEARD))
        on_stored(ERR_NOT_FOUND, "", w); /* deleted meanwhile, or to be taken up after the restart */
    else if (w->attempt.how == HEARD)
        store_words(s, w);
    else
        store_failure(s, w, m);
}

static const struct engine *engine_named(const char *name)
{
    const struct engine *e = engines;
    while (e->name && strcmp(e->name, name) != 0)
        e++;
    return e->name ? e : NULL;
}

/* A box whose engine this server does not have any more: nobody else is asked, the audio might leave the house. */
static void no_engine(struct engine_try *t)
{
    t->how = HEARD_NEVER;
    snprintf(t->why, sizeof t->why, "this server has no transcription server: flowd --transcribe-url");
}

static void begin(struct scribe *s, const struct message *m, struct work **slot)
{
    static const struct engine missing = { "none", no_engine };
    struct box b = directory_box_settings(s->directory, m->box);
    struct work *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->scribe = s;
    w->engine = engine_named(*b.transcribe_by ? b.transcribe_by : s->by);
    if (!w->engine || (w->engine->hear == engine_web && !s->config.url))
        w->engine = &missing;
    w->id = copy(m->id);
    w->file = copy(m->path);
    w->attempt = (struct engine_try){ .config = &s->config,
                                      .file = w->file,
                                      .limit_ms = s->limit_ms ? s->limit_ms : LIMIT_MS + LIMIT_TIMES * m->length_ms };
    *slot = w;
    if (workers_submit(s->workers, run_work, on_tried, w))
        abort(); /* its queue has room for each slot */
}

/* ---- which is next ---- */

struct scan {
    struct scribe *s;
    const struct message *oldest; /* of those that are due */
    const struct message *unwanted;
    int64_t next; /* wall clock: when to look again, 0 never */
};

/* Newest come first: the last that fits is the oldest. */
static void scan_message(const struct message *m, void *arg)
{
    struct scan *sc = arg;
    if (m->transcript_state != TRANSCRIPT_WAITING || scribe_working(sc->s, m->id))
        return;
    if (!directory_box_settings(sc->s->directory, m->box).transcribe)
        sc->unwanted = m;
    else if (m->transcript_next_wall_ms <= now_of(sc->s))
        sc->oldest = m;
    else if (!sc->next || m->transcript_next_wall_ms < sc->next)
        sc->next = m->transcript_next_wall_ms;
}

static void on_dropped(enum err e, const char *why, void *arg)
{
    (void)why;
    struct scribe *s = arg;
    if (!e && !s->closing)
        pump(s);
}

/* Its box says meanwhile that nothing of it is to be written down. */
static void drop(struct scribe *s, const struct message *m)
{
    struct message none = { .id = m->id, .transcript_state = TRANSCRIPT_NONE };
    directory_set_transcript(s->directory, &none, (struct directory_done){ on_dropped, s });
}

static void on_time(void *owner)
{
    struct scribe *s = owner;
    s->next = NULL;
    pump(s);
}

static struct work **free_slot(struct scribe *s)
{
    for (unsigned i = 0; i < s->at_once; i++)
        if (!s->works[i])
            return &s->works[i];
    return NULL;
}

static void pump(struct scribe *s)
{
    struct scan sc;
    struct work **slot;
    do {
        sc = (struct scan){ .s = s };
        directory_each_message(s->directory, NULL, scan_message, &sc);
        slot = free_slot(s);
        if (sc.oldest && slot)
            begin(s, sc.oldest, slot);
    } while (sc.oldest && slot);
    if (sc.unwanted)
        drop(s, sc.unwanted);
    clock_stop(loop_clock(s->loop), &s->next);
    int64_t ms = sc.next - now_of(s);
    if (sc.next)
        s->next = clock_start(loop_clock(s->loop), ms > 100 ? ms : 100, on_time, s);
}

void scribe_look(struct scribe *s)
{
    if (!s->closing)
        pump(s);
}

/* ---- what operators do ---- */

struct asking {
    struct scribe *scribe;
    struct directory_done done;
    enum err e;
    struct sbuf why;
};

static void on_asked(enum err e, const char *why, void *arg)
{
    struct asking *a = arg;
    if (a->done.done)
        a->done.done(e, why, a->done.arg);
    if (!e && !a->scribe->closing)
        pump(a->scribe);
    sbuf_free(&a->why);
    free(a);
}

static void answer(void *arg)
{
    struct asking *a = arg;
    on_asked(a->e, a->why.p ? a->why.p : "", a);
}

void scribe_again(struct scribe *s, const char *id, struct directory_done done)
{
    const struct message *m = directory_message(s->directory, id);
    struct asking *a = calloc(1, sizeof *a);
    if (!a)
        abort();
    *a = (struct asking){ .scribe = s, .done = done };
    if (!m) {
        a->e = ERR_NOT_FOUND;
        sbuf_fmt(&a->why, "there is no message '%s'", id);
    } else if (!directory_box_settings(s->directory, m->box).transcribe) {
        a->e = ERR_DENIED;
        sbuf_fmt(&a->why, "the box '%s' is not transcribed: flowctl box set %s --transcribe", m->box, m->box);
    } else if (!scribe_working(s, id)) {
        struct message again = { .id = id, .transcript_state = TRANSCRIPT_WAITING };
        directory_set_transcript(s->directory, &again, (struct directory_done){ on_asked, a });
        return;
    }
    loop_post(s->loop, answer, a);
}

enum err scribe_check_engine(const struct scribe *s, const char *name, struct sbuf *why)
{
    const struct engine *e = engine_named(name);
    if (*name && !e) {
        sbuf_fmt(why, "there is no engine '%s': pocketsphinx or web", name);
        return ERR_INVALID;
    }
    if (e && e->hear == engine_web && !s->config.url) {
        sbuf_cstr(why, "this server has no transcription server: start it with --transcribe-url");
        return ERR_INVALID;
    }
    return ERR_OK;
}

static void count_message(const struct message *m, void *arg)
{
    struct scribe_counts *c = arg;
    c->waiting += m->transcript_state == TRANSCRIPT_WAITING;
    c->failed += m->transcript_state == TRANSCRIPT_FAILED;
}

void scribe_counts(const struct scribe *s, struct scribe_counts *out)
{
    *out = s->counts;
    directory_each_message(s->directory, NULL, count_message, out);
    for (unsigned i = 0; i < s->at_once; i++)
        out->working += s->works[i] != NULL;
}

/* ---- the object ---- */

/* flowscribe lies beside this program. */
static char *program_beside(void)
{
    static const char name[] = "flowscribe";
    char exe[PATH_MAX] = "";
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - sizeof name);
    exe[n > 0 ? n : 0] = 0;
    char *slash = strrchr(exe, '/');
    snprintf(slash ? slash + 1 : exe, sizeof name, "%s", name);
    return copy(exe);
}

static enum err take_url(struct engine_config *c, const char *url, struct sbuf *why)
{
    const char *host = url ? strstr(url, "://") : NULL;
    struct sbuf whole = { 0 };
    if (!url)
        return ERR_OK;
    if (!host || (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)) {
        sbuf_fmt(why, "a transcription server is written http://HOST:PORT or https://…, not '%s'", url);
        return ERR_INVALID;
    }
    sbuf_cstr(&whole, url);
    if (!strchr(host + 3, '/'))
        sbuf_cstr(&whole, "/v1/audio/transcriptions");
    c->url = whole.p;
    return ERR_OK;
}

static enum err take_config(struct scribe *s, const struct scribe_params *p, struct sbuf *why)
{
    struct engine_config *c = &s->config;
    c->program = p->program ? copy(p->program) : program_beside();
    c->model = copy(p->model ? p->model : "whisper-1");
    c->language = copy(p->language);
    c->key = copy(p->key);
    c->ca_file = copy(p->ca_file);
    c->memory_mib = p->memory_mib ? p->memory_mib : MEMORY_MIB;
    s->retry_ms = p->retry_ms > 0 ? p->retry_ms : RETRY_MS;
    s->limit_ms = p->limit_ms;
    s->at_once = p->at_once ? p->at_once : 1;
    s->at_once = s->at_once < SCRIBE_MOST_AT_ONCE ? s->at_once : SCRIBE_MOST_AT_ONCE;
    enum err e = take_url(c, p->url, why);
    const char *by = p->by ? p->by : c->url ? "web" : "pocketsphinx";
    if (!e)
        e = scribe_check_engine(s, by, why);
    if (!e)
        s->by = engine_named(by)->name;
    return e;
}

enum err scribe_new(struct scribe **out, const struct scribe_params *p, struct sbuf *why)
{
    struct scribe *s = calloc(1, sizeof *s);
    *out = NULL;
    if (!s)
        return ERR_NOMEM;
    s->loop = p->loop;
    s->directory = p->directory;
    s->settled = p->settled;
    s->owner = p->owner;
    s->config.stop_fd = eventfd(0, EFD_CLOEXEC);
    enum err e = take_config(s, p, why);
    if (!e && (s->config.stop_fd < 0 || curl_global_init(CURL_GLOBAL_DEFAULT)))
        e = ERR_NOMEM;
    if (!e)
        e = workers_new(&s->workers, p->loop, "scribe", s->at_once, s->at_once);
    if (e)
        scribe_free(&s);
    *out = s;
    if (s)
        s->next = clock_start(loop_clock(p->loop), 0, on_time, s);
    return e;
}

void scribe_stop(struct scribe *s)
{
    s->closing = true;
    clock_stop(loop_clock(s->loop), &s->next);
    atomic_store(&s->config.stopping, true);
    if (s->config.stop_fd >= 0)
        (void)eventfd_write(s->config.stop_fd, 1);
    workers_free(&s->workers);
    loop_drain(s->loop); /* what became of the last tries */
}

void scribe_free(struct scribe **sp)
{
    struct scribe *s = *sp;
    *sp = NULL;
    if (!s)
        return;
    if (!s->closing)
        scribe_stop(s);
    if (s->config.stop_fd >= 0)
        close(s->config.stop_fd);
    free(s->config.program);
    free(s->config.url);
    free(s->config.model);
    free(s->config.language);
    if (s->config.key)
        explicit_bzero(s->config.key, strlen(s->config.key));
    free(s->config.key);
    free(s->config.ca_file);
    free(s);
}
