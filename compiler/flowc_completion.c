/* flowc completion bash|zsh|fish: a script for the shell, made from the table of commands and their options. */
#include "compiler/flowc.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "stdlib/catalog/catalog.h"

/* What a command takes besides options, read from the word that its help shows. */
enum operand { OPERAND_NONE, OPERAND_FLOW, OPERAND_IMAGE, OPERAND_ACTION, OPERAND_SHELL };

static enum operand operand_of(const struct flowc_command *c)
{
    if (strstr(c->args, "IMAGE"))
        return OPERAND_IMAGE;
    if (strstr(c->args, "FILE"))
        return OPERAND_FLOW;
    if (strstr(c->args, "ACTION"))
        return OPERAND_ACTION;
    return strstr(c->args, "SHELL") ? OPERAND_SHELL : OPERAND_NONE;
}

static const struct argp_option *options_of(const struct flowc_command *c)
{
    static const struct argp_option none = { 0 };
    return c->argp && c->argp->options ? c->argp->options : &none;
}

/* In single quotes: a quote in it ends them, stands alone, and opens them again. Brackets and colons mean something
 * to zsh. */
static void put_quoted(const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\'", stdout);
        else if (strchr(special, *text))
            putchar('\\');
        putchar(*text);
    }
}

static void put_commands(void)
{
    for (const struct flowc_command *c = flowc_commands; c->name; c++)
        printf("%s ", c->name);
}

static void put_words(enum operand what)
{
    if (what == OPERAND_SHELL)
        fputs("bash zsh fish", stdout);
    for (unsigned i = 0; what == OPERAND_ACTION && i < action_count(); i++)
        printf("%s ", action_row(i)->name);
}

/* ---- bash ---- */

static void bash_operands(enum operand what)
{
    if (what == OPERAND_FLOW || what == OPERAND_IMAGE)
        printf(" $(compgen -d -- \"$word\") $(compgen -f -X '!*.flow%s' -- \"$word\")",
               what == OPERAND_IMAGE ? "?(c)" : "");
    else if (what != OPERAND_NONE) {
        fputs(" $(compgen -W \"", stdout);
        put_words(what);
        fputs("\" -- \"$word\")", stdout);
    }
}

static void bash_command(const struct flowc_command *c)
{
    printf("    %s)\n        case $word in\n        -*) COMPREPLY=($(compgen -W \"", c->name);
    for (const struct argp_option *o = options_of(c); o->name; o++)
        printf("--%s ", o->name);
    fputs("--help\" -- \"$word\")) ;;\n        *) COMPREPLY=(", stdout);
    bash_operands(operand_of(c));
    fputs(") ;;\n        esac\n        ;;\n", stdout);
}

static void print_bash(void)
{
    fputs("# flowc for bash: source <(flowc completion bash)\nshopt -s extglob\n_flowc() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]}\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \"",
          stdout);
    put_commands();
    fputs("--help --version\" -- \"$word\"))\n        return\n    fi\n    case ${COMP_WORDS[1]} in\n", stdout);
    for (const struct flowc_command *c = flowc_commands; c->name; c++)
        bash_command(c);
    fputs("    esac\n}\ncomplete -o filenames -F _flowc flowc\n", stdout);
}

/* ---- zsh ---- */

static void zsh_option(const struct argp_option *o)
{
    printf(" \\\n            '--%s%s[", o->name, o->arg ? "=" : "");
    put_quoted(o->doc ? o->doc : "", "[]:\\");
    printf("]%s'", o->arg ? ":value:_files" : "");
}

static void zsh_command(const struct flowc_command *c)
{
    enum operand what = operand_of(c);
    printf("    %s)\n        _arguments", c->name);
    for (const struct argp_option *o = options_of(c); o->name; o++)
        zsh_option(o);
    fputs(" \\\n            '--help[Give this help list]'", stdout);
    if (what == OPERAND_FLOW || what == OPERAND_IMAGE)
        printf(" \\\n            '*:file:_files -g \"*.flow%s\"'", what == OPERAND_IMAGE ? "(|c)" : "");
    else if (what != OPERAND_NONE) {
        fputs(" \\\n            '*:word:(", stdout);
        put_words(what);
        fputs(")'", stdout);
    }
    fputs("\n        ;;\n", stdout);
}

static void print_zsh(void)
{
    fputs("#compdef flowc\n# flowc for zsh: source <(flowc completion zsh)\n_flowc() {\n"
          "    local -a commands=(\n",
          stdout);
    for (const struct flowc_command *c = flowc_commands; c->name; c++) {
        printf("        '%s:", c->name);
        put_quoted(c->brief, ":\\");
        fputs("'\n", stdout);
    }
    fputs("    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n"
          "    shift words\n    (( CURRENT-- ))\n    case $words[1] in\n",
          stdout);
    for (const struct flowc_command *c = flowc_commands; c->name; c++)
        zsh_command(c);
    fputs("    esac\n}\ncompdef _flowc flowc\n", stdout);
}

/* ---- fish ---- */

static void fish_command(const struct flowc_command *c)
{
    enum operand what = operand_of(c);
    printf("complete -c flowc -n __fish_use_subcommand -a %s -d '", c->name);
    put_quoted(c->brief, "\\");
    fputs("'\n", stdout);
    for (const struct argp_option *o = options_of(c); o->name; o++) {
        printf("complete -c flowc -n '__fish_seen_subcommand_from %s' -l %s", c->name, o->name);
        if (isalnum(o->key))
            printf(" -s %c", o->key);
        printf("%s -d '", o->arg ? " -r -F" : "");
        put_quoted(o->doc ? o->doc : "", "\\");
        fputs("'\n", stdout);
    }
    if (what == OPERAND_NONE)
        return;
    printf("complete -c flowc -n '__fish_seen_subcommand_from %s' -a '", c->name);
    if (what == OPERAND_FLOW || what == OPERAND_IMAGE)
        printf("(__fish_complete_suffix .flow)%s", what == OPERAND_IMAGE ? " (__fish_complete_suffix .flowc)" : "");
    put_words(what);
    fputs("'\n", stdout);
}

static void print_fish(void)
{
    fputs("# flowc for fish: flowc completion fish | source\ncomplete -c flowc -f\n", stdout);
    for (const struct flowc_command *c = flowc_commands; c->name; c++)
        fish_command(c);
    fputs("complete -c flowc -n __fish_use_subcommand -l help -d 'Give this help list'\n"
          "complete -c flowc -n __fish_use_subcommand -l version -d 'Print program version'\n",
          stdout);
}

/* ---- the command ---- */

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    const char **shell = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (*shell)
            argp_usage(state);
        *shell = arg;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp flowc_completion_argp = { .parser = on_option,
                                            .args_doc = "SHELL",
                                            .doc = "Prints a completion script for bash, zsh or fish.\v"
                                                   "To use it now: source <(flowc completion bash)" };

int flowc_completion(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = { { "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish } };
    const char *shell = NULL;
    argp_parse(&flowc_completion_argp, argc, argv, 0, NULL, &shell);
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (!strcmp(shell, shells[i].name)) {
            shells[i].print();
            return FLOWC_OK;
        }
    fprintf(stderr, "flowc: there is no completion for '%s'; bash, zsh and fish are known\n", shell);
    return FLOWC_USAGE;
}
