/* What tests came by, as flowc_coverage.c collects it and flowc_lines.c reports it. Private to them. One thread. */
#ifndef COMPILER_FLOWC_COVERAGE_H
#define COMPILER_FLOWC_COVERAGE_H

#include "compiler/flowc_test.h"

/* An outcome of an action at a line. */
struct met {
    uint16_t file;
    uint32_t line;
    const char *action, *outcome; /* of the catalogue: static */
    unsigned times;
};

/* A line of a source. */
struct covered {
    bool has_code;
    bool came, missed;    /* some of its code was come to; some never */
    unsigned ways, taken; /* of the branches on it that were come to */
    unsigned unmet;       /* outcomes */
};

struct coverage {
    struct image *im;
    struct vm_marks *marks;
    VEC(struct met) rows; /* by file and line */
};

/* The lines of a source, from 1 on; count is how many there are. To be freed. */
struct covered *coverage_lines(const struct coverage *c, uint16_t file, uint32_t *count);
/* What the language brings itself is not the author's to cover; its text is kept in no image. */
bool coverage_is_own(const struct coverage *c, uint16_t file);

#endif
