/* /v1/tls: the certificate. */
#include "sipfront/console/api_handlers.h"

static void on_reloaded(enum err e, const char *why, void *arg)
{
    if (!api_failed(arg, e, why))
        api_answer(arg, 200, json_pack("{s: b}", "reloaded", 1));
}

void api_tls_reload(struct api_call *c) { server_tls_reload(c->api->server, api_done(on_reloaded, c)); }
