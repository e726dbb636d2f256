#include "sipfront/call/server_outside.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/call/server_parts.h"

enum { TEST_MS = 12000, TEST_LOOK_MS = 100 };

/* ---- seeing ---- */

static void inform(struct server *s, const struct trunk_settings *t, struct trunk_info *out)
{
    const struct trunk *trunk = trunk_find(s->agent, t->name);
    struct trunk_status st = { .why = "" };
    if (trunk)
        trunk_status(trunk, &st);
    *out = (struct trunk_info){ .settings = t,
                                .state = trunk ? trunk_state_text(st.state) : "off",
                                .why = st.why,
                                .registered_until_wall_ms = st.registered_until_ms,
                                .calls = outside_calls(s, t->name),
                                .targets = st.targets,
                                .targets_up = st.targets_up };
}

struct each_trunk {
    struct server *server;
    void (*each)(const struct trunk_info *t, void *arg);
    void *arg;
};

static void on_trunk(const struct trunk_settings *t, void *arg)
{
    const struct each_trunk *e = arg;
    struct trunk_info info;
    inform(e->server, t, &info);
    e->each(&info, e->arg);
}

void server_each_trunk(struct server *s, void (*each)(const struct trunk_info *t, void *arg), void *arg)
{
    struct each_trunk e = { s, each, arg };
    directory_each_trunk(s->directory, on_trunk, &e);
}

bool server_trunk(struct server *s, const char *name, struct trunk_info *out)
{
    const struct trunk_settings *t = directory_trunk(s->directory, name);
    if (t)
        inform(s, t, out);
    return t != NULL;
}

void server_dialing(struct server *s, const char *user, struct dialing_info *out)
{
    struct meter_today today;
    meter_today(s->outside.meters, user, &today);
    *out = (struct dialing_info){ directory_dial_rule(s->directory, user), today.used_ms, today.spent, today.calls };
}

/* ---- changing ---- */

/* A change on its way to the directory; the trunk is made anew when it is stored. Also a refusal on its way back. */
struct trunk_job {
    struct server *server;
    char *name;
    struct directory_done done;
    enum err e;
    struct sbuf why;
    struct clock_timer *look; /* of a test */
    int64_t until_ms;
};

static struct trunk_job *job_new(struct server *s, const char *name, struct directory_done done)
{
    struct trunk_job *j = calloc(1, sizeof *j);
    if (!j || !(j->name = strdup(name)))
        abort();
    j->server = s;
    j->done = done;
    return j;
}

static void job_end(struct trunk_job *j, enum err e, const char *why)
{
    if (j->done.done)
        j->done.done(e, why, j->done.arg);
    sbuf_free(&j->why);
    free(j->name);
    free(j);
}

static void on_stored(enum err e, const char *why, void *arg)
{
    struct trunk_job *j = arg;
    if (!e)
        outside_sync(j->server, j->name);
    job_end(j, e, why);
}

static void refuse(void *arg)
{
    struct trunk_job *j = arg;
    job_end(j, j->e, j->why.p);
}

/* The password sealed; why says what is wrong with the key. */
static enum err seal(const struct server *s, const char *name, const char *password, struct sbuf *out, struct sbuf *why)
{
    enum err e = ERR_OK;
    sbuf_cstr(out, "");
    if (*password)
        e = secret_seal(s->outside.keyring, name, password, out);
    if (e == ERR_NOT_FOUND)
        sbuf_cstr(why, "the server key is missing, so no password can be sealed: put the file back, or make a new one "
                       "with 'flowctl trunk rekey'");
    else if (e == ERR_TOO_BIG)
        sbuf_cstr(why, "the password is too long");
    else if (e)
        sbuf_fmt(why, "the password cannot be sealed: %s", err_text(e));
    return e == ERR_NOT_FOUND || e == ERR_TOO_BIG ? ERR_INVALID : e;
}

static void change(struct server *s, const struct trunk_settings *t, const char *password, struct directory_done done,
                   void (*store)(struct directory *d, const struct trunk_settings *t, struct directory_done done))
{
    struct trunk_job *j = job_new(s, t->name, done);
    const struct trunk_settings *old = directory_trunk(s->directory, t->name);
    struct trunk_settings with = *t;
    struct sbuf sealed = { 0 };
    with.secret = old ? old->secret : "";
    if (password) {
        j->e = seal(s, t->name, password, &sealed, &j->why);
        with.secret = sealed.p;
    }
    if (j->e)
        loop_post(s->loop, refuse, j);
    else
        store(s->directory, &with, (struct directory_done){ on_stored, j });
    sbuf_free(&sealed);
}

void server_add_trunk(struct server *s, const struct trunk_settings *t, const char *password,
                      struct directory_done done)
{
    change(s, t, password, done, directory_add_trunk);
}

void server_set_trunk(struct server *s, const struct trunk_settings *t, const char *password,
                      struct directory_done done)
{
    change(s, t, password, done, directory_set_trunk);
}

void server_remove_trunk(struct server *s, const char *name, struct directory_done done)
{
    directory_remove_trunk(s->directory, name, (struct directory_done){ on_stored, job_new(s, name, done) });
}

/* ---- testing ---- */

static void look(void *arg)
{
    struct trunk_job *j = arg;
    const struct trunk *t = trunk_find(j->server->agent, j->name);
    const struct clock *clock = loop_clock(j->server->loop);
    j->look = NULL;
    if (t && !trunk_is_settled(t) && clock_mono(clock) < j->until_ms && !j->server->closing)
        j->look = clock_start(clock, TEST_LOOK_MS, look, j);
    else
        job_end(j, ERR_OK, "");
}

void server_test_trunk(struct server *s, const char *name, struct directory_done done)
{
    struct trunk_job *j = job_new(s, name, done);
    struct trunk *t = trunk_find(s->agent, name);
    if (!t) {
        bool known = directory_trunk(s->directory, name) != NULL;
        j->e = known ? ERR_INVALID : ERR_NOT_FOUND;
        sbuf_fmt(&j->why, known ? "the trunk '%s' is switched off" : "there is no trunk '%s'", name);
        loop_post(s->loop, refuse, j);
        return;
    }
    j->until_ms = clock_mono(loop_clock(s->loop)) + TEST_MS;
    trunk_refresh(t);
    j->look = clock_start(loop_clock(s->loop), TEST_LOOK_MS, look, j);
}
