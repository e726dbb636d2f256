/* One compilation: a .flow file and all that it uses become a checked syntax tree and an image. One thread at a time.
 * The compilation owns everything it hands out (trees, diagnostics, the image's data) until compile_free(). The
 * author's mistakes are collected in its diagnostics; nothing here prints. `use` paths are relative to the file that
 * uses. */
#ifndef COMPILER_COMPILE_H
#define COMPILER_COMPILE_H

#include "compiler/ast.h"
#include "compiler/diag.h"
#include "vm/isa/image.h"

struct compile;

struct compile *compile_new(void);     /* never NULL; compile one file with it, then free it */
void compile_free(struct compile **c); /* accepts NULL and a pointer to NULL */

/* Texts that count instead of the files of that path, for `use`: what an editor has open and not yet saved.
 * find_fn gives false when it has none; the text is copied. owner is borrowed until compiling is over. */
struct compile_texts {
    bool (*find_fn)(void *owner, const char *path, struct str *text);
    void *owner;
};
void compile_set_texts(struct compile *c, struct compile_texts texts);

/* How files in Lua are looked into (`extern lua`): that they can be read as Lua, and define the functions that a flow
 * declares. Set once, before the first compilation, by a command that can; else only their being there is checked. */
struct compile_lua_mistake {
    uint32_t line; /* of the file in Lua, 0: unknown */
    int function;  /* which one is missing, -1: another mistake */
    char text[200];
};
typedef bool compile_lua_fn(struct str text, const struct str *functions, unsigned n, struct compile_lua_mistake *out);
void compile_use_lua(compile_lua_fn *look);

/* How often the clocks of a zone show that time of that day: 0, 1 or 2. Set as the one before; without it the times of
 * hours are not looked at. */
typedef unsigned compile_clock_fn(struct str zone, int year, unsigned month, unsigned day, unsigned minute);
void compile_use_clock(compile_clock_fn *moments);

/* Reads, checks and, when out is not NULL, emits. *out is filled only on success; pass it to image_encode().
 * ERR_NOT_FOUND, ERR_IO, ERR_TOO_BIG: the file itself cannot be read, and nothing was reported; ERR_SYNTAX: mistakes
 * were reported. Warnings alone are no failure. A file without a flow can be checked, not emitted. */
enum err compile_file(struct compile *c, const char *path, const struct image **out) MUST_USE;
/* The same for a text in memory (editor, tests) that goes by that path. */
enum err compile_text(struct compile *c, const char *path, struct str text, const struct image **out) MUST_USE;

const struct diags *compile_diags(const struct compile *c); /* sorted, errors and warnings, when compiling is over */
const struct sources *compile_sources(const struct compile *c);
struct arena *compile_arena(struct compile *c);
/* The file that was compiled, checked as far as it could be read; its `use` declarations lead to the others.
 * NULL before compiling, or when it could not be read. */
struct file *compile_tree(const struct compile *c);

#endif
