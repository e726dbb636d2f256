#include "stdlib/actions.h"
#include "stdlib/permit.h"

enum { TIMEOUT_MS = 3000, TIMEOUT_MAX_MS = 30 * 1000 };

struct fetch {
    struct running base;
    struct call_op *op;
};

static struct vm_value value_json(struct str text) { return (struct vm_value){ .type = TYPE_JSON, .text = text }; }

static void finish_failed(struct fetch *f, struct str reason)
{
    struct vm_value why = value_text(reason);
    action_complete(&f->base, OUT_fetch_failed, &why);
}

static void on_fetched(const struct fetch_end *end, void *owner)
{
    struct fetch *f = owner;
    struct vm_value ok = value_json(end->doc);
    struct vm_value status[] = { value_num(TYPE_INT, end->code), ok };
    f->op = NULL;
    switch (end->how) {
    case FETCH_OK: action_complete(&f->base, OUT_fetch_ok, &ok); return;
    case FETCH_STATUS: action_complete(&f->base, OUT_fetch_status, status); return;
    case FETCH_TIMEOUT: action_complete(&f->base, OUT_fetch_timeout, NULL); return;
    case FETCH_FAILED: finish_failed(f, end->reason); return;
    }
}

static enum fetch_body body_of(const struct running *r)
{
    if (arg_given(r, ARG_NO_fetch_json))
        return FETCH_JSON;
    return arg_given(r, ARG_NO_fetch_form) ? FETCH_FORM : FETCH_NO_BODY;
}

static void ask(struct fetch *f, struct str url, int line)
{
    const struct running *r = &f->base;
    const struct call_port *port = action_port(r);
    struct sbuf content = { 0 }, headers = { 0 };
    enum fetch_body body = body_of(r);
    if (body)
        arg_json(r, body == FETCH_JSON ? ARG_NO_fetch_json : ARG_NO_fetch_form, &content);
    arg_json(r, ARG_NO_fetch_headers, &headers);
    struct fetch_request rq = {
        .url = url,
        .method = arg_text(r, ARG_NO_fetch_method, body ? "POST" : "GET"),
        .body = body,
        .content = sbuf_view(&content),
        .headers = sbuf_view(&headers),
        .permit = action_image(r),
        .line = line,
        .timeout_ms = arg_num_in(r, ARG_NO_fetch_timeout, TIMEOUT_MS, 1, TIMEOUT_MAX_MS),
    };
    f->op = port->fetch(port->self, &rq, on_fetched, f);
    sbuf_free(&content); /* the port has copied them */
    sbuf_free(&headers);
}

static void start(struct running *r)
{
    struct fetch *f = (struct fetch *)r;
    struct str url = arg_text(r, ARG_NO_fetch_url, "");
    struct permit_ask permit = { .im = action_image(r), .port = action_port(r) };
    int line;
    switch (permit_request(&permit, url, &line)) {
    case PERMIT_GIVEN: ask(f, url, line); return;
    case PERMIT_REFUSED: finish_failed(f, STR("not permitted")); return;
    case PERMIT_USED_UP: finish_failed(f, STR("limited")); return;
    }
}

static void stop(struct running *r) { action_stop_op(r, &((struct fetch *)r)->op); }
static bool offered(const struct call_port *port) { return port->fetch != NULL; }

const struct action_ops fetch_ops = { .size = sizeof(struct fetch), .offered = offered, .start = start, .stop = stop };
