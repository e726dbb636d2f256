/* flowctl completion bash: a script for the shell, made from the table of commands. */
#include <stdio.h>
#include <string.h>

#include "sipfront/flowctl.h"

static bool is_first_of_noun(const struct ctl_command *k)
{
    for (const struct ctl_command *before = ctl_commands; before < k; before++)
        if (strcmp(before->noun, k->noun) == 0)
            return false;
    return true;
}

static void print_nouns(void)
{
    for (const struct ctl_command *k = ctl_commands; k->noun; k++)
        if (is_first_of_noun(k))
            printf("%s ", k->noun);
    fputs("--socket --json --help", stdout);
}

static void print_verbs(const char *noun)
{
    for (const struct ctl_command *k = ctl_commands; k->noun; k++)
        if (strcmp(k->noun, noun) == 0)
            printf("%s ", k->verb);
}

static void print_options(const struct ctl_command *k)
{
    for (const struct argp_option *o = k->options; o && o->name; o++)
        printf("--%s ", o->name);
    fputs("--socket --json --help", stdout);
}

/* What its argument may be: files for deploy, or a command that prints the names, cut from the tables' first column. */
static const char *names_of(const struct ctl_command *k)
{
    if (strcmp(k->noun, "deploy") == 0)
        return "$(compgen -d -- \"$word\") $(compgen -f -X '!*.flow?(c)' -- \"$word\")";
    if (strcmp(k->noun, "completion") == 0)
        return "bash";
    if (strncmp(k->args, "USER", 4) == 0 || strcmp(k->args, "[USER]") == 0)
        return "$(flowctl connection list 2>/dev/null | tail -n +2 | cut -d' ' -f1)";
    if (strcmp(k->noun, "number") == 0 && *k->args)
        return "$(flowctl number list 2>/dev/null | tail -n +2 | cut -d' ' -f1)";
    if (strcmp(k->noun, "outbox") == 0 && *k->args)
        return "$(flowctl outbox list 2>/dev/null | tail -n +2 | cut -d' ' -f1)";
    if (strncmp(k->args, "FLOW", 4) == 0 || strcmp(k->args, "[FLOW]") == 0)
        return "$(flowctl flow list 2>/dev/null | tail -n +2 | cut -d' ' -f1)";
    if (strcmp(k->noun, "trunk") == 0 && *k->args)
        return "$(flowctl trunk list 2>/dev/null | tail -n +2 | cut -d' ' -f1)";
    if (strcmp(k->args, "ID") == 0)
        return "$(flowctl voicemail list 2>/dev/null | tail -n +2 | cut -d' ' -f1)";
    return "";
}

static void print_case(const struct ctl_command *k)
{
    printf("    \"%s%s%s\") options=\"", k->noun, k->verb ? " " : "", k->verb ? k->verb : "");
    print_options(k);
    fputs("\" ;;\n", stdout);
}

static void print_name_cases(void)
{
    fputs("    case \"$command\" in\n", stdout);
    for (const struct ctl_command *k = ctl_commands; k->noun; k++)
        if (*names_of(k))
            printf("    \"%s%s%s\") names=\"%s\" ;;\n", k->noun, k->verb ? " " : "", k->verb ? k->verb : "",
                   names_of(k));
    fputs("    esac\n", stdout);
}

static void print_bash(void)
{
    fputs("_flowctl() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} noun=${COMP_WORDS[1]} command options names\n"
          "    command=$noun\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        COMPREPLY=($(compgen -W \"",
          stdout);
    print_nouns();
    fputs("\" -- \"$word\"))\n        return\n    fi\n    case $noun in\n", stdout);
    for (const struct ctl_command *k = ctl_commands; k->noun; k++) {
        if (!k->verb || !is_first_of_noun(k))
            continue;
        printf("    %s)\n        command=\"$noun ${COMP_WORDS[2]}\"\n        if [ \"$COMP_CWORD\" -eq 2 ]; then\n"
               "            COMPREPLY=($(compgen -W \"",
               k->noun);
        print_verbs(k->noun);
        fputs("\" -- \"$word\"))\n            return\n        fi ;;\n", stdout);
    }
    fputs("    esac\n    case \"$command\" in\n", stdout);
    for (const struct ctl_command *k = ctl_commands; k->noun; k++)
        print_case(k);
    fputs("    esac\n    if [[ $word == -* ]]; then\n        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
          "        return\n    fi\n",
          stdout);
    print_name_cases();
    fputs("    COMPREPLY=($(compgen -W \"$names\" -- \"$word\"))\n}\ncomplete -o filenames -F _flowctl flowctl\n",
          stdout);
}

int ctl_completion(struct ctl *c)
{
    if (strcmp(c->args[0], "bash") != 0) {
        ctl_complain("there is no completion for that shell; bash is known", NULL);
        return CTL_USAGE;
    }
    print_bash();
    return CTL_OK;
}
