/* The SQLite store: opening, schema, statements. */
#include "sipfront/directory/store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sipfront/directory/schema.h"

#define FILE_NAME "directory.db"
#define LOCK_NAME "directory.lock"

static const char *const sql_of[STATEMENTS] = {
#define STATEMENT(name, sql) sql,
#include "sipfront/directory/statement.def"
#undef STATEMENT
};

int64_t store_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int bind_bytes(sqlite3_stmt *s, int i, const struct str *b)
{
    return sqlite3_bind_blob64(s, i, b->len ? b->p : "", b->len, SQLITE_STATIC);
}

static sqlite3_stmt *bind_all(sqlite3_stmt *s, const char *types, va_list *ap)
{
    for (int i = 1; *types; types++, i++) {
        switch (*types) {
        case 't': sqlite3_bind_text(s, i, va_arg(*ap, const char *), -1, SQLITE_STATIC); break;
        case 'i': sqlite3_bind_int64(s, i, va_arg(*ap, int64_t)); break;
        case 'd': sqlite3_bind_double(s, i, va_arg(*ap, double)); break;
        case 'b': bind_bytes(s, i, va_arg(*ap, const struct str *)); break;
        }
    }
    return s;
}

sqlite3_stmt *store_bind(struct store *st, enum statement which, const char *types, ...)
{
    va_list ap;
    va_start(ap, types);
    sqlite3_stmt *s = bind_all(st->statements[which], types, &ap);
    va_end(ap);
    return s;
}

int store_run(struct store *st, enum statement which, const char *types, ...)
{
    va_list ap;
    va_start(ap, types);
    sqlite3_stmt *s = bind_all(st->statements[which], types, &ap);
    va_end(ap);
    int rc = sqlite3_step(s);
    sqlite3_reset(s); /* gives the same code again */
    sqlite3_clear_bindings(s);
    return rc == SQLITE_DONE ? SQLITE_OK : sqlite3_extended_errcode(st->db);
}

/* One folder is one server's: the memory of a second one would not see what the first writes. */
static enum err take_folder(struct store *st, const char *folder, struct sbuf *why)
{
    struct sbuf path = { 0 };
    if (mkdir(folder, 0700) && errno != EEXIST) {
        sbuf_fmt(why, "the folder '%s' cannot be made: %s", folder, strerror(errno));
        return ERR_IO;
    }
    sbuf_fmt(&path, "%s/" LOCK_NAME, folder);
    st->lock_fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int error = errno;
    sbuf_free(&path);
    if (st->lock_fd < 0) {
        sbuf_fmt(why, "the folder '%s' cannot be written: %s", folder, strerror(error));
        return ERR_IO;
    }
    if (flock(st->lock_fd, LOCK_EX | LOCK_NB)) {
        sbuf_fmt(why, "another server is using the folder '%s'", folder);
        return ERR_BUSY;
    }
    return ERR_OK;
}

static enum err db_failed(struct store *st, const char *folder, struct sbuf *why)
{
    int rc = sqlite3_errcode(st->db);
    bool damaged = rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB;
    sbuf_fmt(why, "%s/" FILE_NAME " %s: %s%s", folder, damaged ? "is damaged" : "cannot be used",
             sqlite3_errmsg(st->db), damaged ? "; put back a backup (docs/operations.md)" : "");
    return rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY || rc == SQLITE_IOERR ? ERR_IO : ERR_DB;
}

/* Made by us with its mode, or SQLite would make it readable for all. Its -wal and -shm take the same mode. */
static enum err open_file(struct store *st, const char *folder, struct sbuf *why)
{
    struct sbuf path = { 0 };
    sbuf_fmt(&path, "%s/" FILE_NAME, folder);
    int fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    int rc = sqlite3_open_v2(path.p, &st->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    sbuf_free(&path);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(st->db,
                          "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                          "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;",
                          NULL, NULL, NULL);
    if (rc == SQLITE_OK && sqlite3_db_readonly(st->db, "main") == 1) {
        sbuf_fmt(why, "%s/" FILE_NAME " cannot be written: look at its owner and mode", folder);
        return ERR_IO;
    }
    return rc == SQLITE_OK ? ERR_OK : db_failed(st, folder, why);
}

/* The first column of the first row; "" when there is none. False on an error. */
static bool ask(struct store *st, const char *sql, struct sbuf *answer)
{
    sqlite3_stmt *s = NULL;
    sbuf_clear(answer);
    sbuf_cstr(answer, "");
    int rc = sqlite3_prepare_v2(st->db, sql, -1, &s, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(s);
        if (rc == SQLITE_ROW)
            sbuf_cstr(answer, (const char *)sqlite3_column_text(s, 0));
    }
    sqlite3_finalize(s);
    return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

static bool is_sound(struct store *st, const char *folder, struct sbuf *why)
{
    struct sbuf answer = { 0 };
    bool ran = ask(st, "PRAGMA quick_check(1)", &answer);
    bool sound = ran && strcmp(answer.p, "ok") == 0;
    if (!ran)
        (void)db_failed(st, folder, why);
    else if (!sound)
        sbuf_fmt(why, "%s/" FILE_NAME " is damaged: %s; put back a backup (docs/operations.md)", folder, answer.p);
    sbuf_free(&answer);
    return sound;
}

static bool ask_int(struct store *st, const char *sql, int64_t *out)
{
    struct sbuf answer = { 0 };
    bool ok = ask(st, sql, &answer) && str_to_int(sbuf_view(&answer), out);
    sbuf_free(&answer);
    return ok;
}

/* All steps that are missing and the new user_version in one transaction: a power cut leaves the old schema whole. */
static enum err migrate(struct store *st, const char *folder, int64_t from, struct sbuf *why)
{
    struct sbuf sql = { 0 };
    sbuf_cstr(&sql, "BEGIN IMMEDIATE;");
    for (int64_t i = from; i < schema_newest; i++)
        sbuf_cstr(&sql, schema_steps[i]);
    sbuf_fmt(&sql, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;", SCHEMA_APPLICATION, schema_newest);
    int rc = sqlite3_exec(st->db, sql.p, NULL, NULL, NULL);
    sbuf_free(&sql);
    return rc == SQLITE_OK ? ERR_OK : db_failed(st, folder, why);
}

static enum err check_schema(struct store *st, const char *folder, struct sbuf *why)
{
    int64_t version = 0, application = 0, tables = 0;
    if (!ask_int(st, "PRAGMA user_version", &version) || !ask_int(st, "PRAGMA application_id", &application) ||
        !ask_int(st, "SELECT count(*) FROM sqlite_schema", &tables))
        return db_failed(st, folder, why);
    if (application != SCHEMA_APPLICATION && tables) {
        sbuf_fmt(why, "%s/" FILE_NAME " is a database of another program", folder);
        return ERR_DB;
    }
    if (version > schema_newest || version < 0) {
        sbuf_fmt(why, "%s/" FILE_NAME " was made by a newer server (schema %lld, this one knows %d): start that one",
                 folder, (long long)version, schema_newest);
        return ERR_BAD_VERSION;
    }
    return version == schema_newest ? ERR_OK : migrate(st, folder, version, why);
}

static enum err prepare(struct store *st, const char *folder, struct sbuf *why)
{
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(st->db, sql_of[i], -1, SQLITE_PREPARE_PERSISTENT, &st->statements[i], NULL) != SQLITE_OK)
            return db_failed(st, folder, why);
    return ERR_OK;
}

static enum err open_all(struct store *st, const char *folder, struct sbuf *why)
{
    enum err e = take_folder(st, folder, why);
    if (!e)
        e = open_file(st, folder, why);
    if (!e && !is_sound(st, folder, why))
        e = ERR_DB;
    if (!e)
        e = check_schema(st, folder, why);
    if (!e)
        e = prepare(st, folder, why);
    return e;
}

enum err store_open(struct store **out, const char *folder, struct sbuf *why)
{
    struct store *st = calloc(1, sizeof *st);
    *out = NULL;
    if (!st)
        return ERR_NOMEM;
    st->lock_fd = -1;
    enum err e = open_all(st, folder, why);
    if (e)
        store_close(&st);
    *out = st;
    return e;
}

void store_close(struct store **stp)
{
    struct store *st = *stp;
    if (!st)
        return;
    *stp = NULL;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(st->statements[i]);
    sqlite3_close(st->db);
    if (st->lock_fd >= 0)
        close(st->lock_fd);
    free(st);
}
