/* The parts of `flowc test`: what was run, and the forms in which it is reported. For flowc_*.c only. One thread. */
#ifndef COMPILER_FLOWC_TEST_H
#define COMPILER_FLOWC_TEST_H

#include <argp.h>
#include <stdio.h>

#include "stdlib/sim/test_run.h"
#include "vm/base/vec.h"

extern const struct argp flowc_test_argp;
int flowc_test(int argc, char **argv);

/* The image of that flow, or of that image's file, ready to be run in the simulator; *out is NULL for a file of
 * functions alone. What is wrong was printed: ERR_SYNTAX are mistakes in a flow. */
enum err flowc_load(struct image **out, const char *path) MUST_USE;

struct coverage;

/* One test that was run. */
struct tested {
    char *title;
    uint32_t line; /* of the test itself */
    char *source;  /* path of the file it stands in */
    char *step;    /* the line of the step that did not hold, as written; empty without the source */
    double seconds;
    struct test_result result;
};

/* One file whose tests were run. */
struct tested_file {
    const char *path;
    const char *error; /* NULL, or why its tests could not be run; static, or diagnostics were printed */
    VEC(struct tested) tests;
    struct coverage *coverage; /* NULL: not asked for */
};

struct tested_files {
    VEC(struct tested_file) files;
    size_t passed, failed;
};

/* For people; in colour when said. */
void report_text(const struct tested_files *all, FILE *out, bool color);
/* Test Anything Protocol, version 14. */
void report_tap(const struct tested_files *all, FILE *out);
/* JUnit's XML into that file. */
enum err report_junit(const struct tested_files *all, const char *path) MUST_USE;

/* ---- what the tests of an image came by ---- */
struct coverage *coverage_new(struct image *im); /* holds the image; never NULL */
void coverage_free(struct coverage **c);         /* accepts NULL and a pointer to NULL */
struct test_watch coverage_watch(struct coverage *c);
/* Sums, then the outcomes, branches and lines that no test came by. */
void report_coverage(const struct coverage *c, FILE *out, bool color);
/* The sources, each line with what became of it. */
void report_annotated(const struct coverage *c, FILE *out, bool color);

#endif
