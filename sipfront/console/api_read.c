/* The body of a call: one JSON object of known fields. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/console/api.h"

static const char *const type_texts[] = {
    [FIELD_TEXT] = "a text",
    [FIELD_FLAG] = "true or false",
    [FIELD_COUNT] = "a whole number, 0 or more",
    [FIELD_MS] = "a whole number of milliseconds, 0 or more",
};

static const char *kind_of(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "a list";
    case JSON_STRING: return "a text";
    case JSON_INTEGER: return json_integer_value(v) < 0 ? "a negative number" : "a whole number";
    case JSON_REAL: return "a number with a fraction";
    case JSON_TRUE:
    case JSON_FALSE: return "true or false";
    case JSON_NULL: return "null";
    }
    return "";
}

static bool is_of_type(const json_t *v, enum field_type type)
{
    switch (type) {
    case FIELD_TEXT: return json_is_string(v);
    case FIELD_FLAG: return json_is_boolean(v);
    case FIELD_COUNT:
    case FIELD_MS: return json_is_integer(v) && json_integer_value(v) >= 0;
    }
    return false;
}

static const struct field *field_of(const struct field *fields, const char *name)
{
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

/* "did you mean 'name'?" when one is near, else all that are possible. */
static void suggest(const struct field *fields, const char *wrong, struct sbuf *help)
{
    for (const struct field *f = fields; f->name; f++) {
        if (str_distance(str_of(f->name), str_of(wrong), 2) <= 2) {
            sbuf_fmt(help, "did you mean '%s'?", f->name);
            return;
        }
    }
    for (const struct field *f = fields; f->name; f++)
        sbuf_fmt(help, "%s%s", f == fields ? "possible keys: " : ", ", f->name);
}

/* Fills message and help with the first thing that is wrong; ERR_OK when nothing is. */
static enum err check(const json_t *body, const struct field *fields, struct sbuf *message, struct sbuf *help)
{
    const char *name;
    json_t *v;
    json_object_foreach((json_t *)body, name, v)
    {
        const struct field *f = field_of(fields, name);
        if (!f) {
            sbuf_fmt(message, "unknown key '%s'", name);
            suggest(fields, name, help);
            return ERR_INVALID;
        }
        if (!is_of_type(v, f->type)) {
            sbuf_fmt(message, "'%s' must be %s, not %s", name, type_texts[f->type], kind_of(v));
            return ERR_INVALID;
        }
    }
    for (; fields->name; fields++) {
        if (fields->is_needed && !json_object_get(body, fields->name)) {
            sbuf_fmt(message, "'%s' is missing", fields->name);
            sbuf_fmt(help, "it must be %s", type_texts[fields->type]);
            return ERR_INVALID;
        }
    }
    return ERR_OK;
}

static enum err parse(struct api_call *c, struct sbuf *message)
{
    struct str text = request_body(c->request);
    json_error_t error;
    c->body = json_loadb(text.p ? text.p : "", text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (json_is_object(c->body))
        return ERR_OK;
    if (c->body)
        sbuf_fmt(message, "the body must be an object, not %s", kind_of(c->body));
    else
        sbuf_fmt(message, "the body is no JSON: line %d, column %d: %s", error.line, error.column, error.text);
    return ERR_SYNTAX;
}

bool api_read(struct api_call *c, const struct field *fields)
{
    struct sbuf message = { 0 }, help = { 0 };
    enum err e = parse(c, &message);
    if (!e)
        e = check(c->body, fields, &message, &help);
    if (e)
        api_fail(c, e, message.p, help.p);
    sbuf_free(&message);
    sbuf_free(&help);
    return e == ERR_OK;
}

const char *api_text(const struct api_call *c, const char *field)
{
    return json_string_value(json_object_get(c->body, field));
}

int api_flag(const struct api_call *c, const char *field)
{
    const json_t *v = json_object_get(c->body, field);
    return v ? json_is_true(v) : -1;
}

int64_t api_ms(const struct api_call *c, const char *field) { return api_count(c, field); }

int64_t api_count(const struct api_call *c, const char *field)
{
    const json_t *v = json_object_get(c->body, field);
    return v ? json_integer_value(v) : -1;
}

void api_note(struct api_call *c, const char *name)
{
    struct sbuf b = { 0 };
    sbuf_cstr(&b, name);
    free(c->name);
    c->name = b.p;
}
