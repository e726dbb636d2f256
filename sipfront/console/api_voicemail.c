/* /v1/voicemail: messages and their audio. */
#include <string.h>

#include "sipfront/console/api_handlers.h"
#include "sipfront/directory/search.h"

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
    json_object_set_new(o, "transcript_tries", json_integer(m->transcript_tries));
    return o;
}

static void add_to_list(const struct message *m, void *array) { json_array_append_new(array, json_of(m)); }

static void on_found(enum err e, const char *why, const char *const *ids, size_t n, void *arg)
{
    struct api_call *c = arg;
    if (api_failed(c, e, why))
        return;
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct message *m = directory_message(c->api->directory, ids[i]);
        if (m) /* not deleted meanwhile */
            add_to_list(m, array);
    }
    api_answer(c, 200, api_json_list("messages", array));
}

void api_voicemail_list(struct api_call *c)
{
    const char *box = request_query(c->request, "box"), *text = request_query(c->request, "search");
    if (text) {
        directory_search(c->api->directory, box, text, (struct directory_found){ on_found, c });
        return;
    }
    json_t *array = json_array();
    directory_each_message(c->api->directory, box, add_to_list, array);
    api_answer(c, 200, api_json_list("messages", array));
}

static void no_message(struct api_call *c)
{
    struct sbuf why = { 0 };
    sbuf_fmt(&why, "there is no message '%s'", c->name);
    api_fail(c, ERR_NOT_FOUND, why.p, NULL);
    sbuf_free(&why);
}

/* One message with its words, which the database has. */
static void on_words(enum err e, const char *why, const char *const *texts, size_t n, void *arg)
{
    struct api_call *c = arg;
    if (api_failed(c, e, why))
        return;
    const struct message *m = directory_message(c->api->directory, c->name);
    if (!m || !n) {
        no_message(c);
        return;
    }
    json_t *said = json_loads(texts[0], 0, NULL), *o = json_of(m);
    const json_t *words = json_object_get(said, "words"), *by = json_object_get(said, "by");
    json_object_set_new(o, "transcript_by", by ? json_copy((json_t *)(uintptr_t)by) : json_null());
    json_object_set_new(o, "words", words ? json_deep_copy(words) : json_array());
    json_decref(said);
    api_answer(c, 200, o);
}

void api_voicemail_show(struct api_call *c)
{
    directory_words(c->api->directory, c->name, (struct directory_found){ on_words, c });
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

void api_voicemail_transcribe(struct api_call *c)
{
    struct scribe *s = server_scribe(c->api->server);
    if (s)
        scribe_again(s, c->name, api_done(on_marked, c));
    else
        api_fail(c, ERR_DENIED, "this server transcribes nothing", "it runs with --no-transcribe");
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
