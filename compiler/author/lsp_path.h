/* Paths and the URIs that editors name them by (RFC 3986, RFC 8089). Any thread; results are the caller's. */
#ifndef COMPILER_AUTHOR_LSP_PATH_H
#define COMPILER_AUTHOR_LSP_PATH_H

#include "vm/base/str.h"

/* The path of a file: URI without `.` and `..`; a URI of another kind as it stands. Free it with free(). */
char *lsp_path_of_uri(struct str uri);
/* The URI of an absolute path; anything else as it stands. Free it with free(). */
char *lsp_uri_of_path(struct str path);
/* The path without `.`, `..` and doubled slashes, by its text alone. Free it with free(). */
char *lsp_path_clean(struct str path);
struct str lsp_path_folder(struct str path); /* with its last slash; a part of path */

#endif
