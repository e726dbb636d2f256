/* flowc graph FILE [--svg|--dot|--mermaid] [-o OUT] */
#include "compiler/flowc.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compiler/author/graph.h"

extern char **environ;

enum form { FORM_SVG, FORM_DOT, FORM_MERMAID };

struct graph_options {
    const char *file;
    const char *out; /* NULL: where the form's default says; "-": stdout */
    enum form form;
};

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    struct graph_options *o = state->input;
    switch (key) {
    case 's': o->form = FORM_SVG; return 0;
    case 'd': o->form = FORM_DOT; return 0;
    case 'm': o->form = FORM_MERMAID; return 0;
    case 'o': o->out = arg; return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            argp_usage(state);
        o->file = arg;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* "flows/a.flow" becomes "flows/a.svg". */
static void default_out(struct sbuf *out, const char *file)
{
    struct str s = str_of(file);
    if (str_ends(s, ".flow"))
        s.len -= strlen(".flow");
    sbuf_str(out, s);
    sbuf_cstr(out, ".svg");
}

/* ---- Graphviz ---- */

static int cannot_run(int why)
{
    fprintf(stderr, "flowc: cannot run Graphviz's command dot: %s\n", strerror(why));
    if (why == ENOENT)
        fputs("  help: install the package graphviz, or use --mermaid or --dot\n", stderr);
    return FLOWC_USAGE;
}

/* Starts `dot -Tsvg [-o OUT]` reading from a pipe, whose end to write to is *input. An errno, or 0. */
static int start_dot(pid_t *pid, int *input, const char *out)
{
    char *argv[] = { "dot", "-Tsvg", out ? "-o" : NULL, (char *)(uintptr_t)out, NULL };
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (pipe(ends) != 0)
        return errno;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    int failed = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    if (failed)
        close(ends[1]);
    *input = ends[1];
    return failed;
}

/* dot reads all of it before it writes; one that ended early is seen by its exit status. */
static void feed(int to, struct str text)
{
    while (text.len) {
        ssize_t n = write(to, text.p, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        text = (struct str){ text.p + n, text.len - (size_t)n };
    }
    close(to);
}

static int draw(struct str dot, const char *out)
{
    int input = -1, status = -1;
    pid_t pid = -1;
    signal(SIGPIPE, SIG_IGN);
    int why = start_dot(&pid, &input, out);
    if (why)
        return cannot_run(why);
    feed(input, dot);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return FLOWC_OK;
    fputs("flowc: Graphviz's command dot failed\n", stderr);
    return FLOWC_USAGE;
}

static int write_svg(const struct graph_options *o, struct str dot)
{
    struct sbuf path = { 0 };
    if (o->out)
        sbuf_cstr(&path, o->out);
    else
        default_out(&path, o->file);
    int status = draw(dot, o->out && !strcmp(o->out, "-") ? NULL : path.p);
    if (!status && !o->out)
        printf("%s\n", path.p);
    sbuf_free(&path);
    return status;
}

/* ---- the command ---- */

static int write_text(const struct graph_options *o, struct str text)
{
    if (o->out && strcmp(o->out, "-") != 0) {
        enum err e = file_write(o->out, text.p, text.len);
        return e ? flowc_cannot(o->out, e) : FLOWC_OK;
    }
    return fwrite(text.p, 1, text.len, stdout) == text.len ? FLOWC_OK : FLOWC_USAGE;
}

static int show_graph(const struct graph_options *o, struct compile *compile)
{
    const struct graph *g = graph_of(compile_arena(compile), compile_sources(compile), compile_tree(compile));
    struct sbuf text = { 0 };
    if (o->form == FORM_MERMAID)
        graph_mermaid(g, &text);
    else
        graph_dot(g, &text);
    int status = o->form == FORM_SVG ? write_svg(o, sbuf_view(&text)) : write_text(o, sbuf_view(&text));
    sbuf_free(&text);
    return status;
}

static const struct argp_option options[] = {
    { "svg", 's', NULL, 0, "A picture, drawn by Graphviz; unless said otherwise", 0 },
    { "dot", 'd', NULL, 0, "Text for Graphviz", 0 },
    { "mermaid", 'm', NULL, 0, "Text for Mermaid, as Markdown viewers draw it", 0 },
    { "output", 'o', "OUT", 0, "Where it goes, - for stdout; unless said, a picture goes beside FILE, text to stdout",
      0 },
    { 0 }
};
const struct argp flowc_graph_argp = { .options = options,
                                       .parser = on_option,
                                       .args_doc = "FILE",
                                       .doc =
                                           "Draws a flow: its actions, what follows each outcome, and how it ends." };

int flowc_graph(int argc, char **argv)
{
    struct graph_options o = { 0 };
    struct compile *compile = compile_new();
    argp_parse(&flowc_graph_argp, argc, argv, 0, NULL, &o);
    enum err e = compile_file(compile, o.file, NULL);
    int status = e ? FLOWC_MISTAKES : FLOWC_OK;
    if (e && e != ERR_SYNTAX)
        status = flowc_cannot(o.file, e);
    else if (e)
        flowc_show(compile_diags(compile));
    else
        status = show_graph(&o, compile);
    compile_free(&compile);
    return status;
}
