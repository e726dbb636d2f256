/* The parts of a request that a flow's `fetch` is written into, and what a flow reads of the answer. Private to
 * sipfront/call. Pure but for what is told. */
#ifndef SIPFRONT_CALL_FETCH_PARTS_H
#define SIPFRONT_CALL_FETCH_PARTS_H

#include "sipfront/web/web.h"
#include "stdlib/call_port.h"
#include "vm/base/vec.h"

/* What the flow wants to be asked, ready to be sent; owns its texts. Zero it to begin. */
struct fetch_parts {
    char *url, *method;
    VEC(char *) headers;
    struct sbuf body;
    bool has_body;
};
/* ERR_INVALID: *why says what is wrong with the address, the method, a header or the form, for the flow's author. */
enum err fetch_parts_make(struct fetch_parts *p, const struct fetch_request *rq, struct sbuf *why) MUST_USE;
void fetch_parts_free(struct fetch_parts *p);

/* Turns them into what a redirect with that status asks for at location (RFC 9110 §15.4): after 303, and after 301 and
 * 302 of a POST, a GET without a body. What the flow has sent along stays with the host that it was sent to:
 * ERR_DENIED, with *why, where a body would have to go to another one, or from https to http; the headers of the flow
 * are left off then. */
enum err fetch_parts_redirect(struct fetch_parts *p, int status, const char *location, struct sbuf *why) MUST_USE;

/* A web_read_fn: the body becomes JSON text in UTF-8, "null" where it is none. WEB_FAILED when a 2xx answer says that
 * it is JSON and is not, or is more than a call can hold. */
void fetch_read(struct web_answer *a, void *owner);

#endif
