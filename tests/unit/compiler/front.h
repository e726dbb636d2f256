/* For tests of the compiler's front: reads a text and shows what came of it as text. One thread. */
#ifndef TESTS_COMPILER_FRONT_H
#define TESTS_COMPILER_FRONT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compiler/ast_test.h"
#include "compiler/lex.h"

struct front {
    struct parse_env env;
    uint32_t source;
    struct sbuf shown;
};

static inline void front_open(struct front *f, struct str text)
{
    uint32_t bad;
    struct arena *arena = arena_new();
    struct sources *sources = sources_new(arena);
    *f = (struct front){ .env = { arena, names_new(arena), sources, diags_new(arena, sources) } };
    assert_int_equal(source_add(sources, "t.flow", text, &f->source, &bad), ERR_OK);
}

static inline void front_close(struct front *f)
{
    diags_close(f->env.diags);
    names_close(f->env.names);
    arena_free(&f->env.arena);
    sbuf_free(&f->shown);
}

/* The diagnostics, one a line: "2:5 message". Valid until the front is closed or shows something else. */
static inline const char *front_errors(struct front *f)
{
    sbuf_clear(&f->shown);
    sbuf_cstr(&f->shown, "");
    diags_finish(f->env.diags);
    for (size_t i = 0; i < diags_count(f->env.diags); i++) {
        const struct diag *d = diags_at(f->env.diags, i);
        struct place at = source_place(f->env.sources, d->span.file, d->span.start);
        sbuf_fmt(&f->shown, "%u:%u %.*s\n", at.line, at.column, STR_ARG(d->message));
    }
    sbuf_char(&f->shown, '\0');
    return f->shown.p;
}

#endif
