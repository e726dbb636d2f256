/* What flowc knows of Lua: files are looked into as they are compiled, and what an author allows them in tests. */
#include <stdio.h>

#include "compiler/flowc.h"
#include "stdlib/lua/lua_run.h"

static bool look(struct str text, const struct str *functions, unsigned n, struct compile_lua_mistake *out)
{
    struct lua_mistake m;
    bool ok = lua_look(text, functions, n, &m);
    *out = (struct compile_lua_mistake){ .line = m.line, .function = m.function };
    snprintf(out->text, sizeof out->text, "%s", m.text);
    return ok;
}

void flowc_use_lua(void) { compile_use_lua(look); }

error_t flowc_allow_lua(struct argp_state *state, const char *what)
{
    char why[LUA_ALLOW_WHY];
    if (!lua_allow(what, why))
        argp_error(state, "--lua-allow: %s", why);
    return 0;
}
