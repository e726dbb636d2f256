/* In place of the others where there is no LuaJIT: an image that calls Lua is refused before it runs
 * (flow_bind_check()), so that no call comes here. */
#include <stdio.h>

#include "stdlib/lua/lua_run.h"

bool lua_available(void) { return false; }

bool lua_run(void *self, struct vm_lua *c)
{
    (void)self;
    snprintf(c->why, VM_LUA_WHY, "this was built without LuaJIT");
    return false;
}

bool lua_look(struct str text, const struct str *functions, unsigned n, struct lua_mistake *out)
{
    (void)text, (void)functions, (void)n;
    *out = (struct lua_mistake){ .function = -1 };
    return true;
}
