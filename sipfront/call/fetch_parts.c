#include "sipfront/call/fetch_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>

#include "vm/run/vm.h"

enum {
    URL_MAX = 8192,
    HEADERS_MAX = 32,
    HEADER_MAX = 4096,
    METHOD_MAX = 16,
    MEMORY_MAX = 128 * 1024, /* of the 256 KiB of a call */
};

/* Those by which a request's borders and way are told, and which are libcurl's to write (RFC 9110 §7.6, RFC 9112 §6).
 */
static const char *const reserved[] = {
    "Host",    "Content-Length", "Transfer-Encoding", "Connection",         "Upgrade", "TE",
    "Trailer", "Expect",         "Keep-Alive",        "Proxy-Authorization"
};

static void *must(void *p)
{
    if (!p)
        abort(); /* out of memory, as in vm/base/str.h */
    return p;
}

/* RFC 9110 §5.6.2 */
static bool is_token(const char *s)
{
    const char *at = s;
    while (isalnum((unsigned char)*at) || (*at && strchr("!#$%&'*+-.^_`|~", *at)))
        at++;
    return at > s && !*at;
}

/* ---- address and method ---- */

/* Spaces and letters beyond ASCII are written as %XX; what controls is refused, for it could end a line. */
static enum err make_url(struct fetch_parts *p, struct str url, struct sbuf *why)
{
    struct sbuf out = { 0 };
    bool clean = url.len > 0 && url.len <= URL_MAX;
    for (size_t i = 0; i < url.len && clean; i++) {
        unsigned char c = (unsigned char)url.p[i];
        clean = c >= ' ' && c != 0x7f;
        if (c == ' ' || c > 0x7f)
            sbuf_fmt(&out, "%%%02X", c);
        else
            sbuf_char(&out, (char)c);
    }
    p->url = out.p;
    if (clean && (strncasecmp(out.p, "http://", 7) == 0 || strncasecmp(out.p, "https://", 8) == 0))
        return ERR_OK;
    sbuf_cstr(why, clean ? "the address is neither http nor https" : "the address is not valid");
    return ERR_INVALID;
}

static enum err make_method(struct fetch_parts *p, struct str method, struct sbuf *why)
{
    p->method = must(strndup(method.p ? method.p : "", method.len));
    if (method.len <= METHOD_MAX && is_token(p->method) && strcasecmp(p->method, "CONNECT") != 0)
        return ERR_OK;
    sbuf_cstr(why, "the method is not valid");
    return ERR_INVALID;
}

/* ---- headers ---- */

static void add_header(struct fetch_parts *p, const char *name, const char *value)
{
    struct sbuf line = { 0 };
    sbuf_cstr(&line, name);
    sbuf_cstr(&line, *value ? ": " : ";"); /* libcurl writes "Name;" as a header without a value */
    sbuf_cstr(&line, value);
    vec_push(&p->headers, line.p);
}

static bool has_header(const struct fetch_parts *p, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < p->headers.len; i++)
        if (strncasecmp(p->headers.items[i], name, n) == 0 && strchr(":;", p->headers.items[i][n]))
            return true;
    return false;
}

static bool is_reserved(const char *name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcasecmp(name, reserved[i]) == 0)
            return true;
    return false;
}

/* RFC 9110 §5.5: no control characters, so that no value becomes another header or a request of its own. */
static bool is_value(const char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)s[i] < ' ' && s[i] != '\t') || s[i] == 0x7f)
            return false;
    return n <= HEADER_MAX;
}

/* A text, number or bool of a flow as plain text; NULL for anything else. To be freed. */
static char *plain_text(const json_t *v)
{
    if (json_is_string(v))
        return must(strdup(json_string_value(v)));
    return json_is_number(v) || json_is_boolean(v) ? must(json_dumps(v, JSON_ENCODE_ANY)) : NULL;
}

static enum err make_headers(struct fetch_parts *p, struct str headers, struct sbuf *why)
{
    json_t *o = json_loadb(headers.p ? headers.p : "", headers.len, 0, NULL), *v;
    const char *name;
    enum err e = ERR_OK;
    json_object_foreach(o, name, v)
    {
        char *value = plain_text(v);
        if (!value || !is_token(name) || !is_value(value) || is_reserved(name) || p->headers.len >= HEADERS_MAX)
            e = ERR_INVALID;
        else
            add_header(p, name, value);
        if (e && !why->len)
            sbuf_fmt(why, "the header '%.40s' cannot be sent", is_token(name) ? name : "?");
        free(value);
    }
    json_decref(o);
    return e;
}

/* ---- body ---- */

/* application/x-www-form-urlencoded (URL standard §5.2) */
static void add_encoded(struct sbuf *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == ' ')
            sbuf_char(out, '+');
        else if (isalnum(*c) || strchr("*-._", *c))
            sbuf_char(out, (char)*c);
        else
            sbuf_fmt(out, "%%%02X", *c);
    }
}

static enum err make_form(struct fetch_parts *p, struct str content, struct sbuf *why)
{
    json_t *o = json_loadb(content.p ? content.p : "", content.len, 0, NULL), *v;
    const char *name;
    enum err e = json_is_object(o) ? ERR_OK : ERR_INVALID;
    if (e)
        sbuf_cstr(why, "the form is no object");
    json_object_foreach(o, name, v)
    {
        char *value = plain_text(v);
        if (!value && !e) {
            e = ERR_INVALID;
            sbuf_fmt(why, "the form's '%.40s' is neither text nor number", name);
        }
        sbuf_cstr(&p->body, p->body.len ? "&" : "");
        add_encoded(&p->body, name);
        sbuf_char(&p->body, '=');
        add_encoded(&p->body, value ? value : "");
        free(value);
    }
    json_decref(o);
    return e;
}

static enum err make_body(struct fetch_parts *p, const struct fetch_request *rq, struct sbuf *why)
{
    p->has_body = rq->body != FETCH_NO_BODY;
    sbuf_cstr(&p->body, "");
    if (!has_header(p, "Accept"))
        add_header(p, "Accept", "application/json");
    vec_push(&p->headers, must(strdup("Expect:"))); /* left off: no round trip that asks whether the body is welcome */
    if (p->has_body && !has_header(p, "Content-Type"))
        add_header(p, "Content-Type",
                   rq->body == FETCH_JSON ? "application/json" : "application/x-www-form-urlencoded");
    if (rq->body == FETCH_FORM)
        return make_form(p, rq->content, why);
    if (rq->body == FETCH_JSON)
        sbuf_str(&p->body, rq->content);
    return ERR_OK;
}

enum err fetch_parts_make(struct fetch_parts *p, const struct fetch_request *rq, struct sbuf *why)
{
    enum err e = make_url(p, rq->url, why);
    if (!e)
        e = make_method(p, rq->method, why);
    if (!e)
        e = make_headers(p, rq->headers, why);
    if (!e)
        e = make_body(p, rq, why);
    return e;
}

static void free_headers(struct fetch_parts *p)
{
    for (size_t i = 0; i < p->headers.len; i++)
        free(p->headers.items[i]);
    p->headers.len = 0;
}

static void free_body(struct fetch_parts *p)
{
    if (p->body.p)
        explicit_bzero(p->body.p, p->body.len);
    sbuf_free(&p->body);
    p->has_body = false;
}

void fetch_parts_free(struct fetch_parts *p)
{
    free_headers(p);
    vec_free(&p->headers);
    free_body(p);
    free(p->url);
    free(p->method);
    *p = (struct fetch_parts){ 0 };
}

/* ---- redirects ---- */

/* Scheme, host and port as they are written: what differs in writing is taken for another. */
static size_t origin_length(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/?#") : 0;
}

static bool same_origin(const char *a, const char *b)
{
    size_t n = origin_length(a);
    return n > 0 && n == origin_length(b) && strncasecmp(a, b, n) == 0;
}

static bool becomes_get(const struct fetch_parts *p, int status)
{
    bool is_post = strcasecmp(p->method, "POST") == 0;
    return (status == 303 && strcasecmp(p->method, "HEAD") != 0) || ((status == 301 || status == 302) && is_post);
}

enum err fetch_parts_redirect(struct fetch_parts *p, int status, const char *location, struct sbuf *why)
{
    bool elsewhere = !same_origin(p->url, location);
    if (becomes_get(p, status)) {
        free_body(p);
        free(p->method);
        p->method = must(strdup("GET"));
    }
    if (strncasecmp(p->url, "https:", 6) == 0 && strncasecmp(location, "https:", 6) != 0)
        sbuf_cstr(why, "redirected from https to http");
    else if (elsewhere && p->has_body)
        sbuf_cstr(why, "redirected to another host, which must not get what was sent");
    if (why->len)
        return ERR_DENIED;
    if (elsewhere) {
        free_headers(p);
        add_header(p, "Accept", "application/json");
    }
    free(p->url);
    p->url = must(strdup(location));
    return ERR_OK;
}

/* ---- the answer ---- */

static void fail(struct web_answer *a, const char *why)
{
    a->how = WEB_FAILED;
    snprintf(a->why, sizeof a->why, "%s", why);
}

void fetch_read(struct web_answer *a, void *owner)
{
    (void)owner;
    json_t *doc = json_loadb(a->body.p ? a->body.p : "", a->body.len, JSON_DECODE_ANY, NULL);
    char *text = doc ? json_dumps(doc, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    bool empty = !doc || json_is_null(doc) || (json_is_string(doc) && !json_string_length(doc));
    bool fine = a->status / 100 == 2;
    json_decref(doc);
    if (!text && a->body.len && fine && strcasestr(a->type, "json"))
        fail(a, "the answer is not JSON");
    size_t size = text ? vm_json_size(str_of(text)) : 0;
    if (size > MEMORY_MAX && fine)
        fail(a, "the answer is more than a call can hold");
    sbuf_clear(&a->body);
    sbuf_cstr(&a->body, text && !empty && size <= MEMORY_MAX ? text : "null");
    free(text);
}
