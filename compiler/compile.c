#include "compiler/compile.h"

#include <stdlib.h>

#include "compiler/ast_name.h"
#include "compiler/check.h"
#include "compiler/check_fn.h"
#include "compiler/compile_language.h"
#include "compiler/compile_lua.h"
#include "compiler/compile_prelude.h"
#include "compiler/emit.h"
#include "compiler/emit_test.h"
#include "compiler/parse.h"

enum { FILES_MAX = 10000 };

struct compile {
    struct arena *arena;
    struct names *names;
    struct sources *sources;
    struct diags *diags;
    struct file *files, **files_end; /* in the order in which they were read */
    struct file *prelude;
    struct compile_texts texts; /* find_fn NULL: files alone */
};

struct compile *compile_new(void)
{
    struct arena *arena = arena_new();
    struct compile *c = ARENA_NEW(arena, struct compile);
    c->arena = arena;
    c->names = names_new(arena);
    c->sources = sources_new(arena);
    c->diags = diags_new(arena, c->sources);
    c->files_end = &c->files;
    return c;
}

void compile_free(struct compile **c)
{
    if (!c || !*c)
        return;
    struct arena *arena = (*c)->arena; /* holds the compilation itself */
    names_close((*c)->names);
    diags_close((*c)->diags);
    arena_free(&arena);
    *c = NULL;
}

const struct diags *compile_diags(const struct compile *c) { return c->diags; }
const struct sources *compile_sources(const struct compile *c) { return c->sources; }
void compile_set_texts(struct compile *c, struct compile_texts texts) { c->texts = texts; }
struct arena *compile_arena(struct compile *c) { return c->arena; }
struct file *compile_tree(const struct compile *c) { return c->files; }

static struct file *read_source(struct compile *c, uint32_t source)
{
    struct parse_env env = { c->arena, c->names, c->sources, c->diags };
    struct file *f = parse_file(&env, source);
    *c->files_end = f;
    c->files_end = &f->next;
    return f;
}

/* ---- use: files are read once each, breadth first; circles are looked for when all are there ---- */

static struct file *file_by_path(const struct compile *c, const char *path)
{
    for (struct file *f = c->files; f; f = f->next)
        if (str_is(source_at(c->sources, f->source)->path, path))
            return f;
    return NULL;
}

static void report_unreadable(struct compile *c, struct span at, const char *path, enum err e)
{
    const char *why = e == ERR_INVALID     ? "it is not UTF-8 text"
                      : e == ERR_NOT_FOUND ? "there is no such file"
                                           : err_text(e);
    diag_error(c->diags, at, "cannot use \"%s\": %s", path, why);
}

static enum err load_source(struct compile *c, const char *path, uint32_t *source)
{
    uint32_t bad;
    struct str text;
    if (c->texts.find_fn && c->texts.find_fn(c->texts.owner, path, &text))
        return source_add(c->sources, path, text, source, &bad);
    return source_load(c->sources, path, source, &bad);
}

static void load_use(struct compile *c, struct decl *d, struct str from, unsigned *count)
{
    uint32_t source;
    const char *path = source_join_path(c->arena, from, d->u.use.path.text);
    d->u.use.file = file_by_path(c, path);
    if (d->u.use.file || !d->u.use.path.text.len)
        return;
    enum err e = ++*count > FILES_MAX ? ERR_LIMIT : load_source(c, path, &source);
    if (e)
        report_unreadable(c, d->u.use.path.span, path, e);
    else
        d->u.use.file = read_source(c, source);
}

/* A file in Lua is a source as the others are: so mistakes in it can be shown, and an editor's text of it counts. */
static void load_lua(struct compile *c, struct decl *d, struct str from)
{
    struct decl_extern *lua = &d->u.lua;
    if (!lua->path.text.len)
        return;
    const char *path = source_join_path(c->arena, from, lua->path.text);
    enum err e = load_source(c, path, &lua->file);
    if (!e && source_at(c->sources, lua->file)->text.len > IMAGE_LUA_SIZE)
        e = ERR_TOO_BIG;
    lua->there = !e;
    if (e)
        report_unreadable(c, lua->path.span, path, e);
    else
        compile_look_lua(c->arena, c->sources, c->diags, d);
}

static void load_uses(struct compile *c)
{
    unsigned count = 0;
    for (struct file *f = c->files; f; f = f->next)
        for (struct decl *d = f->first; d; d = d->next)
            if (d->kind == DECL_USE)
                load_use(c, d, source_at(c->sources, f->source)->path, &count);
            else if (d->kind == DECL_EXTERN)
                load_lua(c, d, source_at(c->sources, f->source)->path);
}

enum visit { VISIT_NEW, VISIT_OPEN, VISIT_DONE };

struct step {
    const struct file *file;
    const struct decl *next;
};

/* A walk in depth with a stack of its own: chains of files may be long. Reports the `use` that closes a circle. */
static void find_circles(struct compile *c)
{
    uint32_t n = source_count(c->sources), depth = 0;
    unsigned char *state = ARENA_ARRAY(c->arena, unsigned char, n);
    struct step *stack = ARENA_ARRAY(c->arena, struct step, n + 1);
    stack[depth++] = (struct step){ c->files, c->files->first };
    state[c->files->source] = VISIT_OPEN;
    while (depth) {
        struct step *top = &stack[depth - 1];
        const struct decl *d = top->next;
        if (!d) {
            state[top->file->source] = VISIT_DONE;
            depth--;
            continue;
        }
        top->next = d->next;
        const struct file *to = d->kind == DECL_USE ? d->u.use.file : NULL;
        if (to && state[to->source] == VISIT_OPEN)
            diag_error(c->diags, d->u.use.path.span, "this 'use' closes a circle: that file uses this one");
        if (!to || state[to->source] != VISIT_NEW)
            continue;
        state[to->source] = VISIT_OPEN;
        stack[depth++] = (struct step){ to, to->first };
    }
}

/* A name table knows every word of the files, whatever it stands for there: that is near enough. */
static bool wants_prelude(const struct compile *c)
{
    for (size_t i = 0; compile_prelude_function(i); i++)
        if (name_find(c->names, str_of(compile_prelude_function(i))))
            return true;
    return false;
}

/* The language's own functions come last, so that files keep their numbers whether they are used or not. */
static void load_prelude(struct compile *c)
{
    uint32_t source, bad;
    struct str text = compile_language(c->diags, c->files);
    if (wants_prelude(c) && !source_add(c->sources, "prelude.flow", text, &source, &bad))
        c->prelude = read_source(c, source);
}

static void report_no_flow(struct compile *c)
{
    struct span at = { c->files->source, 0, 0 };
    diag_help(diag_error(c->diags, at, "this file has no flow, so there is nothing to run"), "add 'flow name { … }'");
}

/* The image, or what alone making one finds: values that no test can know. */
static void emit(struct compile *c, const struct image **out)
{
    struct emit_env env = { c->arena, c->sources, c->diags, c->files, c->prelude };
    if (out)
        *out = emit_image(&env);
    else if (c->files)
        (void)emit_test_section(&env);
}

static enum err finish(struct compile *c, const struct image **out)
{
    if (c->files) {
        load_uses(c);
        find_circles(c);
        load_prelude(c);
        if (out && !c->files->flow && !c->files->has_mistakes)
            report_no_flow(c);
        check_files(&(struct check_env){ c->arena, c->names, c->sources, c->diags, c->files, c->prelude });
    }
    if (!diags_errors(c->diags))
        emit(c, out);
    diags_finish(c->diags);
    if (!diags_errors(c->diags))
        return ERR_OK;
    if (out)
        *out = NULL;
    return ERR_SYNTAX;
}

static void report_utf8(struct compile *c, uint32_t source, uint32_t bad)
{
    diag_error(c->diags, (struct span){ source, bad, 1 }, "this is not UTF-8 text");
}

static enum err compile_source(struct compile *c, enum err e, uint32_t source, uint32_t bad, const struct image **out)
{
    if (out)
        *out = NULL;
    if (e == ERR_INVALID)
        report_utf8(c, source, bad);
    else if (e)
        return e;
    else
        read_source(c, source);
    return finish(c, out);
}

enum err compile_file(struct compile *c, const char *path, const struct image **out)
{
    uint32_t source = 0, bad = 0;
    enum err e = source_load(c->sources, path, &source, &bad);
    return compile_source(c, e, source, bad, out);
}

enum err compile_text(struct compile *c, const char *path, struct str text, const struct image **out)
{
    uint32_t source = 0, bad = 0;
    enum err e = source_add(c->sources, path, text, &source, &bad);
    return compile_source(c, e, source, bad, out);
}
