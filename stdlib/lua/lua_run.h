/* Functions in Lua: LuaJIT in a sandbox (docs/lua.md). Each call has a state of its own, made for it and freed behind
 * it: nothing is left over for the next call, and nothing of it has to be saved with a machine. It runs where it is
 * called, on the loop's thread, and is bounded: LUA_STEPS instructions, LUA_MEMORY bytes, LUA_CPU_MS whatever it does.
 * Nothing here needs lua.h: without LuaJIT lua_none.c stands in. Loop thread; the compiler's in flowc. */
#ifndef STDLIB_LUA_LUA_RUN_H
#define STDLIB_LUA_LUA_RUN_H

#include "vm/run/lua_port.h"

enum {
    LUA_STEPS = 500000,      /* one call: a step is an instruction, or 64 bytes of work inside one */
    LUA_MEMORY = 2 << 20,    /* one call: bytes */
    LUA_CPU_MS = 20,         /* one call: the thread's time, when steps alone did not end it */
    LUA_START_STEPS = 10000, /* what making the state costs of the flow's fuel … */
    LUA_BYTE_STEPS = 4,      /* … and reading a byte of source */
};

bool lua_available(void); /* was this built with LuaJIT? */

/* What an operator may allow beyond the sandbox. */
enum { LUA_ALLOW_IO = 1 /* io and os */, LUA_ALLOW_FFI = 2 };

/* "io,ffi=ID": the image of that id (64 hex digits, or the first 16 or more of them) may use them. Without "=ID": any
 * image. For a command's start, before anything runs: the rows are the process's. false with the reason in why. */
enum { LUA_ALLOW_ROWS = 64, LUA_ALLOW_WHY = 160 };
bool lua_allow(const char *option, char why[LUA_ALLOW_WHY]) MUST_USE;
unsigned lua_allowed(const uint8_t id[IMAGE_ID_SIZE]);

/* action_host.lua: runs the function. An outcome 'failed' that the function declares takes what goes wrong, the reason
 * as its first value when that is a text; without one it is false with the reason in c->why. */
bool lua_run(void *self, struct vm_lua *c);

/* What is wrong with a file. */
struct lua_mistake {
    uint32_t line; /* 0: unknown */
    int function;  /* which one is missing; -1: another mistake */
    char text[200];
};
/* Reads the file, runs it once in the sandbox and looks for the functions. false: *out says what is wrong. What a file
 * does that asks for io, os or ffi is not judged. Always true without LuaJIT. */
bool lua_look(struct str text, const struct str *functions, unsigned n, struct lua_mistake *out);

#endif
