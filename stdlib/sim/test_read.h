/* The tests of an image, read from its section (stdlib/catalog/step.h). The section may come from anywhere: whatever
 * its bytes, nothing outside of it is read, and what is wrong gives a reason. Owns all it hands out; its texts are
 * copies. One thread. */
#ifndef STDLIB_SIM_TEST_READ_H
#define STDLIB_SIM_TEST_READ_H

#include "stdlib/catalog/catalog.h"
#include "stdlib/catalog/step.h"
#include "vm/base/arena.h"
#include "vm/isa/type.h"

struct test_value {
    enum test_value_kind kind;
    int64_t num;                    /* NUM; FIELD: the field */
    struct str text;                /* TEXT, JSON */
    const struct test_value *items; /* JOIN, LIST */
    uint32_t count;
};

struct test_arg {
    int arg; /* its number in the action's row */
    struct test_value value;
};

struct test_step {
    enum test_op op;
    uint32_t line;
    int64_t n[TEST_OPERANDS_MAX];
    struct str t[TEST_OPERANDS_MAX];
    struct test_value v[TEST_OPERANDS_MAX];
    const struct action_row *action; /* of the EXPECT steps, whose t[0] names it */
    int outcome;                     /* EXPECT: its number in the row, -1: any */
    const struct test_arg *args;
    uint32_t nargs;
    const struct test_value *payload;
    uint32_t npayload;
};

struct test_case {
    struct str title;
    uint32_t source, line;
    const struct test_step *steps; /* a REPEAT's steps stand behind it, and end within what is around it */
    uint32_t nsteps;
};

struct test_suite {
    struct arena *arena;
    struct str zone; /* of `at`, empty: UTC */
    const struct test_case *tests;
    uint32_t ntests;
};

/* An empty section is a suite without tests. ERR_BAD_IMAGE with the reason in *why, a static text. */
enum err test_suite_read(struct test_suite **out, struct str section, const char **why) MUST_USE;
void test_suite_free(struct test_suite **s); /* accepts NULL and a pointer to NULL */

#endif
