/* What the server speaks with: voices, the texts kept on disk, how names are said. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/music.h"
#include "sipfront/call/rehearse.h"
#include "vm/base/log.h"

/* Worker: the words of the request are as they are to be spoken. */
static enum err render(void *self, const struct prompt_request *rq, int16_t **samples, unsigned *count, unsigned *rate)
{
    struct speech_audio audio;
    enum err e = spoken_say(self, rq->text, rq->voice, rq->rate ? rq->rate : 100, &audio);
    if (e)
        return e;
    *samples = audio.samples;
    *count = audio.count;
    *rate = audio.rate;
    return ERR_OK;
}

enum err server_read_pronunciation(const struct server *s, struct pronounce **out, struct sbuf *why)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/pronunciation.txt", s->data);
    return pronounce_read(out, path, why);
}

struct music *server_read_music(const struct server *s)
{
    char sounds[PATH_MAX];
    snprintf(sounds, sizeof sounds, "%s/sounds", s->data);
    return music_read(sounds, s->hold_folder);
}

void server_words(const struct server *s, const struct image *im, struct str text, struct sbuf *out)
{
    struct pronounce_own own = { im ? im->names : NULL, im ? im->nnames : 0 };
    pronounce_apply(s->pronounce, &own, text, out);
}

/* A mistake in the list keeps nobody from telephoning: the names are said as they are written. */
static void begin_pronunciation(struct server *s)
{
    struct sbuf why = { 0 };
    if (server_read_pronunciation(s, &s->pronounce, &why) != ERR_OK)
        log_error("speech", "%s", why.p);
    sbuf_free(&why);
}

enum err server_open_speech(struct server *s, const struct server_params *p, struct sbuf *why)
{
    char folder[PATH_MAX];
    enum err e = speech_new(&s->speech);
    if (e) {
        sbuf_cstr(why, "the voices cannot be loaded");
        return e;
    }
    snprintf(folder, sizeof folder, "%s/spoken", s->data);
    struct spoken_params sp = { .speech = s->speech, .folder = folder, .most_bytes = p->spoken_bytes };
    e = spoken_new(&s->spoken, &sp, why);
    if (e)
        return e;
    begin_pronunciation(s);
    s->hold_folder = p->hold_music ? strdup(p->hold_music) : NULL;
    s->music = server_read_music(s);
    struct prompt_cache_params cp = { .loop = s->loop,
                                      .workers = s->workers,
                                      .speech = { .render = render, .self = s->spoken } };
    return prompt_cache_new(&s->prompts, &cp);
}

void server_close_speech(struct server *s)
{
    rehearse_stop_all(s);
    prompt_cache_free(&s->prompts);
    spoken_free(&s->spoken);
    speech_free(&s->speech);
    pronounce_free(&s->pronounce);
    music_free(&s->music);
    free(s->hold_folder);
}

void server_speech_stats(struct server *s, struct speech_stats *out)
{
    struct prompt_cache_stats memory;
    struct spoken_stats disk;
    prompt_cache_stats(s->prompts, &memory);
    spoken_stats(s->spoken, &disk);
    *out = (struct speech_stats){ .memory_hits = memory.hits,
                                  .memory_misses = memory.misses,
                                  .memory_bytes = memory.bytes,
                                  .disk_hits = disk.hits,
                                  .disk_misses = disk.misses,
                                  .disk_bytes = disk.bytes };
}
