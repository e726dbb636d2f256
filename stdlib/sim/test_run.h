/* Runs a test of an image: the flow on the real machine over the pretend call, the test's steps beside it, in order.
 * docs/language.md says what each step means. One thread; borrows the image and the suite. */
#ifndef STDLIB_SIM_TEST_RUN_H
#define STDLIB_SIM_TEST_RUN_H

#include "stdlib/sim/test_read.h"
#include "vm/run/mark.h"

/* What came of a test. Owns its texts: test_result_free(). */
struct test_result {
    bool passed;
    uint32_t line; /* of the step that did not hold, in the test's source */
    struct sbuf expected, happened;
    struct sbuf story; /* what the call was, a line an event, each with its second */
    int64_t length_ms; /* of the call, by its own clock */
};

/* Told each action as it ends, with its outcome. */
typedef void test_acted_fn(struct image_line at, const char *action, const char *outcome, void *owner);
struct test_watch {
    test_acted_fn *acted; /* NULL: nobody is told */
    void *owner;
    struct vm_marks *marks; /* of the image; NULL: none are left */
};

/* Never leaves out undefined. A test that cannot be run at all (no memory, an unknown zone) has failed. */
void test_run(struct image *im, const struct test_suite *suite, const struct test_case *test,
              const struct test_watch *watch, struct test_result *out);
void test_result_free(struct test_result *r);

/* The host's answer for images in tests and in `flowc sim`: whether the pretend call can do all that this one asks. */
enum err sim_bind_check(const struct image *im, struct image_refusal *why) MUST_USE;

#endif
