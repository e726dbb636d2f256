/* flowc: the flow author's command. This file finds the subcommand; each has a file of its own. */
#include "compiler/flowc.h"
#include "compiler/flowc_sim.h"
#include "compiler/flowc_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIKE_EDITS = 2 };

const char *argp_program_version = "flowc 0.1.0";

const struct flowc_command flowc_commands[] = {
    { "check", "FILE…", "report every mistake in a flow", flowc_check, &flowc_check_argp },
    { "build", "FILE", "compile a flow into an image that flowd runs", flowc_build, &flowc_build_argp },
    { "sim", "FILE", "call a flow: you are the caller", flowc_sim, &flowc_sim_argp },
    { "test", "FILE…", "run the tests beside flows", flowc_test, &flowc_test_argp },
    { "dump", "FILE|IMAGE", "show the bytecode of a flow or an image", flowc_dump, &flowc_dump_argp },
    { "graph", "FILE", "draw a flow as a picture", flowc_graph, &flowc_graph_argp },
    { "fmt", "FILE…", "bring a flow into the one layout", flowc_fmt, &flowc_fmt_argp },
    { "lsp", "", "answer an editor's questions (language server)", flowc_lsp, &flowc_lsp_argp },
    { "doc", "ACTION…", "show the manual of an action", flowc_doc, &flowc_doc_argp },
    { "new", "NAME", "write a flow to begin with", flowc_new, &flowc_new_argp },
    { "keygen", "NAME", "make a pair of keys to sign images with", flowc_keygen, &flowc_keygen_argp },
    { "verify", "IMAGE", "check an image and its signature", flowc_verify, &flowc_verify_argp },
    { "completion", "SHELL", "print a completion script for bash, zsh or fish", flowc_completion,
      &flowc_completion_argp },
    { 0 },
};

static const struct flowc_command *find(const char *name)
{
    for (const struct flowc_command *c = flowc_commands; c->name; c++)
        if (!strcmp(c->name, name))
            return c;
    return NULL;
}

static int no_command(const char *name)
{
    const char *like = NULL;
    for (const struct flowc_command *c = flowc_commands; c->name; c++)
        if (str_distance(str_of(c->name), str_of(name), LIKE_EDITS) <= LIKE_EDITS)
            like = c->name;
    fprintf(stderr, "flowc: there is no command '%s'; %s%s%ssee flowc --help\n", name, like ? "did you mean '" : "",
            like ? like : "", like ? "'? " : "");
    return FLOWC_USAGE;
}

/* argp asks for the text around the options; the one after them lists the commands. */
static char *help_filter(int key, const char *text, void *input)
{
    struct sbuf b = { 0 };
    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)(uintptr_t)text;
    sbuf_cstr(&b, "Commands:\n");
    for (const struct flowc_command *c = flowc_commands; c->name; c++)
        sbuf_fmt(&b, "  %-12s %s\n", c->name, c->brief);
    sbuf_cstr(&b, "\nExamples:\n"
                  "  flowc check reception.flow        every mistake, with its place\n"
                  "  flowc build reception.flow        writes reception.flowc\n"
                  "  flowc new door                    writes door.flow, a flow to begin with\n"
                  "  flowc graph reception.flow        draws reception.svg\n"
                  "  flowc dump reception.flow | less  the bytecode beside the source\n"
                  "\nflowc COMMAND --help tells more. Exit status: 0 well, 1 mistakes in a flow,\n"
                  "2 wrong use or a file that cannot be read.");
    return b.p;
}

struct choice {
    int at; /* where in argv the command stands; 0: not yet */
};

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    struct choice *c = state->input;
    (void)arg;
    if (key == ARGP_KEY_NO_ARGS)
        argp_usage(state);
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    c->at = state->next - 1;
    state->next = state->argc; /* the rest is the command's */
    return 0;
}

static int run(const struct flowc_command *command, int argc, char **argv)
{
    char name[64];
    snprintf(name, sizeof name, "flowc %s", command->name);
    argv[0] = name;
    return command->run(argc, argv);
}

int main(int argc, char **argv)
{
    static const struct argp argp = { .parser = on_option,
                                      .args_doc = "COMMAND …",
                                      .doc = "Compiles, checks and formats call flows.\v ",
                                      .help_filter = help_filter };
    struct choice choice = { 0 };
    const struct flowc_command *command;
    argp_err_exit_status = FLOWC_USAGE;
    flowc_use_lua();
    flowc_use_clock();
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &choice);
    command = find(argv[choice.at]);
    if (!command)
        return no_command(argv[choice.at]);
    return run(command, argc - choice.at, argv + choice.at);
}
