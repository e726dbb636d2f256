#include "sipfront/transcribe/said.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "vm/base/vec.h"

void said_free(struct said *s)
{
    for (size_t i = 0; i < s->len; i++)
        free(s->items[i].text);
    vec_free(s);
}

void said_add(struct said *s, const char *text, double confidence, int64_t start_ms, int64_t end_ms)
{
    static const char gaps[] = " \t\r\n\v\f";
    for (;;) {
        text += strspn(text, gaps);
        size_t len = strcspn(text, gaps);
        if (!len || s->len >= SAID_MOST_WORDS)
            return;
        char *word = strndup(text, len);
        if (!word)
            abort();
        vec_push(s, (struct said_word){ word, confidence, start_ms, end_ms });
        text += len;
    }
}

static bool is_unsure(const struct said *s, size_t i)
{
    double c = i < s->len ? s->items[i].confidence : SAID_UNKNOWN;
    return c >= 0 && c < SAID_SURE;
}

void said_text(const struct said *s, struct sbuf *out)
{
    for (size_t i = 0; i < s->len; i++) {
        bool unsure = is_unsure(s, i), begins = unsure && !(i && is_unsure(s, i - 1));
        sbuf_fmt(out, "%s%s%s%s", i ? " " : "", begins ? "(" : "", s->items[i].text,
                 unsure && !is_unsure(s, i + 1) ? "?)" : "");
    }
}

void said_json(const struct said *s, const char *by, struct sbuf *out)
{
    json_t *words = json_array();
    for (size_t i = 0; i < s->len; i++) {
        const struct said_word *w = &s->items[i];
        json_t *o = json_pack("{s:s?, s:I, s:I}", "text", w->text, "start_ms", (json_int_t)w->start_ms, "end_ms",
                              (json_int_t)w->end_ms);
        json_object_set_new(o, "confidence", w->confidence < 0 ? json_null() : json_real(w->confidence));
        json_array_append_new(words, o);
    }
    json_t *all = json_pack("{s:s, s:o}", "by", by, "words", words);
    char *text = json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(3));
    sbuf_cstr(out, text ? text : "");
    free(text);
    json_decref(all);
}

enum err said_read(struct said *s, struct str json)
{
    json_t *all = json_loadb(json.p ? json.p : "", json.len, JSON_REJECT_DUPLICATES, NULL), *w;
    const json_t *words = json_object_get(all, "words");
    enum err e = json_is_array(words) ? ERR_OK : ERR_SYNTAX;
    size_t i;
    json_array_foreach(words, i, w)
    {
        const json_t *text = json_object_get(w, "text"), *c = json_object_get(w, "confidence");
        if (!json_is_string(text))
            e = ERR_SYNTAX;
        else
            said_add(s, json_string_value(text), json_is_number(c) ? json_number_value(c) : SAID_UNKNOWN,
                     json_integer_value(json_object_get(w, "start_ms")),
                     json_integer_value(json_object_get(w, "end_ms")));
    }
    json_decref(all);
    return e;
}
