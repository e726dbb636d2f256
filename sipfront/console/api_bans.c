/* /v1/bans: who is not answered, because of wrong credentials or by an operator's word. */
#include "sipfront/console/api_handlers.h"

static json_t *json_of(const struct ban_info *b)
{
    json_t *o = json_object();
    json_object_set_new(o, "source", api_json_name(b->source));
    json_object_set_new(o, "user", api_json_name(b->user));
    json_object_set_new(o, "by_hand", json_boolean(b->by_hand));
    json_object_set_new(o, "until", api_json_time(b->until_wall_ms));
    json_object_set_new(o, "refused", json_integer((json_int_t)b->refused));
    return o;
}

static void add_to_list(const struct ban_info *b, void *array) { json_array_append_new(array, json_of(b)); }

void api_bans_list(struct api_call *c)
{
    json_t *array = json_array();
    server_each_ban(c->api->server, add_to_list, array);
    api_answer(c, 200, api_json_list("bans", array));
}

void api_ban_add(struct api_call *c)
{
    static const struct field fields[] = { { "source", FIELD_TEXT, true },
                                           { "for_ms", FIELD_MS, false },
                                           { NULL, FIELD_TEXT, false } };
    struct sbuf why = { 0 };
    if (!api_read(c, fields))
        return;
    int64_t for_ms = api_ms(c, "for_ms") > 0 ? api_ms(c, "for_ms") : 0;
    enum err e = server_ban(c->api->server, api_text(c, "source"), for_ms, &why);
    struct ban_info b = { .source = api_text(c, "source"), .by_hand = true };
    b.until_wall_ms = for_ms ? clock_wall(c->api->clock) + for_ms : 0;
    if (e)
        api_fail(c, e, why.p, NULL);
    else
        api_answer(c, 201, json_of(&b));
    sbuf_free(&why);
}

void api_ban_remove(struct api_call *c)
{
    struct sbuf why = { 0 };
    if (server_unban(c->api->server, c->name) == ERR_OK) {
        api_answer(c, 200, json_pack("{s: o}", "removed", api_json_text(c->name)));
        return;
    }
    sbuf_fmt(&why, "'%s' is not banned", c->name);
    api_fail(c, ERR_NOT_FOUND, why.p, "GET /v1/bans lists all; a network is removed as it was added");
    sbuf_free(&why);
}
