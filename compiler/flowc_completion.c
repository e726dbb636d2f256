/* flowc completion bash: a script for the shell, made from the table of commands. */
#include "compiler/flowc.h"

#include <stdio.h>
#include <string.h>

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

static void print_bash(void)
{
    fputs("_flowc() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]}\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        COMPREPLY=($(compgen -W \"",
          stdout);
    for (const struct flowc_command *c = flowc_commands; c->name; c++)
        printf("%s ", c->name);
    fputs("--help --version\" -- \"$word\"))\n"
          "        return\n"
          "    fi\n"
          "    case ${COMP_WORDS[1]} in\n"
          "    completion) COMPREPLY=($(compgen -W \"bash\" -- \"$word\")) ;;\n"
          "    dump) COMPREPLY=($(compgen -d -- \"$word\") $(compgen -f -X '!*.flow?(c)' -- \"$word\")) ;;\n"
          "    *) COMPREPLY=($(compgen -d -- \"$word\") $(compgen -f -X '!*.flow' -- \"$word\")) ;;\n"
          "    esac\n"
          "}\n"
          "complete -o filenames -F _flowc flowc\n",
          stdout);
}

int flowc_completion(int argc, char **argv)
{
    static const struct argp argp = {
        NULL, on_option, "SHELL", "Prints a completion script.\vTo use it now: source <(flowc completion bash)",
        NULL, NULL,      NULL
    };
    const char *shell = NULL;
    argp_parse(&argp, argc, argv, 0, NULL, &shell);
    if (strcmp(shell, "bash") != 0) {
        fprintf(stderr, "flowc: there is no completion for '%s'; bash is known\n", shell);
        return FLOWC_USAGE;
    }
    print_bash();
    return FLOWC_OK;
}
