/* /v1/queues: who waits for whom. */
#include "sipfront/console/api_handlers.h"

#include "sipfront/call/waiting.h"

static json_t *agent(const struct waiting_agent *a)
{
    json_t *o = json_object();
    json_object_set_new(o, "user", api_json_text(a->user));
    json_object_set_new(o, "state", api_json_text(a->state));
    json_object_set_new(o, "idle_ms", a->idle_ms < 0 ? json_null() : json_integer(a->idle_ms));
    return o;
}

static void add_to_list(const struct waiting_queue *q, void *array)
{
    json_t *o = json_object(), *agents = json_array(), *calls = json_array();
    for (unsigned i = 0; i < q->nagents; i++)
        json_array_append_new(agents, agent(&q->agents[i]));
    for (unsigned i = 0; i < q->waiting; i++)
        json_array_append_new(calls, api_json_text(q->calls[i]));
    json_object_set_new(o, "name", api_json_text(q->name));
    json_object_set_new(o, "waiting", json_integer(q->waiting));
    json_object_set_new(o, "talking", json_integer(q->talking));
    json_object_set_new(o, "longest_ms", json_integer(q->longest_ms));
    json_object_set_new(o, "calls", calls);
    json_object_set_new(o, "agents", agents);
    json_array_append_new(array, o);
}

void api_queues_list(struct api_call *c)
{
    json_t *array = json_array();
    server_each_queue(c->api->server, add_to_list, array);
    api_answer(c, 200, api_json_list("queues", array));
}
