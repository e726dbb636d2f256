#include "compiler/check_type.h"

#include <stddef.h>

const struct check_type check_types[] = {
#define KIND(name, slot, element, text, article) { KIND_##name, TYPE_##slot, T(element), text, article },
#include "compiler/check_type.def"
#undef KIND
};
enum { KIND_COUNT = sizeof check_types / sizeof *check_types };

bool type_is_bad(const struct check_type *t) { return t->kind == KIND_BAD; }
bool type_is_list(const struct check_type *t) { return t->kind >= KIND_EMPTY; }
bool type_is_textual(const struct check_type *t) { return t->kind == KIND_TEXT || t->kind == KIND_CONNECTION; }

bool type_fits(const struct check_type *have, const struct check_type *want)
{
    return have == want || type_is_bad(have) || type_is_bad(want) || (have == T(CONNECTION) && want == T(TEXT)) ||
           (have == T(EMPTY) && type_is_list(want));
}

const struct check_type *type_list_of(const struct check_type *element)
{
    for (size_t k = KIND_EMPTY + 1; k < KIND_COUNT; k++)
        if (check_types[k].element == element)
            return &check_types[k];
    return type_is_bad(element) ? T(BAD) : element == T(CONNECTION) ? T(LIST_TEXT) : NULL;
}

const struct check_type *type_named(struct str name)
{
    for (size_t k = KIND_INT; k <= KIND_JSON; k++)
        if (str_is(name, check_types[k].text))
            return &check_types[k];
    return NULL;
}

const struct check_type *type_of_slot(enum type slot)
{
    for (size_t k = KIND_INT; k < KIND_COUNT; k++)
        if (check_types[k].slot == slot)
            return &check_types[k];
    return T(BAD);
}
