/* flowscribe: writes one message down. flowd starts it for each: standard input is the WAV file, standard output
 * becomes JSON: {"words": [{"text", "confidence", "start_ms", "end_ms"}]}, or {"error": "why"} with status 1 (it will
 * never go) or 2 (it may another time). It binds itself before it reads anything: memory, time, no file written, low
 * priority. */
#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>
#include <sndfile.h>

#include "sipfront/transcribe/hear.h"
#include "sipfront/transcribe/said.h"

enum { DONE, NEVER, LATER };
enum { NICE = 15, MOST_FILES = 32, MOST_SAMPLES = 3600 * 16000 };
enum { OPT_MEMORY = 0x100, OPT_SECONDS };

struct bounds {
    unsigned long memory_mib, seconds;
};

static int fail(int status, const char *why)
{
    json_t *o = json_pack("{s:s}", "error", why);
    json_dumpf(o, stdout, JSON_COMPACT);
    json_decref(o);
    return status;
}

static void bind_to(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit r = { most, most };
    (void)setrlimit(what, &r); /* lower than what is allowed: it cannot fail */
}

/* ASan's shadow alone is terabytes of addresses. */
static void bind_memory(unsigned long mib)
{
#ifdef __SANITIZE_ADDRESS__
    (void)mib;
#else
    if (mib)
        bind_to(RLIMIT_AS, (rlim_t)mib << 20);
#endif
}

static void bind_self(const struct bounds *b)
{
    bind_memory(b->memory_mib);
    if (b->seconds)
        bind_to(RLIMIT_CPU, b->seconds);
    bind_to(RLIMIT_FSIZE, 0);
    bind_to(RLIMIT_CORE, 0);
    bind_to(RLIMIT_NOFILE, MOST_FILES);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* who would read the answer? */
    (void)setpriority(PRIO_PROCESS, 0, NICE);
}

/* The message from standard input. NULL: *status and the answer say why. */
static int16_t *read_message(SF_INFO *info, int *status)
{
    SNDFILE *f = sf_open_fd(STDIN_FILENO, SFM_READ, info, 0);
    if (!f || info->channels != 1 || info->frames > MOST_SAMPLES) {
        *status = fail(NEVER, !f                    ? "its audio is damaged"
                              : info->channels != 1 ? "its audio has several channels"
                                                    : "it is longer than an hour");
        sf_close(f);
        return NULL;
    }
    int16_t *samples = calloc((size_t)info->frames + 1, sizeof *samples);
    if (samples)
        info->frames = sf_read_short(f, samples, info->frames);
    else
        *status = fail(LATER, "there is not enough memory");
    sf_close(f);
    return samples;
}

static int print(const struct hear_words *words)
{
    struct said said = { 0 };
    struct sbuf out = { 0 };
    for (size_t i = 0; i < words->len; i++)
        said_add(&said, words->items[i].text, words->items[i].confidence, words->items[i].start_ms,
                 words->items[i].end_ms);
    said_json(&said, "pocketsphinx", &out);
    fputs(out.p, stdout);
    sbuf_free(&out);
    said_free(&said);
    return DONE;
}

static int hear_message(void)
{
    SF_INFO info = { 0 };
    struct hear *hear = NULL;
    struct hear_words words = { 0 };
    int status = DONE;
    int16_t *samples = read_message(&info, &status);
    if (!samples)
        return status;
    enum err e = hear_open(NULL, &hear);
    if (e == ERR_NOT_FOUND)
        status = fail(NEVER, "there is no speech model on this machine: install pocketsphinx-en-us");
    else if (!e)
        e = hear_pcm(hear, samples, (size_t)info.frames, info.samplerate, &words);
    if (!e)
        status = print(&words);
    else if (!status)
        status = fail(e == ERR_UNSUPPORTED || e == ERR_INVALID ? NEVER : LATER, err_text(e));
    hear_words_free(&words);
    hear_close(&hear);
    free(samples);
    return status;
}

static error_t on_option(int name, char *arg, struct argp_state *state)
{
    struct bounds *b = state->input;
    switch (name) {
    case OPT_MEMORY: b->memory_mib = strtoul(arg, NULL, 10); return 0;
    case OPT_SECONDS: b->seconds = strtoul(arg, NULL, 10); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "memory", OPT_MEMORY, "MIB", 0, "Most memory that it takes (no limit)", 0 },
        { "seconds", OPT_SECONDS, "N", 0, "Most time of the processor (no limit)", 0 },
        { 0 },
    };
    static const struct argp argp = {
        options, on_option, "< MESSAGE.wav", "Writes a message down as words with their confidence, JSON.", NULL,
        NULL,    NULL
    };
    struct bounds b = { 0 };
    argp_parse(&argp, argc, argv, 0, NULL, &b);
    bind_self(&b);
    int status = hear_message();
    return fflush(stdout) ? LATER : status;
}
