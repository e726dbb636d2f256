/* The language server: an editor's questions about flows, answered on two file descriptors. One thread.
 * Language Server Protocol 3.17 over JSON-RPC 2.0; positions count UTF-16 code units, as the protocol's default. */
#ifndef COMPILER_AUTHOR_LSP_H
#define COMPILER_AUTHOR_LSP_H

/* Serves until `exit` or the input's end. Gives the exit status that the protocol asks for: 0 when `shutdown` came
 * first, else 1. The descriptors stay the caller's. SIGPIPE must be ignored. */
int lsp_serve(int in, int out);

#endif
