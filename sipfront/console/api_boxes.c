/* /v1/boxes: settings of mailboxes and what they hold. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/console/api_handlers.h"
#include "sipfront/directory/box.h"

static json_t *json_of(const struct directory *d, const char *name)
{
    struct box b = directory_box_settings(d, name);
    struct box_holds h = directory_box_holds(d, name);
    json_t *o = json_object();
    json_object_set_new(o, "box", api_json_text(name));
    json_object_set_new(o, "shared", json_boolean(!directory_connection(d, name)));
    json_object_set_new(o, "new", json_integer(h.unheard));
    json_object_set_new(o, "saved", json_integer(h.heard));
    json_object_set_new(o, "urgent", json_integer(h.urgent));
    json_object_set_new(o, "held_ms", json_integer(h.ms));
    json_object_set_new(o, "held_bytes", json_integer(h.bytes));
    json_object_set_new(o, "full", json_boolean(directory_box_full(d, name)));
    json_object_set_new(o, "mail", api_json_name(b.mail));
    json_object_set_new(o, "webhook", api_json_name(b.webhook));
    json_object_set_new(o, "has_pin", json_boolean(*b.pin != 0));
    json_object_set_new(o, "pin_always", json_boolean(b.pin_always));
    json_object_set_new(o, "wrong_pins", json_integer(b.wrong_pins));
    json_object_set_new(o, "locked_until", api_json_time(b.locked_until_wall_ms));
    json_object_set_new(o, "delete_mailed", json_boolean(b.delete_mailed));
    json_object_set_new(o, "transcribe", json_boolean(b.transcribe));
    json_object_set_new(o, "transcribe_by", api_json_name(b.transcribe_by));
    json_object_set_new(o, "most_messages", json_integer(b.most_messages ? b.most_messages : BOX_MOST_MESSAGES));
    json_object_set_new(o, "most_ms", json_integer(b.most_ms ? b.most_ms : BOX_MOST_MINUTES * 60000));
    json_object_set_new(o, "most_bytes", b.most_bytes ? json_integer(b.most_bytes) : json_null());
    json_object_set_new(o, "message_ms", b.message_ms ? json_integer(b.message_ms) : json_null());
    json_object_set_new(o, "greeting", json_boolean(*b.greeting != 0));
    json_object_set_new(o, "busy_greeting", json_boolean(*b.busy_greeting != 0));
    json_object_set_new(o, "spoken_name", json_boolean(*b.spoken_name != 0));
    return o;
}

/* Once each: a Connection with voicemail may have a row of settings as well. */
struct listing {
    const struct directory *d;
    json_t *array;
};

static void add_connection(const struct connection *c, void *arg)
{
    struct listing *l = arg;
    if (c->has_voicemail)
        json_array_append_new(l->array, json_of(l->d, c->user));
}

static void add_box(const struct box *b, void *arg)
{
    struct listing *l = arg;
    const struct connection *c = directory_connection(l->d, b->name);
    if (!c || !c->has_voicemail)
        json_array_append_new(l->array, json_of(l->d, b->name));
}

void api_boxes_list(struct api_call *c)
{
    struct listing l = { c->api->directory, json_array() };
    directory_each_connection(l.d, add_connection, &l);
    directory_each_box(l.d, add_box, &l);
    api_answer(c, 200, api_json_list("boxes", l.array));
}

/* Whoever has a Connection, settings or messages has a box. */
static bool is_there(const struct directory *d, const char *name)
{
    struct box_holds h = directory_box_holds(d, name);
    return directory_connection(d, name) || directory_box(d, name) || h.unheard + h.heard > 0;
}

void api_box_show(struct api_call *c)
{
    struct sbuf why = { 0 };
    sbuf_fmt(&why, "there is no box '%s'", c->name);
    if (is_there(c->api->directory, c->name))
        api_answer(c, 200, json_of(c->api->directory, c->name));
    else
        api_fail(c, ERR_NOT_FOUND, why.p, "PATCH makes a shared box");
    sbuf_free(&why);
}

static void on_changed(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (!api_failed(c, e, why))
        api_answer(c, 200, json_of(c->api->directory, c->name));
}

void api_box_set(struct api_call *c)
{
    static const struct field fields[] = {
        { "mail", FIELD_TEXT, false },
        { "webhook", FIELD_TEXT, false },
        { "pin", FIELD_TEXT, false },
        { "pin_always", FIELD_FLAG, false },
        { "delete_mailed", FIELD_FLAG, false },
        { "transcribe", FIELD_FLAG, false },
        { "transcribe_by", FIELD_TEXT, false },
        { "most_messages", FIELD_COUNT, false },
        { "most_ms", FIELD_MS, false },
        { "most_bytes", FIELD_COUNT, false },
        { "message_ms", FIELD_MS, false },
        { "unlock", FIELD_FLAG, false },
        { NULL, FIELD_TEXT, false },
    };
    if (!api_read(c, fields))
        return;
    struct box_change ch = {
        .name = c->name,
        .mail = api_text(c, "mail"),
        .webhook = api_text(c, "webhook"),
        .pin = api_text(c, "pin"),
        .pin_always = api_flag(c, "pin_always"),
        .delete_mailed = api_flag(c, "delete_mailed"),
        .transcribe = api_flag(c, "transcribe"),
        .transcribe_by = api_text(c, "transcribe_by"),
        .most_messages = api_count(c, "most_messages"),
        .most_ms = api_ms(c, "most_ms"),
        .most_bytes = api_count(c, "most_bytes"),
        .message_ms = api_ms(c, "message_ms"),
        .unlock = api_flag(c, "unlock") == 1,
    };
    server_set_box(c->api->server, &ch, api_done(on_changed, c));
}

static void on_removed(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (!api_failed(c, e, why))
        api_answer(c, 200, json_pack("{s: o}", "removed", api_json_text(c->name)));
}

void api_box_remove(struct api_call *c) { directory_remove_box(c->api->directory, c->name, api_done(on_removed, c)); }

static void set_greeting(struct api_call *c, struct str wav)
{
    const char *kind = request_query(c->request, "kind");
    struct greeting_change g = { c->name, kind && *kind ? kind : "unavailable", wav };
    server_set_greeting(c->api->server, &g, api_done(on_changed, c));
}

void api_box_greeting_set(struct api_call *c)
{
    struct str wav = request_body(c->request);
    if (wav.len)
        set_greeting(c, wav);
    else
        api_fail(c, ERR_INVALID, "the body is empty", "send the bytes of a WAV file; DELETE takes the default again");
}

void api_box_greeting_unset(struct api_call *c) { set_greeting(c, (struct str){ NULL, 0 }); }
