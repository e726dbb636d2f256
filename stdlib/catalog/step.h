/* step.def as data: the steps of tests, shared by the compiler, which writes them, and the simulator, which runs them.
 * The section: version, then the tables
 *     texts    a count, all lengths, all bytes
 *     zone     t: the zone of `at`
 *     tests    a count; for each its title (t), source file (n), line (n), a count of steps;
 *              for each step its line (n, from the line before), a byte of kind, its operands
 * Numbers are LEB128, signed ones zigzag. Read-only and static: any thread. */
#ifndef STDLIB_CATALOG_STEP_H
#define STDLIB_CATALOG_STEP_H

enum { TEST_SECTION_VERSION = 1, TEST_VALUE_DEPTH = 8, TEST_REPEAT_DEPTH = 8, TEST_OPERANDS_MAX = 3 };

enum test_op {
#define STEP(name, operands, text) TEST_##name,
#include "stdlib/catalog/step.def"
#undef STEP
};
enum {
    TEST_OP_COUNT = 0
#define STEP(...) +1
#include "stdlib/catalog/step.def"
#undef STEP
};

enum test_value_kind {
#define VALUE(name, text) TEST_VALUE_##name,
#include "stdlib/catalog/step.def"
#undef VALUE
};

/* The operands of a step, as step.def writes them. op is below TEST_OP_COUNT. */
const char *test_operands(unsigned op);

#endif
