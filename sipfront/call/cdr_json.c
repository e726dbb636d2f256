#include "sipfront/call/cdr_json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static bool needs_escape(unsigned char c) { return c <= ' ' || c == '%' || c == 0x7f; }

static void put_word(struct sbuf *line, const char *value)
{
    for (size_t plain; *value; value += plain) {
        for (plain = 0; value[plain] && !needs_escape((unsigned char)value[plain]); plain++)
            ;
        sbuf_add(line, value, plain);
        if (value[plain])
            sbuf_fmt(line, "%%%02X", (unsigned char)value[plain++]);
    }
}

void cdr_put(struct sbuf *line, const char *key, const char *value)
{
    if (line->len)
        sbuf_char(line, ' ');
    sbuf_cstr(line, key);
    sbuf_char(line, '=');
    if (!value)
        sbuf_char(line, '-');
    else if (strcmp(value, "-") == 0)
        sbuf_cstr(line, "%2D");
    else
        put_word(line, value);
}

/* Behind caller_, callee_ or nothing. */
static const char *const figures[] = { "version", "talk",       "status",   "cost", "leg", "in",     "lost",
                                       "jitter",  "far_jitter", "far_lost", "rtt",  "mos", "refused" };

static bool is_figure(struct str key)
{
    for (size_t i = 0; i < 2; i++)
        if (str_starts(key, i ? "callee_" : "caller_"))
            key.p += 7, key.len -= 7;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        if (str_is(key, figures[i]))
            return true;
    return false;
}

static int hex(char c) { return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10; }

/* A text of UTF-8: what is none (a carrier may send anything) has question marks. */
static json_t *text_of(struct str value)
{
    struct sbuf text = { 0 };
    sbuf_cstr(&text, "");
    for (size_t i = 0; i < value.len; i++)
        if (value.p[i] == '%' && i + 2 < value.len && isxdigit((unsigned char)value.p[i + 1]) &&
            isxdigit((unsigned char)value.p[i + 2])) {
            sbuf_char(&text, (char)(hex(value.p[i + 1]) << 4 | hex(value.p[i + 2])));
            i += 2;
        } else {
            sbuf_char(&text, value.p[i]);
        }
    json_t *j = json_stringn(text.p, text.len);
    if (!j) {
        for (size_t i = 0; i < text.len; i++)
            text.p[i] = (text.p[i] & 0x80) ? '?' : text.p[i];
        j = json_stringn(text.p, text.len);
    }
    sbuf_free(&text);
    return j;
}

static json_t *figure_of(struct str value)
{
    char text[32], *end;
    snprintf(text, sizeof text, "%.*s", STR_ARG(value));
    if (strchr(text, '.')) {
        double d = strtod(text, &end);
        return *end ? text_of(value) : json_real(d);
    }
    long long n = strtoll(text, &end, 10);
    return *end || !*text ? text_of(value) : json_integer(n);
}

static void add(json_t *o, struct str word)
{
    const char *is = memchr(word.p, '=', word.len);
    char key[64];
    if (!is || is == word.p || (size_t)(is - word.p) >= sizeof key)
        return;
    struct str name = { word.p, (size_t)(is - word.p) }, value = { is + 1, word.len - name.len - 1 };
    memcpy(key, name.p, name.len);
    key[name.len] = '\0';
    json_object_set_new(o, key, str_is(value, "-") ? json_null() : is_figure(name) ? figure_of(value) : text_of(value));
}

void cdr_json(struct sbuf *out, const char *type, struct str line)
{
    json_t *o = json_object();
    json_object_set_new(o, "type", json_string(type));
    while (line.len) {
        const char *blank = memchr(line.p, ' ', line.len);
        size_t n = blank ? (size_t)(blank - line.p) : line.len;
        add(o, (struct str){ line.p, n });
        n += blank != NULL;
        line.p += n, line.len -= n;
    }
    char *text = json_dumps(o, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12));
    if (!text)
        abort();
    sbuf_fmt(out, "%s\n", text);
    free(text);
    json_decref(o);
}
