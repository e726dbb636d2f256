/* A question to the store on its way: made on the loop, answered on the worker, told on the loop. Private to
 * sipfront/directory. */
#ifndef SIPFRONT_DIRECTORY_QUERY_H
#define SIPFRONT_DIRECTORY_QUERY_H

#include "sipfront/directory/search.h"
#include "sipfront/directory/store.h"
#include "vm/base/vec.h"

enum { QUERIES_MOST = 32 }; /* at a time; more are refused */

enum query_kind { QUERY_SEARCH, QUERY_WORDS };

struct query {
    struct query *next;  /* of the directory's */
    struct directory *d; /* NULL: it was closed meanwhile, and the asker told */
    struct store *store;
    enum query_kind kind;
    char *box, *text; /* owned: "" all boxes; the FTS5 query, or the id */
    VEC(char *) texts;
    enum err e;
    struct sbuf why;
    struct directory_found found;
};

#endif
