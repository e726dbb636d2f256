/* call_port: asking a web service. Every address that is asked, the first and each redirect's, needs the flow's permit;
 * all of it together has the flow's time.
 *
 *   fetch ---> web_ask ---> 3xx with Location ---> permit_request ---> web_ask ---> answer ---> the flow */
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/call_op.h"
#include "sipfront/call/fetch_parts.h"
#include "sipfront/call/fetching.h"
#include "sipfront/call/server_parts.h"
#include "stdlib/permit.h"
#include "vm/base/log.h"

enum { REDIRECTS_MAX = 5 };

struct fetching {
    struct call_op op;
    fetch_done_cb *done;
    void *owner;
    struct image *image; /* its permits */
    int line;            /* the one that counts the request, -1: none */
    struct fetch_parts parts;
    struct web_job *job; /* NULL: none is under way */
    int64_t began_ms, until_ms;
    unsigned redirects;
    struct fetch_end end;
    struct sbuf doc, why;
};

static void stop(struct call_op *op)
{
    struct fetching *f = (struct fetching *)op;
    call_op_cancel_later(op);
    op->call->fetching = NULL;
    web_stop(&f->job);
    fetch_parts_free(&f->parts);
    image_unref(&f->image);
    sbuf_free(&f->doc);
    sbuf_free(&f->why);
    free(f);
}

static void finish(struct call_op *op)
{
    struct fetching *f = (struct fetching *)op;
    fetch_done_cb *done = f->done;
    void *owner = f->owner;
    struct sbuf doc = f->doc, why = f->why;
    struct fetch_end end = f->end;
    f->doc = f->why = (struct sbuf){ 0 };
    end.doc = sbuf_view(&doc);
    end.reason = sbuf_view(&why);
    stop(op);
    done(&end, owner);
    sbuf_free(&doc);
    sbuf_free(&why);
}

/* A line for the operator. Of the address what stands before the '?': behind it may be what concerns one caller only.
 */
static void note(const struct fetching *f, const char *what)
{
    const char *url = f->parts.url ? f->parts.url : "";
    log_info("fetch", "call=%s %s %.*s: %s, %lld ms", f->op.call->facts.id, f->parts.method ? f->parts.method : "?",
             (int)strcspn(url, "?#"), url, what, (long long)(clock_mono(f->op.call->port.clock) - f->began_ms));
}

static void end(struct fetching *f, enum fetch_outcome how)
{
    f->end.how = how;
    call_op_later(&f->op);
}

/* f->why says what. */
static void fail(struct fetching *f)
{
    note(f, f->why.p);
    end(f, FETCH_FAILED);
}

static void ask(struct fetching *f);

/* From now on the line that covers the redirect counts the request. */
static bool may_follow(struct fetching *f, struct str location)
{
    struct permit_ask permit = { .im = f->image, .port = &f->op.call->port };
    f->line = -1;
    switch (permit_request(&permit, location, &f->line)) {
    case PERMIT_GIVEN: return true;
    case PERMIT_REFUSED: sbuf_cstr(&f->why, "not permitted: a redirect"); return false;
    case PERMIT_USED_UP: sbuf_cstr(&f->why, "limited: a redirect"); return false;
    }
    return false;
}

static void follow(struct fetching *f, const struct web_answer *a)
{
    note(f, "redirected");
    if (++f->redirects > REDIRECTS_MAX)
        sbuf_cstr(&f->why, "redirected too often");
    else if (may_follow(f, str_of(a->location)) &&
             fetch_parts_redirect(&f->parts, a->status, a->location, &f->why) == ERR_OK) {
        ask(f);
        return;
    }
    fail(f);
}

static bool is_redirect(const struct web_answer *a)
{
    int s = a->status;
    return a->location && (s == 301 || s == 302 || s == 303 || s == 307 || s == 308);
}

static void take(struct fetching *f, const struct web_answer *a)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "%d", a->status);
    note(f, text.p);
    sbuf_free(&text);
    f->end.code = a->status;
    sbuf_str(&f->doc, sbuf_view(&a->body));
    end(f, a->status / 100 == 2 ? FETCH_OK : FETCH_STATUS);
}

static void on_answer(const struct web_answer *a, void *owner)
{
    struct fetching *f = owner;
    f->job = NULL;
    switch (a->how) {
    case WEB_ANSWERED:
        if (is_redirect(a))
            follow(f, a);
        else
            take(f, a);
        return;
    case WEB_TIMEOUT:
        note(f, "no answer in time");
        end(f, FETCH_TIMEOUT);
        return;
    case WEB_FAILED:
        sbuf_cstr(&f->why, a->why);
        fail(f);
        return;
    }
}

static void ask(struct fetching *f)
{
    int64_t left = f->until_ms - clock_mono(f->op.call->port.clock);
    struct web_request rq = {
        .method = f->parts.method,
        .url = f->parts.url,
        .headers = (const char *const *)f->parts.headers.items,
        .nheaders = (unsigned)f->parts.headers.len,
        .body = f->parts.has_body ? sbuf_view(&f->parts.body) : (struct str){ 0 },
        .timeout_ms = left > 1 ? left : 1,
        .read = fetch_read,
        .done = on_answer,
        .owner = f,
    };
    f->job = web_ask(f->op.call->server->web, &rq);
}

unsigned fetching_under(const struct fetching *f, int line) { return f && f->line == line; }

struct call_op *call_fetch_start(void *self, const struct fetch_request *rq, fetch_done_cb *done, void *owner)
{
    struct call *c = self;
    struct fetching *f = calloc(1, sizeof *f);
    if (!f)
        abort();
    f->op = (struct call_op){ .call = c, .stop = stop, .finish = finish };
    f->done = done;
    f->owner = owner;
    f->image = image_ref((struct image *)rq->permit);
    f->line = rq->line;
    c->fetching = f;
    f->began_ms = clock_mono(c->port.clock);
    f->until_ms = f->began_ms + rq->timeout_ms;
    if (fetch_parts_make(&f->parts, rq, &f->why) == ERR_OK)
        ask(f);
    else
        fail(f);
    return &f->op;
}
