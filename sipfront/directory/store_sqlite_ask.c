/* The SQLite store: answering questions. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/directory/query.h"
#include "sipfront/directory/store_sqlite.h"

static int add_rows(sqlite3_stmt *s, struct query *q)
{
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        char *text = strdup(store_text(s, 0));
        if (!text)
            abort();
        vec_push(&q->texts, text);
    }
    return rc;
}

void store_ask(struct store *st, struct query *q)
{
    sqlite3_stmt *s = q->kind == QUERY_SEARCH ? store_bind(st, SQL_SEARCH, "tti", q->text, q->box, (int64_t)SEARCH_MOST)
                                              : store_bind(st, SQL_WORDS, "t", q->text);
    if (add_rows(s, q) != SQLITE_DONE) {
        q->e = ERR_DB;
        sbuf_fmt(&q->why, "the database could not answer: %s", sqlite3_errmsg(st->db));
    }
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
}
