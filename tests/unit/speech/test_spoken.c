/* Spoken texts on disk: found again, over a restart too; damaged ones are made again; the folder stays small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "sipfront/speech/spoken.h"
#include "vm/base/log.h"

struct fixture {
    struct speech *speech;
    struct spoken *spoken;
    char folder[64];
};

static void open_spoken(struct fixture *f, uint64_t most)
{
    struct sbuf why = { 0 };
    struct spoken_params p = { .speech = f->speech, .folder = f->folder, .most_bytes = most };
    assert_int_equal(spoken_new(&f->spoken, &p, &why), ERR_OK);
}

static int setup(void **state)
{
    static struct fixture f;
    f = (struct fixture){ .folder = "/tmp/spoken-XXXXXX" };
    log_set_level(LOG_ERROR);
    assert_non_null(mkdtemp(f.folder));
    assert_int_equal(speech_new(&f.speech), ERR_OK);
    open_spoken(&f, 0);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char command[96];
    spoken_free(&f->spoken);
    speech_free(&f->speech);
    snprintf(command, sizeof command, "rm -r %s", f->folder);
    return system(command);
}

static struct spoken_stats say(struct fixture *f, const char *text, const char *voice, int rate)
{
    struct spoken_stats stats;
    struct speech_audio audio;
    assert_int_equal(spoken_say(f->spoken, str_of(text), str_of(voice), rate, &audio), ERR_OK);
    assert_true(audio.count > 1000);
    free(audio.samples);
    spoken_stats(f->spoken, &stats);
    return stats;
}

static void expect(struct spoken_stats s, uint64_t hits, uint64_t misses)
{
    assert_int_equal(s.hits, hits);
    assert_int_equal(s.misses, misses);
}

static void what_was_said_is_found(void **state)
{
    struct fixture *f = *state;
    struct speech_audio made, kept;
    assert_int_equal(spoken_say(f->spoken, STR("Hello."), STR("kal"), 100, &made), ERR_OK);
    assert_int_equal(spoken_say(f->spoken, STR("Hello."), STR("kal"), 100, &kept), ERR_OK);
    assert_int_equal(made.rate, kept.rate);
    assert_int_equal(made.count, kept.count);
    assert_memory_equal(made.samples, kept.samples, made.count * 2);
    free(made.samples);
    free(kept.samples);
}

static void all_that_it_depends_on_counts(void **state)
{
    struct fixture *f = *state;
    expect(say(f, "Hello.", "kal", 100), 0, 1);
    expect(say(f, "Hello!", "kal", 100), 0, 2);
    expect(say(f, "Hello.", "slt", 100), 0, 3);
    expect(say(f, "Hello.", "kal", 120), 0, 4);
    expect(say(f, "Hello.", "kal", 100), 1, 4);
    spoken_free(&f->spoken);
    open_spoken(f, 0);
    expect(say(f, "Hello.", "kal", 100), 1, 0);
}

/* Calls each with the path of every file. */
static void each_file(const struct fixture *f, void (*each)(const char *path))
{
    DIR *dir = opendir(f->folder);
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", f->folder, entry->d_name);
        if (entry->d_name[0] != '.')
            each(path);
    }
    closedir(dir);
}

static void cut(const char *path) { assert_int_equal(truncate(path, 100), 0); }
static void empty(const char *path) { assert_int_equal(truncate(path, 0), 0); }

/* The right size, with nothing in it: what a power cut may leave. */
static void blank(const char *path)
{
    static const char zeros[64];
    int fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, zeros, sizeof zeros, 4000), sizeof zeros);
    close(fd);
}

static void a_damaged_file_is_made_again(void **state)
{
    static void (*const damages[])(const char *path) = { cut, empty, blank };
    struct fixture *f = *state;
    uint64_t misses = 0;
    say(f, "Hello there.", "kal", 100);
    for (size_t i = 0; i < 3; i++) {
        each_file(f, damages[i]);
        expect(say(f, "Hello there.", "kal", 100), misses, misses + 2);
        misses++;
        expect(say(f, "Hello there.", "kal", 100), misses, misses + 1);
    }
}

static void grow_old(const char *path)
{
    struct timespec long_ago[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
    assert_int_equal(utimensat(AT_FDCWD, path, long_ago, 0), 0);
}

/* The folder may hold two of them: the one that was not used for longest goes. */
static void the_oldest_go(void **state)
{
    struct fixture *f = *state;
    uint64_t one = say(f, "This is the first of them.", "kal", 100).bytes;
    spoken_free(&f->spoken);
    each_file(f, grow_old);
    open_spoken(f, one * 5 / 2);
    say(f, "This is the other of them.", "kal", 100);
    struct spoken_stats s = say(f, "This is the third of them.", "kal", 100);
    assert_int_equal(s.removed, 1);
    assert_true(s.bytes <= one * 5 / 2);
    s = say(f, "This is the other of them.", "kal", 100);
    assert_int_equal(s.hits, 1);
    s = say(f, "This is the first of them.", "kal", 100);
    assert_int_equal(s.hits, 1);
}

static void where_nothing_can_be_written_it_speaks_all_the_same(void **state)
{
    struct fixture *f = *state;
    char command[96];
    snprintf(command, sizeof command, "rm -r %s", f->folder);
    assert_int_equal(system(command), 0);
    log_set_level(LOG_ERROR);
    say(f, "Hello.", "kal", 100);
    expect(say(f, "Hello.", "kal", 100), 0, 2);
    assert_int_equal(mkdir(f->folder, 0700), 0);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(what_was_said_is_found),
        ROW(all_that_it_depends_on_counts),
        ROW(a_damaged_file_is_made_again),
        ROW(the_oldest_go),
        ROW(where_nothing_can_be_written_it_speaks_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
