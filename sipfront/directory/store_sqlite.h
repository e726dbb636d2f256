/* What the files of the SQLite store share. Thread and ownership as in store.h. Private to store_sqlite*.c. */
#ifndef SIPFRONT_DIRECTORY_STORE_SQLITE_H
#define SIPFRONT_DIRECTORY_STORE_SQLITE_H

#include <sqlite3.h>

#include "sipfront/directory/store.h"

enum statement {
#define STATEMENT(name, sql) SQL_##name,
#include "sipfront/directory/statement.def"
#undef STATEMENT
};
enum {
#define STATEMENT(name, sql) +1
    STATEMENTS = 0
#include "sipfront/directory/statement.def"
#undef STATEMENT
};

struct store {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    int lock_fd; /* held while the folder is ours */
};

/* A statement with its first parameters bound: "t" a text, "i" an int64_t, "d" a double, "b" a const struct str * of
 * bytes. Bound memory must live until the statement is stepped for the last time. */
sqlite3_stmt *store_bind(struct store *st, enum statement which, const char *types, ...);
/* Binds, runs and resets a statement that gives no rows. An SQLite code. */
int store_run(struct store *st, enum statement which, const char *types, ...);
/* Trunks: their statements and both ways between a row and the table. write_ as in store_sqlite_write.c. */
extern const char store_add_trunk_sql[], store_set_trunk_sql[], store_load_trunks_sql[];
int store_put_trunk(struct store *st, enum statement which, const struct trunk_settings *t);
struct row *store_read_trunk(sqlite3_stmt *s);
/* A statement's text of that column, "" for NULL. */
const char *store_text(sqlite3_stmt *s, int column);
/* Milliseconds since 1970. Any thread. */
int64_t store_now(void);

#endif
