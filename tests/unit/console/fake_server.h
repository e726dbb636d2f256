/* A server for the console's tests: server.h over a real directory, with calls and phones that are only said to be
 * there. Included by one file of each test program: its functions take the place of sipfront/call's. */
#ifndef TESTS_UNIT_CONSOLE_FAKE_SERVER_H
#define TESTS_UNIT_CONSOLE_FAKE_SERVER_H

#include <string.h>

#include "sipfront/call/server_outside.h"
#include "sipfront/directory/box.h"

struct server {
    struct directory *directory;
    struct loop *loop;
    struct directory_done held; /* of the Connection "hang", whose adding never ends by itself */
    void (*on_held)(struct server *s);
};

struct directory *server_directory(struct server *s) { return s->directory; }
struct scribe *server_scribe(struct server *s)
{
    (void)s;
    return NULL;
}
const char *server_realm(const struct server *s)
{
    (void)s;
    return "example.org";
}
const char *server_address(const struct server *s)
{
    (void)s;
    return "127.0.0.1";
}
uint16_t server_sip_port(const struct server *s)
{
    (void)s;
    return 5060;
}

void server_each_call(struct server *s, void (*each)(const struct call_info *c, void *arg), void *arg)
{
    const struct call_info talking = { "c1", "ann", "welcome", "welcome", "gather", "talking", 3, 1000, 1767225600123 };
    const struct call_info ringing = { "c2", "b\xff\"<", "ann", "", "", "ringing", 0, 1000, 0 };
    (void)s;
    each(&talking, arg);
    each(&ringing, arg);
}

void server_each_registration(struct server *s, void (*each)(const struct registration_info *r, void *arg), void *arg)
{
    const struct registration_info r = { "ann", "sip:ann@192.0.2.1", "192.0.2.1:5060", "Phone/1", 1767225600000 };
    (void)s;
    each(&r, arg);
}

static struct connection fake_changed(const struct connection *old, const struct connection_change *ch)
{
    struct connection c = {
        .user = ch->user, .name = "", .ha1_md5 = "", .ha1_sha256 = "", .ring_ms = 20000, .flow = "", .dtmf = DTMF_AUTO
    };
    if (old)
        c = *old;
    if (ch->name)
        c.name = ch->name;
    if (ch->password)
        c.ha1_md5 = c.ha1_sha256 = ch->password[0] ? "digest" : "";
    if (ch->sha256 >= 0)
        c.sha256 = ch->sha256;
    if (ch->is_virtual >= 0)
        c.is_virtual = ch->is_virtual;
    if (ch->has_voicemail >= 0)
        c.has_voicemail = ch->has_voicemail;
    if (ch->ring_ms >= 0)
        c.ring_ms = ch->ring_ms;
    if (ch->srtp)
        c.srtp = ch->srtp;
    if (ch->dtmf)
        c.dtmf = ch->dtmf;
    return c;
}

void server_add_connection(struct server *s, const struct connection_change *ch, struct directory_done done)
{
    struct connection c = fake_changed(NULL, ch);
    if (strcmp(ch->user, "hang") != 0) {
        directory_add_connection(s->directory, &c, done);
        return;
    }
    s->held = done;
    s->on_held(s);
}

void server_set_connection(struct server *s, const struct connection_change *ch, struct directory_done done)
{
    struct connection c = fake_changed(directory_connection(s->directory, ch->user), ch);
    directory_set_connection(s->directory, &c, done);
}

void server_remove_connection(struct server *s, const char *user, struct directory_done done)
{
    directory_remove_connection(s->directory, user, done);
}

struct notify *server_notify(struct server *s)
{
    (void)s;
    return NULL;
}

/* A PIN is kept as it is; "1111" is weak. */
void server_set_box(struct server *s, const struct box_change *ch, struct directory_done done)
{
    struct box b = directory_box_settings(s->directory, ch->name);
    if (ch->pin && strcmp(ch->pin, "1111") == 0) {
        done.done(ERR_INVALID, "weak", done.arg);
        return;
    }
    b.mail = ch->mail ? ch->mail : b.mail;
    b.pin = ch->pin ? ch->pin : b.pin;
    b.most_messages = ch->most_messages >= 0 ? ch->most_messages : b.most_messages;
    directory_put_box(s->directory, &b, done);
}

void server_set_greeting(struct server *s, const struct greeting_change *g, struct directory_done done)
{
    struct box b = directory_box_settings(s->directory, g->box);
    b.greeting = g->wav.len ? "greeting.wav" : "";
    directory_put_box(s->directory, &b, done);
}

#include "tests/unit/console/fake_figures.h"
#include "tests/unit/console/fake_flows.h"
#include "tests/unit/console/fake_outside.h"

#endif
