/* Where texts are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sipfront/call/sentence.h"

static void where_a_text_is_cut(void **state)
{
    static const struct {
        const char *text, *pieces;
    } rows[] = {
        { "", "" },
        { "  ", "" },
        { "Hello.", "Hello." },
        { "Thank you for calling. Please hold! Are you there?", "Thank you for calling.|Please hold!|Are you there?" },
        { "Your call is important. We answer soon.  Please wait.",
          "Your call is important.|We answer soon.|Please wait." },
        { "Please ask Mr. Smith. He knows all of it.", "Please ask Mr. Smith.|He knows all of it." },
        { "It costs 3.50 today. And 4.20 tomorrow.", "It costs 3.50 today.|And 4.20 tomorrow." },
        { "Hi. Yes. No. This is short.", "Hi. Yes. No. This is short." },
        { "If you want to know what we have to offer this week, press one and then listen to all of it.",
          "If you want to know what we have to offer this week,|press one and then listen to all of it." },
        { "This one is short, so it stays whole.", "This one is short, so it stays whole." },
        { "Said before anything else. If you want to know what we have to offer this week, press one and wait for it.",
          "Said before anything else.|If you want to know what we have to offer this week, press one and wait for "
          "it." },
        { "Łódź is a city. Warsaw is another.", "Łódź is a city.|Warsaw is another." },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sbuf got = { 0 };
        struct str rest = str_of(rows[i].text), piece;
        unsigned n = 0;
        sbuf_cstr(&got, "");
        while (sentence_next(&rest, n == 0, &piece)) {
            sbuf_cstr(&got, n++ ? "|" : "");
            sbuf_str(&got, piece);
        }
        assert_string_equal(got.p, rows[i].pieces);
        assert_int_equal(sentence_count(str_of(rows[i].text)), n);
        sbuf_free(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(where_a_text_is_cut) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
