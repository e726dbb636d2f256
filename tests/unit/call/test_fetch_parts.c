/* What a flow asks for as a request, and what becomes of it at a redirect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sipfront/call/fetch_parts.h"

static enum err make(struct fetch_parts *p, const char *url, const char *headers, struct sbuf *why)
{
    struct fetch_request rq = { .url = str_of(url), .method = STR("GET"), .headers = str_of(headers) };
    *p = (struct fetch_parts){ 0 };
    return fetch_parts_make(p, &rq, why);
}

static void what_cannot_be_sent(void **state)
{
    static const struct {
        const char *url, *headers, *why;
    } rows[] = {
        { "http://h/a\r\nX: y", "", "the address is not valid" },
        { "http://h/\x7f", "", "the address is not valid" },
        { "", "", "the address is not valid" },
        { "ftp://h/", "", "the address is neither http nor https" },
        { "http://h/", "{\"X-A\":\"a\\r\\nX-B: b\"}", "the header 'X-A' cannot be sent" },
        { "http://h/", "{\"X-A\":\"a\\nb\"}", "the header 'X-A' cannot be sent" },
        { "http://h/", "{\"X A\":\"a\"}", "the header '?' cannot be sent" },
        { "http://h/", "{\"X:A\":\"a\"}", "the header '?' cannot be sent" },
        { "http://h/", "{\"\":\"a\"}", "the header '?' cannot be sent" },
        { "http://h/", "{\"host\":\"other\"}", "the header 'host' cannot be sent" },
        { "http://h/", "{\"Content-Length\":5}", "the header 'Content-Length' cannot be sent" },
        { "http://h/", "{\"transfer-encoding\":\"chunked\"}", "the header 'transfer-encoding' cannot be sent" },
        { "http://h/", "{\"X-A\":[1]}", "the header 'X-A' cannot be sent" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fetch_parts p;
        struct sbuf why = { 0 };
        if (make(&p, rows[i].url, rows[i].headers, &why) != ERR_INVALID || strcmp(why.p, rows[i].why) != 0)
            fail_msg("row %zu: '%s', not '%s'", i, why.p ? why.p : "", rows[i].why);
        fetch_parts_free(&p);
        sbuf_free(&why);
    }
}

static void what_is_written(void **state)
{
    struct fetch_parts p;
    struct sbuf why = { 0 };
    struct fetch_request rq = { .url = STR("https://h/a b\xc5\x81"),
                                .method = STR("POST"),
                                .body = FETCH_FORM,
                                .content = STR("{\"a b\":\"c&d=\xc5\x81\",\"n\":-1.5,\"yes\":true}"),
                                .headers = STR("{\"X-Key\":7,\"Accept\":\"text/plain\",\"X-None\":\"\"}") };
    (void)state;
    p = (struct fetch_parts){ 0 };
    assert_int_equal(fetch_parts_make(&p, &rq, &why), ERR_OK);
    assert_string_equal(p.url, "https://h/a%20b%C5%81");
    assert_string_equal(p.body.p, "a+b=c%26d%3D%C5%81&n=-1.5&yes=true");
    assert_int_equal(p.headers.len, 5);
    assert_string_equal(p.headers.items[0], "X-Key: 7");
    assert_string_equal(p.headers.items[2], "X-None;");
    assert_string_equal(p.headers.items[4], "Content-Type: application/x-www-form-urlencoded");
    fetch_parts_free(&p);
}

static void a_form_holds_plain_values(void **state)
{
    struct fetch_parts p = { 0 };
    struct sbuf why = { 0 };
    struct fetch_request rq = {
        .url = STR("https://h/"), .method = STR("POST"), .body = FETCH_FORM, .content = STR("{\"a\":[1]}")
    };
    (void)state;
    assert_int_equal(fetch_parts_make(&p, &rq, &why), ERR_INVALID);
    assert_string_equal(why.p, "the form's 'a' is neither text nor number");
    fetch_parts_free(&p);
    sbuf_free(&why);
}

static void where_a_redirect_leads(void **state)
{
    static const struct {
        const char *method, *url;
        int status;
        const char *to;
        enum err want;
        const char *then; /* the method that follows */
        bool body, headers;
    } rows[] = {
        { "POST", "https://h/a", 303, "https://h/b", ERR_OK, "GET", false, true },
        { "POST", "https://h/a", 301, "https://h/b", ERR_OK, "GET", false, true },
        { "PUT", "https://h/a", 302, "https://h/b", ERR_OK, "PUT", true, true },
        { "POST", "https://h/a", 307, "https://h/b", ERR_OK, "POST", true, true },
        { "POST", "https://h/a", 307, "https://h:444/b", ERR_DENIED, NULL, false, false },
        { "POST", "https://h/a", 308, "https://other/b", ERR_DENIED, NULL, false, false },
        { "POST", "https://h/a", 303, "https://other/b", ERR_OK, "GET", false, false },
        { "POST", "https://h/a", 307, "https://h.evil/b", ERR_DENIED, NULL, false, false },
        { "POST", "https://h/a", 303, "http://h/b", ERR_DENIED, NULL, false, false },
        { "POST", "http://h/a", 303, "https://h/b", ERR_OK, "GET", false, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fetch_parts p = { 0 };
        struct sbuf why = { 0 };
        struct fetch_request rq = { .url = str_of(rows[i].url),
                                    .method = str_of(rows[i].method),
                                    .body = FETCH_JSON,
                                    .content = STR("{\"pin\":\"1234\"}"),
                                    .headers = STR("{\"X-Key\":\"k\"}") };
        assert_int_equal(fetch_parts_make(&p, &rq, &why), ERR_OK);
        enum err e = fetch_parts_redirect(&p, rows[i].status, rows[i].to, &why);
        if (e != rows[i].want || (e == ERR_DENIED) != (why.len > 0))
            fail_msg("row %zu: %s", i, err_text(e));
        if (!e) {
            assert_string_equal(p.method, rows[i].then);
            assert_string_equal(p.url, rows[i].to);
            assert_int_equal(p.has_body, rows[i].body);
            assert_int_equal(strcmp(p.headers.items[0], "X-Key: k") == 0, rows[i].headers);
        }
        fetch_parts_free(&p);
        sbuf_free(&why);
    }
}

static void what_a_flow_reads(void **state)
{
    static const struct {
        int status;
        const char *type, *body, *doc; /* doc NULL: failed */
    } rows[] = {
        { 200, "application/json", " {\"a\" : [1, 2.50]} ", "{\"a\":[1,2.5]}" },
        { 200, "text/plain", "42", "42" },
        { 200, "text/html", "<html>", "null" },
        { 204, "", "", "null" },
        { 200, "application/json", "", "null" },
        { 200, "application/json", "{\"a\":", NULL },
        { 200, "application/problem+json; charset=utf-8", "nonsense", NULL },
        { 500, "application/json", "{\"a\":", "null" },
        { 404, "application/json", "{\"a\":1}", "{\"a\":1}" },
        { 200, "application/json", "\"\xff\"", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct web_answer a = { .how = WEB_ANSWERED, .status = rows[i].status };
        snprintf(a.type, sizeof a.type, "%s", rows[i].type);
        sbuf_cstr(&a.body, rows[i].body);
        fetch_read(&a, NULL);
        if ((a.how == WEB_FAILED) != (rows[i].doc == NULL))
            fail_msg("row %zu: %s", i, a.why);
        if (rows[i].doc)
            assert_string_equal(a.body.p, rows[i].doc);
        sbuf_free(&a.body);
    }
}

/* 60,000 empty lists are 180 KB of text and far more in a call's memory: an outcome, not a fault. */
static void what_a_call_cannot_hold(void **state)
{
    struct web_answer a = { .how = WEB_ANSWERED, .status = 200 };
    (void)state;
    sbuf_char(&a.body, '[');
    for (int i = 0; i < 60000; i++)
        sbuf_cstr(&a.body, i ? ",[]" : "[]");
    sbuf_char(&a.body, ']');
    fetch_read(&a, NULL);
    assert_int_equal(a.how, WEB_FAILED);
    assert_string_equal(a.why, "the answer is more than a call can hold");
    sbuf_free(&a.body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_sent),       cmocka_unit_test(what_is_written),
        cmocka_unit_test(a_form_holds_plain_values), cmocka_unit_test(where_a_redirect_leads),
        cmocka_unit_test(what_a_flow_reads),         cmocka_unit_test(what_a_call_cannot_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
