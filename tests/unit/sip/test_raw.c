/* Requests that the stack's parser makes nothing of. The torture messages themselves: tests/call/test_torture.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sofia-sip/sip_header.h>

#include "sipfront/sip/raw.h"

#define VIA  "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
#define REST "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n"

static const struct {
    const char *name, *text;
    int want;
} rows[] = {
    { "what the stack reads", "INVITE sip:a@b SIP/2.0\r\n" VIA REST, 0 },
    { "a version in small letters", "INVITE sip:a@b sip/2.0\r\n" VIA REST, 0 },
    { "another version", "INVITE sip:a@b SIP/3.0\r\n" VIA REST, 505 },
    { "another protocol", "GET / HTTP/1.1\r\nVia: proxy\r\n\r\n", 0 },
    { "no version", "INVITE sip:a@b\r\n" VIA REST, 0 },
    { "an answer", "SIP/2.0 200 OK\r\n" VIA REST, 0 },
    { "an answer of another version", "SIP/3.0 200 OK\r\n" VIA REST, 0 },
    { "an ACK is never answered", "ACK sip:a@b; lr SIP/2.0\r\n" VIA REST, 0 },
    { "a blank in the URI", "INVITE sip:a@b; lr SIP/2.0\r\n" VIA REST, 400 },
    { "a NUL in the URI", "INVITE sip:a@b\1 SIP/2.0\r\n" VIA REST, 400 },
    { "a method that the parser does not take", "A`B sip:a@b SIP/2.0\r\n" VIA REST, 501 },
    { "a method that is no token", "A[B sip:a@b SIP/2.0\r\n" VIA REST, 400 },
    { "nobody to answer to", "A`B sip:a@b SIP/2.0\r\n" REST, 0 },
    { "a bad Via", "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;;,\r\n" REST, 400 },
    { "a bad Via, compact and folded", "INVITE sip:a@b SIP/2.0\r\nv :\r\n SIP/2.0/UDP\r\n h;;,\r\n" REST, 400 },
    { "a good one, folded", "INVITE sip:a@b SIP/2.0\r\nv :\r\n SIP/2.0/UDP\r\n\th;x=y\r\n" REST, 0 },
    { "of two the second is bad", "INVITE sip:a@b SIP/2.0\r\n" VIA "Via: ,\r\n" REST, 400 },
    { "lines that end with LF alone", "INVITE sip:a@b; lr SIP/2.0\nVia: SIP/2.0/UDP h;branch=x\n\n", 400 },
    { "cut off", "INVITE sip:a@b; lr SIP/2.0\r\nVia: SIP/2.0/UDP h", 400 },
    { "empty", "", 0 },
    { "a line's end", "\r\n\r\n", 0 },
};

static void what_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        struct str message = str_of(rows[i].text);
        su_home_t home[1] = { SU_HOME_INIT(home) };
        print_message("%s\n", rows[i].name);
        memcpy(text, message.p, message.len);
        for (size_t n = 0; n < message.len; n++)
            text[n] = text[n] == '\1' ? '\0' : text[n];
        assert_int_equal(raw_refusal(home, (struct str){ text, message.len }), rows[i].want);
        su_home_deinit(home);
    }
}

/* Puts together up to 4 parts; the next seed. */
static uint64_t make_up(char out[64], unsigned most, uint64_t seed)
{
    static const char *const parts[] = { "INVITE", "a",     "9",    "+",     "-",         ".",         "_",
                                         "~",      " ",     "sip:", "@",     ":",         "50600",     "99999",
                                         "65535",  "65536", "0",    ";",     "=",         "branch",    ",",
                                         "%41",    "/",     "UDP",  "[::1]", "z9hG4bK-1", "127.0.0.1", "SIP/2.0" };
    size_t len = 0;
    for (unsigned n = 0; n <= most; n++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        len += (size_t)snprintf(out + len, 64 - len, "%s", parts[(seed >> 33) % (sizeof parts / sizeof *parts)]);
    }
    return seed;
}

/* What is not refused is what the parser takes, whether it is asked or not. */
static void the_parser_agrees(void **state)
{
    enum { ROUNDS = 140000 };
    static const struct {
        bool via;
        const char *begin, *end;
    } frames[] = { { false, "INVITE sip:", " SIP/2.0" }, { false, "INVITE sip:a@h", " SIP/2.0" },
                   { false, "X", " sip:a@b SIP/2.0" },   { true, "SIP/2.0/UDP h", "" },
                   { true, "SIP/2.0/", " h;branch=x" },  { true, "SIP/2.0/UDP h;", "" },
                   { true, "SIP/2.0/UDP ", ";rport" } };
    uint64_t seed = 1;
    unsigned taken = 0;
    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++) {
        const unsigned at = i % (sizeof frames / sizeof *frames);
        const char *fmt = frames[at].via ? "INVITE sip:a@b SIP/2.0\r\nVia: %s\r\n" REST : "%s\r\n" VIA REST;
        char part[64], line[128], message[512];
        su_home_t home[1] = { SU_HOME_INIT(home) };
        seed = make_up(part, i % 4, seed);
        snprintf(line, sizeof line, "%s%s%s", frames[at].begin, part, frames[at].end);
        snprintf(message, sizeof message, fmt, line);
        if (raw_refusal(home, str_of(message)) == 0) {
            bool reads = frames[at].via ? (void *)sip_via_make(home, line) : (void *)sip_request_make(home, line);
            if (!reads)
                print_message("not read: %s\n", line);
            assert_true(reads);
            taken++;
        }
        su_home_deinit(home);
    }
    assert_in_range(taken, ROUNDS / 20, ROUNDS * 19 / 20);
}

static void fields_are_as_they_came(void **state)
{
    static const char message[] = "A`B sip:a@b SIP/2.0\r\nv:SIP/2.0/UDP\r\n h;branch=x\r\nX: y\r\nCSeq: 7 A`B\r\n"
                                  "t: \"odd\\\"\" <sip:c@d>\r\nVia: SIP/2.0/TCP b\r\ni: x\r\nF: <sip:a@b>;tag=1\r\n\r\n"
                                  "From: in the body\r\n";
    static const char want[] = "SIP/2.0 501 Not Implemented\r\nv:SIP/2.0/UDP\r\n h;branch=x\r\nCSeq: 7 A`B\r\n"
                               "t: \"odd\\\"\" <sip:c@d>;tag=";
    static const char rest[] = "\r\nVia: SIP/2.0/TCP b\r\ni: x\r\nF: <sip:a@b>;tag=1\r\nAllow: INVITE\r\n"
                               "Content-Length: 0\r\n\r\n";
    struct sbuf out = { 0 }, again = { 0 };
    (void)state;
    assert_true(raw_answer(STR(message), 501, "Allow: INVITE\r\n", 7, &out));
    assert_true(str_starts(sbuf_view(&out), want));
    assert_string_equal(out.p + strlen(want) + 16, rest);
    assert_true(raw_answer(STR(message), 501, "Allow: INVITE\r\n", 7, &again));
    assert_string_equal(out.p, again.p);
    sbuf_free(&out);
    sbuf_free(&again);
}

static void a_tag_is_kept(void **state)
{
    static const char message[] = "A`B sip:a@b SIP/2.0\r\nTo: <sip:c@d> ;\r\n TAG = 9\r\n\r\n";
    struct sbuf out = { 0 };
    (void)state;
    assert_true(raw_answer(STR(message), 400, NULL, 7, &out));
    assert_string_equal(out.p, "SIP/2.0 400 Bad Request\r\nTo: <sip:c@d> ;\r\n TAG = 9\r\nContent-Length: 0\r\n\r\n");
    sbuf_free(&out);
}

static void what_is_too_long_is_not_answered(void **state)
{
    static char message[20000];
    struct sbuf out = { 0 };
    (void)state;
    memset(message, 'x', sizeof message - 1);
    memcpy(message, "A`B sip:a@b SIP/2.0\r\nVia: ", 26);
    assert_false(raw_answer(str_of(message), 400, NULL, 7, &out));
    sbuf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_refused), cmocka_unit_test(the_parser_agrees),
                                        cmocka_unit_test(fields_are_as_they_came), cmocka_unit_test(a_tag_is_kept),
                                        cmocka_unit_test(what_is_too_long_is_not_answered) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
