/* flowctl: the admin's and operator's command. This file finds the command and reads its options; the commands are in
 * flowctl_commands.c. */
#include "sipfront/flowctl.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *argp_program_version = "flowctl (Call Flow) " CALLFLOW_VERSION;

static const struct argp_option common_options[] = {
    CTL_OPTION("socket", CTL_SOCKET, "PATH", "Socket of the server's API"),
    CTL_OPTION("json", CTL_JSON, NULL, "Print the API's JSON instead of a table"),
    CTL_OPTIONS_END,
};

static error_t on_common(int key, char *arg, struct argp_state *state)
{
    struct ctl *c = state->input;
    if (key < CTL_FIRST_KEY || key >= CTL_FIRST_KEY + CTL_OPTIONS)
        return ARGP_ERR_UNKNOWN;
    c->option[key - CTL_FIRST_KEY] = arg ? arg : "";
    return 0;
}

static const struct argp common = { common_options, on_common, NULL, NULL, NULL, NULL, NULL };

/* ---- the command's own line ---- */

struct command_line {
    struct ctl *ctl;
    const struct ctl_command *command;
};

/* How many arguments a command can have, or must have: those not in brackets. A word with … stands for many. */
static unsigned count_words(const char *s, bool needed_only)
{
    unsigned n = 0;
    if (!needed_only && strstr(s, "…"))
        return CTL_MOST_ARGS;
    while (*s) {
        n += !(needed_only && *s == '[');
        s += strcspn(s, " ");
        s += strspn(s, " ");
    }
    return n;
}

static const char *word_at(const char *s, unsigned n)
{
    for (; n; n--)
        s += strcspn(s, " ") + 1;
    return s;
}

static error_t on_command(int key, char *arg, struct argp_state *state)
{
    struct command_line *line = state->input;
    const struct ctl_command *command = line->command;
    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = line->ctl; return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num >= count_words(command->args, false))
            argp_error(state, "'%s' is too much", arg);
        line->ctl->args[state->arg_num] = arg;
        return 0;
    case ARGP_KEY_END:
        if (state->arg_num < count_words(command->args, true))
            argp_error(state, "%s is missing", word_at(command->args, state->arg_num));
        return 0;
    default: return on_common(key, arg, &(struct argp_state){ .input = line->ctl });
    }
}

static void parse_command(const struct ctl_command *command, struct ctl *c, int argc, char **argv)
{
    static const struct argp_child children[] = { { &common, 0, "Common options:", 0 }, { NULL, 0, NULL, 0 } };
    struct command_line line = { c, command };
    struct sbuf name = { 0 }, manual = { 0 };
    sbuf_fmt(&name, "flowctl %s%s%s", command->noun, command->verb ? " " : "", command->verb ? command->verb : "");
    sbuf_fmt(&manual, "flowctl: %s\vExamples:\n%s", command->brief, command->examples);
    const struct argp argp = { command->options, on_command, command->args, manual.p, children, NULL, NULL };
    argv[0] = name.p;
    argp_parse(&argp, argc, argv, 0, NULL, &line);
    sbuf_free(&name); /* argp has no use for them after parsing */
    sbuf_free(&manual);
}

/* ---- flowctl's own line: options, then the noun; the rest is the command's ---- */

struct first_line {
    struct ctl *ctl;
    int rest; /* where in argv the noun stands */
};

static error_t on_first(int key, char *arg, struct argp_state *state)
{
    struct first_line *line = state->input;
    (void)arg;
    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = line->ctl; return 0;
    case ARGP_KEY_ARG:
        line->rest = state->next - 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "a command is missing"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static void list_commands(struct sbuf *out, const char *noun)
{
    for (const struct ctl_command *k = ctl_commands; k->noun; k++) {
        struct sbuf call = { 0 };
        sbuf_fmt(&call, "%s%s%s %s", k->noun, k->verb ? " " : "", k->verb ? k->verb : "", k->args);
        if (!noun || strcmp(noun, k->noun) == 0)
            sbuf_fmt(out, "  %-26s %s\n", call.p, k->brief);
        sbuf_free(&call);
    }
}

static char *add_commands(int key, const char *text, void *input)
{
    struct sbuf b = { 0 };
    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)(uintptr_t)text;
    sbuf_cstr(&b, "Commands:\n");
    list_commands(&b, NULL);
    sbuf_cstr(&b, "\nflowctl COMMAND --help tells more, with examples.\n\n"
                  "The server's socket is, in this order: --socket, $FLOW_SOCKET,\n"
                  "./run.d/api.sock if it is there, /run/callflow/api.sock.\n\n"
                  "Exit status: 0 done, 1 refused, 2 wrong use, 3 the server cannot be reached.");
    return b.p;
}

static const struct ctl_command *find(const char *noun, const char *verb)
{
    for (const struct ctl_command *k = ctl_commands; k->noun; k++)
        if (strcmp(k->noun, noun) == 0 && (!k->verb || (verb && strcmp(k->verb, verb) == 0)))
            return k;
    return NULL;
}

static void complain_unknown(const char *noun)
{
    struct sbuf message = { 0 }, help = { 0 };
    sbuf_fmt(&message, "there is no command '%s'", noun);
    sbuf_cstr(&help, "flowctl --help lists all of them");
    for (const struct ctl_command *k = ctl_commands; k->noun; k++) {
        if (str_distance(str_of(k->noun), str_of(noun), 2) <= 2) {
            sbuf_clear(&help);
            sbuf_fmt(&help, "did you mean '%s'?", k->noun);
        }
    }
    ctl_complain(message.p, help.p);
    sbuf_free(&message);
    sbuf_free(&help);
}

/* The noun without a verb that it knows: what it can do, on stdout when that was asked for. */
static int explain(const char *noun, const char *verb)
{
    struct sbuf list = { 0 };
    bool asked = verb && (strcmp(verb, "--help") == 0 || strcmp(verb, "-?") == 0);
    list_commands(&list, noun);
    if (!list.len)
        complain_unknown(noun);
    else if (asked)
        printf("Usage: flowctl %s COMMAND …\n%s", noun, list.p);
    else
        fprintf(stderr, "flowctl: %s wants one of these commands:\n%s", noun, list.p);
    bool helped = asked && list.len;
    sbuf_free(&list);
    return helped ? CTL_OK : CTL_USAGE;
}

static const char *socket_of(const struct ctl *c)
{
    const char *env = getenv("FLOW_SOCKET");
    if (c->option[CTL_SOCKET])
        return c->option[CTL_SOCKET];
    if (env && *env)
        return env;
    return access("run.d/api.sock", F_OK) == 0 ? "./run.d/api.sock" : "/run/callflow/api.sock";
}

/* JSON can carry nothing else. */
static void check_utf8(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (mbstowcs(NULL, argv[i], 0) == (size_t)-1) {
            fprintf(stderr, "flowctl: '%s' is no UTF-8 text\n", argv[i]);
            exit(CTL_USAGE);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct argp_child children[] = { { &common, 0, NULL, 0 }, { NULL, 0, NULL, 0 } };
    static const struct argp first = { NULL,
                                       on_first,
                                       "COMMAND …",
                                       "Runs a Call Flow server: Connections, "
                                       "Numbers, flows, calls, voicemail.\v ",
                                       children,
                                       add_commands,
                                       NULL };
    struct ctl c = { 0 };
    struct first_line line = { &c, 0 };
    setlocale(LC_CTYPE, "C.UTF-8"); /* names are UTF-8 wherever this runs */
    argp_err_exit_status = CTL_USAGE;
    check_utf8(argc, argv);
    argp_parse(&first, argc, argv, ARGP_IN_ORDER, NULL, &line);
    const char *noun = argv[line.rest], *verb = line.rest + 1 < argc ? argv[line.rest + 1] : NULL;
    const struct ctl_command *command = find(noun, verb);
    if (!command)
        return explain(noun, verb);
    int at = line.rest + (command->verb ? 1 : 0);
    parse_command(command, &c, argc - at, argv + at);
    c.socket = socket_of(&c);
    c.json = c.option[CTL_JSON];
    int status = command->run(&c);
    return fflush(stdout) ? CTL_REFUSED : status;
}
