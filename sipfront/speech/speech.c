/* Flite: four voices, made once for the process and shared; one sentence is spoken at a time. */
#include "sipfront/speech/speech.h"

#include <iconv.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <flite/flite.h>

cst_voice *register_cmu_us_slt(const char *voxdir);
cst_voice *register_cmu_us_rms(const char *voxdir);
cst_voice *register_cmu_us_awb(const char *voxdir);
cst_voice *register_cmu_us_kal(const char *voxdir);

enum { VOICES = 4, RATE_MIN = 50, RATE_MAX = 200, TEXT_MAX = 16384, LEAD_MS = 10, SILENT = 131 /* -48 dBFS */ };

static const struct {
    const char *name;
    cst_voice *(*make)(const char *voxdir);
} voices[VOICES] = {
    { "slt", register_cmu_us_slt }, /* the first is the default */
    { "rms", register_cmu_us_rms },
    { "awb", register_cmu_us_awb },
    { "kal", register_cmu_us_kal },
};

struct speech {
    cst_voice *made[VOICES]; /* flite's own, never freed */
};

/* Flite keeps state in statics and its voices in lists, so one lock serves all of the process. */
static pthread_mutex_t flite_lock = PTHREAD_MUTEX_INITIALIZER;

/* The voice's number, VOICES when there is none of that name. */
static unsigned voice_index(struct str voice)
{
    unsigned i = 0;

    while (voice.len > 0 && i < VOICES && !str_is(voice, voices[i].name))
        i++;
    return i;
}

bool speech_has_voice(struct str voice) { return voice_index(voice) < VOICES; }

enum err speech_new(struct speech **out)
{
    struct speech *s = calloc(1, sizeof *s);
    bool complete = true;

    *out = NULL;
    if (!s)
        return ERR_NOMEM;
    pthread_mutex_lock(&flite_lock);
    flite_init();
    for (unsigned i = 0; i < VOICES; i++) {
        s->made[i] = voices[i].make(NULL);
        complete &= s->made[i] != NULL;
    }
    pthread_mutex_unlock(&flite_lock);
    if (!complete) {
        free(s);
        return ERR_UNSUPPORTED;
    }
    *out = s;
    return ERR_OK;
}

void speech_free(struct speech **s)
{
    free(*s);
    *s = NULL;
}

/* Flite reads ASCII only: letters beyond it become their nearest, or a question mark. NULL: out of memory. */
static char *plain_text(struct str text)
{
    iconv_t cd = iconv_open("ASCII//TRANSLIT//IGNORE", "UTF-8");
    size_t left = text.len, room = 4 * text.len;
    char *in = (char *)text.p; /* iconv does not write there */
    char *plain = calloc(room + 1, 1), *at = plain;

    if (plain && text.len > 0 && cd != (iconv_t)-1)
        iconv(cd, &in, &left, &at, &room);
    if (cd != (iconv_t)-1)
        iconv_close(cd);
    for (char *c = plain; c && *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return plain;
}

static cst_wave *speak(cst_voice *voice, const char *text, int percent)
{
    cst_wave *wave;

    pthread_mutex_lock(&flite_lock);
    flite_feat_set_float(voice->features, "duration_stretch", 100.0F / (float)percent);
    wave = flite_text_to_wave(text, voice);
    pthread_mutex_unlock(&flite_lock);
    return wave;
}

/* How many samples of silence, or near it, a text begins with, but for LEAD_MS. */
static size_t silent_lead(const int16_t *samples, size_t n, unsigned rate)
{
    size_t keep = (size_t)rate * LEAD_MS / 1000, at = 0;

    while (at < n && abs(samples[at]) < SILENT)
        at++;
    return at < n && at > keep ? at - keep : 0;
}

/* Flite rests for a fifth of a second before each text. Who waits for a word waits for nothing: the rest goes behind
 * the text, so that what is said next comes no sooner. */
static void rest_behind(int16_t *samples, size_t n, unsigned rate)
{
    size_t lead = silent_lead(samples, n, rate);

    memmove(samples, samples + lead, (n - lead) * sizeof *samples);
    memset(samples + n - lead, 0, lead * sizeof *samples);
}

static enum err take_wave(const cst_wave *wave, struct speech_audio *out)
{
    size_t n = wave->num_samples > 0 ? (size_t)wave->num_samples : 0;
    int16_t *copy = malloc((n + 1) * sizeof *copy);

    if (!copy)
        return ERR_NOMEM;
    if (n > 0)
        memcpy(copy, wave->samples, n * sizeof *copy);
    rest_behind(copy, n, (unsigned)wave->sample_rate);
    *out = (struct speech_audio){ .samples = copy, .count = (unsigned)n, .rate = (unsigned)wave->sample_rate };
    return ERR_OK;
}

enum err speech_say(struct speech *s, struct str text, struct str voice, int percent, struct speech_audio *out)
{
    unsigned index = voice_index(voice);
    char *plain;
    cst_wave *wave;
    enum err e;

    if (index == VOICES || percent < RATE_MIN || percent > RATE_MAX)
        return ERR_INVALID;
    if (text.len > TEXT_MAX)
        return ERR_TOO_BIG;
    plain = plain_text(text);
    if (!plain)
        return ERR_NOMEM;
    wave = speak(s->made[index], plain, percent);
    free(plain);
    if (!wave)
        return ERR_UNSUPPORTED;
    e = take_wave(wave, out);
    delete_wave(wave);
    return e;
}
