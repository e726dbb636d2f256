/* Every row of action.def is consistent, and is found by its name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stdlib/catalog/catalog.h"
#include "vm/isa/type.h"

static bool is_name(const char *s)
{
    if (!(*s >= 'a' && *s <= 'z'))
        return false;
    return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(s);
}

static bool is_sentence(const char *s) { return *s && s[strlen(s) - 1] == '.'; }

static bool may_be_payload(enum arg_type t)
{
    return t == ARG_INT || t == ARG_BOOL || t == ARG_DURATION || t == ARG_MOMENT || t == ARG_TEXT || t == ARG_JSON ||
           t == ARG_SOUND;
}

static void check_args(const struct action_row *row)
{
    bool optional = false;
    for (unsigned i = 0; i < row->nargs; i++) {
        const struct action_arg *a = &row->args[i];
        if (!is_name(a->label) || !is_sentence(a->manual))
            fail_msg("%s: argument '%s' has a bad label or no manual text", row->name, a->label);
        if (action_arg_find(row, str_of(a->label)) != (int)i)
            fail_msg("%s: argument '%s' occurs twice", row->name, a->label);
        if (arg_slot_type(a->type) == TYPE_NONE)
            fail_msg("%s: argument '%s' has no slot type", row->name, a->label);
        if ((a->flags & ARG_REQUIRED) && *a->fallback)
            fail_msg("%s: argument '%s' is required and has a default", row->name, a->label);
        if ((a->flags & ARG_REQUIRED) && optional)
            fail_msg("%s: required '%s' stands behind an optional argument", row->name, a->label);
        if ((a->flags & ARG_PLACE) && i > 0 && !(row->args[i - 1].flags & ARG_PLACE))
            fail_msg("%s: '%s' by place stands behind one that is not", row->name, a->label);
        optional = optional || !(a->flags & ARG_REQUIRED);
    }
}

static void check_payload(const struct action_row *row, const struct action_outcome *o)
{
    for (unsigned i = 0; i < o->npayload; i++) {
        const struct action_payload *p = &o->payload[i];
        if (!is_name(p->name) || !may_be_payload(p->type))
            fail_msg("%s: payload '%s' of '%s' has a bad name or type", row->name, p->name, o->name);
        if ((p->flags & PAYLOAD_IS_SECRET_IF) && action_arg_find(row, STR("secret")) < 0)
            fail_msg("%s: payload '%s' asks for an argument 'secret'", row->name, p->name);
    }
}

static void check_outcomes(const struct action_row *row)
{
    for (unsigned i = 0; i < row->noutcomes; i++) {
        const struct action_outcome *o = &row->outcomes[i];
        if (!is_name(o->name) || !is_sentence(o->manual))
            fail_msg("%s: outcome '%s' has a bad name or no manual text", row->name, o->name);
        if (action_outcome_find(row, str_of(o->name)) != (int)i)
            fail_msg("%s: outcome '%s' occurs twice", row->name, o->name);
        check_payload(row, o);
    }
}

static void check_flags(const struct action_row *row)
{
    if (!(row->flags & ACTION_NO_RETURN) != (row->noutcomes > 0))
        fail_msg("%s: an action comes back with outcomes or never", row->name);
    if ((row->flags & ACTION_ANSWERS) && !(row->flags & ACTION_NEEDS_CALLER))
        fail_msg("%s: it answers the call but needs no caller", row->name);
    if ((row->flags & ACTION_ENDS_NORMALLY) && !(row->flags & ACTION_WAITS))
        fail_msg("%s: it ends at hangup but never waits", row->name);
}

static void rows_are_consistent(void **state)
{
    (void)state;
    assert_true(action_count() > 10);
    for (unsigned i = 0; i < action_count(); i++) {
        const struct action_row *row = action_row(i);
        assert_true(is_name(row->name));
        assert_true(is_sentence(row->brief));
        assert_ptr_equal(action_find(str_of(row->name)), row);
        assert_int_equal(action_id_of(row), i);
        check_flags(row);
        check_args(row);
        check_outcomes(row);
    }
    assert_null(action_row(action_count()));
}

static void numbers_are_the_tables(void **state)
{
    (void)state;
    const struct action_row *gather = action_row(ACTION_ID_gather);
    assert_string_equal(gather->name, "gather");
    assert_int_equal(action_outcome_find(gather, STR("timeout")), 2);
    assert_int_equal(gather->outcomes[0].npayload, 1);
    assert_string_equal(gather->outcomes[0].payload[0].name, "digits");
    assert_int_equal(gather->outcomes[2].npayload, 0);
    assert_int_equal(action_row(ACTION_ID_hangup)->nargs, 0);
    assert_int_equal(arg_slot_type(ARG_BARGE), TYPE_TEXT);
    assert_int_equal(arg_slot_type(ARG_SOUNDS), TYPE_LIST_SOUND);
}

static void unknown_names_are_not_found(void **state)
{
    static const char *const names[] = { "", "gathe", "gathers", "Gather", "g", "queues" };
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_null(action_find(str_of(names[i])));
    assert_int_equal(action_arg_find(action_row(ACTION_ID_say), STR("barg")), -1);
    assert_int_equal(action_outcome_find(action_row(ACTION_ID_say), STR("")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_consistent),
        cmocka_unit_test(numbers_are_the_tables),
        cmocka_unit_test(unknown_names_are_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
