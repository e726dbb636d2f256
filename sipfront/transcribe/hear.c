#include "sipfront/transcribe/hear.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pocketsphinx.h>
#include <sphinxbase/err.h>

#include "sipfront/transcribe/hear_front.h"
#include "vm/base/log.h"
#include "vm/base/str.h"

static const char default_model[] = "/usr/share/pocketsphinx/model/en-us";

/* PocketSphinx keeps all of an utterance: longer audio is cut into such, at its quietest place. */
enum { SPAN_MOST = 30000 / HEAR_FRAME_MS, SPAN_LEAST = 15000 / HEAR_FRAME_MS, QUIET = 300 / HEAR_FRAME_MS };
enum { SILENT_RMS = 33, SILENT_SAMPLES = 160 }; /* -60 dB of full scale */

struct hear {
    ps_decoder_t *ps;
    cmd_ln_t *config;
    struct hear_front *front;
};

struct model {
    struct sbuf acoustic, language, words;
};

static void model_free(struct model *m)
{
    sbuf_free(&m->acoustic);
    sbuf_free(&m->language);
    sbuf_free(&m->words);
}

static bool is_there(const char *path)
{
    if (access(path, R_OK) == 0)
        return true;
    log_error("transcribe", "%s cannot be read; Debian's package pocketsphinx-en-us brings it", path);
    return false;
}

static enum err model_find(struct model *m, const char *dir)
{
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/')
        len--;
    size_t from = len;
    while (from > 0 && dir[from - 1] != '/')
        from--;
    struct str path = { dir, len }, name = { dir + from, len - from };
    sbuf_fmt(&m->acoustic, "%.*s/%.*s", STR_ARG(path), STR_ARG(name));
    sbuf_fmt(&m->language, "%.*s/%.*s.lm.bin", STR_ARG(path), STR_ARG(name));
    sbuf_fmt(&m->words, "%.*s/cmudict-%.*s.dict", STR_ARG(path), STR_ARG(name));
    return is_there(m->acoustic.p) && is_there(m->language.p) && is_there(m->words.p) ? ERR_OK : ERR_NOT_FOUND;
}

/* hear_front.c makes the features of en-us and of no other model. */
static bool features_fit(cmd_ln_t *c)
{
    return cmd_ln_int32_r(c, "-nfilt") == HEAR_BANDS && cmd_ln_int32_r(c, "-ncep") == HEAR_CEPSTRA &&
           lround(cmd_ln_float_r(c, "-lowerf")) == 130 && lround(cmd_ln_float_r(c, "-upperf")) == 6800 &&
           cmd_ln_int32_r(c, "-lifter") == 22 && strcmp(cmd_ln_str_r(c, "-transform"), "dct") == 0;
}

/* PocketSphinx's own beams and weights: see docs/transcription.md. */
static enum err decoder_new(struct hear *h, const struct model *m)
{
    h->config =
        cmd_ln_init(NULL, ps_args(), TRUE, "-hmm", m->acoustic.p, "-lm", m->language.p, "-dict", m->words.p, NULL);
    h->ps = h->config ? ps_init(h->config) : NULL;
    if (!h->ps)
        return ERR_INVALID;
    return features_fit(h->config) ? ERR_OK : ERR_UNSUPPORTED;
}

enum err hear_open(const char *model_dir, struct hear **out)
{
    struct model m = { 0 };
    *out = NULL;
    err_set_logfp(NULL);
    struct hear *h = calloc(1, sizeof *h);
    enum err e = h ? model_find(&m, model_dir ? model_dir : default_model) : ERR_NOMEM;
    if (!e)
        e = hear_front_new(&h->front);
    if (!e)
        e = decoder_new(h, &m);
    model_free(&m);
    if (e)
        hear_close(&h);
    *out = h;
    return e;
}

void hear_close(struct hear **h)
{
    if (!*h)
        return;
    ps_free((*h)->ps);
    cmd_ln_free_r((*h)->config);
    hear_front_free(&(*h)->front);
    free(*h);
    *h = NULL;
}

void hear_words_free(struct hear_words *w)
{
    free(w->items);
    *w = (struct hear_words){ 0 };
}

/* Zeros and the hiss of a line are not given to the decoder, which would find words in them. */
static bool is_silent(const int16_t *pcm, size_t samples)
{
    for (size_t at = 0; at + SILENT_SAMPLES <= samples; at += SILENT_SAMPLES) {
        double sum = 0;
        for (size_t i = 0; i < SILENT_SAMPLES; i++)
            sum += (double)pcm[at + i] * pcm[at + i];
        if (sum > (double)SILENT_RMS * SILENT_RMS * SILENT_SAMPLES)
            return false;
    }
    return true;
}

/* <s>, <sil>, [NOISE] and the like are not words; "read(2)" is read, said another way. */
static bool word_text(char text[static 48], const char *heard)
{
    if (!heard || heard[0] == '<' || heard[0] == '[' || heard[0] == '+')
        return false;
    size_t len = strcspn(heard, "(");
    if (len == 0 || len >= 48)
        return false;
    memcpy(text, heard, len);
    text[len] = '\0';
    return true;
}

static double confidence(struct hear *h, ps_seg_t *at)
{
    double p = logmath_exp(ps_get_logmath(h->ps), ps_seg_prob(at, NULL, NULL, NULL));
    return p > 1 ? 1 : p < 0 ? 0 : p;
}

static enum err collect(struct hear *h, size_t first, struct hear_words *out)
{
    for (ps_seg_t *at = ps_seg_iter(h->ps); at; at = ps_seg_next(at)) {
        struct hear_word w = { 0 };
        int from, to;
        if (out->len == HEAR_WORDS_MAX || !word_text(w.text, ps_seg_word(at)))
            continue;
        ps_seg_frames(at, &from, &to);
        w.confidence = confidence(h, at);
        w.start_ms = ((int)first + from) * HEAR_FRAME_MS;
        w.end_ms = ((int)first + to + 1) * HEAR_FRAME_MS;
        out->items[out->len++] = w;
    }
    return ERR_OK;
}

/* Where the span from `first` ends: all that is left, or the middle of its quietest QUIET frames in the second half. */
static size_t span_end(const struct hear_frames *f, size_t first)
{
    if (f->len - first <= SPAN_MOST)
        return f->len;
    double best = INFINITY;
    size_t end = first + SPAN_MOST;
    for (size_t at = first + SPAN_LEAST; at + QUIET <= first + SPAN_MOST; at++) {
        double loud = 0;
        for (size_t i = 0; i < (size_t)QUIET * HEAR_NARROW; i++)
            loud += f->items[at + i / HEAR_NARROW][i % HEAR_NARROW];
        if (loud < best) {
            best = loud;
            end = at + QUIET / 2;
        }
    }
    return end;
}

static enum err span_hear(struct hear *h, const struct hear_frames *f, size_t first, size_t end, struct hear_words *out)
{
    size_t count = end - first;
    mfcc_t *cepstra = calloc(count * HEAR_CEPSTRA, sizeof *cepstra);
    mfcc_t **rows = calloc(count, sizeof *rows);
    enum err e = cepstra && rows ? ERR_OK : ERR_NOMEM;
    for (size_t i = 0; !e && i < count; i++) {
        rows[i] = cepstra + i * HEAR_CEPSTRA;
        hear_front_cepstra(h->front, f->items[first + i], rows[i]);
    }
    if (!e && ps_start_utt(h->ps) < 0)
        e = ERR_INVALID;
    if (!e) {
        int heard = ps_process_cep(h->ps, rows, (int)count, FALSE, TRUE); /* as a whole: its mean is that of all */
        int ended = ps_end_utt(h->ps);
        e = heard < 0 || ended < 0 ? ERR_INVALID : collect(h, first, out);
    }
    free(rows);
    free(cepstra);
    return e;
}

static enum err frames_hear(struct hear *h, const struct hear_frames *f, struct hear_words *out)
{
    enum err e = ERR_OK;
    for (size_t first = 0, end; !e && first < f->len; first = end) {
        end = span_end(f, first);
        e = span_hear(h, f, first, end, out);
    }
    return e;
}

enum err hear_pcm(struct hear *h, const int16_t *pcm, size_t samples, int rate_hz, struct hear_words *out)
{
    struct hear_words words = { 0 };
    struct hear_frames frames = { 0 };
    if (rate_hz != HEAR_RATE && rate_hz != HEAR_RATE / 2)
        return ERR_INVALID;
    *out = words;
    if (is_silent(pcm, samples))
        return ERR_OK;
    words.items = calloc(HEAR_WORDS_MAX, sizeof *words.items);
    enum err e = words.items ? hear_front_bands(h->front, pcm, samples, rate_hz, &frames) : ERR_NOMEM;
    if (!e && rate_hz < HEAR_RATE)
        hear_restore(&frames);
    if (!e)
        e = frames_hear(h, &frames, &words);
    hear_frames_free(&frames);
    if (e)
        hear_words_free(&words);
    *out = words;
    return e;
}
