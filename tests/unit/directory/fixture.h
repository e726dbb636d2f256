/* A directory in a folder of its own, and a loop that runs until a change is done. */
#ifndef TESTS_UNIT_DIRECTORY_FIXTURE_H
#define TESTS_UNIT_DIRECTORY_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sipfront/directory/directory.h"
#include "sipfront/loop/loop.h"

struct fixture {
    struct loop *loop;
    struct directory *d;
    char parent[64], folder[96];
    unsigned wanted; /* changes still to be done */
    enum err e;      /* of the last one */
    struct sbuf why;
};

static inline void fixture_open(struct fixture *f)
{
    struct sbuf why = { 0 };
    enum err e = directory_open(&f->d, f->loop, f->folder, &why);
    if (e)
        fail_msg("open: %s", why.p);
    sbuf_free(&why);
}

static inline int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    snprintf(f->parent, sizeof f->parent, "/tmp/directory-XXXXXX");
    assert_non_null(mkdtemp(f->parent));
    snprintf(f->folder, sizeof f->folder, "%s/data", f->parent);
    assert_int_equal(loop_new(&f->loop), ERR_OK);
    fixture_open(f);
    *state = f;
    return 0;
}

static inline void fixture_stop(void *loop) { loop_stop(loop); }

/* Runs what has been posted. */
static inline void fixture_drain(struct fixture *f)
{
    loop_post(f->loop, fixture_stop, f->loop);
    loop_run(f->loop);
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    char command[128];
    directory_close(&f->d);
    fixture_drain(f);
    loop_free(&f->loop);
    sbuf_free(&f->why);
    snprintf(command, sizeof command, "rm -r %s", f->parent);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

static inline void fixture_reopen(struct fixture *f)
{
    directory_close(&f->d);
    fixture_drain(f);
    fixture_open(f);
}

static inline void fixture_on_done(enum err e, const char *why, void *arg)
{
    struct fixture *f = arg;
    f->e = e;
    sbuf_clear(&f->why);
    sbuf_cstr(&f->why, why);
    if (--f->wanted == 0)
        loop_stop(f->loop);
}

/* To be given to one change; then fixture_wait(). */
static inline struct directory_done fixture_done(struct fixture *f)
{
    f->wanted++;
    return (struct directory_done){ fixture_on_done, f };
}

static inline void fixture_wait(struct fixture *f)
{
    assert_true(f->wanted > 0); /* nothing was done from inside the change */
    loop_run(f->loop);
    assert_int_equal(f->wanted, 0);
}

/* Waits for the last change and checks how it went; why NULL: not looked at. */
static inline void fixture_expect(struct fixture *f, enum err e, const char *why)
{
    fixture_wait(f);
    if (f->e != e)
        fail_msg("wanted %s, got %s: %s", err_name(e), err_name(f->e), f->why.p);
    if (why)
        assert_string_equal(f->why.p, why);
}

static inline struct connection fixture_connection(const char *user, const char *name)
{
    return (struct connection){ .user = user,
                                .name = name,
                                .ha1_md5 = "m",
                                .ha1_sha256 = "s",
                                .has_voicemail = true,
                                .ring_ms = 20000,
                                .flow = "",
                                .dtmf = DTMF_AUTO };
}

static inline void fixture_add(struct fixture *f, const char *user, const char *name)
{
    struct connection c = fixture_connection(user, name);
    directory_add_connection(f->d, &c, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
}

#endif
