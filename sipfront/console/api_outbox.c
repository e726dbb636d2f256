/* /v1/outbox: mails and web hooks that are on their way out. */
#include "sipfront/console/api_handlers.h"
#include "sipfront/notify/notify.h"

static json_t *json_of(const struct notify *n, const struct letter *l)
{
    const char *state = l->given_up ? "given up" : notify_sending(n, l->id) ? "sending" : "waiting";
    json_t *o = json_object();
    json_object_set_new(o, "id", api_json_text(l->id));
    json_object_set_new(o, "kind", json_string(letter_kind_name(l->kind)));
    json_object_set_new(o, "to", api_json_text(l->to));
    json_object_set_new(o, "subject", api_json_text(l->subject));
    json_object_set_new(o, "message", api_json_name(l->about));
    json_object_set_new(o, "state", json_string(state));
    json_object_set_new(o, "tries", json_integer(l->tries));
    json_object_set_new(o, "why", api_json_name(l->why));
    json_object_set_new(o, "made_at", api_json_time(l->made_wall_ms));
    json_object_set_new(o, "next_at", l->given_up ? json_null() : api_json_time(l->next_wall_ms));
    return o;
}

struct listing {
    const struct notify *n;
    json_t *array;
};

static void add(const struct letter *l, void *arg)
{
    struct listing *to = arg;
    json_array_append_new(to->array, json_of(to->n, l));
}

void api_outbox_list(struct api_call *c)
{
    struct listing l = { server_notify(c->api->server), json_array() };
    directory_each_letter(c->api->directory, add, &l);
    api_answer(c, 200, api_json_list("outbox", l.array));
}

static void on_retried(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (api_failed(c, e, why))
        return;
    const struct letter *l = directory_letter(c->api->directory, c->name);
    api_answer(c, 200, l ? json_of(server_notify(c->api->server), l) : json_object());
}

void api_outbox_retry(struct api_call *c)
{
    notify_retry(server_notify(c->api->server), c->name, api_done(on_retried, c));
}

static void on_removed(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (!api_failed(c, e, why))
        api_answer(c, 200, json_pack("{s: o}", "removed", api_json_text(c->name)));
}

void api_outbox_remove(struct api_call *c)
{
    notify_remove(server_notify(c->api->server), c->name, api_done(on_removed, c));
}
