/* The certificate, read anew on a worker; the loop only swaps it. */
#include <stdlib.h>

#include "sipfront/call/server_parts.h"
#include "sipfront/sip/certificate.h"
#include "vm/base/log.h"

struct reload {
    struct server *server;
    struct certificate *material;
    struct sbuf why;
    enum err e;
    struct directory_done done;
};

static void read_files(void *arg)
{
    struct reload *r = arg;
    r->e = certificate_load(&r->material, r->server->tls_cert, r->server->tls_key, &r->why);
}

static void on_read(void *arg)
{
    struct reload *r = arg;
    struct server *s = r->server;
    s->tls_reloading = false;
    if (r->e)
        log_error("tls", "the certificate stays as it was: %s", r->why.len ? r->why.p : err_text(r->e));
    else
        log_info("tls", "the certificate in %s is used from now on", s->tls_cert);
    if (r->e)
        certificate_free(&r->material);
    else
        agent_use_certificate(s->agent, r->material);
    if (r->done.done)
        r->done.done(r->e, r->why.len ? r->why.p : "", r->done.arg);
    sbuf_free(&r->why);
    free(r);
}

static void on_refused(void *arg)
{
    struct reload *r = arg;
    r->done.done(r->e, r->why.p, r->done.arg);
    sbuf_free(&r->why);
    free(r);
}

/* done never comes from inside. */
static void refuse(struct reload *r, enum err e, const char *why)
{
    r->e = e;
    sbuf_cstr(&r->why, why);
    if (r->done.done) {
        loop_post(r->server->loop, on_refused, r);
        return;
    }
    log_warn("tls", "%s", why);
    sbuf_free(&r->why);
    free(r);
}

void server_tls_reload(struct server *s, struct directory_done done)
{
    struct reload *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    r->server = s;
    r->done = done;
    if (!s->tls_cert)
        refuse(r, ERR_UNSUPPORTED, "the server was started without a certificate (--tls-cert)");
    else if (s->tls_reloading)
        refuse(r, ERR_BUSY, "the certificate is being read already");
    else if (workers_submit(s->workers, read_files, on_read, r) != ERR_OK)
        refuse(r, ERR_BUSY, "too much waits for the server's workers");
    else
        s->tls_reloading = true;
}
