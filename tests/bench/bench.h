/* What the benchmarks of the machine share: processor time, flows compiled and loaded as the server would, and rows for
 * tests/bench/run: name, unit, what we took, the peer's name, what it took, divided by tabs, one row a round. Whatever
 * fails ends the program. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "compiler/compile.h"

_Noreturn static inline void bench_die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* Processor time of this thread in seconds: what others do on the machine does not count. */
static inline double bench_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* text NULL: the file at that path. */
static inline struct image *bench_flow(const char *path, const char *text)
{
    struct compile *c = compile_new();
    const struct image *made;
    struct sbuf bytes = { 0 };
    struct image_refusal why = { "" };
    struct image *im = NULL;
    enum err e = text ? compile_text(c, path, str_of(text), &made) : compile_file(c, path, &made);
    if (e)
        bench_die(path, err_text(e));
    if (image_encode(made, IMAGE_STRIP_NOTHING, &bytes) || image_load(&im, bytes.p, bytes.len, &why))
        bench_die(path, why.text);
    sbuf_free(&bytes);
    compile_free(&c);
    return im;
}

static inline void bench_row(const char *name, const char *unit, double own, const char *peer, double theirs)
{
    printf("%s\t%s\t%.9g\t%s\t%.9g\n", name, unit, own, peer, theirs);
}

#endif
