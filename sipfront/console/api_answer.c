/* The ends of a call: an answer, an error, a file. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/console/api.h"
#include "vm/base/log.h"

static const struct {
    unsigned status;
    const char *help;
} of_err[] = {
    [ERR_OK] = { 200, "" },
    [ERR_NOMEM] = { 500, "the server is out of memory" },
    [ERR_IO] = { 500, "look at the server's log, its disk and its folder's owner" },
    [ERR_NOT_FOUND] = { 404, "look at the spelling; the list of the same kind shows what there is" },
    [ERR_EXISTS] = { 409, "choose another one, or change the one that is there" },
    [ERR_INVALID] = { 422, "correct the value and send it again; docs/api.md says what is possible" },
    [ERR_TOO_BIG] = { 413, "send less" },
    [ERR_BAD_IMAGE] = { 422, "build it again: flowc build FILE.flow" },
    [ERR_BAD_VERSION] = { 422, "build it with the flowc that came with this server" },
    [ERR_BAD_CODE] = { 422, "build it again: flowc build FILE.flow" },
    [ERR_UNSUPPORTED] = { 501, "this server was built without it" },
    [ERR_BUSY] = { 503, "ask again in a moment" },
    [ERR_LIMIT] = { 503, "ask again when less is going on" },
    [ERR_DENIED] = { 403, "" },
    [ERR_DB] = { 500, "nothing was changed; look at the server's log and at the disk's free space" },
    [ERR_NET] = { 502, "look at the server's log" },
    [ERR_TIMEOUT] = { 504, "ask again in a moment" },
    [ERR_SYNTAX] = { 400, "send one JSON object; docs/api.md shows it" },
};

static void end(struct api_call *c)
{
    json_decref(c->body);
    free(c->name);
    free(c);
}

/* What changes something is written down; what only looks is not. */
static void log_call(const struct api_call *c, unsigned status)
{
    const char *method = request_method(c->request);
    if (strcmp(method, "GET") != 0)
        log_info("console", "%s %s: %u", method, request_path(c->request), status);
}

/* Takes body. */
static void answer(struct api_call *c, struct answer a, json_t *body)
{
    a.json = body;
    log_call(c, a.status);
    request_answer(c->request, &a);
    end(c);
}

void api_answer(struct api_call *c, unsigned status, json_t *body)
{
    answer(c, (struct answer){ .status = status }, body);
}

static json_t *error_of(const char *code, const char *message, const char *help)
{
    json_t *error = json_object();
    json_object_set_new(error, "code", json_string(code));
    json_object_set_new(error, "message", api_json_text(message));
    json_object_set_new(error, "help", api_json_text(help));
    json_t *body = json_object();
    json_object_set_new(body, "error", error);
    return body;
}

void api_fail(struct api_call *c, enum err e, const char *message, const char *help)
{
    bool known = (size_t)e < sizeof of_err / sizeof of_err[0] && of_err[e].status;
    unsigned status = known ? of_err[e].status : 500;
    answer(c, (struct answer){ .status = status },
           error_of(err_name(e), message,
                    help    ? help
                    : known ? of_err[e].help
                            : ""));
}

void api_refuse_method(struct api_call *c, const char *message, const char *allowed)
{
    json_t *body = error_of(err_name(ERR_UNSUPPORTED), message, "docs/api.md lists all that is there");
    answer(c, (struct answer){ .status = 405, .allow = allowed }, body);
}

void api_send_file(struct api_call *c, const char *path)
{
    request_answer(c->request, &(struct answer){ .status = 200, .file = path });
    end(c);
}

void api_send_text(struct api_call *c, struct sbuf *text)
{
    request_answer(c->request, &(struct answer){ .status = 200, .text = text->p });
    *text = (struct sbuf){ 0 };
    end(c);
}

bool api_failed(struct api_call *c, enum err e, const char *why)
{
    if (request_is_dead(c->request)) {
        request_answer(c->request, &(struct answer){ .status = 503 });
        end(c);
        return true;
    }
    if (e)
        api_fail(c, e, why, NULL);
    return e != ERR_OK;
}
