/* The image around the functions: what is reached from the flow, and no more. */
#include <string.h>

#include "compiler/emit_state.h"
#include "compiler/emit_test.h"

unsigned function_of(struct emit *e, struct fn_info *fn)
{
    if (fn->number)
        return fn->number - 1;
    if (e->queue.len == UINT16_MAX) {
        pool_full(e, "functions");
        return 0;
    }
    vec_push(&e->queue, fn);
    fn->number = (uint32_t)e->queue.len;
    return fn->number - 1;
}

void emit_line(struct emit *e, struct span at)
{
    code_line(&e->code, (uint16_t)at.file, source_line_at(e->env->sources, at.file, at.start));
}

static const void *copy(struct emit *e, const void *from, size_t size)
{
    void *to = arena_alloc(e->arena, size + 1);
    if (size)
        memcpy(to, from, size);
    return to;
}
#define KEEP(e, v) copy((e), (v)->items, (v)->len * sizeof *(v)->items)

/* ---- permits ---- */

/* One row a line, because `at most` counts over all of it. */
static struct image_permit permit_row(struct emit *e, const struct decl_permit *d)
{
    struct image_permit row = { .kind = d->kind };
    struct const_value most;
    uint32_t n = 0;
    for (const struct permit_item *i = d->items; i; i = i->next)
        n++;
    struct str *patterns = ARENA_ARRAY(e->arena, struct str, n + 1);
    for (const struct permit_item *i = d->items; i; i = i->next)
        if (i->connections)
            row.kind = PERMIT_DIAL_CONNECTIONS;
        else
            patterns[row.npatterns++] = i->pattern.text;
    row.patterns = patterns;
    if (d->at_most && const_eval(e->arena, d->at_most, &most))
        row.at_most = (uint32_t)most.num;
    return row;
}

static void fill_permits(struct emit *e, struct image *im)
{
    VEC(struct image_permit) rows = { 0 };
    for (const struct decl *d = e->env->files->first; d; d = d->next)
        if (d->kind == DECL_PERMIT)
            vec_push(&rows, permit_row(e, &d->u.permit));
    im->permits = KEEP(e, &rows);
    im->npermits = (uint32_t)rows.len;
    vec_free(&rows);
}

static void fill_names(struct emit *e, struct image *im)
{
    VEC(struct word_said) rows = { 0 };
    for (const struct file *f = e->env->files; f; f = f->next)
        for (const struct decl *d = f->first; d; d = d->next)
            for (const struct pronounce_item *i = d->kind == DECL_PRONOUNCE ? d->u.pronounce : NULL; i; i = i->next)
                vec_push(&rows, (struct word_said){ i->word.text, i->said.text });
    im->names = KEEP(e, &rows);
    im->nnames = (uint32_t)rows.len;
    vec_free(&rows);
}

/* ---- sources ---- */

static struct str folder_of(struct str path)
{
    while (path.len && path.p[path.len - 1] != '/')
        path.len--;
    return path;
}

struct str emit_path(const struct emit *e, struct str path)
{
    struct str folder = folder_of(source_at(e->env->sources, e->env->files->source)->path);
    if (path.len <= folder.len || !str_eq(folder, (struct str){ path.p, folder.len }))
        return path;
    return (struct str){ path.p + folder.len, path.len - folder.len };
}

/* The texts of files in Lua stand elsewhere in the image. */
static void forget_lua(struct emit *e, struct image_source *rows)
{
    for (const struct file *f = e->env->files; f; f = f->next)
        for (const struct decl *d = f->first; d; d = d->next)
            if (d->kind == DECL_EXTERN && d->u.lua.there)
                rows[d->u.lua.file].text = (struct str){ "", 0 };
}

static void fill_sources(struct emit *e, struct image *im)
{
    uint32_t n = source_count(e->env->sources);
    struct image_source *rows = ARENA_ARRAY(e->arena, struct image_source, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        const struct source *s = source_at(e->env->sources, i);
        bool own = !e->env->prelude || e->env->prelude->source != i;
        rows[i].path = own ? emit_path(e, s->path) : s->path;
        rows[i].text = own ? s->text : (struct str){ "", 0 };
    }
    forget_lua(e, rows);
    im->sources = rows;
    im->nsources = n;
}

/* Dates are spoken in the zone of the first hours: the file's own before used ones. */
static struct str find_zone(const struct emit_env *env)
{
    for (const struct file *f = env->files; f; f = f->next)
        for (const struct decl *d = f->first; d; d = d->next)
            if (d->kind == DECL_HOURS)
                return d->u.hours.zone.text;
    return (struct str){ "", 0 };
}

static void emit_functions(struct emit *e, struct image *im)
{
    struct decl *flow = e->env->files->flow;
    im->flow = flow->name.name->text;
    im->entry = function_of(e, flow->u.flow.info);
    for (size_t i = 0; i < e->queue.len && !e->full; i++) {
        struct image_func f = emit_function(e, e->queue.items[i]);
        vec_push(&e->funcs, f);
    }
    im->funcs = KEEP(e, &e->funcs);
    im->nfuncs = (uint32_t)e->funcs.len;
}

static void fill_tables(struct emit *e, struct image *im)
{
    im->consts = KEEP(e, &e->consts);
    im->nconsts = (uint32_t)e->consts.len;
    im->imports = KEEP(e, &e->imports);
    im->nimports = (uint32_t)e->imports.len;
    im->lua = KEEP(e, &e->lua);
    im->nlua = (uint32_t)e->lua.len;
    im->externs = KEEP(e, &e->externs);
    im->nexterns = (uint32_t)e->externs.len;
    im->hours = KEEP(e, &e->hours);
    im->nhours = (uint32_t)e->hours.len;
    im->prompts = KEEP(e, &e->prompts);
    im->nprompts = (uint32_t)e->prompts.len;
    im->spoken = KEEP(e, &e->spoken);
    im->nspoken = (uint32_t)e->spoken.len;
    im->continues = KEEP(e, &e->continues);
    im->ncontinues = (uint32_t)e->continues.len;
}

static void close(struct emit *e)
{
    code_close(&e->code);
    vec_free(&e->consts);
    vec_free(&e->imports);
    vec_free(&e->funcs);
    vec_free(&e->queue);
    vec_free(&e->lua);
    vec_free(&e->externs);
    vec_free(&e->hours);
    vec_free(&e->prompts);
    vec_free(&e->spoken);
    vec_free(&e->listed);
    vec_free(&e->continues);
}

const struct image *emit_image(const struct emit_env *env)
{
    struct emit e = { .env = env, .arena = env->arena, .zone = find_zone(env) };
    struct image *im = ARENA_NEW(env->arena, struct image);
    e.action_sets = ARENA_ARRAY(e.arena, struct outcome_set *, action_count());
    e.imports_seen = ARENA_ARRAY(e.arena, struct import_seen *, action_count());
    emit_functions(&e, im);
    fill_permits(&e, im);
    fill_names(&e, im);
    fill_tables(&e, im);
    fill_sources(&e, im);
    im->tests = emit_test_section(env);
    close(&e);
    return im;
}
