/* What a file in Lua cannot reach and cannot use up: one row an escape. Each row's function gives a text, or the
 * machine faults with a reason; whatever it does, it comes back. */
#include "tests/unit/lua/one_call.h"

#define F(body)    "function f(x) " body " end"
#define SHOW(what) F("return tostring(" what ")")
#ifdef __SANITIZE_ADDRESS__ /* memory is so slow then that time may be up first */
#define SPENT "fault: f() "
#define FULL  SPENT
#else
#define SPENT "fault: f() took too many steps"
#define FULL  "fault: f() used more than 2048 KiB"
#endif

static const struct {
    const char *name, *source, *want; /* begins with it */
} rows[] = {
    { "a function", F("return x .. '!'"), "arg!" },
    { "io", SHOW("io"), "nil" },
    { "os", SHOW("os"), "nil" },
    { "ffi", SHOW("ffi"), "nil" },
    { "require", SHOW("require"), "nil" },
    { "package", SHOW("package"), "nil" },
    { "module", SHOW("module"), "nil" },
    { "debug", SHOW("debug"), "nil" },
    { "jit", SHOW("jit"), "nil" },
    { "load", SHOW("load"), "nil" },
    { "loadstring", SHOW("loadstring"), "nil" },
    { "loadfile", SHOW("loadfile"), "nil" },
    { "dofile", SHOW("dofile"), "nil" },
    { "getfenv", SHOW("getfenv"), "nil" },
    { "setfenv", SHOW("setfenv"), "nil" },
    { "newproxy", SHOW("newproxy"), "nil" },
    { "collectgarbage", SHOW("collectgarbage"), "nil" },
    { "print", SHOW("print"), "nil" },
    { "coroutines", SHOW("coroutine"), "nil" },
    { "xpcall", SHOW("xpcall"), "nil" },
    { "string.dump", SHOW("string.dump"), "nil" },
    { "strings' own dump", F("return tostring(('').dump)"), "nil" },
    { "math.random", SHOW("math.random"), "nil" },
    { "metatable of strings", SHOW("getmetatable('')"), "false" },
    { "all there is", F("local n = 0 for _ in pairs(_G) do n = n + 1 end return n .. ''"), "22" },
    { "globals of the libraries", F("return tostring(rawget(_G, 'coroutine') or rawget(_G, 'gcinfo'))"), "nil" },

    { "endless loop", F("while true do end"), SPENT },
    { "endless loop in the file", "while true do end", SPENT },
    { "endless recursion by tail calls", "function f() return f() end", SPENT },
    { "pcall swallows", F("while true do pcall(function() while true do end end) end"), SPENT },
    { "pcall of pcall", F("while true do pcall(pcall, pcall, function() while true do end end) end"), SPENT },
    { "pcall at the stack's end", "local function g() while true do pcall(g) end end f = g", SPENT },
    { "pcall after recursion",
      "local function deep(n) if n > 0 then return 1 + deep(n - 1) end while true do pcall(deep, 1000000) end end\n"
      "function f() return deep(8000) end",
      SPENT },
    { "metamethods of errors",
      F("local t = setmetatable({}, { __tostring = function() while true do end end }) "
        "while true do pcall(error, t) pcall(tostring, t) end"),
      SPENT },
    { "__index without end", F("local t = {} setmetatable(t, { __index = function(t, k) return t[k] end }) return t.x"),
      "fault: stack overflow" },
    { "deep recursion", "local function g() return 1 + g() end f = g", "fault: stack overflow" },
    { "error of a table", F("error({})"), "fault: an error that is no text" },
    { "error of nothing", F("error()"), "fault: an error that is no text" },
    { "error", F("error('no price for ' .. x)"), "fault: f.lua:1: no price for arg" },

    { "memory", F("local t = {} while true do t[#t + 1] = {} end"), FULL },
    { "memory under pcall", F("local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end"),
      FULL },
    { "doubled text", F("while true do x = x .. x end"), FULL },
    { "rep", F("local s = ('x'):rep(1e9) return s"), "fault: f.lua:1: the text would be too long" },
    { "rep of rep", F("local s = ('x'):rep(1e5):rep(1e5) return s"), "fault: f.lua:1: the text would be too long" },
    { "rep without end", F("while true do local s = ('x'):rep(500000) end"), SPENT },
    { "joined without end", F("local s = ('x'):rep(400000) local kept = s .. 'y' while true do local t = s .. 'y' end"),
      "fault: f() took" },
    { "table.concat", F("local t = {} for i = 1, 1000 do t[i] = ('x'):rep(500) end while true do table.concat(t) end"),
      SPENT },
    { "table.insert in front", F("local t = {} while true do table.insert(t, 1, 0) end"), SPENT },
    { "table.sort", F("local t = {} for i = 1, 20000 do t[i] = -i end while true do table.sort(t) end"), SPENT },
    { "table.sort with a bad order",
      F("local t = {} for i = 1, 2000 do t[i] = i end "
        "table.sort(t, function() return true end)"),
      "fault: f.lua:1: invalid order" },
    { "unpack",
      F("local t = {} for i = 1, 7000 do t[i] = i end "
        "local function g(...) return select('#', ...) end while true do g(unpack(t)) end"),
      "fault: f() took" },
    { "string.format", F("while true do string.format('%99.99f', 1e300) end"), SPENT },
    { "tonumber of much", F("local s = ('1'):rep(400000) while true do tonumber(s) end"), SPENT },

    { "pattern", F("return (('a'):rep(3000):find('.-.-.-.-b'))"), SPENT },
    { "pattern with captures", F("return ('a'):rep(3000):match('(a*)(a*)(a*)(a*)b')"), SPENT },
    { "pattern under pcall", F("while true do pcall(string.find, ('a'):rep(3000), '.-.-.-b') end"), SPENT },
    { "gsub without end", F("while true do ('a'):rep(10000):gsub('a', 'b') end"), SPENT },
    { "gsub's growth", F("return (('a'):rep(10000):gsub('a', ('b'):rep(10000)))"), "fault: f() " },
    { "gsub's function", F("return (('aaa'):gsub('a', function() while true do end end))"), SPENT },
    { "gmatch without end", F("while true do for w in ('a b c'):gmatch('%a') do end end"), SPENT },
    { "plain find", F("local s = ('a'):rep(400000) while true do s:find('b', 1, true) end"), SPENT },
    { "nested pattern", F("local n = ('x'):find(('('):rep(1000)) return n"), "fault: f.lua:1: too many captures" },
    { "long pattern", F("local n = ('x'):rep(3000):find(('x?'):rep(3000)) return n"),
      "fault: f.lua:1: pattern too complex" },
    { "nested source", "f = " /* the parser is bounded */ "((((((((((((((((((((((((((((((((((((((((1",
      "fault: f.lua:1:" },

    { "no such function", "g = 1", "fault: the file has no function 'f'" },
    { "not Lua", "function f( return end", "fault: f.lua:1:" },
};

static void none_gets_out(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct one_call k = { 0 };
        char got[256];
        struct asm_image *a = one_call_image(&k, rows[i].source, 't', 't');
        asm_op(a, OP_TEXTK, CALL_ARGUMENT, asm_text(a, "arg"));
        one_call_run(&k, a, 1);
        one_call_outcome(&k, 't', got, sizeof got);
        bool bad = strncmp(got, rows[i].want, strlen(rows[i].want)) != 0;
        if (bad)
            print_error("%s: '%s', wanted '%s'\n", rows[i].name, got, rows[i].want);
        wrong += bad;
        vm_free(&k.vm);
    }
    assert_int_equal(wrong, 0);
}

/* Whatever a call leaves behind, the next one does not find it. */
static void calls_do_not_meet(void **state)
{
    static const char *const sources[] = {
        "n = (n or 0) + 1 function f() n = n + 1 return n .. '' end",
        "local seen = string.seen or 1 function f() string.seen = 2 _G.math = nil table.sort = nil "
        "return tostring(math) .. (seen + 1) end",
        "function f(x) local first = pcall(function() getmetatable('').__index = nil end) "
        "return tostring(first) .. ('x'):len() end",
    };
    static const char *const want[] = { "2", "nil2", "false1" };
    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct one_call k = { 0 };
        char got[256];
        one_call_run(&k, one_call_image(&k, sources[i], 't', 't'), 3);
        assert_string_equal(one_call_outcome(&k, 't', got, sizeof got), want[i]);
        vm_free(&k.vm);
    }
}

/* A flow that calls Lua in a loop is bounded by its own fuel. */
static void calls_cost_the_flow_its_fuel(void **state)
{
    struct one_call k = { 0 };
    struct asm_image *a = one_call_image(&k, "function f() return '' end", 't', 't');
    (void)state;
    asm_label(a, 0);
    asm_op(a, OP_LUA, 0, CALL_RESULT);
    asm_jump(a, OP_LOOP, 0);
    one_call_run(&k, a, 0);
    assert_int_equal(vm_state(k.vm), VM_FAULTED);
    assert_int_equal(vm_fault(k.vm), VM_FAULT_FUEL);
    vm_free(&k.vm);
}

/* What an operator allows is there, for that image alone. */
static void operators_allow(void **state)
{
    static const char source[] = "function f(x) if not io then return 'no' end local file = io.open(x) "
                                 "return file:read(4) .. tostring(os.exit) .. require('ffi').sizeof('char') end";
    char got[256], why[LUA_ALLOW_WHY], option[128] = "io,ffi=";
    struct one_call k = { 0 };
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        struct asm_image *a = one_call_image(&k, source, 't', 't');
        asm_op(a, OP_TEXTK, CALL_ARGUMENT, asm_text(a, "/proc/self/exe"));
        one_call_run(&k, a, 1);
        assert_string_equal(one_call_outcome(&k, 't', got, sizeof got) + (turn ? 1 : 0), turn ? "ELFnil1" : "no");
        const uint8_t *id = vm_image(k.vm)->id;
        for (unsigned i = 0; i < 10; i++)
            snprintf(option + 7 + 2 * i, 3, "%02x", id[i]);
        assert_true(turn || lua_allow(option, why));
        assert_int_equal(lua_allowed(id), LUA_ALLOW_IO | LUA_ALLOW_FFI);
        vm_free(&k.vm);
    }
    assert_false(lua_allow("sockets=0123456789abcdef", why));
    assert_non_null(strstr(why, "'sockets'"));
    assert_false(lua_allow("io=0123", why));
    assert_non_null(strstr(why, "'0123'"));
    assert_false(lua_allow("=0123456789abcdef", why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_gets_out),
        cmocka_unit_test(calls_do_not_meet),
        cmocka_unit_test(calls_cost_the_flow_its_fuel),
        cmocka_unit_test(operators_allow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
