#include "sipfront/call/rehearse.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "vm/base/log.h"

enum { NAMES_SHOWN = 10 };

struct rehearsal {
    struct server *server;
    struct rehearsal *next; /* in the server's list */
    struct image *image;
    uint32_t at;    /* what is being made: prompts, then what is spoken in other voices */
    unsigned codec; /* and for which codec */
    struct prompt_wait *wait;
    struct clock_timer *timer; /* before its beginning, so that done never comes from inside */
    int64_t began_ms;
    struct rehearsed result;
    rehearsed_cb *done;
    void *arg;
};

static void unlink_rehearsal(struct rehearsal *r)
{
    struct rehearsal **at = &r->server->rehearsals;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
}

/* The only end: reports once, frees. */
static void finish(struct rehearsal *r)
{
    unlink_rehearsal(r);
    prompt_wait_stop(&r->wait);
    clock_stop(loop_clock(r->server->loop), &r->timer);
    r->result.took_ms = clock_mono(loop_clock(r->server->loop)) - r->began_ms;
    if (r->result.texts && !r->result.stopped)
        log_info("flows", "%.*s: %u texts are ready to be heard, %u cannot be said, %lld ms", STR_ARG(r->image->flow),
                 r->result.texts, r->result.failed, (long long)r->result.took_ms);
    if (r->done)
        r->done(&r->result, r->arg);
    image_unref(&r->image);
    free(r);
}

/* ---- what there is to make ---- */

static bool is_text(const struct image *im, uint32_t at)
{
    return at >= im->nprompts || im->prompts[at].kind == PROMPT_TEXT;
}

/* Each codec that has payloads of its own: those of G.711 are made together. */
static unsigned next_codec(unsigned c)
{
    c++;
    if (c == CODEC_PCMA)
        c++;
    return c;
}

/* On to the next codec, or the next text once all have it. */
static void advance(struct rehearsal *r, bool skip_codecs)
{
    const struct image *im = r->image;
    r->codec = next_codec(r->codec);
    if (r->codec < CODEC_COUNT && !skip_codecs)
        return;
    r->codec = next_codec(CODEC_NONE);
    do
        r->at++;
    while (r->at < im->nprompts && !is_text(im, r->at));
}

/* ---- making it ---- */

static void make_next(struct rehearsal *r);

static void on_made(struct prompt *p, enum err e, void *owner)
{
    struct rehearsal *r = owner;
    uint32_t at = r->at;
    (void)p;
    r->wait = NULL;
    advance(r, e != ERR_OK);
    r->result.texts += e == ERR_OK && r->at != at;
    r->result.failed += e != ERR_OK;
    make_next(r);
}

static void make(struct rehearsal *r, const struct image_spoken *said)
{
    struct sbuf words = { 0 };
    server_words(r->server, r->image, said->text, &words);
    struct prompt_request rq = { .source = PROMPT_WORDS,
                                 .text = sbuf_view(&words),
                                 .voice = said->voice,
                                 .rate = (int)said->rate,
                                 .codec = (enum codec)r->codec };
    r->wait = prompt_get(r->server->prompts, &rq, on_made, r);
    sbuf_free(&words);
}

static void make_next(struct rehearsal *r)
{
    const struct image *im = r->image;
    if (r->at < im->nprompts)
        make(r, &(struct image_spoken){ .text = im->prompts[r->at].text });
    else if (r->at - im->nprompts < im->nspoken)
        make(r, &im->spoken[r->at - im->nprompts]);
    else
        finish(r);
}

static void begin(void *arg)
{
    struct rehearsal *r = arg;
    r->timer = NULL;
    r->codec = next_codec(CODEC_NONE);
    while (r->at < r->image->nprompts && !is_text(r->image, r->at))
        r->at++;
    make_next(r);
}

void rehearse(struct server *s, struct image *im, rehearsed_cb *done, void *arg)
{
    struct rehearsal *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    *r = (struct rehearsal){ .server = s, .next = s->rehearsals, .done = done, .arg = arg };
    r->image = image_ref(im);
    r->began_ms = clock_mono(loop_clock(s->loop));
    s->rehearsals = r;
    r->timer = clock_start(loop_clock(s->loop), 0, begin, r);
}

void rehearse_stop_all(struct server *s)
{
    while (s->rehearsals) {
        s->rehearsals->result.stopped = true;
        finish(s->rehearsals);
    }
}

unsigned rehearse_missing(const struct server *s, const struct image *im, struct sbuf *names)
{
    unsigned missing = 0;
    for (uint32_t i = 0; i < im->nprompts; i++) {
        const struct vm_sound sound = { SOUND_FILE, im->prompts[i].text };
        char path[PATH_MAX];
        if (im->prompts[i].kind != PROMPT_FILE || (s->hold_folder && str_is(sound.text, "hold")) ||
            (server_sound_path(s, &sound, path, sizeof path) && access(path, R_OK) == 0))
            continue;
        if (missing++ < NAMES_SHOWN)
            sbuf_fmt(names, "%s%.*s", missing > 1 ? ", " : "", STR_ARG(sound.text));
    }
    return missing;
}
