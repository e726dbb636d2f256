/* /v1/trunks: the carriers, and the key that seals their passwords. */
#include <string.h>

#include "sipfront/call/server_outside.h"
#include "sipfront/console/api_handlers.h"

static json_t *json_of(const struct trunk_info *i)
{
    const struct trunk_settings *t = i->settings;
    json_t *o = json_object();
    json_object_set_new(o, "name", api_json_text(t->name));
#define TRUNK_TEXT(field, ...) json_object_set_new(o, #field, api_json_text(t->field));
#define TRUNK_INT(field, ...)  json_object_set_new(o, #field, json_integer(t->field));
#define TRUNK_MS(field, ...)   json_object_set_new(o, #field, json_integer(t->field));
#define TRUNK_FLAG(field, ...) json_object_set_new(o, #field, json_boolean(t->field));
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
    json_object_set_new(o, "has_password", json_boolean(*t->secret));
    json_object_set_new(o, "state", json_string(i->state));
    json_object_set_new(o, "why", api_json_text(i->why));
    json_object_set_new(o, "registered_until", api_json_time(i->registered_until_wall_ms));
    json_object_set_new(o, "calls", json_integer(i->calls));
    json_object_set_new(o, "targets", json_integer(i->targets));
    json_object_set_new(o, "targets_up", json_integer(i->targets_up));
    return o;
}

static void add_to_list(const struct trunk_info *i, void *array) { json_array_append_new(array, json_of(i)); }

void api_trunks_list(struct api_call *c)
{
    json_t *array = json_array();
    server_each_trunk(c->api->server, add_to_list, array);
    api_answer(c, 200, api_json_list("trunks", array));
}

static void no_trunk(struct api_call *c)
{
    struct sbuf message = { 0 };
    sbuf_fmt(&message, "there is no trunk '%s'", c->name);
    api_fail(c, ERR_NOT_FOUND, message.p, NULL);
    sbuf_free(&message);
}

static void answer_with(struct api_call *c, unsigned status)
{
    struct trunk_info i;
    if (server_trunk(c->api->server, c->name, &i))
        api_answer(c, status, json_of(&i));
    else
        no_trunk(c);
}

void api_trunk_show(struct api_call *c) { answer_with(c, 200); }

static void on_added(enum err e, const char *why, void *arg)
{
    if (!api_failed(arg, e, why))
        answer_with(arg, 201);
}

static void on_changed(enum err e, const char *why, void *arg)
{
    if (!api_failed(arg, e, why))
        answer_with(arg, 200);
}

static const struct field fields[] = {
    { "name", FIELD_TEXT, false },
    { "password", FIELD_TEXT, false },
#define TRUNK_TEXT(field, ...) { #field, FIELD_TEXT, false },
#define TRUNK_INT(field, ...)  { #field, FIELD_COUNT, false },
#define TRUNK_MS(field, ...)   { #field, FIELD_MS, false },
#define TRUNK_FLAG(field, ...) { #field, FIELD_FLAG, false },
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
    { NULL, FIELD_TEXT, false },
};

/* What the body says replaces what *t says; texts are borrowed of the call. */
static void overlay(const struct api_call *c, struct trunk_settings *t)
{
#define TRUNK_TEXT(field, ...)                                                                                         \
    if (api_text(c, #field))                                                                                           \
        t->field = api_text(c, #field);
#define TRUNK_INT(field, ...)                                                                                          \
    if (api_count(c, #field) >= 0)                                                                                     \
        t->field = api_count(c, #field);
#define TRUNK_MS(field, ...) TRUNK_INT(field, )
#define TRUNK_FLAG(field, ...)                                                                                         \
    if (api_flag(c, #field) >= 0)                                                                                      \
        t->field = api_flag(c, #field) != 0;
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
}

void api_trunk_add(struct api_call *c)
{
    struct trunk_settings t;
    if (!api_read(c, fields))
        return;
    if (!api_text(c, "name")) {
        api_fail(c, ERR_INVALID, "'name' is missing", "it must be a text");
        return;
    }
    api_note(c, api_text(c, "name"));
    trunk_settings_init(&t, c->name);
    overlay(c, &t);
    server_add_trunk(c->api->server, &t, api_text(c, "password"), api_done(on_added, c));
}

void api_trunk_set(struct api_call *c)
{
    struct trunk_info i;
    if (!api_read(c, fields))
        return;
    if (!server_trunk(c->api->server, c->name, &i)) {
        no_trunk(c);
        return;
    }
    if (api_text(c, "name") && strcmp(api_text(c, "name"), c->name) != 0) {
        api_fail(c, ERR_INVALID, "a trunk's name is never changed", "add one of the new name and remove this one");
        return;
    }
    struct trunk_settings t = *i.settings;
    overlay(c, &t);
    server_set_trunk(c->api->server, &t, api_text(c, "password"), api_done(on_changed, c));
}

static void on_removed(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (!api_failed(c, e, why))
        api_answer(c, 200, json_pack("{s: o}", "removed", api_json_text(c->name)));
}

void api_trunk_remove(struct api_call *c) { server_remove_trunk(c->api->server, c->name, api_done(on_removed, c)); }

void api_trunk_test(struct api_call *c) { server_test_trunk(c->api->server, c->name, api_done(on_changed, c)); }

static void on_rotated(enum err e, const char *why, void *arg)
{
    if (!api_failed(arg, e, why))
        api_answer(arg, 200, json_pack("{s: b}", "changed", 1));
}

void api_key_rotate(struct api_call *c) { server_rotate_key(c->api->server, api_done(on_rotated, c)); }
