/* The API's routes and what their handlers share. A handler gets a call, reads its body, and ends it with exactly one
 * api_answer(), api_fail() or api_send_file(), at once or in the callback of a change. Loop thread. Private to
 * sipfront/console. */
#ifndef SIPFRONT_CONSOLE_API_H
#define SIPFRONT_CONSOLE_API_H

#include <jansson.h>

#include "sipfront/call/server.h"
#include "sipfront/console/http.h"

struct api {
    struct server *server;
    struct directory *directory;
    int64_t started_mono_ms;
    const struct clock *clock;
};

struct api_call {
    struct request *request;
    const struct api *api; /* not to be touched once the request is dead */
    char *name;            /* what {} of the path stands for, decoded; or what a handler notes here */
    json_t *body;          /* after api_read() */
};

/* Finds the route and calls its handler. arg: the struct api. */
void api_handle(struct request *r, void *arg);
void api_handle_metrics(struct request *r, void *arg); /* GET /metrics is all that there is */

/* ---- reading ---- */
enum field_type { FIELD_TEXT, FIELD_FLAG, FIELD_MS, FIELD_COUNT };
struct field {
    const char *name;
    enum field_type type;
    bool is_needed;
};
/* The body must be an object of these fields and no others. Otherwise the call is answered, and false. fields ends with
 * a row without a name. */
bool api_read(struct api_call *c, const struct field *fields) MUST_USE;
const char *api_text(const struct api_call *c, const char *field); /* NULL when absent; until the call ends */
int api_flag(const struct api_call *c, const char *field);         /* -1 when absent */
int64_t api_count(const struct api_call *c, const char *field);    /* -1 when absent */
int64_t api_ms(const struct api_call *c, const char *field);       /* -1 when absent */
void api_note(struct api_call *c, const char *name);               /* c->name = a copy */

/* ---- ending ---- */
/* Takes body. */
void api_answer(struct api_call *c, unsigned status, json_t *body);
/* The status follows from e; help NULL: the one for that e. */
void api_fail(struct api_call *c, enum err e, const char *message, const char *help);
void api_refuse_method(struct api_call *c, const char *message, const char *allowed);
void api_send_file(struct api_call *c, const char *path);
void api_send_text(struct api_call *c, struct sbuf *text); /* takes what is in it */
/* First thing in the callback of a change: true when it failed or nobody waits any more; the call is ended then. */
bool api_failed(struct api_call *c, enum err e, const char *why) MUST_USE;
/* As of a change, with c as its arg. */
static inline struct directory_done api_done(directory_done_cb *done, struct api_call *c)
{
    return (struct directory_done){ done, c };
}

/* ---- JSON of what comes from outside ---- */
json_t *api_json_text(const char *s);   /* what is no UTF-8 is replaced by U+FFFD; NULL and "" give "" */
json_t *api_json_name(const char *s);   /* the same, but null for "" */
json_t *api_json_time(int64_t wall_ms); /* "2026-01-31T12:00:00.000Z"; null for 0 */
/* {list: array}. Takes the array. */
json_t *api_json_list(const char *list, json_t *array);

#endif
