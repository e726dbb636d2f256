#include "compiler/compile_lua.h"

#include "compiler/ast_name.h"
#include "compiler/compile.h"

static compile_lua_fn *look_fn;

void compile_use_lua(compile_lua_fn *look) { look_fn = look; }

static struct span line_span(const struct sources *sources, uint32_t file, uint32_t line)
{
    struct str text = source_line(sources, file, line);
    uint32_t start = text.p ? (uint32_t)(text.p - source_at(sources, file)->text.p) : 0;
    return (struct span){ file, start, (uint32_t)text.len };
}

static const struct decl *function_at(const struct decl_extern *lua, int i)
{
    const struct decl *fn = lua->fns;
    while (fn && i-- > 0)
        fn = fn->next;
    return fn;
}

static void report(struct diags *diags, const struct sources *sources, const struct decl_extern *lua,
                   const struct compile_lua_mistake *m)
{
    const struct decl *fn = m->function >= 0 ? function_at(lua, m->function) : NULL;
    struct diag *d;
    if (fn) {
        d = diag_error(diags, fn->name.span, "\"%.*s\" has no function '%.*s'", STR_ARG(lua->path.text),
                       STR_ARG(fn->name.name->text));
        diag_help(d, "a function that a flow calls is a global one: 'function %.*s(…) … end'",
                  STR_ARG(fn->name.name->text));
        return;
    }
    d = diag_error(diags, m->line ? line_span(sources, lua->file, m->line) : lua->path.span, "%s", m->text);
    if (m->line)
        diag_note(d, lua->path.span, "the file is used here");
}

void compile_look_lua(struct arena *arena, const struct sources *sources, struct diags *diags, const struct decl *d)
{
    const struct decl_extern *lua = &d->u.lua;
    const struct source *s = source_at(sources, lua->file);
    struct compile_lua_mistake m = { .function = -1 };
    unsigned n = 0, i = 0;
    for (const struct decl *fn = lua->fns; fn; fn = fn->next)
        n++;
    struct str *names = ARENA_ARRAY(arena, struct str, n + 1);
    for (const struct decl *fn = lua->fns; fn; fn = fn->next)
        names[i++] = fn->name.name->text;
    if (look_fn && !look_fn(s->text, names, n, &m))
        report(diags, sources, lua, &m);
}
