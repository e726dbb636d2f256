/* The fake server's world outside: rows of the directory, a trunk that is always up, a password that is kept as it is.
 * Included by fake_server.h. */
#ifndef TESTS_UNIT_CONSOLE_FAKE_OUTSIDE_H
#define TESTS_UNIT_CONSOLE_FAKE_OUTSIDE_H

#include "tests/unit/console/fake_server.h"

static void trunk_info_of(const struct trunk_settings *t, struct trunk_info *out)
{
    *out =
        (struct trunk_info){ .settings = t, .state = t->enabled ? "up" : "off", .why = "", .calls = 2, .targets = 1 };
}

struct each_fake_trunk {
    void (*each)(const struct trunk_info *t, void *arg);
    void *arg;
};

static void each_fake_trunk(const struct trunk_settings *t, void *arg)
{
    const struct each_fake_trunk *e = arg;
    struct trunk_info i;
    trunk_info_of(t, &i);
    e->each(&i, e->arg);
}

void server_each_trunk(struct server *s, void (*each)(const struct trunk_info *t, void *arg), void *arg)
{
    directory_each_trunk(s->directory, each_fake_trunk, &(struct each_fake_trunk){ each, arg });
}

bool server_trunk(struct server *s, const char *name, struct trunk_info *out)
{
    const struct trunk_settings *t = directory_trunk(s->directory, name);
    if (t)
        trunk_info_of(t, out);
    return t != NULL;
}

void server_add_trunk(struct server *s, const struct trunk_settings *t, const char *password,
                      struct directory_done done)
{
    struct trunk_settings with = *t;
    with.secret = password ? password : "";
    directory_add_trunk(s->directory, &with, done);
}

void server_set_trunk(struct server *s, const struct trunk_settings *t, const char *password,
                      struct directory_done done)
{
    struct trunk_settings with = *t;
    if (password)
        with.secret = password;
    directory_set_trunk(s->directory, &with, done);
}

void server_remove_trunk(struct server *s, const char *name, struct directory_done done)
{
    directory_remove_trunk(s->directory, name, done);
}

void server_test_trunk(struct server *s, const char *name, struct directory_done done)
{
    bool known = directory_trunk(s->directory, name) != NULL;
    done.done(known ? ERR_OK : ERR_NOT_FOUND, known ? "" : "there is no such trunk", done.arg);
}

void server_rotate_key(struct server *s, struct directory_done done)
{
    (void)s;
    done.done(ERR_OK, "", done.arg);
}

void server_dialing(struct server *s, const char *user, struct dialing_info *out)
{
    *out = (struct dialing_info){ directory_dial_rule(s->directory, user), 61000, 12345, 1 };
}

#endif
