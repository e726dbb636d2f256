/* Digits that can never be: what a gather or a menu's choice brings is known to some degree, and a text or pattern
 * held against it that it cannot be is reported. One thread at a time; memory is the check's. */
#ifndef COMPILER_CHECK_KEYS_H
#define COMPILER_CHECK_KEYS_H

#include "compiler/ast_decl.h"

struct check;
struct action_row;

/* The digits that a value can hold. */
struct key_range {
    int64_t least, most; /* how many of them */
    struct str until;    /* keys that are never among them */
    struct str pattern;  /* and what they fit, when has_pattern */
    bool has_pattern;
};

/* Of a gather whose arguments are checked. What is computed in the call counts as anything. */
void keys_of_gather(struct check *c, const struct action_row *row, struct arg *first, struct key_range *out);
/* Of a menu's choice: "1??"; NULL when it is none. */
struct key_range *keys_of_choice(struct check *c, struct str choice);

bool keys_can_be(const struct key_range *keys, struct str digits);
/* May some of them fit the pattern? Its own pattern is left out of account. */
bool keys_can_fit(const struct key_range *keys, struct str pattern);

/* `on matched "12"` */
void check_gather_brings(struct check *c, const struct stmt *s, const struct expr *literal);
/* `gather digits: 4, valid: "1??"` */
void check_gather_valid(struct check *c, const struct action_row *row, struct arg *first);
/* `match d { "12" { … } }` */
void check_keys_literal(struct check *c, const struct expr *digits, const struct expr *literal);
/* `d == "12"`, `d in ["12"]`, `d matches "1?"` */
void check_keys_compared(struct check *c, const struct expr *e);

#endif
