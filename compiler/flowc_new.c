/* flowc new NAME: a flow to begin with, in a file of its own. */
#include "compiler/flowc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compiler/author/starter.h"

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    const char **name = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (*name)
            argp_usage(state);
        *name = arg;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* "flows/door" and "flows/door.flow" both name the flow door. */
static struct str name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct str name = str_of(slash ? slash + 1 : path);
    if (str_ends(name, ".flow"))
        name.len -= strlen(".flow");
    return name;
}

/* Never over a file that is there. An errno, or 0. */
static int write_new(const char *path, struct str text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return errno;
    ssize_t n = write(fd, text.p, text.len);
    int why = n < 0 ? errno : (size_t)n < text.len ? ENOSPC : 0;
    if (close(fd) != 0 && !why)
        why = errno;
    if (why)
        unlink(path);
    return why;
}

static int write_starter(const char *path, struct str name)
{
    struct sbuf text = { 0 };
    starter_text(name, &text);
    int why = write_new(path, sbuf_view(&text));
    sbuf_free(&text);
    if (why) {
        fprintf(stderr, "flowc: %s: %s\n", path, why == EEXIST ? "there is such a file already" : strerror(why));
        return FLOWC_USAGE;
    }
    printf("%s\n", path);
    return FLOWC_OK;
}

const struct argp flowc_new_argp = { .parser = on_option,
                                     .args_doc = "NAME",
                                     .doc = "Writes NAME.flow, a flow with tests to begin with." };

int flowc_new(int argc, char **argv)
{
    const char *given = NULL;
    struct sbuf path = { 0 };
    argp_parse(&flowc_new_argp, argc, argv, 0, NULL, &given);
    struct str name = name_of(given);
    if (!starter_name_fits(name)) {
        fprintf(stderr, "flowc: '%.*s' cannot name a flow: small letters, digits and _ can, but no keyword\n",
                STR_ARG(name));
        return FLOWC_USAGE;
    }
    sbuf_fmt(&path, "%.*s.flow", (int)(name.p - given) + (int)name.len, given);
    int status = write_starter(path.p, name);
    sbuf_free(&path);
    return status;
}
