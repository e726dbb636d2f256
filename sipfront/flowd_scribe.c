#include "sipfront/flowd_scribe.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/transcribe/scribe.h"
#include "vm/base/str.h"

enum {
    OPT_NO_TRANSCRIBE = 0x500,
    OPT_BY,
    OPT_URL,
    OPT_MODEL,
    OPT_LANGUAGE,
    OPT_KEY_FILE,
    OPT_AT_ONCE,
    OPT_RETRY,
    OPT_LIMIT,
    OPT_MEMORY
};

static const struct argp_option options[] = {
    { "no-transcribe", OPT_NO_TRANSCRIBE, NULL, 0, "Write no message down as text", 0 },
    { "transcribe-by", OPT_BY, "ENGINE", 0,
      "pocketsphinx (on this machine, English) or web; boxes may say otherwise (web where there is a --transcribe-url)",
      0 },
    { "transcribe-url", OPT_URL, "URL", 0,
      "Transcription server for the engine web, as OpenAI's: http://HOST:PORT or the whole address", 0 },
    { "transcribe-model", OPT_MODEL, "NAME", 0, "Its model (whisper-1)", 0 },
    { "transcribe-language", OPT_LANGUAGE, "CODE", 0, "The language spoken, such as en (it finds out)", 0 },
    { "transcribe-key-file", OPT_KEY_FILE, "FILE", 0, "Its first line is the key for that server", 0 },
    { "transcribe-at-once", OPT_AT_ONCE, "N", 0, "Messages that are written down at a time, 1 to 16 (1)", 0 },
    { "transcribe-retry", OPT_RETRY, "SECONDS", 0, "Distance of the first retry; it doubles (30)", 0 },
    { "transcribe-limit", OPT_LIMIT, "SECONDS", 0, "Most time for one try (60 and ten times the message)", 0 },
    { "transcribe-memory", OPT_MEMORY, "MIB", 0, "Most memory of the engine pocketsphinx (1024)", 0 },
    { 0 },
};

const char *flowd_read_secret(struct argp_state *st, const char *option, const char *file)
{
    struct sbuf to = { 0 };
    if (sbuf_read_file(&to, file, 4096) != ERR_OK)
        argp_error(st, "%s: '%s' cannot be read", option, file);
    sbuf_cstr(&to, "");
    to.p[strcspn(to.p, "\r\n")] = 0;
    if (!*to.p)
        argp_error(st, "%s: the first line of '%s' is empty", option, file);
    return to.p;
}

static unsigned number(struct argp_state *st, const char *option, const char *text, unsigned most)
{
    int64_t n;
    if (!str_to_int(str_of(text), &n) || n < 1 || n > most)
        argp_error(st, "--%s wants a number from 1 to %u, not '%s'", option, most, text);
    return (unsigned)n;
}

static error_t parse(int key, char *arg, struct argp_state *st)
{
    struct scribe_params *p = st->input;
    switch (key) {
    case OPT_NO_TRANSCRIBE: p->off = true; return 0;
    case OPT_BY: p->by = arg; return 0;
    case OPT_URL: p->url = arg; return 0;
    case OPT_MODEL: p->model = arg; return 0;
    case OPT_LANGUAGE: p->language = arg; return 0;
    case OPT_KEY_FILE: p->key = flowd_read_secret(st, "--transcribe-key-file", arg); return 0;
    case OPT_AT_ONCE: p->at_once = number(st, "transcribe-at-once", arg, SCRIBE_MOST_AT_ONCE); return 0;
    case OPT_RETRY: p->retry_ms = 1000L * number(st, "transcribe-retry", arg, 3600); return 0;
    case OPT_LIMIT: p->limit_ms = 1000L * number(st, "transcribe-limit", arg, 86400); return 0;
    case OPT_MEMORY: p->memory_mib = number(st, "transcribe-memory", arg, 65536); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp flowd_scribe_argp = { options, parse, NULL, NULL, NULL, NULL, NULL };
