/* Bytes of a call parked in the reception menu, machine, frames and heap, against a Lua 5.4 coroutine parked there:
 * what each counts itself, and what malloc() gave for it. Usage: vm_parked ROOT */
#include <malloc.h>

#include "tests/bench/bench_host.h"
#include "tests/bench/lua_peer.h"

enum { CALLS = 1000 };

struct bytes {
    double counted, given; /* a call */
};

static struct bytes parked_vm(struct image *im)
{
    static struct vm *vms[CALLS];
    struct bytes sum = { 0 };
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < CALLS; i++) {
        vms[i] = bench_vm(im);
        if (vm_run(vms[i]) != VM_PARKED || !str_is(vm_import(vms[i])->name, "menu"))
            bench_die("reception", "it does not come to its menu");
        sum.counted += (double)vm_memory(vms[i]) / CALLS;
    }
    sum.given = (double)(mallinfo2().uordblks - before) / CALLS;
    for (int i = 0; i < CALLS; i++)
        vm_free(&vms[i]);
    return sum;
}

static double lua_bytes(lua_State *l)
{
    lua_gc(l, LUA_GCCOLLECT);
    return lua_gc(l, LUA_GCCOUNT) * 1024.0 + lua_gc(l, LUA_GCCOUNTB);
}

/* The calls are kept on the stack of one coroutine, whose slots are there before the first count. */
static struct bytes parked_lua(lua_State *l)
{
    struct bytes sum;
    if (!lua_checkstack(l, CALLS + 10))
        bench_die("lua", "no memory");
    double counted = lua_bytes(l);
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < CALLS; i++) {
        int n;
        lua_State *co = lua_newthread(l);
        lua_getglobal(co, "reception");
        if (lua_resume(co, l, 0, &n) != LUA_YIELD)
            bench_die("reception", lua_tostring(co, -1));
    }
    sum.counted = (lua_bytes(l) - counted) / CALLS;
    sum.given = (double)(mallinfo2().uordblks - before) / CALLS;
    lua_settop(l, 0);
    return sum;
}

int main(int argc, char **argv)
{
    char path[4096];
    if (argc != 2)
        bench_die("usage", "vm_parked ROOT");
    snprintf(path, sizeof path, "%s/flows/reception.flow", argv[1]);
    struct image *im = bench_flow(path, NULL);
    lua_State *l = peer_new();
    peer_load(l, argv[1], "company");
    peer_load(l, argv[1], "reception");
    struct bytes own = parked_vm(im), theirs = parked_lua(l);
    bench_row("parked call", "B", own.counted, "Lua 5.4", theirs.counted);
    bench_row("parked call, malloc", "B", own.given, "Lua 5.4", theirs.given);
    lua_close(l);
    image_unref(&im);
    return 0;
}
