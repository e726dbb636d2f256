/* The handlers of api_routes.def, one file a noun. Private to sipfront/console. */
#ifndef SIPFRONT_CONSOLE_API_HANDLERS_H
#define SIPFRONT_CONSOLE_API_HANDLERS_H

#include "sipfront/console/api.h"

#define ROUTE(method, path, handler) void api_##handler(struct api_call *c);
#include "sipfront/console/api_routes.def"
#undef ROUTE

#endif
