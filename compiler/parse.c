/* A file: its tokens, its declarations, and what must hold between them. */
#include "compiler/parse_core.h"

/* At most one flow, and `permit` only beside it: an entry point dials and asks, a module does not. */
static void check_file(struct parser *p, const struct file *f)
{
    for (const struct decl *d = f->first; d; d = d->next) {
        p->quiet = false;
        if (d->kind == DECL_FLOW && f->flow && d != f->flow)
            diag_note(mistake(p, d->name.span, "a file has at most one flow"), f->flow->name.span, "the first one");
        if (d->kind == DECL_PERMIT && !f->flow && !f->has_mistakes)
            diag_help(mistake(p, d->span, "a file without a flow cannot permit anything"),
                      "put it into the file with the flow");
    }
}

static void parse_decls(struct parser *p, struct file *f)
{
    struct decl **tail = &f->first;
    for (skip_newlines(p); !at(p, TOKEN_END); skip_newlines(p)) {
        struct decl *d = parse_decl(p);
        if (!d)
            continue;
        *tail = d;
        tail = &d->next;
        if (d->kind == DECL_FLOW && !f->flow)
            f->flow = d;
    }
    p->quiet = false;
    check_file(p, f);
}

struct file *parse_file(const struct parse_env *env, uint32_t source)
{
    struct tokens tokens = { 0 };
    struct file *f = ARENA_NEW(env->arena, struct file);
    size_t errors = diags_errors(env->diags);
    f->source = source;
    lex_file(&tokens, env, source, false);
    struct parser p = { .env = env,
                        .arena = env->arena,
                        .next = tokens.items,
                        .first = tokens.items,
                        .text = source_at(env->sources, source)->text.p,
                        .source = source,
                        .file = f };
    f->has_mistakes = diags_errors(env->diags) != errors;
    parse_decls(&p, f);
    vec_free(&p.calls);
    vec_free(&tokens);
    return f;
}
