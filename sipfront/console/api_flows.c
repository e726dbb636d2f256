/* /v1/flows: what is deployed. */
#include <string.h>

#include "sipfront/console/api_handlers.h"

static void add_user(const struct connection *k, void *users_of)
{
    json_t *users = json_object_get(users_of, k->flow);
    if (!k->flow[0])
        return;
    if (!users) {
        users = json_array();
        json_object_set_new_nocheck(users_of, k->flow, users);
    }
    json_array_append_new(users, api_json_text(k->user));
}

/* Flow -> the users it is attached to, in one pass over all Connections. */
static json_t *attachments(const struct api *api)
{
    json_t *users_of = json_object();
    directory_each_connection(api->directory, add_user, users_of);
    return users_of;
}

static json_t *json_of(const json_t *users_of, const struct flow_version *f)
{
    json_t *users = json_object_get(users_of, f->flow), *o = json_object();
    json_object_set_new(o, "name", api_json_text(f->flow));
    json_object_set_new(o, "version", json_integer(f->version));
    json_object_set_new(o, "size", json_integer((json_int_t)f->size));
    json_object_set_new(o, "deployed_at", api_json_time(f->deployed_wall_ms));
    json_object_set_new(o, "attached_to", users ? json_incref(users) : json_array());
    return o;
}

struct listing {
    json_t *users_of, *array;
};

static void add_to_list(const struct flow_version *f, void *arg)
{
    struct listing *l = arg;
    json_array_append_new(l->array, json_of(l->users_of, f));
}

void api_flows_list(struct api_call *c)
{
    struct listing l = { attachments(c->api), json_array() };
    directory_each_flow(c->api->directory, add_to_list, &l);
    json_decref(l.users_of);
    api_answer(c, 200, api_json_list("flows", l.array));
}

/* The newest current version that has these bytes: what a deployment made, whatever name its image gave it. */
struct search {
    struct str bytes;
    const struct flow_version *found;
};

static void compare(const struct flow_version *f, void *arg)
{
    struct search *s = arg;
    bool newer = !s->found || f->deployed_wall_ms > s->found->deployed_wall_ms;
    if (newer && f->size == s->bytes.len && memcmp(f->image, s->bytes.p, f->size) == 0)
        s->found = f;
}

static const struct flow_version *find_deployed(const struct api_call *c)
{
    struct search s = { request_body(c->request), NULL };
    const char *name = request_query(c->request, "name");
    if (name && *name)
        return directory_flow(c->api->directory, name);
    directory_each_flow(c->api->directory, compare, &s);
    return s.found;
}

static void on_deployed(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (api_failed(c, e, why))
        return;
    const struct flow_version *f = find_deployed(c);
    if (!f) {
        api_fail(c, ERR_NOT_FOUND, "the flow was deployed and replaced again at the same time", NULL);
        return;
    }
    json_t *users_of = attachments(c->api);
    json_t *flow = json_of(users_of, f);
    json_decref(users_of); /* before the answer goes to the other thread: nothing of it is shared then */
    api_answer(c, 200, flow);
}

void api_flow_deploy(struct api_call *c)
{
    const char *name = request_query(c->request, "name");
    struct str image = request_body(c->request);
    if (!image.len)
        api_fail(c, ERR_INVALID, "the body is empty", "send the bytes of a .flowc file");
    else
        server_deploy(c->api->server, name ? name : "", image, api_done(on_deployed, c));
}
