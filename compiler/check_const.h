/* Values known before the flow runs. All memory comes from the arena that is given. One thread at a time. */
#ifndef COMPILER_CHECK_CONST_H
#define COMPILER_CHECK_CONST_H

#include "compiler/ast_expr.h"
#include "compiler/check_type.h"
#include "vm/base/arena.h"

struct const_value {
    const struct check_type *type; /* a number, a text, or a list of one of them */
    int64_t num;
    struct str text;
    const struct const_value *items;
    uint32_t count;
};

/* The value of a checked expression, when it is known. false: it is not, or computing it would fault. */
bool const_eval(struct arena *arena, const struct expr *e, struct const_value *out);

/* The text of a checked expression, when it is known. */
bool const_text(struct arena *arena, const struct expr *e, struct str *out);

/* Start of that day as a moment (ms), in the zone ("" is UTC), by the system's tz database. */
int64_t date_moment(struct date date, struct str zone);

#endif
