/* What images are trusted with, as the operator says. */
#include "sipfront/flowd_trust.h"

#include <string.h>

#include "stdlib/lua/lua_run.h"

enum { OPT_LUA_ALLOW = 0x200 };

static const struct argp_option options[] = {
    { "lua-allow", OPT_LUA_ALLOW, "io,ffi=IMAGE", 0,
      "Let the files in Lua of the image of that id use files, processes (io) or C (ffi); may be repeated", 0 },
    { 0 },
};

static void allow_lua(struct argp_state *st, const char *what)
{
    char why[LUA_ALLOW_WHY];
    if (!lua_available())
        argp_error(st, "--lua-allow: this flowd was built without LuaJIT");
    if (!strchr(what, '='))
        argp_error(st, "--lua-allow wants 'io,ffi=IMAGE' with the image's id, as 'flowctl deploy' prints it");
    if (!lua_allow(what, why))
        argp_error(st, "--lua-allow: %s", why);
}

static error_t parse(int key, char *arg, struct argp_state *st)
{
    if (key != OPT_LUA_ALLOW)
        return ARGP_ERR_UNKNOWN;
    allow_lua(st, arg);
    return 0;
}

const struct argp flowd_trust_argp = { options, parse, NULL, NULL, NULL, NULL, NULL };
