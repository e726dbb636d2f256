/* The host of a benchmarked machine: every field is the caller's number, every hour is open, time stands still. */
#ifndef TESTS_BENCH_BENCH_HOST_H
#define TESTS_BENCH_BENCH_HOST_H

#include "tests/bench/bench.h"
#include "vm/run/vm.h"

static inline void bench_field(void *self, enum call_field f, struct vm_value *out)
{
    (void)self, (void)f;
    *out = (struct vm_value){ .type = TYPE_TEXT, .text = STR("+48221234567") };
}

static inline struct str bench_header(void *self, struct str name)
{
    (void)self, (void)name;
    return (struct str){ 0 };
}

static inline int64_t bench_wall(void *self)
{
    (void)self;
    return 1795428000000;
}

static inline bool bench_open(void *self, const struct image_hours *hours, int64_t moment)
{
    (void)self, (void)hours, (void)moment;
    return true;
}

static const struct action_host bench_host = {
    .field = bench_field, .header = bench_header, .wall_ms = bench_wall, .open = bench_open
};

static inline struct vm *bench_vm(struct image *im)
{
    struct vm *vm;
    if (vm_new(&vm, im, &bench_host, NULL))
        bench_die("flow", "no machine");
    return vm;
}

#endif
