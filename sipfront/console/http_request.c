#include "sipfront/console/http_request.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *copy(const char *s)
{
    struct sbuf b = { 0 };
    sbuf_cstr(&b, s ? s : "");
    return b.p;
}

/* MHD leaves %xx alone, for paths are decoded piece by piece; what is in the query is decoded here. */
static enum MHD_Result add_argument(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct request *r = arg;
    struct argument a = { copy(name), copy(value) };
    (void)kind;
    MHD_http_unescape(a.name);
    MHD_http_unescape(a.value);
    vec_push(&r->arguments, a);
    return MHD_YES;
}

struct request *request_new(struct MHD_Connection *connection, const char *method, const char *path)
{
    struct request *r = calloc(1, sizeof *r);
    if (!r)
        abort(); /* out of memory, as in vm/base/vec.h */
    r->connection = connection;
    r->method = copy(method);
    r->path = copy(path);
    atomic_init(&r->holders, 1);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_argument, r);
    return r;
}

void request_drop(struct request *r)
{
    if (atomic_fetch_sub(&r->holders, 1) > 1)
        return;
    for (size_t i = 0; i < r->arguments.len; i++) {
        free(r->arguments.items[i].name);
        free(r->arguments.items[i].value);
    }
    vec_free(&r->arguments);
    sbuf_free(&r->body);
    free(r->method);
    free(r->path);
    json_decref(r->answer.json);
    free((char *)r->answer.file);
    free(r->answer.text);
    free((char *)r->answer.allow);
    free(r);
}

const char *request_method(const struct request *r) { return r->method; }

const char *request_path(const struct request *r) { return r->path; }

const char *request_query(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->arguments.len; i++)
        if (strcmp(r->arguments.items[i].name, name) == 0)
            return r->arguments.items[i].value;
    return NULL;
}

struct str request_body(const struct request *r) { return sbuf_view(&r->body); }

static struct MHD_Response *file_response(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct MHD_Response *out = NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        out = MHD_create_response_from_fd64((uint64_t)st.st_size, fd);
    if (!out)
        close(fd);
    return out;
}

static struct MHD_Response *json_response(const json_t *json)
{
    char *text = json_dumps(json, JSON_INDENT(2));
    struct MHD_Response *out = NULL;
    if (text)
        out = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    if (!out)
        abort(); /* out of memory, as in vm/base/vec.h */
    return out;
}

static struct MHD_Response *text_response(const char *text)
{
    struct MHD_Response *out =
        MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    if (!out)
        abort(); /* as above */
    return out;
}

static struct MHD_Response *lost_response(void)
{
    json_t *json = http_error("NOT_FOUND", "the audio file is gone", "delete the message, or put its file back");
    struct MHD_Response *out = json_response(json);
    json_decref(json);
    return out;
}

json_t *http_error(const char *code, const char *message, const char *help)
{
    json_t *error = json_object(), *body = json_object();
    json_object_set_new(error, "code", json_string(code));
    json_object_set_new(error, "message", json_string(message));
    json_object_set_new(error, "help", json_string(help));
    json_object_set_new(body, "error", error);
    return body;
}

static const char *type_of(const struct answer *a, bool is_file)
{
    if (is_file)
        return "audio/wav";
    return a->text ? "text/plain; version=0.0.4; charset=utf-8" : "application/json"; /* the version is Prometheus's */
}

/* What is there to send; NULL: the file is gone. */
static struct MHD_Response *response_of(const struct answer *a)
{
    if (a->file)
        return file_response(a->file);
    return a->text ? text_response(a->text) : json_response(a->json);
}

enum MHD_Result request_send(struct request *r)
{
    const struct answer *a = &r->answer;
    struct MHD_Response *response = response_of(a);
    bool is_file = a->file && response;
    unsigned status = a->status;
    if (!response) {
        response = lost_response();
        status = 404;
    }
    MHD_add_response_header(response, "Content-Type", type_of(a, is_file));
    MHD_add_response_header(response, "Cache-Control", "no-store");
    if (a->allow)
        MHD_add_response_header(response, "Allow", a->allow);
    enum MHD_Result sent = MHD_queue_response(r->connection, status, response);
    MHD_destroy_response(response);
    return sent;
}
