/* Every route of the API, its answers and its refusals, over the real socket. */
#include "tests/unit/console/fixture.h"

#include <fcntl.h>
#include <jansson.h>

/* Is all that `want` says true of `got`? Lists must have the same length; "*" fits any text. */
static bool fits(const json_t *want, const json_t *got)
{
    const char *key;
    json_t *part;
    size_t i;
    if (json_is_object(want)) {
        json_object_foreach((json_t *)want, key, part) if (!fits(part, json_object_get(got, key))) return false;
        return json_is_object(got);
    }
    if (json_is_array(want)) {
        json_array_foreach(want, i, part) if (!fits(part, json_array_get(got, i))) return false;
        return json_array_size(got) == json_array_size(want);
    }
    if (json_is_string(want) && strcmp(json_string_value(want), "*") == 0)
        return json_is_string(got);
    return json_equal(want, got);
}

struct step {
    const char *method, *path, *body;
    int status;
    const char *want; /* ' stands for " */
};

static json_t *quoted(const char *text)
{
    struct sbuf b = { 0 };
    sbuf_cstr(&b, text);
    for (char *p = b.p; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_t *out = json_loads(b.p, JSON_DECODE_ANY, NULL);
    if (!out)
        fail_msg("the test's own JSON is wrong: %s", b.p);
    sbuf_free(&b);
    return out;
}

static void run_step(struct fixture *f, const struct step *s)
{
    struct talk t = { 0 };
    struct sbuf body = { 0 };
    sbuf_cstr(&body, s->body ? s->body : "");
    for (size_t i = 0; i < body.len; i++)
        if (body.p[i] == '\'')
            body.p[i] = '"';
    talk_request(&t, s->method, s->path, sbuf_view(&body));
    talk_finish(&t, f);
    struct str text = talk_body(&t);
    json_t *got = json_loadb(text.p ? text.p : "", text.len, 0, NULL), *want = quoted(s->want);
    if (t.status != s->status || !got || !fits(want, got))
        fail_msg("%s %s %s\nwanted %d %s\ngot %d %.*s", s->method, s->path, body.p, s->status, s->want, t.status,
                 STR_ARG(text));
    json_decref(got);
    json_decref(want);
    sbuf_free(&body);
    talk_free(&t);
}

static void run_steps(struct fixture *f, const struct step *steps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        run_step(f, &steps[i]);
}
#define RUN(steps) run_steps(*state, (steps), sizeof(steps) / sizeof(steps)[0])

#define CONNECTIONS "/v1/connections"

static void test_connections(void **state)
{
    static const struct step steps[] = {
        { "GET", CONNECTIONS, NULL, 200, "{'connections': []}" },
        { "POST", CONNECTIONS, "{'user': 'ann', 'name': 'Ann Lee', 'password': 'x'}", 201,
          "{'user': 'ann', 'name': 'Ann Lee', 'virtual': false, 'voicemail': true, 'ring_time_ms': 20000,"
          " 'flow': null, 'has_password': true}" },
        { "POST", CONNECTIONS, "{'user': 'ann', 'name': 'Other'}", 409,
          "{'error': {'code': 'EXISTS', 'message': 'SIP user \\u0027ann\\u0027 is taken by the Connection"
          " \\u0027Ann Lee\\u0027', 'help': '*'}}" },
        { "POST", CONNECTIONS, "{'user': 'menu', 'name': 'M', 'virtual': true, 'ring_time_ms': 5}", 201,
          "{'virtual': true, 'voicemail': false, 'ring_time_ms': 5, 'has_password': false}" },
        { "POST", CONNECTIONS, "{'user': 'a/b ä', 'name': 'Odd', 'voicemail': false}", 201, "{'voicemail': false}" },
        { "GET", CONNECTIONS, NULL, 200, "{'connections': [{'user': 'a/b ä'}, {'user': 'ann'}, {'user': 'menu'}]}" },
        { "GET", CONNECTIONS "/a%2Fb%20%C3%A4", NULL, 200, "{'name': 'Odd', 'numbers': [], 'devices': []}" },
        { "GET", CONNECTIONS "/ann", NULL, 200,
          "{'devices': [{'contact': 'sip:ann@192.0.2.1', 'source': '192.0.2.1:5060', 'agent': 'Phone/1',"
          " 'expires_at': '2026-01-01T00:00:00.000Z'}], 'new_messages': 0}" },
        { "GET", CONNECTIONS "/eve", NULL, 404, "{'error': {'code': 'NOT_FOUND', 'help': '*'}}" },
        { "GET", CONNECTIONS "/%ff%3Cb%3E", NULL, 404, "{'error': {'message': '*'}}" },
        { "GET", CONNECTIONS "/ann%00x", NULL, 422, "{'error': {'code': 'INVALID'}}" },
        { "PATCH", CONNECTIONS "/ann", "{'name': 'Ann'}", 200, "{'name': 'Ann', 'has_password': true}" },
        { "PATCH", CONNECTIONS "/ann", "{'password': '', 'voicemail': false}", 200,
          "{'name': 'Ann', 'has_password': false, 'voicemail': false}" },
        { "PATCH", CONNECTIONS "/eve", "{'name': 'Eve'}", 404, "{'error': {'code': 'NOT_FOUND'}}" },
        { "DELETE", CONNECTIONS "/ann", NULL, 200, "{'removed': 'ann', 'messages_left': 0}" },
        { "DELETE", CONNECTIONS "/ann", NULL, 404, "{'error': {'code': 'NOT_FOUND'}}" },
    };
    RUN(steps);
}

#define REFUSED(text) "{'error': {'code': 'INVALID', 'message': '" text "', 'help': '*'}}"
#define Q             "\\u0027" /* an apostrophe in a test's JSON */

static void test_bodies(void **state)
{
    static const struct step steps[] = {
        { "POST", CONNECTIONS, "", 400, "{'error': {'code': 'SYNTAX'}}" },
        { "POST", CONNECTIONS, "{'user': ", 400, "{'error': {'code': 'SYNTAX'}}" },
        { "POST", CONNECTIONS, "[1]", 400, "{'error': {'message': 'the body must be an object, not a list'}}" },
        { "POST", CONNECTIONS, "{'user': 'a', 'user': 'b', 'name': 'c'}", 400, "{'error': {'code': 'SYNTAX'}}" },
        { "POST", CONNECTIONS, "{'user': 'a\\u0000b', 'name': 'c'}", 400, "{'error': {'code': 'SYNTAX'}}" },
        { "POST", CONNECTIONS, "{'name': 'Ann'}", 422, REFUSED(Q "user" Q " is missing") },
        { "POST", CONNECTIONS, "{'user': 'ann'}", 422, REFUSED(Q "name" Q " is missing") },
        { "POST", CONNECTIONS, "{'user': '', 'name': 'Ann'}", 422, REFUSED("the SIP user is empty") },
        { "POST", CONNECTIONS, "{'user': 'ann', 'nmae': 'Ann'}", 422,
          "{'error': {'message': 'unknown key " Q "nmae" Q "', 'help': 'did you mean " Q "name" Q "?'}}" },
        { "POST", CONNECTIONS, "{'user': 'ann', 'colour': 1}", 422,
          "{'error': {'help': 'possible keys: user, name, password, virtual, voicemail, ring_time_ms, sha256, "
          "max_bindings, max_calls, srtp, pickup_groups, dtmf'}}" },
        { "POST", CONNECTIONS, "{'user': 7, 'name': 'Ann'}", 422,
          REFUSED(Q "user" Q " must be a text, not a whole number") },
        { "POST", CONNECTIONS, "{'user': 'ann', 'name': null}", 422, REFUSED(Q "name" Q " must be a text, not null") },
        { "POST", CONNECTIONS, "{'user': 'ann', 'name': 'A', 'virtual': 'yes'}", 422,
          REFUSED(Q "virtual" Q " must be true or false, not a text") },
        { "POST", CONNECTIONS, "{'user': 'ann', 'name': 'A', 'ring_time_ms': -1}", 422,
          REFUSED(Q "ring_time_ms" Q " must be a whole number of milliseconds, 0 or more, not a negative number") },
        { "POST", CONNECTIONS, "{'user': 'ann', 'name': 'A', 'ring_time_ms': 1.5}", 422,
          REFUSED(Q "ring_time_ms" Q
                    " must be a whole number of milliseconds, 0 or more, not a number with a fraction") },
        { "GET", CONNECTIONS, NULL, 200, "{'connections': []}" },
    };
    RUN(steps);
}

static void test_no_route(void **state)
{
    static const struct step steps[] = {
        { "GET", "/", NULL, 404, "{'error': {'code': 'NOT_FOUND', 'message': 'there is nothing at /'}}" },
        { "GET", "/v1/connections/", NULL, 404, "{'error': {'code': 'NOT_FOUND'}}" },
        { "GET", "/v1/connections/a/b", NULL, 404, "{'error': {'code': 'NOT_FOUND'}}" },
        { "GET", "/v1/../v1/calls", NULL, 404, "{'error': {'code': 'NOT_FOUND'}}" },
        { "PUT", "/v1/calls", NULL, 405, "{'error': {'message': 'PUT is not possible at /v1/calls, only GET'}}" },
        { "POST", "/v1/connections/ann", NULL, 405,
          "{'error': {'message': 'POST is not possible at /v1/connections/ann, only GET, PATCH, DELETE'}}" },
    };
    RUN(steps);
}

static void test_numbers(void **state)
{
    static const struct step steps[] = {
        { "POST", "/v1/numbers", "{'number': '+48221234567', 'user': 'ann'}", 404,
          "{'error': {'message': 'there is no Connection " Q "ann" Q "'}}" },
        { "POST", CONNECTIONS, "{'user': 'ann', 'name': 'Ann'}", 201, "{}" },
        { "POST", "/v1/numbers", "{'number': '+48221234567', 'user': 'ann'}", 201,
          "{'number': '+48221234567', 'user': 'ann'}" },
        { "POST", "/v1/numbers", "{'number': '+48221234567', 'user': 'ann'}", 409, "{'error': {'code': 'EXISTS'}}" },
        { "POST", "/v1/numbers", "{'number': '0048', 'user': 'ann'}", 422, "{'error': {'code': 'INVALID'}}" },
        { "POST", "/v1/numbers", "{'number': '+48221234567'}", 422, REFUSED(Q "user" Q " is missing") },
        { "GET", "/v1/numbers", NULL, 200, "{'numbers': [{'number': '+48221234567', 'user': 'ann'}]}" },
        { "GET", CONNECTIONS "/ann", NULL, 200, "{'numbers': ['+48221234567']}" },
        { "DELETE", "/v1/numbers/+48221234567", NULL, 200, "{'removed': '+48221234567'}" },
        { "DELETE", "/v1/numbers/%2B48221234567", NULL, 404, "{'error': {'code': 'NOT_FOUND'}}" },
        { "GET", "/v1/numbers", NULL, 200, "{'numbers': []}" },
    };
    RUN(steps);
}

static void test_flows(void **state)
{
    static const struct step steps[] = {
        { "GET", "/v1/flows", NULL, 200, "{'flows': []}" },
        { "POST", "/v1/flows", "", 422, REFUSED("the body is empty") },
        { "POST", "/v1/flows", "bad", 422,
          "{'error': {'code': 'BAD_IMAGE', 'message': 'byte 0: this is no image', 'help': '*'}}" },
        { "POST", "/v1/flows?name=menu", "one", 200, "{'name': 'menu', 'version': 1, 'size': 3, 'deployed_at': '*'}" },
        { "POST", "/v1/flows?name=menu", "one", 200, "{'name': 'menu', 'version': 1}" },
        { "POST", "/v1/flows?name=menu", "two", 200, "{'name': 'menu', 'version': 2}" },
        { "POST", "/v1/flows", "three", 200, "{'name': 'own', 'version': 1}" },
        { "POST", "/v1/flows?name=a%20b", "x", 200, "{'name': 'a b'}" },
        { "POST", "/v1/flows?sizes=4,3", "fourtwo", 200,
          "{'flows': [{'name': 'own', 'version': 2, 'size': 4}, {'name': '*', 'size': 3}]}" },
        { "POST", "/v1/flows?sizes=3,3", "onebad", 422, "{'error': {'message': 'byte 0: this is no image'}}" },
        { "POST", "/v1/flows?sizes=3,3", "fourtwo", 422, "{'error': {'message': '*', 'help': '*'}}" },
        { "POST", "/v1/flows?sizes=7,", "fourtwo", 422, "{'error': {'code': 'INVALID'}}" },
        { "POST", "/v1/flows?sizes=4,-3", "fourtwo", 422, "{'error': {'code': 'INVALID'}}" },
        { "POST", "/v1/flows?sizes=0,7", "fourtwo", 422, "{'error': {'code': 'INVALID'}}" },
        { "POST", "/v1/flows?sizes=", "fourtwo", 422, "{'error': {'code': 'INVALID'}}" },
        { "POST", "/v1/flows?sizes=4,99999999999999999999", "fourtwo", 422, "{'error': {'code': 'INVALID'}}" },
        { "POST", "/v1/flows?sizes=4,3&name=x", "fourtwo", 422,
          "{'error': {'help': 'each keeps the name of its flow'}}" },
        { "POST", CONNECTIONS, "{'user': 'ann', 'name': 'Ann'}", 201, "{}" },
        { "PUT", CONNECTIONS "/ann/flow", "{'flow': 'none'}", 404,
          "{'error': {'message': 'there is no flow " Q "none" Q "; deploy it first'}}" },
        { "PUT", CONNECTIONS "/eve/flow", "{'flow': 'menu'}", 404,
          "{'error': {'message': 'there is no Connection " Q "eve" Q "'}}" },
        { "PUT", CONNECTIONS "/ann/flow", "{'flow': ''}", 422, "{'error': {'help': 'DELETE detaches'}}" },
        { "PUT", CONNECTIONS "/ann/flow", "{}", 422, REFUSED(Q "flow" Q " is missing") },
        { "PUT", CONNECTIONS "/ann/flow", "{'flow': 'menu'}", 200, "{'user': 'ann', 'flow': 'menu'}" },
        { "GET", "/v1/flows", NULL, 200,
          "{'flows': [{'name': 'a b', 'attached_to': []}, {'name': 'menu', 'attached_to': ['ann']},"
          " {'name': 'other', 'attached_to': []}, {'name': 'own', 'attached_to': []}]}" },
        { "DELETE", "/v1/flows/menu", NULL, 404,
          "{'error': {'message': 'the flow " Q "menu" Q " handles the calls of a Connection'}}" },
        { "DELETE", CONNECTIONS "/ann/flow", NULL, 200, "{'user': 'ann', 'flow': null}" },
        { "DELETE", "/v1/flows/menu", NULL, 200, "{'removed': 'menu'}" },
        { "DELETE", "/v1/flows/menu", NULL, 404, "{'error': {'message': 'there is no flow " Q "menu" Q "'}}" },
        { "DELETE", "/v1/flows/needed", NULL, 409,
          "{'error': {'code': 'EXISTS', 'message': 'the flow " Q "menu" Q " continues with " Q "needed" Q "'}}" },
        { "POST", "/v1/flows?name=menu", "two", 200, "{'name': 'menu', 'version': 1}" },
        { "DELETE", CONNECTIONS "/eve/flow", NULL, 404, "{'error': {'code': 'NOT_FOUND'}}" },
    };
    RUN(steps);
}

static void test_what_is_going_on(void **state)
{
    static const struct step steps[] = {
        { "GET", "/v1/calls", NULL, 200,
          "{'calls': [{'id': 'c1', 'from': 'ann', 'to': 'welcome', 'flow': 'welcome', 'version': 3,"
          " 'action': 'gather', 'state': 'talking', 'answered_at': '2026-01-01T00:00:00.123Z'},"
          " {'id': 'c2', 'from': 'b\\ufffd\\u0022<', 'flow': null, 'action': null, 'answered_at': null}]}" },
        { "GET", "/v1/queues", NULL, 200,
          "{'queues': [{'name': 'desk', 'waiting': 1, 'talking': 1, 'longest_ms': 20000, 'calls': ['00c1'], 'agents': "
          "[{'user': 'bob', 'state': 'talking', 'idle_ms': 70000}, {'user': 'dave', 'state': 'free', 'idle_ms': "
          "null}]}]}" },
        { "GET", "/v1/registrations", NULL, 200, "{'registrations': [{'user': 'ann', 'agent': 'Phone/1'}]}" },
        { "GET", "/v1/status", NULL, 200,
          "{'version': '*', 'realm': 'example.org', 'address': '127.0.0.1', 'sip_port': 5060, 'connections': 0,"
          " 'calls': 2, 'legs': 3, 'rtp_ports': 4, 'calls_total': 5000000000, 'calls_failed': 0, 'faults': 0}" },
    };
    RUN(steps);
}

static void on_added(enum err e, const char *why, void *loop)
{
    (void)why;
    assert_int_equal(e, ERR_OK);
    loop_stop(loop);
}

static void add_message(struct fixture *f, const char *id, const char *path)
{
    struct message m = { .id = id, .box = "ann", .from = "bob", .from_name = "B", .path = path };
    m.left_wall_ms = 1767225600000;
    m.length_ms = 1500;
    directory_add_message(f->server.directory, &m, (struct directory_done){ on_added, f->loop });
    loop_run(f->loop);
}

static void test_voicemail(void **state)
{
    static const struct step steps[] = {
        { "GET", "/v1/voicemail", NULL, 200,
          "{'messages': [{'id': 'm1', 'box': 'ann', 'from': 'bob', 'from_name': 'B',"
          " 'left_at': '2026-01-01T00:00:00.000Z', 'length_ms': 1500, 'heard': false}]}" },
        { "GET", "/v1/voicemail?box=bob", NULL, 200, "{'messages': []}" },
        { "GET", "/v1/voicemail?box=ann", NULL, 200, "{'messages': [{'id': 'm1'}]}" },
        { "PATCH", "/v1/voicemail/m1", "{'heard': true}", 200, "{'id': 'm1', 'heard': true}" },
        { "PATCH", "/v1/voicemail/m1", "{'heard': 1}", 422, "{'error': {'code': 'INVALID'}}" },
        { "PATCH", "/v1/voicemail/m9", "{'heard': true}", 404, "{'error': {'code': 'NOT_FOUND'}}" },
        { "GET", "/v1/voicemail/m1/audio", NULL, 404, "{'error': {'message': 'the audio file is gone'}}" },
        { "GET", "/v1/voicemail/m9/audio", NULL, 404, "{'error': {'code': 'NOT_FOUND'}}" },
        { "DELETE", "/v1/voicemail/m1", NULL, 200, "{'deleted': 'm1'}" },
        { "DELETE", "/v1/voicemail/m1", NULL, 404, "{'error': {'code': 'NOT_FOUND'}}" },
    };
    add_message(*state, "m1", "/nonexistent/m1.wav");
    RUN(steps);
}

static void test_boxes(void **state)
{
    static const struct step steps[] = {
        { "GET", "/v1/boxes", NULL, 200, "{'boxes': []}" },
        { "GET", "/v1/boxes/sales", NULL, 404, "{'error': {'code': 'NOT_FOUND'}}" },
        { "PATCH", "/v1/boxes/sales", "{'mail': 'a@example.com', 'most_messages': 2}", 200,
          "{'box': 'sales', 'shared': true, 'mail': 'a@example.com', 'most_messages': 2, 'has_pin': false}" },
        { "PATCH", "/v1/boxes/sales", "{'pin': '2580'}", 200, "{'has_pin': true, 'mail': 'a@example.com'}" },
        { "PATCH", "/v1/boxes/sales", "{'pin': '1111'}", 422, "{'error': {'message': 'weak'}}" },
        { "PATCH", "/v1/boxes/sales", "{'mail': 'nobody'}", 422, "{'error': {'code': 'INVALID'}}" },
        { "PATCH", "/v1/boxes/sales", "{'mial': 'x'}", 422, "{'error': {'code': 'INVALID', 'message': '*'}}" },
        { "PUT", "/v1/boxes/sales/greeting", "", 422, "{'error': {'message': 'the body is empty'}}" },
        { "PUT", "/v1/boxes/sales/greeting?kind=busy", "RIFF", 200, "{'box': 'sales'}" },
        { "DELETE", "/v1/boxes/sales/greeting", NULL, 200, "{'greeting': false}" },
        { "GET", "/v1/boxes", NULL, 200, "{'boxes': [{'box': 'sales', 'new': 0, 'saved': 0, 'full': false}]}" },
        { "DELETE", "/v1/boxes/sales", NULL, 200, "{'removed': 'sales'}" },
        { "DELETE", "/v1/boxes/sales", NULL, 404, "{'error': {'code': 'NOT_FOUND'}}" },
        { "GET", "/v1/outbox", NULL, 200, "{'outbox': []}" },
    };
    RUN(steps);
}

static void test_audio(void **state)
{
    struct fixture *f = *state;
    struct talk t = { 0 };
    char path[128];
    snprintf(path, sizeof path, "%s/m1.wav", f->parent);
    assert_int_equal(file_write(path, "RIFF\0audio", 10), ERR_OK);
    add_message(f, "m1", path);
    talk_request(&t, "GET", "/v1/voicemail/m1/audio", STR(""));
    talk_finish(&t, f);
    assert_int_equal(t.status, 200);
    assert_non_null(strstr(t.answer.p, "Content-Type: audio/wav\r\n"));
    assert_int_equal(talk_body(&t).len, 10);
    assert_memory_equal(talk_body(&t).p, "RIFF\0audio", 10);
    talk_free(&t);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_connections), ROW(test_bodies),           ROW(test_no_route),  ROW(test_numbers), ROW(test_flows),
        ROW(test_audio),       ROW(test_what_is_going_on), ROW(test_voicemail), ROW(test_boxes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
