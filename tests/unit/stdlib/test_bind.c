/* Which images this server takes: every import against the catalogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stdlib/flow_run.h"

static const enum type text_type[] = { TYPE_TEXT }, int_type[] = { TYPE_INT };
static const enum type texts_type[] = { TYPE_TEXT, TYPE_TEXT, TYPE_TEXT };

static const struct {
    const char *name, *action;
    struct image_param params[3];
    struct image_outcome outcomes[3];
    const char *why; /* NULL: it is taken */
} rows[] = {
    { "an action with its argument",
      "say",
      { { { "text", 4 }, TYPE_TEXT } },
      { { { "done", 4 }, NULL, NULL, 0 } },
      NULL },
    { "outcomes in another order",
      "say",
      { { { "text", 4 }, TYPE_TEXT } },
      { { { "failed", 6 }, NULL, NULL, 0 },
        { { "interrupted", 11 }, text_type, NULL, 1 },
        { { "done", 4 }, NULL, NULL, 0 } },
      NULL },
    { "a payload that is not wanted",
      "say",
      { { { "text", 4 }, TYPE_TEXT } },
      { { { "interrupted", 11 }, NULL, NULL, 0 } },
      NULL },
    { "a cause is a code", "reject", { { { "cause", 5 }, TYPE_CAUSE } }, { { { 0 }, NULL, NULL, 0 } }, NULL },
    { "an unknown action", "sing", { { { 0 }, TYPE_NONE } }, { { { 0 }, NULL, NULL, 0 } }, "cannot do 'sing'" },
    { "an action to come",
      "fetch",
      { { { "url", 3 }, TYPE_TEXT } },
      { { { 0 }, NULL, NULL, 0 } },
      "cannot do 'fetch' yet" },
    { "an unknown argument",
      "say",
      { { { "text", 4 }, TYPE_TEXT }, { { "pitch", 5 }, TYPE_INT } },
      { { { 0 }, NULL, NULL, 0 } },
      "no argument 'pitch'" },
    { "a wrong type", "say", { { { "text", 4 }, TYPE_INT } }, { { { 0 }, NULL, NULL, 0 } }, "given int as 'text'" },
    { "nothing to say", "say", { { { "rate", 4 }, TYPE_INT } }, { { { 0 }, NULL, NULL, 0 } }, "not given its 'text'" },
    { "an unknown outcome",
      "say",
      { { { "text", 4 }, TYPE_TEXT } },
      { { { "sung", 4 }, NULL, NULL, 0 } },
      "never ends in 'sung'" },
    { "a wrong payload",
      "say",
      { { { "text", 4 }, TYPE_TEXT } },
      { { { "interrupted", 11 }, int_type, NULL, 1 } },
      "value 1 of outcome 'interrupted'" },
    { "too much payload",
      "say",
      { { { "text", 4 }, TYPE_TEXT } },
      { { { "interrupted", 11 }, texts_type, NULL, 3 } },
      "value 2 of outcome 'interrupted'" },
    { "a loud outcome is left out",
      "gather",
      { { { 0 }, TYPE_NONE } },
      { { { "matched", 7 }, text_type, NULL, 1 } },
      "can end in 'invalid'" },
};

static void rows_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct image_import import = { .name = str_of(rows[i].action),
                                       .params = rows[i].params,
                                       .outcomes = rows[i].outcomes };
        struct image im = { .imports = &import, .nimports = 1 };
        struct image_refusal why = { "" };
        while (import.nparams < 3 && import.params[import.nparams].label.len)
            import.nparams++;
        while (import.noutcomes < 3 && import.outcomes[import.noutcomes].name.len)
            import.noutcomes++;
        enum err e = flow_bind_check(&im, NULL, &why);
        if ((e == ERR_OK) != (rows[i].why == NULL) || (rows[i].why && !strstr(why.text, rows[i].why)))
            fail_msg("%s: %s, '%s'", rows[i].name, err_name(e), why.text);
    }
}

static void hours_need_a_known_zone(void **state)
{
    struct image_hours hours = { .name = STR("office"), .zone = STR("Europe/Warsaw") };
    struct image im = { .hours = &hours, .nhours = 1 };
    struct image_refusal why = { "" };
    (void)state;
    assert_int_equal(flow_bind_check(&im, NULL, &why), ERR_OK);
    hours.zone = STR("Europe/Atlantis");
    assert_int_equal(flow_bind_check(&im, NULL, &why), ERR_UNSUPPORTED);
    assert_non_null(strstr(why.text, "Atlantis"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_hold),
        cmocka_unit_test(hours_need_a_known_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
