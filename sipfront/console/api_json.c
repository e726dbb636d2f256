/* Texts and times as JSON. Much of it was said by phones: it need not be UTF-8. */
#include <time.h>

#include "sipfront/console/api.h"

/* The bytes of the UTF-8 sequence at p (RFC 3629, section 4), or 0. */
static size_t sequence(const unsigned char *p)
{
    size_t n = *p < 0x80                 ? 1
               : *p >= 0xc2 && *p < 0xe0 ? 2
               : *p >= 0xe0 && *p < 0xf0 ? 3
               : *p >= 0xf0 && *p < 0xf5 ? 4
                                         : 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (*p == 0xe0 && p[1] < 0xa0) || (*p == 0xf0 && p[1] < 0x90);
    bool surrogate = *p == 0xed && p[1] > 0x9f;
    bool beyond = *p == 0xf4 && p[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : n;
}

static json_t *mended(const char *s)
{
    struct sbuf b = { 0 };
    while (*s) {
        size_t n = sequence((const unsigned char *)s);
        if (n)
            sbuf_add(&b, s, n);
        else
            sbuf_cstr(&b, "\xef\xbf\xbd");
        s += n ? n : 1;
    }
    json_t *out = json_stringn(b.p, b.len);
    sbuf_free(&b);
    return out;
}

json_t *api_json_text(const char *s)
{
    json_t *out = json_string(s ? s : "");
    return out ? out : mended(s);
}

json_t *api_json_name(const char *s) { return s && *s ? api_json_text(s) : json_null(); }

json_t *api_json_time(int64_t wall_ms)
{
    struct tm tm;
    time_t s = (time_t)(wall_ms / 1000);
    char text[64];
    if (!wall_ms || !gmtime_r(&s, &tm))
        return json_null();
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    return json_sprintf("%.*s.%03dZ", (int)n, text, (int)(wall_ms % 1000));
}

json_t *api_json_list(const char *list, json_t *array)
{
    json_t *body = json_object();
    json_object_set_new(body, list, array);
    return body;
}
