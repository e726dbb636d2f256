/* The database underneath: files and modes, what cannot be opened, what cannot be written, closing, and size. */
#include "tests/unit/directory/fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "sipfront/directory/schema.h"

static unsigned mode_of(struct fixture *f, const char *name)
{
    struct stat st;
    char path[160];
    snprintf(path, sizeof path, "%s/%s", f->folder, name);
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

static void test_modes(void **state)
{
    struct fixture *f = *state;
    fixture_add(f, "ann", "Ann");
    assert_int_equal(mode_of(f, ""), 0700);
    assert_int_equal(mode_of(f, "directory.db"), 0600);
    assert_int_equal(mode_of(f, "directory.db-wal"), 0600);
    assert_int_equal(mode_of(f, "directory.lock"), 0600);
}

static void expect_refusal(struct fixture *f, const char *folder, enum err want, const char *says)
{
    struct directory *d = NULL;
    struct sbuf why = { 0 };
    enum err e = directory_open(&d, f->loop, folder, &why);
    assert_null(d);
    if (e != want || !strstr(why.p, says))
        fail_msg("wanted %s with '%s', got %s: %s", err_name(want), says, err_name(e), why.p);
    sbuf_free(&why);
}

static void test_second_server_is_refused(void **state)
{
    struct fixture *f = *state;
    expect_refusal(f, f->folder, ERR_BUSY, "another server is using the folder");
}

static void test_folder_cannot_be_made(void **state)
{
    struct fixture *f = *state;
    expect_refusal(f, "/nonexistent/folder", ERR_IO, "cannot be made: No such file");
    expect_refusal(f, "/dev/null", ERR_IO, "cannot be written");
}

/* Closes the directory and overwrites its file from that offset on. */
static void spoil(struct fixture *f, long offset, const char *with, size_t len)
{
    char path[160];
    snprintf(path, sizeof path, "%s/directory.db", f->folder);
    directory_close(&f->d);
    fixture_drain(f);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    assert_int_equal(fwrite(with, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void test_no_database(void **state)
{
    struct fixture *f = *state;
    spoil(f, 0, "this is a letter, no database", 29);
    expect_refusal(f, f->folder, ERR_DB, "is damaged");
}

static void test_damaged_page(void **state)
{
    static char rubbish[4096];
    struct fixture *f = *state;
    memset(rubbish, 0x5a, sizeof rubbish);
    fixture_add(f, "ann", "Ann");
    for (long page = 1; page < 4; page++) {
        spoil(f, page * 4096, rubbish, sizeof rubbish);
        expect_refusal(f, f->folder, ERR_DB, "is damaged");
    }
}

static void run_sql(struct fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    char path[160];
    snprintf(path, sizeof path, "%s/directory.db", f->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void test_newer_schema(void **state)
{
    struct fixture *f = *state;
    directory_close(&f->d);
    run_sql(f, "PRAGMA user_version = 999");
    expect_refusal(f, f->folder, ERR_BAD_VERSION, "made by a newer server (schema 999");
}

static void test_another_programs_database(void **state)
{
    struct fixture *f = *state;
    directory_close(&f->d);
    run_sql(f, "PRAGMA application_id = 1");
    expect_refusal(f, f->folder, ERR_DB, "database of another program");
}

/* A database of each older schema, from the empty one on, is brought up to date. */
static void test_migration(void **state)
{
    static const char old[] = "INSERT INTO connection (user, name, ha1_md5, ha1_sha256, is_virtual, has_voicemail,"
                              " ring_ms, sha256) VALUES ('old', 'Old', '', '', 0, 0, 20000, 0);";
    struct fixture *f = *state;
    char path[160];
    for (int from = 0; from < schema_newest; from++) {
        struct sbuf sql = { 0 };
        directory_close(&f->d);
        fixture_drain(f);
        snprintf(path, sizeof path, "%s/directory.db", f->folder);
        assert_int_equal(unlink(path), 0);
        for (int i = 0; i < from; i++)
            sbuf_cstr(&sql, schema_steps[i]);
        if (from)
            sbuf_cstr(&sql, old);
        sbuf_fmt(&sql, "PRAGMA user_version = %d; PRAGMA application_id = %d", from, SCHEMA_APPLICATION);
        run_sql(f, sql.p);
        sbuf_free(&sql);
        fixture_open(f);
        fixture_add(f, "ann", "Ann");
        assert_true(from == 0 || strcmp(directory_connection(f->d, "old")->srtp, "") == 0); /* as the server says */
        if (from)
            assert_string_equal(directory_connection(f->d, "old")->pickup_groups, PICKUP_GROUP_COMMON);
        if (from)
            assert_string_equal(directory_connection(f->d, "old")->dtmf, DTMF_AUTO);
    }
}

/* A disk that takes nothing more, as the kernel's limit on a file's size makes it. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_full_disk_loses_nothing(void **state)
{
    struct fixture *f = *state;
    static char image[1 << 20];
    struct connection c = fixture_connection("bob", "Bob");
    memset(image, 'i', sizeof image);
    fixture_add(f, "ann", "Ann");
    signal(SIGXFSZ, SIG_IGN);
    limit_files(1 << 19);
    directory_deploy(f->d, "big", (struct str){ image, sizeof image }, fixture_done(f));
    fixture_expect(f, ERR_DB, NULL);
    assert_non_null(strstr(f->why.p, "the database could not store it: "));
    assert_null(directory_flow(f->d, "big"));
    /* One that does not fit takes those in its transaction not along. */
    directory_mark_heard(f->d, "none", true, fixture_done(f));
    directory_deploy(f->d, "big", (struct str){ image, sizeof image }, fixture_done(f));
    directory_add_connection(f->d, &c, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    limit_files(RLIM_INFINITY);
    directory_deploy(f->d, "big", (struct str){ image, sizeof image }, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    fixture_reopen(f);
    assert_non_null(directory_connection(f->d, "ann"));
    assert_non_null(directory_connection(f->d, "bob"));
    assert_int_equal(directory_flow(f->d, "big")->version, 1);
}

static void test_close_writes_what_is_queued(void **state)
{
    struct fixture *f = *state;
    enum { N = 5000 };
    char user[16];
    for (int i = 0; i < N; i++) {
        snprintf(user, sizeof user, "u%d", i);
        struct connection c = fixture_connection(user, user);
        directory_add_connection(f->d, &c, fixture_done(f));
    }
    assert_int_equal(f->wanted, N);
    directory_close(&f->d); /* the loop has not run once since */
    assert_int_equal(f->wanted, 0);
    assert_int_equal(f->e, ERR_OK);
    fixture_drain(f);
    fixture_open(f);
    for (int i = 0; i < N; i++) {
        snprintf(user, sizeof user, "u%d", i);
        assert_non_null(directory_connection(f->d, user));
    }
}

static void on_done_add_more(enum err e, const char *why, void *arg)
{
    struct fixture *f = arg;
    struct connection c = fixture_connection("second", "Second");
    (void)why;
    assert_int_equal(e, ERR_OK);
    directory_add_connection(f->d, &c, (struct directory_done){ 0 });
}

/* A callback that makes another change while the directory is being closed. */
static void test_change_made_while_closing(void **state)
{
    struct fixture *f = *state;
    struct connection c = fixture_connection("first", "First");
    struct directory *d = f->d;
    directory_add_connection(f->d, &c, (struct directory_done){ on_done_add_more, f });
    directory_close(&d);
    fixture_drain(f);
    fixture_open(f);
    assert_non_null(directory_connection(f->d, "first"));
    assert_non_null(directory_connection(f->d, "second"));
}

static void on_done_die(enum err e, const char *why, void *arg)
{
    (void)e, (void)why, (void)arg;
    raise(SIGKILL);
}

/* A server that is killed the moment it has answered. */
static void die_after_adding(const char *folder)
{
    struct connection c = fixture_connection("ann", "Ann");
    struct sbuf why = { 0 };
    struct loop *l = NULL;
    struct directory *d = NULL;
    if (loop_new(&l) || directory_open(&d, l, folder, &why))
        _exit(1);
    directory_add_connection(d, &c, (struct directory_done){ on_done_die, NULL });
    loop_run(l);
    _exit(1);
}

static void test_kill_loses_nothing_answered(void **state)
{
    struct fixture *f = *state;
    int status = 0;
    directory_close(&f->d);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        die_after_adding(f->folder);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    fixture_open(f);
    assert_non_null(directory_connection(f->d, "ann"));
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void put_many(struct fixture *f, int users, int each)
{
    char user[16], contact[64];
    for (int i = 0; i < users; i++) {
        snprintf(user, sizeof user, "u%d", i);
        struct connection c = fixture_connection(user, user);
        directory_add_connection(f->d, &c, fixture_done(f));
        for (int j = 0; j < each; j++) {
            snprintf(contact, sizeof contact, "sip:%s@192.0.2.%d:5060;transport=udp", user, j);
            struct stored_binding b = { .user = user, .contact = contact, .expires_wall_ms = 4102444800000, .q = 1 };
            directory_put_binding(f->d, &b, fixture_done(f));
        }
    }
}

static void count(const struct stored_binding *b, void *arg)
{
    (void)b;
    ++*(unsigned *)arg;
}

/* 10,000 Connections and 100,000 bindings: a storm is written in groups, and the next start reads it in a moment. */
static void test_many(void **state)
{
    struct fixture *f = *state;
    unsigned n = 0;
    double start = seconds();
    put_many(f, 10000, 10);
    fixture_expect(f, ERR_OK, "");
    double written = seconds();
    directory_close(&f->d);
    fixture_drain(f);
    double closed = seconds();
    fixture_open(f);
    double opened = seconds();
    directory_each_binding(f->d, count, &n);
    assert_int_equal(n, 100000);
    print_message("110,000 rows: written in %.2f s, opened in %.3f s\n", written - start, opened - closed);
    assert_true(opened - closed < 10); /* a sanitizer on a busy machine needs most of a second */
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_modes),
        ROW(test_second_server_is_refused),
        ROW(test_folder_cannot_be_made),
        ROW(test_no_database),
        ROW(test_damaged_page),
        ROW(test_newer_schema),
        ROW(test_another_programs_database),
        ROW(test_migration),
        ROW(test_full_disk_loses_nothing),
        ROW(test_close_writes_what_is_queued),
        ROW(test_change_made_while_closing),
        ROW(test_kill_loses_nothing_answered),
        ROW(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
