/* A flow's steps, each from one outcome to the next action with all that lies between, against the same flows told in
 * Lua 5.4, a coroutine a call. Both sides get the same answers, and a first round checks that both ask for the same
 * actions with the same texts. BATCH calls go step by step side by side, so that the clock is read once in BATCH steps;
 * making and freeing calls is not counted. Usage: vm_step ROOT [ROUNDS] */
#include <string.h>

#include "tests/bench/bench_host.h"
#include "tests/bench/lua_peer.h"

enum { BATCH = 64, REPEATS = 300, STEPS_MOST = 16, PARKS = 2000000 };

/* What is asked for and what is answered; a payload as Lua sees it is a text, as the machine sees it what its import
 * says. */
struct answer {
    const char *action, *outcome, *text;
    int64_t num; /* of an INT payload */
};

static const struct scene {
    const char *flow, *needs; /* needs: another file in Lua, read first */
    struct answer answers[STEPS_MOST];
} scenes[] = {
    { "reception",
      "company",
      { { "menu", "invalid", NULL, 0 },
        { "say", "done", NULL, 0 },
        { "menu", "timeout", NULL, 0 },
        { "say", "done", NULL, 0 },
        { "menu", "chosen", "3", 2 },
        { "say", "done", NULL, 0 },
        { "menu", "chosen", "1", 0 },
        { "bridge", "no_answer", NULL, 0 },
        { "voicemail", "left", NULL, 0 },
        { "say", "done", NULL, 0 },
        { "hangup", NULL, NULL, 0 } } },
    { "support",
      "company",
      { { "gather", "matched", "0000", 0 },
        { "fetch", "status", "{}", 403 },
        { "say", "done", NULL, 0 },
        { "gather", "matched", "1234", 0 },
        { "fetch", "ok", "{\"name\": \"Eva\", \"engineer\": {\"phone\": \"+48600700800\"}}", 0 },
        { "say", "done", NULL, 0 },
        { "bridge", "busy", NULL, 0 },
        { "say", "done", NULL, 0 },
        { "bridge", "no_answer", NULL, 0 },
        { "voicemail", "left", NULL, 0 },
        { "hangup", NULL, NULL, 0 } } },
    { "hunt",
      NULL,
      { { "say", "done", NULL, 0 },
        { "bridge", "no_answer", NULL, 0 },
        { "say", "done", NULL, 0 },
        { "bridge", "declined", NULL, 0 },
        { "say", "done", NULL, 0 },
        { "bridge", "busy", NULL, 0 },
        { "say", "done", NULL, 0 },
        { "voicemail", "full", NULL, 0 },
        { "notify", NULL, NULL, 0 } } },
};

/* ---- the same answers, made ready for each side ---- */

struct ready {
    unsigned outcome; /* the machine's */
    struct vm_value payload[4];
    int name, text, nargs; /* Lua's: places in the registry, as a host keeps its fixed texts */
};

static size_t scene_steps(const struct scene *s)
{
    size_t n = 0;
    while (s->answers[n].action)
        n++;
    return n;
}

static void ready_vm(struct ready *r, const struct answer *a, const struct image_import *im)
{
    while (r->outcome < im->noutcomes && !str_is(im->outcomes[r->outcome].name, a->outcome))
        r->outcome++;
    if (r->outcome == im->noutcomes)
        bench_die(a->action, "no such outcome");
    const struct image_outcome *o = &im->outcomes[r->outcome];
    for (unsigned i = 0; i < o->npayload; i++)
        r->payload[i] =
            (struct vm_value){ .type = o->payload[i], .num = a->num, .text = str_of(a->text ? a->text : "") };
}

static void ready_lua(struct ready *r, const struct answer *a, lua_State *l)
{
    lua_pushstring(l, a->outcome);
    r->name = luaL_ref(l, LUA_REGISTRYINDEX);
    if (a->text) {
        lua_pushstring(l, a->text);
        r->text = luaL_ref(l, LUA_REGISTRYINDEX);
    }
    r->nargs = a->text ? 2 : 1;
}

/* ---- one step of each side ---- */

static void step_vm(struct vm *vm, const struct ready *r)
{
    vm_refuel(vm);
    if (vm_resume(vm, r->outcome, r->payload))
        bench_die("flow", "no memory");
    vm_run(vm);
}

/* Leaves what the coroutine yields on its stack. */
static int resume_lua(lua_State *co, lua_State *l, int nargs)
{
    int nresults;
    int status = lua_resume(co, l, nargs, &nresults);
    if (status != LUA_YIELD && status != LUA_OK)
        bench_die("lua", lua_tostring(co, -1));
    return nresults;
}

static int step_lua(lua_State *co, lua_State *l, const struct ready *r)
{
    lua_settop(co, 0);
    lua_rawgeti(co, LUA_REGISTRYINDEX, r->name);
    if (r->nargs == 2)
        lua_rawgeti(co, LUA_REGISTRYINDEX, r->text);
    return resume_lua(co, l, r->nargs);
}

/* ---- both do the same ---- */

/* Each text that the machine gives to the action is among what Lua yields. */
static void check_texts(const struct vm *vm, lua_State *co, int nyielded)
{
    const struct image_import *im = vm_import(vm);
    for (unsigned p = 0; p < im->nparams; p++) {
        if (im->params[p].type != TYPE_TEXT)
            continue;
        bool found = false;
        for (int i = 2; i <= nyielded; i++)
            found |= lua_type(co, i) == LUA_TSTRING && str_is(vm_arg_text(vm, p), lua_tostring(co, i));
        if (!found)
            bench_die("a text that Lua does not say", im->params[p].label.p);
    }
}

static void prepare(const struct scene *s, struct ready *ready, struct image *im, lua_State *l)
{
    int ref;
    struct vm *vm = bench_vm(im);
    lua_State *co = peer_coroutine(l, s->flow, &ref);
    vm_run(vm);
    int n = resume_lua(co, l, 0);
    for (size_t i = 0; i < scene_steps(s); i++) {
        const struct answer *a = &s->answers[i];
        if (vm_state(vm) != VM_PARKED || !str_is(vm_import(vm)->name, a->action))
            bench_die(a->action, "the flow does not ask for it");
        if (n == 0 || strcmp(lua_tostring(co, 1), a->action) != 0)
            bench_die(a->action, "Lua does not ask for it");
        check_texts(vm, co, n);
        if (!a->outcome)
            break;
        ready_vm(&ready[i], a, vm_import(vm));
        ready_lua(&ready[i], a, l);
        step_vm(vm, &ready[i]);
        n = step_lua(co, l, &ready[i]);
    }
    vm_free(&vm);
    luaL_unref(l, LUA_REGISTRYINDEX, ref);
}

/* ---- timing: nanoseconds a step, without the first, which begins the call ---- */

static double time_vm(struct image *im, const struct ready *ready, size_t steps)
{
    struct vm *vms[BATCH];
    double took = 0;
    for (int k = 0; k < REPEATS; k++) {
        for (size_t b = 0; b < BATCH; b++) {
            vms[b] = bench_vm(im);
            vm_run(vms[b]);
        }
        double start = bench_seconds();
        for (size_t i = 0; i < steps; i++)
            for (size_t b = 0; b < BATCH; b++)
                step_vm(vms[b], &ready[i]);
        took += bench_seconds() - start;
        for (size_t b = 0; b < BATCH; b++)
            vm_free(&vms[b]);
    }
    return took * 1e9 / (double)(steps * BATCH * REPEATS);
}

/* The collector runs as it likes, yet calls that are over are swept up outside of what is timed. */
static double time_lua(lua_State *l, const char *flow, const struct ready *ready, size_t steps)
{
    lua_State *cos[BATCH];
    int refs[BATCH];
    double took = 0;
    for (int k = 0; k < REPEATS; k++) {
        for (size_t b = 0; b < BATCH; b++) {
            cos[b] = peer_coroutine(l, flow, &refs[b]);
            resume_lua(cos[b], l, 0);
        }
        lua_gc(l, LUA_GCCOLLECT);
        double start = bench_seconds();
        for (size_t i = 0; i < steps; i++)
            for (size_t b = 0; b < BATCH; b++)
                step_lua(cos[b], l, &ready[i]);
        took += bench_seconds() - start;
        for (size_t b = 0; b < BATCH; b++)
            luaL_unref(l, LUA_REGISTRYINDEX, refs[b]);
    }
    return took * 1e9 / (double)(steps * BATCH * REPEATS);
}

static void compare(const struct scene *s, const char *root, int rounds)
{
    char path[4096], name[64];
    struct ready ready[STEPS_MOST] = { 0 };
    lua_State *l = peer_new();
    snprintf(path, sizeof path, "%s/flows/%s.flow", root, s->flow);
    snprintf(name, sizeof name, "step of %s", s->flow);
    struct image *im = bench_flow(path, NULL);
    if (s->needs)
        peer_load(l, root, s->needs);
    peer_load(l, root, s->flow);
    prepare(s, ready, im, l);
    size_t steps = scene_steps(s) - 1; /* the last action is not answered */
    for (int i = 0; i < rounds; i++) {
        double own = time_vm(im, ready, steps);
        bench_row(name, "ns", own, "Lua 5.4", time_lua(l, s->flow, ready, steps));
    }
    image_unref(&im);
    lua_close(l);
}

/* ---- park and resume, and nothing else ---- */

static double park_vm(struct image *im)
{
    struct vm *vm = bench_vm(im);
    vm_run(vm);
    double start = bench_seconds();
    for (int i = 0; i < PARKS; i++) {
        vm_refuel(vm);
        if (vm_resume(vm, 0, NULL) || vm_run(vm) != VM_PARKED)
            bench_die("park", "the flow does not park");
    }
    double took = bench_seconds() - start;
    vm_free(&vm);
    return took * 1e9 / PARKS;
}

static double park_lua(lua_State *l)
{
    int ref;
    lua_State *co = peer_coroutine(l, "park", &ref);
    resume_lua(co, l, 0);
    double start = bench_seconds();
    for (int i = 0; i < PARKS; i++) {
        lua_settop(co, 0);
        resume_lua(co, l, 0);
    }
    double took = bench_seconds() - start;
    luaL_unref(l, LUA_REGISTRYINDEX, ref);
    return took * 1e9 / PARKS;
}

static void compare_park(int rounds)
{
    struct image *im = bench_flow("park.flow", "flow main { loop { pause 1s } }\n");
    lua_State *l = peer_new();
    if (luaL_dostring(l, "local yield = coroutine.yield function park() while true do yield() end end"))
        bench_die("park", lua_tostring(l, -1));
    for (int i = 0; i < rounds; i++) {
        double own = park_vm(im);
        bench_row("park and resume", "ns", own, "Lua 5.4", park_lua(l));
    }
    image_unref(&im);
    lua_close(l);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        bench_die("usage", "vm_step ROOT [ROUNDS]");
    int rounds = argc > 2 ? atoi(argv[2]) : 5;
    compare_park(rounds);
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        compare(&scenes[i], argv[1], rounds);
    return 0;
}
