/* Records' lines, and what they are in the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sipfront/call/cdr_json.h"

static const struct {
    const char *name, *line, *want;
} rows[] = {
    { "texts, figures, what is not there", "call=ab12 from=ann version=3 answered=- talk=61.250 status=200 end=a=b",
      "{\"type\":\"call\",\"call\":\"ab12\",\"from\":\"ann\",\"version\":3,\"answered\":null,\"talk\":61.25,\"status\":"
      "200,"
      "\"end\":\"a=b\"}\n" },
    { "a number is a text where it names somebody", "from=101 number=+4822 call=7",
      "{\"type\":\"call\",\"from\":\"101\",\"number\":\"+4822\",\"call\":\"7\"}\n" },
    { "audio of both sides", "caller_lost=3 callee_mos=4.39 callee_codec=pcmu",
      "{\"type\":\"call\",\"caller_lost\":3,\"callee_mos\":4.39,\"callee_codec\":\"pcmu\"}\n" },
    { "nobody", "from= to=bob", "{\"type\":\"call\",\"from\":\"\",\"to\":\"bob\"}\n" },
    { "escapes", "from=a%20b%25 to=%2D user=%zz%4",
      "{\"type\":\"call\",\"from\":\"a b%\",\"to\":\"-\",\"user\":\"%zz%4\"}\n" },
    { "quotes", "from=\"\\", "{\"type\":\"call\",\"from\":\"\\\"\\\\\"}\n" },
    { "no UTF-8", "from=\xffx", "{\"type\":\"call\",\"from\":\"?x\"}\n" },
    { "UTF-8", "from=\xc5\xbc", "{\"type\":\"call\",\"from\":\"\xc5\xbc\"}\n" },
    { "no figure after all", "status=12x leg= cost=1.2.3",
      "{\"type\":\"call\",\"status\":\"12x\",\"leg\":\"\",\"cost\":\"1.2.3\"}\n" },
    { "no words", "x =y  z", "{\"type\":\"call\"}\n" },
};

static void lines_as_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sbuf out = { 0 };
        print_message("%s\n", rows[i].name);
        cdr_json(&out, "call", str_of(rows[i].line));
        assert_string_equal(out.p, rows[i].want);
        sbuf_free(&out);
    }
}

/* What a caller chose is one word, and comes back as it was. */
static void values_are_one_word(void **state)
{
    static const char *const values[] = { "ann", "x by=crash", "100%", "-", "", "a\r\nb", "%20" };
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct sbuf line = { 0 }, out = { 0 };
        cdr_put(&line, "from", values[i]);
        cdr_put(&line, "to", NULL);
        assert_null(strpbrk(line.p + 5 + strcspn(line.p + 5, " ") + 1, " \r\n"));
        cdr_json(&out, "call", sbuf_view(&line));
        assert_non_null(strstr(out.p, "\"to\":null}"));
        if (i != 5)
            assert_non_null(strstr(out.p, values[i]));
        sbuf_free(&line);
        sbuf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(lines_as_json), cmocka_unit_test(values_are_one_word) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
