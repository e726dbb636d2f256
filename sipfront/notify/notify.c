/* The queue: what is due is sent, what fails is put off.
 *   notify_add() --row--> pump() --worker--> on_sent() --taken--> row dropped
 *                           ^                   |failed
 *                           +---timer, retry----+ */
#include "sipfront/notify/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "sipfront/notify/inside.h"
#include "vm/base/log.h"
#include "vm/base/vec.h"

enum { RETRY_MS = 30000, RETRY_MOST_MS = 4 * 3600 * 1000, TRANSCRIPT_MS = 10 * 60 * 1000, WORDS_AGAIN_MS = 5000 };

static void pump(struct notify *n);

static int64_t now_of(const struct notify *n) { return clock_wall(loop_clock(n->loop)); }

static void sending_free(struct sending *s)
{
    free(s->id);
    free(s->to);
    free(s->subject);
    free(s->attachment);
    sbuf_free(&s->body);
    free(s);
}

static char *copy(const char *s)
{
    char *p = strdup(s ? s : "");
    if (!p)
        abort();
    return p;
}

static struct sending **slot_of(const struct notify *n, const char *id)
{
    for (unsigned i = 0; i < SENDING_AT_ONCE; i++)
        if (n->sending[i] && strcmp(n->sending[i]->id, id) == 0)
            return (struct sending **)(uintptr_t)&n->sending[i];
    return NULL;
}

bool notify_sending(const struct notify *n, const char *id) { return slot_of(n, id) != NULL; }

static struct sending **free_slot(struct notify *n)
{
    for (unsigned i = 0; i < SENDING_AT_ONCE; i++)
        if (!n->sending[i])
            return &n->sending[i];
    return NULL;
}

/* ---- one try ---- */

static void run_sending(void *job)
{
    struct sending *s = job;
    if (s->kind == LETTER_MAIL)
        send_mail(s);
    else
        send_hook(s);
}

static int64_t distance_of(const struct notify *n, int64_t tries)
{
    int64_t ms = n->config.retry_ms;
    for (int64_t i = 1; i < tries && ms < RETRY_MOST_MS; i++)
        ms *= 2;
    return ms < RETRY_MOST_MS ? ms : RETRY_MOST_MS;
}

static void release(struct notify *n, struct sending *s)
{
    *slot_of(n, s->id) = NULL;
    sending_free(s);
    pump(n);
}

/* A letter keeps its slot until the directory's memory knows what became of it, or it would be sent again. */
static void on_settled(enum err e, const char *why, void *arg)
{
    struct sending *s = arg;
    if (e && e != ERR_NOT_FOUND)
        log_error("notify", "%s: %s", s->id, why);
    release(s->notify, s);
}

static void put_off(struct notify *n, const struct letter *old, struct sending *s)
{
    struct letter l = *old;
    l.tries++;
    l.why = s->why;
    l.given_up = s->how == SENT_NEVER || l.tries >= NOTIFY_TRIES;
    l.next_wall_ms = now_of(n) + distance_of(n, l.tries);
    n->counts.failed++;
    log_warn("notify", "%s %s to %s failed, try %lld: %s%s", letter_kind_name(l.kind), l.id, l.to, (long long)l.tries,
             s->why, l.given_up ? "; given up" : "");
    directory_put_letter(n->directory, &l, (struct directory_done){ on_settled, s });
}

static void taken(struct notify *n, const struct letter *l, struct sending *s)
{
    n->counts.sent++;
    log_info("notify", "%s %s to %s is sent", letter_kind_name(l->kind), l->id, l->to);
    if (n->sent)
        n->sent(l, n->owner);
    directory_drop_letter(n->directory, s->id, (struct directory_done){ on_settled, s });
}

static void on_sent(void *job)
{
    struct sending *s = job;
    struct notify *n = s->notify;
    const struct letter *l = directory_letter(n->directory, s->id);
    if (!l)
        release(n, s); /* removed while it was being sent */
    else if (s->how == SENT)
        taken(n, l, s);
    else
        put_off(n, l, s);
}

static void begin(struct notify *n, const struct letter *l, struct sending **slot)
{
    struct sending *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->notify = n;
    s->config = &n->config;
    s->kind = l->kind;
    s->id = copy(l->id);
    s->to = copy(l->to);
    s->subject = copy(l->subject);
    const struct message *m = *l->about ? directory_message(n->directory, l->about) : NULL;
    s->attachment = copy(m && l->kind == LETTER_MAIL ? m->path : l->attachment);
    letter_body(n, l, &s->body);
    *slot = s;
    if (workers_submit(n->workers, run_sending, on_sent, s))
        abort(); /* its queue has room for each slot */
}

/* ---- which is next ---- */

/* A mail about a message waits until it can carry its words; not for ever, for the message is what matters. */
static bool waits_for_words(const struct notify *n, const struct letter *l)
{
    const struct message *m = *l->about ? directory_message(n->directory, l->about) : NULL;
    return m && m->transcript_state == TRANSCRIPT_WAITING && now_of(n) - l->made_wall_ms < TRANSCRIPT_MS;
}

struct scan {
    struct notify *n;
    int64_t next; /* wall clock: when to look again, 0 never */
    VEC(const char *) due, gone;
};

static void look_again_at(struct scan *sc, int64_t wall_ms)
{
    if (!sc->next || wall_ms < sc->next)
        sc->next = wall_ms;
}

static void scan_letter(const struct letter *l, void *arg)
{
    struct scan *sc = arg;
    const struct notify *n = sc->n;
    if (l->given_up || notify_sending(n, l->id))
        return;
    if (*l->about && !directory_message(n->directory, l->about))
        vec_push(&sc->gone, l->id);
    else if (l->kind == LETTER_MAIL && !n->config.smtp)
        return; /* listed as waiting; a server that has one will send it */
    else if (waits_for_words(n, l))
        look_again_at(sc, now_of(n) + WORDS_AGAIN_MS);
    else if (l->next_wall_ms > now_of(n))
        look_again_at(sc, l->next_wall_ms);
    else
        vec_push(&sc->due, l->id);
}

static void on_time(void *owner)
{
    struct notify *n = owner;
    n->next = NULL;
    pump(n);
}

static void begin_due(struct notify *n, struct scan *sc)
{
    for (size_t i = 0; i < sc->due.len; i++) {
        struct sending **slot = free_slot(n);
        if (!slot)
            return; /* the one that ends next looks again */
        begin(n, directory_letter(n->directory, sc->due.items[i]), slot);
    }
}

/* Who listened to a message and deleted it needs no mail about it. */
static void drop_gone(struct notify *n, struct scan *sc)
{
    for (size_t i = 0; i < sc->gone.len; i++) {
        log_info("notify", "%s is not sent: its message was deleted", sc->gone.items[i]);
        directory_drop_letter(n->directory, sc->gone.items[i], (struct directory_done){ 0 });
    }
}

static void pump(struct notify *n)
{
    struct scan sc = { .n = n };
    if (n->closing)
        return;
    directory_each_letter(n->directory, scan_letter, &sc);
    begin_due(n, &sc);
    drop_gone(n, &sc);
    vec_free(&sc.due);
    vec_free(&sc.gone);
    clock_stop(loop_clock(n->loop), &n->next);
    if (sc.next) {
        int64_t ms = sc.next - now_of(n);
        n->next = clock_start(loop_clock(n->loop), ms > 100 ? ms : 100, on_time, n);
    }
}

void notify_look(struct notify *n) { pump(n); }

/* ---- adding, and what operators do ---- */

struct adding {
    struct notify *notify;
    struct directory_done done;
};

/* After every change of the queue: told to whoever asked, then looked at. */
static void on_changed(enum err e, const char *why, void *arg)
{
    struct adding *a = arg;
    if (a->done.done)
        a->done.done(e, why, a->done.arg);
    if (!e)
        pump(a->notify);
    free(a);
}

static struct directory_done then_look(struct notify *n, struct directory_done done)
{
    struct adding *a = calloc(1, sizeof *a);
    if (!a)
        abort();
    *a = (struct adding){ n, done };
    return (struct directory_done){ on_changed, a };
}

struct refusal {
    struct directory_done done;
    enum err e;
    const char *why;
};

static void tell_refusal(void *arg)
{
    struct refusal *r = arg;
    r->done.done(r->e, r->why, r->done.arg);
    free(r);
}

static void refuse(struct notify *n, struct directory_done done, enum err e, const char *why)
{
    struct refusal *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    *r = (struct refusal){ done, e, why };
    if (done.done)
        loop_post(n->loop, tell_refusal, r);
    else
        free(r);
}

static void count_letter(const struct letter *l, void *arg)
{
    struct notify_counts *c = arg;
    if (l->given_up)
        c->given_up++;
    else
        c->waiting++;
}

void notify_counts(const struct notify *n, struct notify_counts *out)
{
    *out = n->counts;
    directory_each_letter(n->directory, count_letter, out);
}

void notify_add(struct notify *n, const struct notify_item *it, struct directory_done done)
{
    struct notify_counts c;
    char id[48];
    notify_counts(n, &c);
    if (c.waiting + c.given_up >= NOTIFY_MOST) {
        if (n->counts.refused++ == 0)
            log_error("notify", "the outbox is full: %d wait; more are refused", NOTIFY_MOST);
        refuse(n, done, ERR_LIMIT, "the outbox is full: see 'flowctl outbox list'");
        return;
    }
    if (it->text && strlen(it->text) > NOTIFY_MOST_TEXT) {
        refuse(n, done, ERR_TOO_BIG, "the text is longer than 65536 bytes");
        return;
    }
    int64_t now = now_of(n);
    snprintf(id, sizeof id, "n%llx-%u", (unsigned long long)now, ++n->made);
    struct letter l = { .id = id,
                        .kind = it->kind,
                        .to = it->to,
                        .subject = it->subject,
                        .text = it->text,
                        .attachment = it->attachment,
                        .about = it->about ? it->about : "",
                        .made_wall_ms = now,
                        .next_wall_ms = now };
    directory_put_letter(n->directory, &l, then_look(n, done));
}

void notify_retry(struct notify *n, const char *id, struct directory_done done)
{
    const struct letter *old = directory_letter(n->directory, id);
    if (!old) {
        refuse(n, done, ERR_NOT_FOUND, "nothing is on its way under that id");
        return;
    }
    struct letter l = *old;
    l.tries = 0;
    l.given_up = false;
    l.next_wall_ms = now_of(n);
    directory_put_letter(n->directory, &l, then_look(n, done));
}

void notify_remove(struct notify *n, const char *id, struct directory_done done)
{
    directory_drop_letter(n->directory, id, done);
}

/* ---- the object ---- */

static char *maybe(const char *s) { return s && *s ? copy(s) : NULL; }

/* smtp://HOST:PORT?tls=HOW: cuts off the question. */
static enum err take_smtp(struct notify_config *c, struct sbuf *why)
{
    char *how = c->smtp ? strstr(c->smtp, "?tls=") : NULL;
    c->smtp_tls = CURLUSESSL_TRY;
    if (!c->smtp)
        return ERR_OK;
    if (strncmp(c->smtp, "smtp://", 7) != 0 && strncmp(c->smtp, "smtps://", 8) != 0) {
        sbuf_fmt(why, "the mail server is written smtp://HOST:PORT or smtps://HOST:PORT, not '%s'", c->smtp);
        return ERR_INVALID;
    }
    if (how && strcmp(how, "?tls=require") == 0)
        c->smtp_tls = CURLUSESSL_ALL;
    else if (how && strcmp(how, "?tls=none") == 0)
        c->smtp_tls = CURLUSESSL_NONE;
    else if (how && strcmp(how, "?tls=try") != 0) {
        sbuf_fmt(why, "tls of the mail server is require, try or none, not '%s'", how + 5);
        return ERR_INVALID;
    }
    if (how)
        *how = 0;
    if (c->mail_from)
        return ERR_OK;
    sbuf_cstr(why, "a mail server needs a sender too: --mail-from NAME@DOMAIN");
    return ERR_INVALID;
}

static void take_reachable(struct notify_config *c, const struct notify_params *p)
{
    c->reachable = calloc(p->nreachable + 1, sizeof *c->reachable);
    if (!c->reachable)
        abort();
    for (; c->nreachable < p->nreachable; c->nreachable++)
        c->reachable[c->nreachable] = p->reachable[c->nreachable];
}

static enum err take_config(struct notify_config *c, const struct notify_params *p, struct sbuf *why)
{
    c->smtp = maybe(p->smtp);
    c->mail_from = maybe(p->mail_from);
    c->smtp_user = maybe(p->smtp_user);
    c->smtp_password = maybe(p->smtp_password);
    c->ca_file = maybe(p->ca_file);
    c->hook_secret = maybe(p->hook_secret);
    take_reachable(c, p);
    c->retry_ms = p->retry_ms > 0 ? p->retry_ms : RETRY_MS;
    return take_smtp(c, why);
}

enum err notify_new(struct notify **out, const struct notify_params *p, struct sbuf *why)
{
    struct notify *n = calloc(1, sizeof *n);
    *out = NULL;
    if (!n)
        return ERR_NOMEM;
    n->loop = p->loop;
    n->directory = p->directory;
    n->sent = p->sent;
    n->owner = p->owner;
    enum err e = take_config(&n->config, p, why);
    if (!e && curl_global_init(CURL_GLOBAL_DEFAULT))
        e = ERR_NOMEM;
    if (!e)
        e = workers_new(&n->workers, p->loop, "notify", 2, SENDING_AT_ONCE);
    if (e)
        notify_free(&n);
    *out = n;
    if (n)
        n->next = clock_start(loop_clock(p->loop), 0, on_time, n);
    return e;
}

static void config_free(struct notify_config *c)
{
    free(c->smtp);
    free(c->mail_from);
    free(c->smtp_user);
    free(c->smtp_password);
    free(c->ca_file);
    free(c->hook_secret);
    free(c->reachable);
}

void notify_stop(struct notify *n)
{
    n->closing = true;
    clock_stop(loop_clock(n->loop), &n->next);
    workers_free(&n->workers);
    loop_drain(n->loop); /* what became of the last tries */
}

void notify_free(struct notify **np)
{
    struct notify *n = *np;
    *np = NULL;
    if (!n)
        return;
    if (!n->closing)
        notify_stop(n);
    config_free(&n->config);
    free(n);
}
