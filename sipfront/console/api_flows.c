/* /v1/flows: what is deployed. */
#include <string.h>

#include "sipfront/call/server_flows.h"
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

/* ---- deploying ---- */

enum { MOST_IMAGES = 64 };

/* The images of a request: its body, or as many as ?sizes= has numbers, one behind the other. */
struct images {
    struct deploy_item items[MOST_IMAGES];
    unsigned n;
    bool is_list;
};

/* false: the sizes are no numbers, too many, or not those of the body. */
static bool split(struct images *im, struct str body, const char *sizes)
{
    for (const char *at = sizes; im->n < MOST_IMAGES; at++) {
        size_t digits = strspn(at, "0123456789");
        int64_t size;
        if (!str_to_int((struct str){ at, digits }, &size) || size < 1 || (uint64_t)size > body.len)
            return false;
        im->items[im->n++] = (struct deploy_item){ "", { body.p, (size_t)size } };
        body.p += size;
        body.len -= (size_t)size;
        at += digits;
        if (*at != ',')
            return !*at && !body.len;
    }
    return false;
}

static bool read_images(const struct api_call *c, struct images *im)
{
    const char *name = request_query(c->request, "name"), *sizes = request_query(c->request, "sizes");
    struct str body = request_body(c->request);
    *im = (struct images){ .items = { { name ? name : "", body } }, .n = 1, .is_list = sizes };
    if (!sizes)
        return true;
    im->n = 0;
    return split(im, body, sizes);
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

static const struct flow_version *find_deployed(const struct api_call *c, const struct deploy_item *item)
{
    struct search s = { item->image, NULL };
    if (*item->name)
        return directory_flow(c->api->directory, item->name);
    directory_each_flow(c->api->directory, compare, &s);
    return s.found;
}

/* What was deployed and is replaced already is left out. */
static json_t *json_of_deployed(const struct api_call *c, const struct images *im)
{
    json_t *users_of = attachments(c->api), *list = json_array();
    for (unsigned i = 0; i < im->n; i++) {
        const struct flow_version *f = find_deployed(c, &im->items[i]);
        if (f)
            json_array_append_new(list, json_of(users_of, f));
    }
    json_decref(users_of); /* before the answer goes to the other thread: nothing of it is shared then */
    return list;
}

static void answer_deployed(struct api_call *c, const struct images *im)
{
    json_t *list = json_of_deployed(c, im);
    if (im->is_list) {
        api_answer(c, 200, api_json_list("flows", list));
        return;
    }
    json_t *flow = json_incref(json_array_get(list, 0));
    json_decref(list);
    if (flow)
        api_answer(c, 200, flow);
    else
        api_fail(c, ERR_NOT_FOUND, "the flow was deployed and replaced again at the same time", NULL);
}

static void on_deployed(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    struct images im;
    if (e == ERR_NOT_FOUND && !request_is_dead(c->request)) {
        api_fail(c, e, why,
                 "put in place first what is missing; flows that continue with one another come together: flowctl "
                 "deploy A.flow B.flow");
        return;
    }
    if (api_failed(c, e, why))
        return;
    (void)read_images(c, &im); /* it could be read before */
    answer_deployed(c, &im);
}

void api_flow_deploy(struct api_call *c)
{
    struct images im;
    if (!request_body(c->request).len)
        api_fail(c, ERR_INVALID, "the body is empty", "send the bytes of a .flowc file");
    else if (request_query(c->request, "name") && request_query(c->request, "sizes"))
        api_fail(c, ERR_INVALID, "a name is for one image, sizes are for several", "each keeps the name of its flow");
    else if (!read_images(c, &im))
        api_fail(c, ERR_INVALID, "the sizes are not those of the images in the body",
                 "send the .flowc files one behind the other and their sizes: ?sizes=812,644; 64 at most");
    else
        server_deploy(c->api->server, im.items, im.n, api_done(on_deployed, c));
}

/* ---- removing ---- */

static void on_removed(enum err e, const char *why, void *arg)
{
    struct api_call *c = arg;
    if (api_failed(c, e, why))
        return;
    json_t *o = json_object();
    json_object_set_new(o, "removed", api_json_text(c->name));
    api_answer(c, 200, o);
}

void api_flow_remove(struct api_call *c)
{
    struct sbuf why = { 0 };
    if (server_remove_flow(c->api->server, c->name, api_done(on_removed, c), &why))
        api_fail(c, ERR_EXISTS, why.p, "detach it, or deploy the other flow without it, first");
    sbuf_free(&why);
}
