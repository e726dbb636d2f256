/* How names are said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sipfront/speech/pronounce.h"

static enum err read_text(struct pronounce **p, const char *text, struct sbuf *why)
{
    char path[] = "/tmp/pronounce-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    enum err e = pronounce_read(p, path, why);
    unlink(path);
    return e;
}

static void names_are_said_as_the_list_says(void **state)
{
    static const struct {
        const char *text, *said;
    } rows[] = {
        { "Call from Siobhan.", "Call from Shivawn." },
        { "siobhan and SIOBHAN", "Shivawn and Shivawn" },
        { "Siobhanna stays, so does MacSiobhan.", "Siobhanna stays, so does MacSiobhan." },
        { "New Orleans, not new or Orleans.", "Noo Orlins, not new or Orleenz." },
        { "Wroc\xc5\x82"
          "aw!",
          "Vrotswahv!" },
        { "Wroc\xc5\x82"
          "awia",
          "Wroc\xc5\x82"
          "awia" },
        { "", "" },
        { "A 2nd O'Neil", "A second Oh Neel" },
    };
    struct pronounce *p;
    struct sbuf why = { 0 };
    (void)state;
    assert_int_equal(
        read_text(&p,
                  "# names\n\n Siobhan = Shivawn # an Irish name\nOrleans=Orleenz\nNew Orleans = Noo Orlins\r\n"
                  "Wroc\xc5\x82"
                  "aw = Vrotswahv\n2nd = second\nO'Neil = Oh Neel",
                  &why),
        ERR_OK);
    assert_int_equal(pronounce_count(p), 6);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sbuf said = { 0 };
        sbuf_cstr(&said, "");
        pronounce_apply(p, NULL, str_of(rows[i].text), &said);
        assert_string_equal(said.p, rows[i].said);
        sbuf_free(&said);
    }
    pronounce_free(&p);
}

static void a_flows_own_names_come_first(void **state)
{
    static const struct word_said words[] = { { STR("Ann"), STR("Awn") },
                                              { STR("Ann Lee"), STR("An Lay") },
                                              { STR("Bob"), STR("Rob") } };
    static const struct pronounce_own own = { words, 3 };
    static const struct {
        const char *text, *said, *alone;
    } rows[] = {
        { "Ann", "Awn", "Awn" },
        { "ANN LEE, Ann Leer", "An Lay, Awn Leer", "An Lay, Awn Leer" },
        { "Bob Smith", "Rob Smith",
          "Rob Smith" }, /* what begins first counts, not what is longer in the server's list */
        { "Carl and Anne", "Karl and Anne", "Carl and Anne" },
    };
    struct pronounce *p;
    struct sbuf why = { 0 };
    (void)state;
    assert_int_equal(read_text(&p, "Ann = Anna\nBob Smith = Robert\nCarl = Karl\n", &why), ERR_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sbuf said = { 0 }, alone = { 0 };
        pronounce_apply(p, &own, str_of(rows[i].text), &said);
        pronounce_apply(NULL, &own, str_of(rows[i].text), &alone);
        assert_string_equal(said.p, rows[i].said);
        assert_string_equal(alone.p, rows[i].alone);
        sbuf_free(&said);
        sbuf_free(&alone);
    }
    pronounce_free(&p);
}

static void a_mistake_is_told_with_its_line(void **state)
{
    static const char *const rows[] = { "Ann = Anne\nSiobhan\n", "Ann = Anne\n= x\n", "Ann = Anne\nx =\n",
                                        "Ann = Anne\n? = x" };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pronounce *p;
        struct sbuf why = { 0 };
        assert_int_equal(read_text(&p, rows[i], &why), ERR_SYNTAX);
        assert_null(p);
        assert_non_null(strstr(why.p, ":2: '"));
        sbuf_free(&why);
    }
}

static void no_file_is_an_empty_list(void **state)
{
    struct pronounce *p;
    struct sbuf why = { 0 }, said = { 0 };
    (void)state;
    assert_int_equal(pronounce_read(&p, "/tmp/there/is/none", &why), ERR_OK);
    pronounce_apply(p, NULL, STR("Ann"), &said);
    pronounce_apply(NULL, NULL, STR(" Bob"), &said);
    assert_string_equal(said.p, "Ann Bob");
    sbuf_free(&said);
    pronounce_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_said_as_the_list_says),
        cmocka_unit_test(a_flows_own_names_come_first),
        cmocka_unit_test(a_mistake_is_told_with_its_line),
        cmocka_unit_test(no_file_is_an_empty_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
