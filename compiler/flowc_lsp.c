/* flowc lsp: the language server on standard input and output. */
#include <signal.h>
#include <unistd.h>

#include "compiler/author/lsp.h"
#include "compiler/flowc.h"

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    switch (key) {
    case 's': return 0; /* some editors say it; there is no other way */
    case ARGP_KEY_ARG: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    { "stdio", 's', NULL, 0, "Speak on standard input and output, as it always does", 0 }, { 0 }
};
const struct argp flowc_lsp_argp = { options,
                                     on_option,
                                     "",
                                     "Answers an editor's questions about flows (Language Server Protocol).\v"
                                     "It is started by the editor; docs/editors tells how.",
                                     NULL,
                                     NULL,
                                     NULL };

int flowc_lsp(int argc, char **argv)
{
    argp_parse(&flowc_lsp_argp, argc, argv, 0, NULL, NULL);
    signal(SIGPIPE, SIG_IGN);
    return lsp_serve(STDIN_FILENO, STDOUT_FILENO);
}
