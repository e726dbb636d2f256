/* Types as the checker sees them: finer than slot types (a list of duration is not a list of int). Read-only: any
 * thread. */
#ifndef COMPILER_CHECK_TYPE_H
#define COMPILER_CHECK_TYPE_H

#include <stdbool.h>

#include "vm/base/str.h"
#include "vm/isa/type.h"

enum check_kind {
#define KIND(name, slot, element, text, article) KIND_##name,
#include "compiler/check_type.def"
#undef KIND
};

struct check_type {
    enum check_kind kind;
    enum type slot;                   /* how a value lies in a slot; TYPE_NONE: it has none */
    const struct check_type *element; /* of a list, else the bad type */
    const char *text;                 /* as the language writes it */
    const char *article;              /* "an int" */
};

extern const struct check_type check_types[];

/* T(INT): the type int. T(BAD) is poison: it fits everywhere, and nothing more is said of it. */
#define T(name) (&check_types[KIND_##name])

bool type_is_bad(const struct check_type *t);
bool type_is_list(const struct check_type *t);    /* the empty list too */
bool type_is_textual(const struct check_type *t); /* text, or what stands for one */

/* May a value of type have stand where want is due? */
bool type_fits(const struct check_type *have, const struct check_type *want);

/* The list of that element, NULL when the language has none. */
const struct check_type *type_list_of(const struct check_type *element);

/* The type of that name that an author can write, NULL when there is none. */
const struct check_type *type_named(struct str name);

/* The type of values that lie so in a slot of an action. */
const struct check_type *type_of_slot(enum type slot);

#endif
