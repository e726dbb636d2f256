/* What the emitter's stages share. Only emit*.c include it. One thread at a time. Owns its tables; the image's data is
 * the arena's. */
#ifndef COMPILER_EMIT_STATE_H
#define COMPILER_EMIT_STATE_H

#include "compiler/check_fn.h"
#include "compiler/emit.h"
#include "compiler/emit_code.h"

struct import_seen;

struct loop_state {
    uint32_t head;      /* where `continue` goes back to, when next is NULL */
    struct label *next; /* where it goes on to */
    struct label end;
    struct loop_state *outer;
};

struct emit {
    const struct emit_env *env;
    struct arena *arena;
    struct code code; /* of the function being written */
    const struct fn_info *fn;
    bool keeps_top; /* the flow's top variables stay for `on hangup` */
    struct loop_state *loop;
    const uint32_t *restart; /* of the menu around, for `again` */

    VEC(struct image_const) consts;
    uint32_t *const_index; /* hash table of const number + 1 */
    size_t const_mask;
    VEC(struct image_import) imports;
    struct import_seen **imports_seen; /* by action id */
    VEC(struct image_func) funcs;
    VEC(struct fn_info *) queue; /* by number: all functions that were asked for */
    VEC(struct image_hours) hours;
    VEC(struct image_lua) lua;
    VEC(struct image_extern) externs;
    VEC(struct image_prompt) prompts;
    VEC(struct image_spoken) spoken;
    VEC(uint8_t) listed; /* by constant: bit of each kind of prompt that it is listed as, and of LISTED_FLOW */
    VEC(struct str) continues;
    struct outcome_set **action_sets; /* by action id */
    struct str zone;
    bool full; /* a table is: reported once */
};

/* A value in a slot; temp: to be released by done(). */
struct operand {
    unsigned slot;
    bool temp;
};

/* ---- emit_pool.c ---- */
unsigned pool_number(struct emit *e, int64_t n);
unsigned pool_text(struct emit *e, struct str text);
unsigned pool_list(struct emit *e, const struct const_value *list);
unsigned pool_texts(struct emit *e, const struct str *texts, uint32_t n);
enum { LISTED_FLOW = 7 };
bool pool_mark(struct emit *e, struct str text, unsigned bit); /* false: it was marked so already */
void pool_prompt(struct emit *e, enum prompt_kind kind, struct str text);
void pool_spoken(struct emit *e, const struct image_spoken *row); /* in the server's own voice it is a prompt */
void pool_full(struct emit *e, const char *what);                 /* reports that the image has no room */
/* ---- emit_import.c ---- */
/* written: bit i: argument i; taken: bit i: the values of outcome i */
unsigned import_of(struct emit *e, const struct action_row *row, uint32_t written, uint32_t taken);
const struct outcome_set *emit_action_set(struct emit *e, const struct action_row *row);
/* ---- emit_image.c ---- */
unsigned function_of(struct emit *e, struct fn_info *fn);
unsigned hours_of(struct emit *e, const struct decl *d);
/* The path as seen from the folder of the flow's file: so an image does not tell where it was built. */
struct str emit_path(const struct emit *e, struct str path);
void emit_line(struct emit *e, struct span at);
/* ---- emit_lua.c ---- */
void emit_lua_body(struct emit *e, const struct fn_info *fn); /* the code of a function in Lua */
/* ---- emit_function.c ---- */
struct image_func emit_function(struct emit *e, struct fn_info *fn);

/* ---- emit_expr.c and what it needs: the value of x goes into slot dst, which x itself does not read unless said ----
 */
void emit_into(struct emit *e, const struct expr *x, unsigned dst);
struct operand emit_operand(struct emit *e, const struct expr *x);
struct operand emit_text_const(struct emit *e, struct str text);
void emit_number(struct emit *e, int64_t n, unsigned dst);
void emit_const(struct emit *e, const struct const_value *v, unsigned dst);
void done(struct emit *e, struct operand o);
void emit_call_into(struct emit *e, const struct expr *x, unsigned dst);
void emit_builtin_into(struct emit *e, const struct expr *x, unsigned dst);
struct operand emit_fn_call(struct emit *e, const struct expr *x);
unsigned emit_fn_window(struct emit *e, const struct decl_fn *fn, struct arg *args); /* fills it and calls */
unsigned fn_nresults(const struct decl_fn *fn);
void emit_as_into(struct emit *e, const struct expr *x, unsigned dst);
void emit_index_into(struct emit *e, const struct expr *x, unsigned dst);
void emit_json_into(struct emit *e, const struct expr *x, unsigned dst); /* any value as json */
void emit_object_into(struct emit *e, const struct expr *x, unsigned dst);
void emit_json_list_into(struct emit *e, const struct expr *x, unsigned dst);
void emit_list_into(struct emit *e, const struct expr *x, unsigned dst);
void emit_join_into(struct emit *e, const struct expr *x, unsigned dst);
void emit_field_into(struct emit *e, const struct expr *x, unsigned dst);
/* A file's name, a sound, or a list of them, as a list of sounds. */
void emit_sounds_into(struct emit *e, const struct expr *x, unsigned dst);
/* Goes to `to` when the bool x is `when`, else goes on. emit_condition.c */
void emit_branch(struct emit *e, const struct expr *x, bool when, struct label *to);

/* The same where a value of that type is due: anything can become json. */
void emit_typed(struct emit *e, const struct expr *x, const struct check_type *type, unsigned dst);

/* ---- statements ---- */
void emit_block(struct emit *e, const struct block *b);
void emit_action(struct emit *e, const struct stmt *s);
void emit_call(struct emit *e, const struct stmt *s);
void emit_menu(struct emit *e, const struct stmt *s);
void emit_match(struct emit *e, const struct stmt_match *m);
/* The blocks of a call's clauses; its results begin at slot `base`. */
void emit_clauses(struct emit *e, const struct stmt *s, const struct outcome_set *set, unsigned base);
void emit_clause_body(struct emit *e, const struct clause *clause, const struct outcome_set *set, unsigned base);
/* Arguments into a new window behind its results; the action runs. */
struct window {
    unsigned base, nresults, nparams;
};
struct window emit_window(struct emit *e, const struct stmt *s);
/* The variable gets its own slot. */
unsigned emit_variable(struct emit *e, struct symbol *s);

#endif
