/* Names and what they stand for. Values nest in scopes; functions, hours and flows have name spaces of their own for
 * the whole compilation. Looking a name up takes one step: words are numbered. One thread at a time; memory is the
 * check's. */
#ifndef COMPILER_CHECK_SCOPE_H
#define COMPILER_CHECK_SCOPE_H

#include "compiler/ast_decl.h"
#include "compiler/check_const.h"
#include "compiler/check_quals.h"

struct check;
struct key_range; /* check_keys.h */

enum symbol_kind { SYMBOL_LET, SYMBOL_VAR, SYMBOL_PARAM, SYMBOL_BINDING, SYMBOL_CONST, SYMBOL_HOURS };
enum const_state { CONST_UNSEEN, CONST_BUSY, CONST_DONE };

struct symbol {
    enum symbol_kind kind;
    struct word word;
    const struct check_type *type;
    struct cell cell;
    bool used;
    bool top;                     /* stands directly in the flow's block: 'on hangup' sees it */
    bool poisoned;                /* a mistake was reported where it was named: no warning about it */
    struct symbol *shadowed;      /* what the name meant before */
    struct symbol *older;         /* named before it in open scopes */
    uint32_t depth;               /* of the scope: the same depth twice is an error */
    struct decl *decl;            /* CONST, HOURS */
    struct const_value value;     /* CONST */
    enum const_state state;       /* CONST */
    const struct key_range *keys; /* BINDING: the digits it can hold, NULL: anything */
    int slot;                     /* the emitter's */
};

/* What one word means in each name space. */
struct name_entry {
    const struct name *name; /* NULL: nothing has that name */
    struct symbol *value;
    struct decl *fn, *hours, *flow;
};

struct symbol *scope_open(struct check *c);             /* a mark for scope_close() */
void scope_close(struct check *c, struct symbol *mark); /* forgets the names since, warns of unused ones */
struct name_entry *scope_entry(struct check *c, const struct name *name);

/* A new value by that word in the innermost scope. Reports what is named twice, warns of shadowing. Never NULL. */
struct symbol *scope_declare(struct check *c, enum symbol_kind kind, struct word word, const struct check_type *type);
/* The two halves of it: a symbol that is in no scope yet, and its place in one. */
struct symbol *symbol_new(struct check *c, enum symbol_kind kind, struct word word, const struct check_type *type);
void scope_add(struct check *c, struct symbol *s);
/* What the word means as a value, NULL when nothing. Marks it used. */
struct symbol *scope_find(struct check *c, const struct name *name);

enum name_space { NAMES_VALUES, NAMES_FNS, NAMES_HOURS, NAMES_FLOWS };
/* The known name nearest to the word, NULL when none is near. */
const char *scope_nearest(struct check *c, enum name_space space, struct str word);

#endif
