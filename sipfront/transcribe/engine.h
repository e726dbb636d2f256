/* What an engine is: a function that turns a WAV file into words. It runs on a worker, blocks, and ends within the
 * task's time, or at once when the server stops. Private to sipfront/transcribe. */
#ifndef SIPFRONT_TRANSCRIBE_ENGINE_H
#define SIPFRONT_TRANSCRIBE_ENGINE_H

#include <stdatomic.h>

#include "sipfront/transcribe/said.h"

/* Constant from scribe_new() to scribe_free(), but for stopping. */
struct engine_config {
    char *program, *url, *model, *language, *key, *ca_file;
    unsigned memory_mib;
    int stop_fd;          /* readable once the server stops */
    atomic_bool stopping; /* the same, for who cannot wait for a descriptor */
};

enum heard_how { HEARD, HEARD_LATER /* it may go better later */, HEARD_NEVER };

/* One try. The engine sets what stands below how. */
struct engine_try {
    const struct engine_config *config;
    const char *file;
    int64_t limit_ms;
    enum heard_how how;
    struct said said;
    int64_t retry_ms; /* not sooner than that */
    char why[320];
};

struct engine {
    const char *name;
    void (*hear)(struct engine_try *t);
};

/* The child flowscribe; its limits are its own business but for the time, which is kept here. */
void engine_child(struct engine_try *t);
/* A server that speaks OpenAI's /v1/audio/transcriptions. */
void engine_web(struct engine_try *t);
/* The words of such a server's answer: verbose_json with words or segments, or json. ERR_SYNTAX. */
enum err engine_web_read(struct said *s, struct str body) MUST_USE;

/* The table's end is a row without a name. */
extern const struct engine engines[];

#endif
