/* Words with their confidence: as text, as JSON and back, and from the answers of transcription servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sipfront/transcribe/engine.h"

static const struct {
    const char *name, *body, *text; /* text NULL: it is no transcription */
} answers[] = {
    { "words with a probability",
      "{\"words\":[{\"word\":\" Call\",\"start\":0,\"end\":0.4,\"probability\":0.9},"
      "{\"word\":\"me\",\"probability\":0.2},{\"word\":\"back\",\"probability\":0.1},{\"word\":\"now\",\"probability\":"
      "1}]}",
      "Call (me back?) now" },
    { "words, and segments that are sure or not",
      "{\"words\":[{\"word\":\"Call\",\"start\":0.1},{\"word\":\"Bob\",\"start\":1.5}],"
      "\"segments\":[{\"start\":0,\"end\":1,\"avg_logprob\":-0.1},{\"start\":1,\"end\":2,\"avg_logprob\":-2}]}",
      "Call (Bob?)" },
    { "segments alone",
      "{\"text\":\"x\",\"segments\":[{\"text\":\" Call me. "
      "\",\"avg_logprob\":-0.2},{\"text\":\"Bye\",\"avg_logprob\":-3}]}",
      "Call me. (Bye?)" },
    { "words in segments",
      "{\"segments\":[{\"avg_logprob\":-0.2,\"words\":[{\"word\":\"Hi\"},{\"word\":\"Bob\",\"probability\":0.3}]}]}",
      "Hi (Bob?)" },
    { "a segment that is silence",
      "{\"segments\":[{\"text\":\"Thanks for watching!\",\"avg_logprob\":-1.5,\"no_speech_prob\":0.9},"
      "{\"text\":\"Hello\",\"avg_logprob\":-0.5,\"no_speech_prob\":0.9}]}",
      "Hello" },
    { "the text alone", "{\"text\":\" Call  me\\n\"}", "Call me" },
    { "nothing said", "{\"text\":\"\",\"segments\":[],\"words\":[]}", "" },
    { "values of other types", "{\"text\":\"a\",\"words\":[1,null,{\"word\":3},{\"word\":\"b\",\"start\":\"x\"}]}",
      "b" },
    { "no transcription", "{\"error\":\"x\"}", NULL },
    { "no object", "[]", NULL },
    { "no JSON", "<html>", NULL },
    { "nothing", "", NULL },
};

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct said s = { 0 };
        struct sbuf text = { 0 };
        enum err e = engine_web_read(&s, str_of(answers[i].body));
        if ((e == ERR_OK) != (answers[i].text != NULL))
            fail_msg("%s: %s", answers[i].name, err_name(e));
        said_text(&s, &text);
        if (answers[i].text)
            assert_string_equal(text.p ? text.p : "", answers[i].text);
        sbuf_free(&text);
        said_free(&s);
    }
}

static void test_json_and_back(void **state)
{
    struct said s = { 0 }, again = { 0 };
    struct sbuf json = { 0 };
    (void)state;
    said_add(&s, "call me", 0.75, 100, 400);
    said_add(&s, "\"Bob\"", SAID_UNKNOWN, 400, 900);
    said_json(&s, "web", &json);
    assert_int_equal(said_read(&again, sbuf_view(&json)), ERR_OK);
    assert_int_equal(again.len, 3);
    assert_string_equal(again.items[2].text, "\"Bob\"");
    assert_true(again.items[2].confidence < 0);
    assert_true(again.items[1].confidence > 0.74 && again.items[1].confidence < 0.76);
    assert_int_equal(again.items[0].start_ms, 100);
    assert_int_equal(again.items[2].end_ms, 900);
    said_free(&again);
    assert_int_equal(said_read(&again, STR("{\"words\":[{\"text\":\"a\"},{}]}")), ERR_SYNTAX);
    assert_int_equal(said_read(&again, STR("{")), ERR_SYNTAX);
    said_free(&again);
    said_free(&s);
    sbuf_free(&json);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(test_answers), cmocka_unit_test(test_json_and_back) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
