/* The SQLite store: trunks, whose columns are the rows of trunk.def. */
#include "sipfront/directory/store_sqlite.h"

#define TRUNK_TEXT(field, ...) ", " #field
#define TRUNK_INT(field, ...)  ", " #field
#define TRUNK_MS(field, ...)   ", " #field
#define TRUNK_FLAG(field, ...) ", " #field
const char store_load_trunks_sql[] = "SELECT name, secret"
#include "sipfront/directory/trunk.def"
                                     " FROM trunk";

const char store_add_trunk_sql[] = "INSERT INTO trunk (name, secret"
#include "sipfront/directory/trunk.def"
                                   ") VALUES (?1, ?2"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
#define TRUNK_TEXT(...) ", ?"
#define TRUNK_INT(...)  ", ?"
#define TRUNK_MS(...)   ", ?"
#define TRUNK_FLAG(...) ", ?"
#include "sipfront/directory/trunk.def"
                                   ")";
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG

/* An UPDATE that sets every column to the parameter of its place. */
#define TRUNK_TEXT(field, ...) ", " #field " = ?"
#define TRUNK_INT(field, ...)  ", " #field " = ?"
#define TRUNK_MS(field, ...)   ", " #field " = ?"
#define TRUNK_FLAG(field, ...) ", " #field " = ?"
const char store_set_trunk_sql[] = "UPDATE trunk SET name = ?1, secret = ?2"
#include "sipfront/directory/trunk.def"
                                   " WHERE name = ?1";
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG

int store_put_trunk(struct store *st, enum statement which, const struct trunk_settings *t)
{
    sqlite3_stmt *s = store_bind(st, which, "tt", t->name, t->secret);
    int i = 3;
#define TRUNK_TEXT(field, ...) sqlite3_bind_text(s, i++, t->field, -1, SQLITE_STATIC);
#define TRUNK_INT(field, ...)  sqlite3_bind_int64(s, i++, t->field);
#define TRUNK_MS(field, ...)   sqlite3_bind_int64(s, i++, t->field);
#define TRUNK_FLAG(field, ...) sqlite3_bind_int64(s, i++, t->field);
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
    return store_run(st, which, "");
}

struct row *store_read_trunk(sqlite3_stmt *s)
{
    struct trunk_settings t = { .name = store_text(s, 0), .secret = store_text(s, 1) };
    int i = 2;
#define TRUNK_TEXT(field, ...) t.field = store_text(s, i++);
#define TRUNK_INT(field, ...)  t.field = sqlite3_column_int64(s, i++);
#define TRUNK_MS(field, ...)   t.field = sqlite3_column_int64(s, i++);
#define TRUNK_FLAG(field, ...) t.field = sqlite3_column_int64(s, i++) != 0;
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
    return &row_trunk(&t)->row;
}
