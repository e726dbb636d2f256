/* Prompts: audio made ready once and shared by all calls. A prompt is immutable, counted, and holds its frames in each
 * codec that was asked for. The cache is the loop thread's; rendering runs on workers. */
#ifndef SIPFRONT_MEDIA_PROMPT_H
#define SIPFRONT_MEDIA_PROMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "sipfront/loop/workers.h"
#include "sipfront/media/codec.h"
#include "vm/base/str.h"

struct prompt;
struct prompt *prompt_ref(struct prompt *p); /* atomic, any thread */
void prompt_unref(struct prompt **p);
int64_t prompt_length_ms(const struct prompt *p);

enum prompt_source { PROMPT_WORDS, PROMPT_AUDIO_FILE, PROMPT_NAMED_TONE };
struct prompt_request {
    enum prompt_source source;
    struct str text;  /* words, absolute path, or tone: ring busy dial beep congestion */
    struct str voice; /* "" the default */
    int rate;         /* percent, 0: 100 */
    enum codec codec; /* that it will be played in; NONE: not known, which means G.711. Another one can play it too, but
                         has to encode it each time. */
};

/* Turns words into samples; called on a worker. *samples is malloc'ed by it and freed by the cache. The speech folder
 * implements it. */
struct speech_port {
    enum err (*render)(void *self, const struct prompt_request *rq, int16_t **samples, unsigned *count, unsigned *rate);
    void *self;
};

struct prompt_cache;
struct prompt_cache_params {
    struct loop *loop;
    struct workers *workers;
    struct speech_port speech;
    uint64_t max_bytes; /* least recently used go first; 0: 256 MiB */
};
enum err prompt_cache_new(struct prompt_cache **out, const struct prompt_cache_params *p) MUST_USE;
void prompt_cache_free(struct prompt_cache **c);

/* Whether it is in memory for that codec, as it was last looked at. */
bool prompt_is_ready(const struct prompt_cache *c, const struct prompt_request *rq);

struct prompt_wait; /* a request under way */
typedef void prompt_ready_cb(struct prompt *p, enum err e,
                             void *owner); /* p NULL on error; borrowed: take a reference to keep it */
/* Asks for a prompt, encoded for its codec (both laws of G.711 at once: they are cheap). ready comes once, always
 * later, from the loop, unless stopped. Requests for one thing that is being rendered share the work. A file is looked
 * at again when its size or time changed. */
struct prompt_wait *prompt_get(struct prompt_cache *c, const struct prompt_request *rq, prompt_ready_cb *ready,
                               void *owner);
void prompt_wait_stop(struct prompt_wait **w);

struct prompt_cache_stats {
    uint64_t hits, misses, bytes, entries;
};
void prompt_cache_stats(const struct prompt_cache *c, struct prompt_cache_stats *out);

#endif
