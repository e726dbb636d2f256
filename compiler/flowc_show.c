/* Diagnostics and errors as the author sees them at a terminal. */
#include "compiler/flowc.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* https://no-color.org: set and not empty */
static bool wants_color(void)
{
    const char *no = getenv("NO_COLOR");
    return isatty(STDERR_FILENO) && !(no && *no);
}

int flowc_cannot(const char *path, enum err e)
{
    fprintf(stderr, "flowc: %s: %s\n", path, e == ERR_INVALID ? "it is not UTF-8 text" : err_text(e));
    return FLOWC_USAGE;
}

void flowc_show(const struct diags *diags)
{
    struct sbuf b = { 0 };
    bool color = wants_color();
    for (size_t i = 0; i < diags_count(diags); i++)
        diag_render(&b, diags, diags_at(diags, i), color);
    if (b.len)
        fwrite(b.p, 1, b.len, stderr);
    sbuf_free(&b);
}

static void show_number(size_t n, const char *what, const char *before)
{
    if (n)
        fprintf(stderr, "%s%zu %s%s", before, n, what, n == 1 ? "" : "s");
}

void flowc_show_count(size_t errors, size_t warnings)
{
    if (!errors && !warnings)
        return;
    show_number(errors, "error", "");
    show_number(warnings, "warning", errors ? ", " : "");
    fputc('\n', stderr);
}
