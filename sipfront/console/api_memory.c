/* /v1/memory: what flows remember. */
#include "sipfront/console/api_handlers.h"
#include "sipfront/directory/note.h"

static void add_to_list(const struct note *n, void *array)
{
    json_t *o = json_object();
    json_object_set_new(o, "flow", api_json_text(n->flow));
    json_object_set_new(o, "key", api_json_text(n->key));
    json_object_set_new(o, "value", api_json_text(n->value));
    json_object_set_new(o, "until", api_json_time(n->until_wall_ms));
    json_array_append_new(array, o);
}

void api_memory_list(struct api_call *c)
{
    json_t *array = json_array();
    directory_each_note(c->api->directory, request_query(c->request, "flow"), add_to_list, array);
    api_answer(c, 200, api_json_list("memory", array));
}

static void on_removed(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (!api_failed(c, e, why))
        api_answer(c, 200, json_pack("{s: o}", "removed", api_json_text(request_query(c->request, "key"))));
}

void api_memory_remove(struct api_call *c)
{
    const char *key = request_query(c->request, "key");
    if (key)
        directory_drop_note(c->api->directory, c->name, key, api_done(on_removed, c));
    else
        api_fail(c, ERR_INVALID, "the key is missing", "name it: ?key=KEY");
}
