/* /v1/numbers: what the telephone network dials. */
#include "sipfront/console/api_handlers.h"

static json_t *json_of(const struct number *n)
{
    json_t *o = json_object();
    json_object_set_new(o, "number", api_json_text(n->digits));
    json_object_set_new(o, "user", api_json_text(n->user));
    return o;
}

static void add_to_list(const struct number *n, void *array) { json_array_append_new(array, json_of(n)); }

void api_numbers_list(struct api_call *c)
{
    json_t *array = json_array();
    directory_each_number(c->api->directory, add_to_list, array);
    api_answer(c, 200, api_json_list("numbers", array));
}

static void on_added(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (api_failed(c, e, why))
        return;
    struct number n = { api_text(c, "number"), api_text(c, "user") };
    api_answer(c, 201, json_of(&n));
}

void api_number_add(struct api_call *c)
{
    static const struct field fields[] = { { "number", FIELD_TEXT, true },
                                           { "user", FIELD_TEXT, true },
                                           { NULL, FIELD_TEXT, false } };
    if (!api_read(c, fields))
        return;
    struct number n = { api_text(c, "number"), api_text(c, "user") };
    directory_add_number(c->api->directory, &n, api_done(on_added, c));
}

static void on_removed(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (!api_failed(c, e, why))
        api_answer(c, 200, json_pack("{s: o}", "removed", api_json_text(c->name)));
}

void api_number_remove(struct api_call *c)
{
    directory_remove_number(c->api->directory, c->name, api_done(on_removed, c));
}
