/* A host that answers anything: runs a verified image with random outcomes and payloads, for a bounded number of
 * actions. */
#ifndef TESTS_UNIT_RUN_RANDOM_HOST_H
#define TESTS_UNIT_RUN_RANDOM_HOST_H

#include <stdlib.h>

#include "vm/run/lua_port.h"
#include "vm/run/vm.h"

/* xorshift64; the seed must not be 0. */
static inline uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}

static inline struct str random_text(uint64_t *seed)
{
    static const char *const texts[] = {
        "",           "1",          "2",        "123#",    "[1,2,{\"a\":\"\\u00e9\\ud800\"}]",
        "{\"1\":{}}", "null",       "\xff\xc3", "-12.5e3", "support",
        "{\"a\":[",   "\"\\u0000\""
    };
    return str_of(texts[random_next(seed) % (sizeof texts / sizeof *texts)]);
}

static inline void random_field(void *self, enum call_field f, struct vm_value *out)
{
    *out = (struct vm_value){ field_type(f), (int64_t)random_next(self), random_text(self), SOUND_SAY };
}
static inline struct str random_header(void *self, struct str name)
{
    (void)name;
    return random_text(self);
}
static inline int64_t random_wall(void *self) { return (int64_t)(random_next(self) << 11); }
static inline bool random_open(void *self, const struct image_hours *hours, int64_t moment)
{
    (void)hours, (void)moment;
    return random_next(self) & 1;
}

static inline void random_read_lua(const struct vm_lua *c)
{
    struct sbuf json = { 0 };
    for (unsigned arg = 0; arg <= c->shape->nparams; arg++) {
        (void)vm_lua_num(c, arg);
        (void)str_hash(vm_lua_text(c, arg));
        for (unsigned i = 0; i <= vm_lua_count(c, arg); i++)
            (void)str_hash(vm_lua_item(c, arg, i));
        vm_lua_json(c, arg, &json);
    }
    sbuf_free(&json);
}

static inline bool random_give_lua(struct vm_lua *c, unsigned slot, uint64_t *seed)
{
    enum type type = (enum type)c->shape->results[slot];
    struct vm_value v = { type, (int64_t)random_next(seed), random_text(seed), SOUND_SAY };
    if (type == TYPE_BOOL)
        v.num &= 1;
    if (type == TYPE_LIST_TEXT)
        return vm_lua_give_texts(c, slot, (struct str[]){ random_text(seed), random_text(seed) },
                                 (unsigned)(random_next(seed) % 3));
    if (type == TYPE_JSON)
        v.text = STR("{\"a\":[1,\"x\"]}");
    return vm_lua_give(c, slot, &v);
}

/* Functions in Lua that give anything of their shape, or fail. */
static inline bool random_lua(void *self, struct vm_lua *c)
{
    const struct image_import *m = c->shape;
    uint64_t *seed = self;
    random_read_lua(c);
    c->taken = (uint32_t)(random_next(seed) % 100);
    if (random_next(seed) % 16 == 0)
        return false;
    if (!m->noutcomes)
        return random_give_lua(c, 0, seed);
    unsigned outcome = (unsigned)(random_next(seed) % m->noutcomes);
    for (unsigned i = 0; i < m->outcomes[outcome].npayload; i++)
        if (!random_give_lua(c, m->outcomes[outcome].payload_slot[i], seed))
            return false;
    return vm_lua_give(c, 0, &(struct vm_value){ .type = TYPE_INT, .num = outcome });
}

/* Reads every argument in every way, as a careless host might. */
static inline void random_read(const struct vm *vm)
{
    struct sbuf json = { 0 };
    for (unsigned arg = 0; arg <= vm_import(vm)->nparams; arg++) {
        (void)vm_arg_num(vm, arg);
        (void)str_hash(vm_arg_text(vm, arg));
        for (unsigned i = 0; i <= vm_arg_count(vm, arg); i++) {
            (void)str_hash(vm_arg_item(vm, arg, i));
            (void)str_hash(vm_arg_sound(vm, arg, i).text);
        }
        vm_arg_json(vm, arg, &json);
    }
    sbuf_free(&json);
}

static inline enum err random_answer(struct vm *vm, uint64_t *seed)
{
    const struct image_import *m = vm_import(vm);
    struct vm_value payload[UINT8_MAX];
    unsigned outcome = (unsigned)(random_next(seed) % (m->noutcomes + 1u));
    for (unsigned i = 0; outcome < m->noutcomes && i < m->outcomes[outcome].npayload; i++)
        payload[i] = (struct vm_value){ m->outcomes[outcome].payload[i], (int64_t)random_next(seed), random_text(seed),
                                        (enum vm_sound_kind)(random_next(seed) % 4) };
    return vm_resume(vm, outcome, payload);
}

static inline void random_run(struct image *im, uint64_t seed, int actions)
{
    uint64_t state = seed | 1;
    const struct action_host host = { .field = random_field,
                                      .header = random_header,
                                      .wall_ms = random_wall,
                                      .open = random_open,
                                      .lua = random_lua,
                                      .self = &state };
    struct vm *vm;
    if (vm_new(&vm, im, &host, &(struct vm_limits){ .fuel = 5000, .memory = 64 << 10, .depth = 50 }))
        return;
    while (vm_run(vm) == VM_PARKED && actions-- > 0) {
        random_read(vm);
        if (random_next(&state) % 50 == 0)
            vm_hangup(vm);
        else if (random_answer(vm, &state))
            break;
    }
    (void)vm_line(vm);
    (void)str_hash(vm_continue_with(vm));
    vm_free(&vm);
}

#endif
