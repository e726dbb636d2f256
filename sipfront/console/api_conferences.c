/* /v1/conferences: the rooms in which callers talk together now. */
#include "sipfront/console/api_handlers.h"

#include "sipfront/call/conference.h"

static void add_to_list(const struct conference_info *k, void *array)
{
    json_t *o = json_object(), *calls = json_array();
    json_object_set_new(o, "name", api_json_text(k->name));
    json_object_set_new(o, "members", json_integer(k->members));
    json_object_set_new(o, "muted", json_integer(k->muted));
    json_object_set_new(o, "recorded", json_boolean(k->recorded));
    json_object_set_new(o, "started_at", api_json_time(k->started_wall_ms));
    for (unsigned i = 0; i < k->members; i++)
        json_array_append_new(calls, api_json_text(k->calls[i]));
    json_object_set_new(o, "calls", calls);
    json_array_append_new(array, o);
}

void api_conferences_list(struct api_call *c)
{
    json_t *array = json_array();
    server_each_conference(c->api->server, add_to_list, array);
    api_answer(c, 200, api_json_list("conferences", array));
}

void api_conference_end(struct api_call *c)
{
    struct sbuf why = { 0 };
    if (server_end_conference(c->api->server, c->name) == ERR_OK) {
        api_answer(c, 200, json_pack("{s: o}", "ended", api_json_text(c->name)));
        return;
    }
    sbuf_fmt(&why, "nobody is in a conference '%s'", c->name);
    api_fail(c, ERR_NOT_FOUND, why.p, "GET /v1/conferences lists all");
    sbuf_free(&why);
}
