/* flowspeak: makes a WAV of what a pretended call sounds like. `flowc sim --speak` starts it and tells it what begins
 * when, a line a thing; so flowc itself needs no speech and no codecs, and starts without them. The words are spoken as
 * the server speaks them.
 *
 *   AT names                   forgets all names
 *   AT name WORD, and on the next line how it is said
 *   AT say RATE VOICE WORDS    AT file PATH    AT tone NAME    AT wait MS    answers how many ms that takes, 0: it
 * cannot AT cut                     what sounds is silent from there on AT key D                   the caller presses a
 * key AT end                     the file is written
 *
 * AT: ms of the call; VOICE and RATE: '-' and 0 for the server's own. */
#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/wav_file.h"
#include "sipfront/speech/pronounce.h"
#include "sipfront/speech/speech.h"
#include "vm/base/vec.h"

enum { RATE = 16000, MS = RATE / 1000, MOST_MS = 3600 * 1000, KEY_MS = 120, KEY_LEVEL = 5000 };

struct sheet {
    struct speech *speech;
    int16_t *samples;
    size_t count; /* samples: an hour at most */
    const char *out;
    bool too_long;
    VEC(struct word_said) names; /* owned texts */
    char *named;                 /* how it is said is the next line; NULL: it is none */
};

static void forget_names(struct sheet *s)
{
    for (size_t i = 0; i < s->names.len; i++) {
        free((char *)(uintptr_t)s->names.items[i].word.p);
        free((char *)(uintptr_t)s->names.items[i].said.p);
    }
    s->names.len = 0;
}

static void learn_name(struct sheet *s, const char *said)
{
    vec_push(&s->names, (struct word_said){ str_of(s->named), str_of(strdup(said)) });
    s->named = NULL;
}

/* Room for the call up to there, silent. */
static bool reach(struct sheet *s, size_t count)
{
    s->too_long = s->too_long || count > (size_t)MOST_MS * MS;
    if (count > (size_t)MOST_MS * MS)
        return false;
    if (count <= s->count)
        return true;
    int16_t *more = realloc(s->samples, count * sizeof *more);
    if (!more)
        return false;
    memset(more + s->count, 0, (count - s->count) * sizeof *more);
    s->samples = more;
    s->count = count;
    return true;
}

static int16_t clip(int n) { return (int16_t)(n > INT16_MAX ? INT16_MAX : n < INT16_MIN ? INT16_MIN : n); }

static void mix(struct sheet *s, int64_t at, const struct prompt_audio *a)
{
    size_t first = (size_t)at * MS;
    if (!reach(s, first + a->count))
        return;
    for (size_t i = 0; i < a->count; i++)
        s->samples[first + i] = clip(s->samples[first + i] + a->samples[i]);
}

static enum err say(struct sheet *s, char *rest, struct prompt_audio *a)
{
    struct speech_audio spoken;
    int used = 0, rate = 0;
    char voice[32];
    if (sscanf(rest, "%d %31s %n", &rate, voice, &used) < 2 || !used)
        return ERR_INVALID;
    struct pronounce_own own = { s->names.items, (uint32_t)s->names.len };
    struct sbuf words = { 0 };
    pronounce_apply(NULL, &own, str_of(rest + used), &words);
    enum err e =
        speech_say(s->speech, sbuf_view(&words), str_of(strcmp(voice, "-") ? voice : ""), rate ? rate : 100, &spoken);
    sbuf_free(&words);
    if (e)
        return e;
    e = prompt_audio_samples(a, spoken.samples, spoken.count, spoken.rate);
    free(spoken.samples);
    return e;
}

/* Answers how long it takes, and mixes it in. */
static void sound(struct sheet *s, int64_t at, const char *kind, char *rest)
{
    struct prompt_audio a = { .codec = CODEC_G722 }; /* the one of 16 kHz */
    enum err e = strcmp(kind, "say") == 0    ? say(s, rest, &a)
                 : strcmp(kind, "file") == 0 ? prompt_audio_file(&a, rest)
                                             : prompt_audio_tone(&a, str_of(rest));
    if (e)
        fprintf(stderr, "flowspeak: %s %s: %s\n", kind, rest, err_text(e));
    else
        mix(s, at, &a);
    printf("%zu\n", e ? 0 : (a.count + MS - 1) / MS);
    prompt_audio_free(&a);
}

static void cut(struct sheet *s, int64_t at)
{
    size_t from = (size_t)at * MS;
    if (from < s->count)
        memset(s->samples + from, 0, (s->count - from) * sizeof *s->samples);
}

/* ITU-T Q.23. */
static void key(struct sheet *s, int64_t at, char digit)
{
    static const char keys[] = "123A456B789C*0#D";
    static const double rows[] = { 697, 770, 852, 941 }, columns[] = { 1209, 1336, 1477, 1633 };
    const char *found = strchr(keys, digit);
    struct prompt_audio a = { .count = (size_t)KEY_MS * MS };
    int16_t samples[KEY_MS * MS];
    if (!found || !digit)
        return;
    const double turn = 2 * M_PI / RATE;
    for (int i = 0; i < KEY_MS * MS; i++)
        samples[i] = (int16_t)lrint(
            KEY_LEVEL * (sin(turn * rows[(found - keys) / 4] * i) + sin(turn * columns[(found - keys) % 4] * i)));
    a.samples = samples;
    mix(s, at, &a);
}

static int write_out(struct sheet *s, int64_t at)
{
    struct wav_file w = { .fd = -1, .rate = RATE, .channels = 1 };
    bool whole = reach(s, (size_t)at * MS);
    size_t n = s->count < (size_t)at * MS ? s->count : (size_t)at * MS; /* what sounds at the end is cut by it */
    enum err e = wav_create(&w, s->out);
    if (!e && n)
        e = wav_append(&w, s->samples, n);
    enum err closed = wav_close(&w);
    if (e || closed)
        fprintf(stderr, "flowspeak: %s: %s\n", s->out, err_text(e ? e : closed));
    if (!whole || s->too_long)
        fprintf(stderr, "flowspeak: %s: only the first hour of the call is in it\n", s->out);
    return e || closed ? 1 : 0;
}

/* false: the end; *status is the command's. */
static bool obey(struct sheet *s, char *line, int *status)
{
    char kind[8];
    int used = 0;
    long long at;
    line[strcspn(line, "\n")] = '\0';
    if (s->named) {
        learn_name(s, line);
        return true;
    }
    if (sscanf(line, "%lld %7s%n", &at, kind, &used) < 2 || at < 0)
        return true;
    char *rest = line + used + (line[used] == ' ');
    if (strcmp(kind, "end") == 0) {
        *status = write_out(s, at);
        return false;
    }
    if (strcmp(kind, "names") == 0)
        forget_names(s);
    else if (strcmp(kind, "name") == 0)
        s->named = strdup(rest);
    else if (strcmp(kind, "cut") == 0)
        cut(s, at);
    else if (strcmp(kind, "key") == 0)
        key(s, at, *rest);
    else
        sound(s, at, kind, rest);
    fflush(stdout);
    return true;
}

static error_t on_option(int name, char *arg, struct argp_state *state)
{
    const char **out = state->input;
    switch (name) {
    case ARGP_KEY_ARG: *out = arg; return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        NULL,      on_option,
        "OUT.wav", "Speaks a pretended call into a file. Started by 'flowc sim --speak OUT.wav', not by hand.",
        NULL,      NULL,
        NULL
    };
    struct sheet s = { 0 };
    char *line = NULL;
    size_t room = 0;
    int status = 1; /* no end came */
    argp_parse(&argp, argc, argv, 0, NULL, &s.out);
    enum err e = speech_new(&s.speech);
    if (e)
        fprintf(stderr, "flowspeak: no speech: %s\n", err_text(e));
    while (!e && getline(&line, &room, stdin) > 0 && obey(&s, line, &status))
        ;
    speech_free(&s.speech);
    forget_names(&s);
    vec_free(&s.names);
    free(s.named);
    free(s.samples);
    free(line);
    return status;
}
