/* flowc fmt FILE… [--check] [--stdout] */
#include "compiler/flowc.h"

#include <stdio.h>

#include "compiler/author/fmt.h"

struct fmt {
    bool check; /* change nothing, say what would change */
    bool print;
    char **files;
    int count;
};

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    struct fmt *f = state->input;
    (void)arg;
    switch (key) {
    case 'c': f->check = true; return 0;
    case 'p': f->print = true; return 0;
    case ARGP_KEY_ARGS:
        f->files = state->argv + state->next;
        f->count = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int keep(const struct fmt *f, const char *path, struct str old, const struct sbuf *made)
{
    bool same = str_eq(old, sbuf_view(made));
    if (f->print) {
        fwrite(made->p ? made->p : "", 1, made->len, stdout);
        return FLOWC_OK;
    }
    if (same)
        return FLOWC_OK;
    if (f->check) {
        fprintf(stderr, "%s: not in the one layout; flowc fmt %s brings it there\n", path, path);
        return FLOWC_MISTAKES;
    }
    enum err e = file_write(path, made->p ? made->p : "", made->len);
    return e ? flowc_cannot(path, e) : FLOWC_OK;
}

static int format_file(const struct fmt *f, const struct parse_env *env, const char *path)
{
    struct sbuf made = { 0 };
    uint32_t source, bad;
    enum err e = source_load(env->sources, path, &source, &bad);
    int status;
    if (e)
        return flowc_cannot(path, e);
    e = fmt_source(env, source, &made);
    if (e) {
        diags_finish(env->diags);
        flowc_show(env->diags);
        if (!diags_errors(env->diags))
            fprintf(stderr, "flowc: %s: it has mistakes, which flowc check names\n", path);
        status = FLOWC_MISTAKES;
    } else {
        status = keep(f, path, source_at(env->sources, source)->text, &made);
    }
    sbuf_free(&made);
    return status;
}

static int format_one(const struct fmt *f, const char *path)
{
    struct arena *arena = arena_new();
    struct sources *sources = sources_new(arena);
    struct parse_env env = { arena, names_new(arena), sources, diags_new(arena, sources) };
    int status = format_file(f, &env, path);
    diags_close(env.diags);
    names_close(env.names);
    arena_free(&arena);
    return status;
}

static const struct argp_option options[] = {
    { "check", 'c', NULL, 0, "Change nothing; say which files would change", 0 },
    { "stdout", 'p', NULL, 0, "Print the result instead of changing the file", 0 },
    { 0 }
};
const struct argp flowc_fmt_argp = {
    options, on_option, "FILE…", "Brings flows into the one layout.", NULL, NULL, NULL
};

int flowc_fmt(int argc, char **argv)
{
    struct fmt f = { 0 };
    int status = FLOWC_OK;
    argp_parse(&flowc_fmt_argp, argc, argv, 0, NULL, &f);
    for (int i = 0; i < f.count; i++) {
        int one = format_one(&f, f.files[i]);
        status = one > status ? one : status;
    }
    return status;
}
