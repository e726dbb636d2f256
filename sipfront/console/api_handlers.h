/* The handlers of api_routes.def, one file a noun. Private to sipfront/console. */
#ifndef SIPFRONT_CONSOLE_API_HANDLERS_H
#define SIPFRONT_CONSOLE_API_HANDLERS_H

#include "sipfront/console/api.h"

#define ROUTE(method, path, handler) void api_##handler(struct api_call *c);
#include "sipfront/console/api_routes.def"
#undef ROUTE

/* What the Connection may dial outside, and has used today: adds its keys to o (api_dialing.c). */
void api_add_dialing(const struct api_call *c, const char *user, json_t *o);

#endif
