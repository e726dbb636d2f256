/* /v1/connections: Connections and what is attached to them. */
#include <string.h>

#include "sipfront/console/api_handlers.h"

static json_t *json_of(const struct connection *k)
{
    json_t *o = json_object();
    json_object_set_new(o, "user", api_json_text(k->user));
    json_object_set_new(o, "name", api_json_text(k->name));
    json_object_set_new(o, "virtual", json_boolean(k->is_virtual));
    json_object_set_new(o, "voicemail", json_boolean(k->has_voicemail));
    json_object_set_new(o, "sha256", json_boolean(k->sha256));
    json_object_set_new(o, "ring_time_ms", json_integer(k->ring_ms));
    json_object_set_new(o, "max_bindings", json_integer(k->max_bindings));
    json_object_set_new(o, "max_calls", json_integer(k->max_calls));
    json_object_set_new(o, "srtp", api_json_text(k->srtp));
    json_object_set_new(o, "pickup_groups", api_json_text(k->pickup_groups));
    json_object_set_new(o, "dtmf", api_json_text(k->dtmf));
    json_object_set_new(o, "flow", api_json_name(k->flow));
    json_object_set_new(o, "has_password", json_boolean(k->ha1_md5[0]));
    return o;
}

static void add_to_list(const struct connection *k, void *array) { json_array_append_new(array, json_of(k)); }

void api_connections_list(struct api_call *c)
{
    json_t *array = json_array();
    directory_each_connection(c->api->directory, add_to_list, array);
    api_answer(c, 200, api_json_list("connections", array));
}

struct of_user {
    const char *user;
    json_t *array;
    unsigned n;
};

static void add_number(const struct number *n, void *arg)
{
    struct of_user *of = arg;
    if (strcmp(n->user, of->user) == 0)
        json_array_append_new(of->array, api_json_text(n->digits));
}

static void add_device(const struct registration_info *r, void *arg)
{
    struct of_user *of = arg;
    if (strcmp(r->user, of->user) != 0)
        return;
    json_t *o = json_object();
    json_object_set_new(o, "contact", api_json_text(r->contact));
    json_object_set_new(o, "source", api_json_text(r->source));
    json_object_set_new(o, "agent", api_json_text(r->agent));
    json_object_set_new(o, "expires_at", api_json_time(r->expires_wall_ms));
    json_array_append_new(of->array, o);
}

static void count_message(const struct message *m, void *arg)
{
    struct of_user *of = arg;
    of->n += !m->heard || !of->array; /* with an array: only those that nobody has heard */
}

static void no_connection(struct api_call *c)
{
    struct sbuf message = { 0 };
    sbuf_fmt(&message, "there is no Connection '%s'", c->name);
    api_fail(c, ERR_NOT_FOUND, message.p, NULL);
    sbuf_free(&message);
}

/* With its Numbers, its devices and how many messages are new. */
void api_connection_show(struct api_call *c)
{
    const struct connection *k = directory_connection(c->api->directory, c->name);
    if (!k) {
        no_connection(c);
        return;
    }
    struct of_user numbers = { k->user, json_array(), 0 }, devices = { k->user, json_array(), 0 };
    directory_each_number(c->api->directory, add_number, &numbers);
    server_each_registration(c->api->server, add_device, &devices);
    directory_each_message(c->api->directory, k->user, count_message, &devices);
    json_t *o = json_of(k);
    json_object_set_new(o, "numbers", numbers.array);
    json_object_set_new(o, "devices", devices.array);
    json_object_set_new(o, "new_messages", json_integer(devices.n));
    api_add_dialing(c, k->user, o);
    api_answer(c, 200, o);
}

/* The Connection as it is now, after a change of it. */
static void answer_with(struct api_call *c, unsigned status)
{
    const struct connection *k = directory_connection(c->api->directory, c->name);
    if (k)
        api_answer(c, status, json_of(k));
    else
        no_connection(c); /* removed by a change that was made at the same time */
}

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

static struct connection_change change_of(const struct api_call *c)
{
    return (struct connection_change){
        .user = c->name,
        .name = api_text(c, "name"),
        .password = api_text(c, "password"),
        .is_virtual = api_flag(c, "virtual"),
        .has_voicemail = api_flag(c, "voicemail"),
        .sha256 = api_flag(c, "sha256"),
        .ring_ms = api_ms(c, "ring_time_ms"),
        .max_bindings = api_count(c, "max_bindings"),
        .max_calls = api_count(c, "max_calls"),
        .srtp = api_text(c, "srtp"),
        .pickup_groups = api_text(c, "pickup_groups"),
        .dtmf = api_text(c, "dtmf"),
    };
}

/* What a new Connection has when the request does not say: a mailbox when a person is likely behind it. */
static void set_defaults(struct connection_change *ch)
{
    if (ch->is_virtual < 0)
        ch->is_virtual = 0;
    if (ch->has_voicemail < 0)
        ch->has_voicemail = !ch->is_virtual;
}

void api_connection_add(struct api_call *c)
{
    static const struct field fields[] = {
        { "user", FIELD_TEXT, true },     { "name", FIELD_TEXT, true },           { "password", FIELD_TEXT, false },
        { "virtual", FIELD_FLAG, false }, { "voicemail", FIELD_FLAG, false },     { "ring_time_ms", FIELD_MS, false },
        { "sha256", FIELD_FLAG, false },  { "max_bindings", FIELD_COUNT, false }, { "max_calls", FIELD_COUNT, false },
        { "srtp", FIELD_TEXT, false },    { "pickup_groups", FIELD_TEXT, false }, { "dtmf", FIELD_TEXT, false },
        { NULL, FIELD_TEXT, false },
    };
    if (!api_read(c, fields))
        return;
    api_note(c, api_text(c, "user"));
    struct connection_change ch = change_of(c);
    set_defaults(&ch);
    server_add_connection(c->api->server, &ch, api_done(on_added, c));
}

void api_connection_set(struct api_call *c)
{
    static const struct field fields[] = {
        { "name", FIELD_TEXT, false },          { "password", FIELD_TEXT, false },   { "virtual", FIELD_FLAG, false },
        { "voicemail", FIELD_FLAG, false },     { "ring_time_ms", FIELD_MS, false }, { "sha256", FIELD_FLAG, false },
        { "max_bindings", FIELD_COUNT, false }, { "max_calls", FIELD_COUNT, false }, { "srtp", FIELD_TEXT, false },
        { "pickup_groups", FIELD_TEXT, false }, { "dtmf", FIELD_TEXT, false },       { NULL, FIELD_TEXT, false },
    };
    if (!api_read(c, fields))
        return;
    struct connection_change ch = change_of(c);
    server_set_connection(c->api->server, &ch, api_done(on_changed, c));
}

static void on_removed(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    struct of_user messages = { c->name, NULL, 0 };
    if (api_failed(c, e, why))
        return;
    directory_each_message(c->api->directory, c->name, count_message, &messages);
    json_t *o = json_object();
    json_object_set_new(o, "removed", api_json_text(c->name));
    json_object_set_new(o, "messages_left", json_integer(messages.n));
    api_answer(c, 200, o);
}

void api_connection_remove(struct api_call *c)
{
    server_remove_connection(c->api->server, c->name, api_done(on_removed, c));
}

void api_connection_attach(struct api_call *c)
{
    static const struct field fields[] = { { "flow", FIELD_TEXT, true }, { NULL, FIELD_TEXT, false } };
    if (!api_read(c, fields))
        return;
    if (!api_text(c, "flow")[0])
        api_fail(c, ERR_INVALID, "the flow's name is empty", "DELETE detaches");
    else
        directory_attach(c->api->directory, c->name, api_text(c, "flow"), api_done(on_changed, c));
}

void api_connection_detach(struct api_call *c)
{
    directory_attach(c->api->directory, c->name, "", api_done(on_changed, c));
}
