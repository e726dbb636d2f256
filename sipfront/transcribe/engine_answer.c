/* The answer of a transcription server. Servers tell more or less: words with a probability (whisper.cpp,
 * faster-whisper), words without and segments with avg_logprob (OpenAI), segments alone, or the text alone. */
#include <math.h>
#include <string.h>

#include <jansson.h>

#include "sipfront/transcribe/engine.h"

/* Whisper makes words up where nobody speaks; its own rule for leaving a segment out. */
#define NO_SPEECH     0.6
#define NO_SPEECH_LOG (-1.0)

static int64_t ms_of(const json_t *o, const char *key)
{
    double s = json_number_value(json_object_get(o, key));
    return s > 0 && s < 1e6 ? (int64_t)llround(s * 1000) : 0;
}

static double within(double c) { return c < 0 ? 0 : c > 1 ? 1 : c; }

static bool is_silent(const json_t *segment)
{
    return json_number_value(json_object_get(segment, "no_speech_prob")) > NO_SPEECH &&
           json_number_value(json_object_get(segment, "avg_logprob")) < NO_SPEECH_LOG;
}

/* Of a word or segment itself; SAID_UNKNOWN when it does not say. */
static double confidence_of(const json_t *o)
{
    const json_t *p = json_object_get(o, "probability"), *log = json_object_get(o, "avg_logprob");
    if (json_is_number(p))
        return within(json_number_value(p));
    return json_is_number(log) ? within(exp(json_number_value(log))) : SAID_UNKNOWN;
}

/* The segment in which that moment lies, or NULL. */
static const json_t *segment_at(const json_t *segments, int64_t ms)
{
    json_t *s;
    size_t i;
    json_array_foreach(segments, i, s)
    {
        if (ms >= ms_of(s, "start") && ms < ms_of(s, "end"))
            return s;
    }
    return NULL;
}

/* words: of all, or of the one segment. */
static void add_words(struct said *said, const json_t *words, const json_t *segments, const json_t *segment)
{
    json_t *w;
    size_t i;
    json_array_foreach(words, i, w)
    {
        const char *text = json_string_value(json_object_get(w, "word"));
        const json_t *of = segment ? segment : segment_at(segments, ms_of(w, "start"));
        double c = confidence_of(w);
        if (text && !is_silent(of))
            said_add(said, text, c < 0 ? confidence_of(of) : c, ms_of(w, "start"), ms_of(w, "end"));
    }
}

static void add_segments(struct said *said, const json_t *segments)
{
    json_t *s;
    size_t i;
    json_array_foreach(segments, i, s)
    {
        const json_t *words = json_object_get(s, "words");
        const char *text = json_string_value(json_object_get(s, "text"));
        if (json_array_size(words))
            add_words(said, words, NULL, s);
        else if (text && !is_silent(s))
            said_add(said, text, confidence_of(s), ms_of(s, "start"), ms_of(s, "end"));
    }
}

enum err engine_web_read(struct said *s, struct str body)
{
    json_t *o = json_loadb(body.p ? body.p : "", body.len, 0, NULL);
    const json_t *words = json_object_get(o, "words"), *segments = json_object_get(o, "segments"),
                 *text = json_object_get(o, "text");
    bool is_one = json_is_array(words) || json_is_array(segments) || json_is_string(text);
    if (json_array_size(words))
        add_words(s, words, segments, NULL);
    else if (json_array_size(segments))
        add_segments(s, segments);
    else if (json_is_string(text))
        said_add(s, json_string_value(text), SAID_UNKNOWN, 0, 0);
    json_decref(o);
    return is_one ? ERR_OK : ERR_SYNTAX;
}
