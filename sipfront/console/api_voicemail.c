/* /v1/voicemail: messages and their audio. */
#include "sipfront/console/api_handlers.h"

static json_t *json_of(const struct message *m)
{
    json_t *o = json_object();
    json_object_set_new(o, "id", api_json_text(m->id));
    json_object_set_new(o, "box", api_json_text(m->box));
    json_object_set_new(o, "from", api_json_text(m->from));
    json_object_set_new(o, "from_name", api_json_text(m->from_name));
    json_object_set_new(o, "left_at", api_json_time(m->left_wall_ms));
    json_object_set_new(o, "length_ms", json_integer(m->length_ms));
    json_object_set_new(o, "bytes", json_integer(m->bytes));
    json_object_set_new(o, "heard", json_boolean(m->heard));
    json_object_set_new(o, "urgent", json_boolean(m->urgent));
    json_object_set_new(o, "transcript_state", json_string(transcript_state_name(m->transcript_state)));
    json_object_set_new(o, "transcript", api_json_name(m->transcript));
    json_object_set_new(o, "transcript_why", api_json_name(m->transcript_why));
    return o;
}

static void add_to_list(const struct message *m, void *array) { json_array_append_new(array, json_of(m)); }

void api_voicemail_list(struct api_call *c)
{
    json_t *array = json_array();
    directory_each_message(c->api->directory, request_query(c->request, "box"), add_to_list, array);
    api_answer(c, 200, api_json_list("messages", array));
}

static void no_message(struct api_call *c)
{
    struct sbuf why = { 0 };
    sbuf_fmt(&why, "there is no message '%s'", c->name);
    api_fail(c, ERR_NOT_FOUND, why.p, NULL);
    sbuf_free(&why);
}

void api_voicemail_show(struct api_call *c)
{
    const struct message *m = directory_message(c->api->directory, c->name);
    if (m)
        api_answer(c, 200, json_of(m));
    else
        no_message(c);
}

void api_voicemail_audio(struct api_call *c)
{
    const struct message *m = directory_message(c->api->directory, c->name);
    if (m)
        api_send_file(c, m->path);
    else
        no_message(c);
}

static void on_marked(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (api_failed(c, e, why))
        return;
    const struct message *m = directory_message(c->api->directory, c->name);
    if (m)
        api_answer(c, 200, json_of(m));
    else
        no_message(c);
}

void api_voicemail_set(struct api_call *c)
{
    static const struct field fields[] = { { "heard", FIELD_FLAG, true }, { NULL, FIELD_TEXT, false } };
    if (!api_read(c, fields))
        return;
    directory_mark_heard(c->api->directory, c->name, api_flag(c, "heard") == 1, api_done(on_marked, c));
}

static void on_deleted(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (!api_failed(c, e, why))
        api_answer(c, 200, json_pack("{s: o}", "deleted", api_json_text(c->name)));
}

void api_voicemail_delete(struct api_call *c)
{
    directory_delete_message(c->api->directory, c->name, api_done(on_deleted, c));
}
