#include "compiler/author/lsp_json.h"

#include "compiler/source.h"

static json_t *made(json_t *j)
{
    lsp_must(j != NULL);
    return j;
}

/* Names of files need not be UTF-8, JSON must: what is not becomes a question mark. */
static json_t *mended(struct str s)
{
    struct sbuf copy = { 0 };
    size_t bad;
    sbuf_str(&copy, s);
    while (!utf8_valid(sbuf_view(&copy), &bad))
        copy.p[bad] = '?';
    json_t *j = made(json_stringn(copy.p, copy.len));
    sbuf_free(&copy);
    return j;
}

json_t *lsp_string(struct str s)
{
    size_t bad;
    if (!s.len)
        return made(json_string(""));
    return utf8_valid(s, &bad) ? made(json_stringn(s.p, s.len)) : mended(s);
}
json_t *lsp_object(void) { return made(json_object()); }
json_t *lsp_array(void) { return made(json_array()); }
json_t *lsp_integer(long long n) { return made(json_integer(n)); }

void lsp_set(json_t *object, const char *key, json_t *value) { lsp_must(json_object_set_new(object, key, value) == 0); }

void lsp_set_text(json_t *object, const char *key, const char *text) { lsp_set(object, key, lsp_string(str_of(text))); }

void lsp_add(json_t *array, json_t *value) { lsp_must(json_array_append_new(array, value) == 0); }

json_t *lsp_position_json(struct lsp_position at)
{
    json_t *j = lsp_object();
    lsp_set(j, "line", lsp_integer(at.line));
    lsp_set(j, "character", lsp_integer(at.character));
    return j;
}

json_t *lsp_range_json(struct lsp_position from, struct lsp_position to)
{
    json_t *j = lsp_object();
    lsp_set(j, "start", lsp_position_json(from));
    lsp_set(j, "end", lsp_position_json(to));
    return j;
}

static bool read_count(const json_t *j, uint32_t *out)
{
    json_int_t n = json_integer_value(j);
    *out = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
    return json_is_integer(j) && n >= 0;
}

bool lsp_read_position(const json_t *j, struct lsp_position *out)
{
    return read_count(json_object_get(j, "line"), &out->line) &&
           read_count(json_object_get(j, "character"), &out->character);
}

struct str lsp_read_text(const json_t *j, const char *key)
{
    const json_t *value = json_object_get(j, key);
    return (struct str){ json_string_value(value), json_string_length(value) };
}
