/* The machine against Lua 5.4: fib(32), an integer loop, and park and resume against a coroutine's yield and resume.
 * Both sides take turns in one process tree; each line prints the best of several turns and how many times as fast the
 * machine is. Usage: vm_fib [TURNS] */
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/isa/asm.h"
#include "vm/run/vm.h"

enum { L_SELF = 1, L_AGAIN, L_OUT, FIB = 32, LOOP = 30000000, PARKS = 3000000 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* fn fib(n: int) -> int { if n < 2 { return n }  return fib(n - 1) + fib(n - 2) } */
static struct image *fib_image(void)
{
    struct asm_image *a = asm_new("fib");
    asm_func(a, "main", 0, 0, "iii");
    asm_op(a, OP_LOADI, 1, FIB);
    asm_op(a, OP_CALL, 1, 0);
    asm_op(a, OP_HALT);
    asm_func(a, "fib", 1, 1, "iiiiii");
    asm_jump(a, OP_JGEI, L_OUT, 1, 2);
    asm_op(a, OP_MOVE, 0, 1);
    asm_op(a, OP_RET);
    asm_label(a, L_OUT);
    asm_op(a, OP_ADDI, 3, 1, -1);
    asm_op(a, OP_CALL, 1, 2);
    asm_op(a, OP_ADDI, 5, 1, -2);
    asm_op(a, OP_CALL, 1, 4);
    asm_op(a, OP_ADD, 0, 2, 4);
    asm_op(a, OP_RET);
    return asm_load(a);
}

/* var n = 0, sum = 0; loop while n < LOOP { sum = sum + n * 3 % 7; n = n + 1 } */
static struct image *loop_image(void)
{
    struct asm_image *a = asm_new("loop");
    int limit = asm_num(a, TYPE_INT, LOOP);
    asm_func(a, "main", 0, 0, "iiiiii");
    asm_op(a, OP_LOADK, 2, limit);
    asm_op(a, OP_LOADI, 4, 3);
    asm_op(a, OP_LOADI, 5, 7);
    asm_label(a, L_AGAIN);
    asm_jump(a, OP_JLE, L_OUT, 2, 0);
    asm_op(a, OP_MUL, 3, 0, 4);
    asm_op(a, OP_REM, 3, 3, 5);
    asm_op(a, OP_ADD, 1, 1, 3);
    asm_op(a, OP_ADDI, 0, 0, 1);
    asm_jump(a, OP_LOOP, L_AGAIN);
    asm_label(a, L_OUT);
    asm_op(a, OP_HALT);
    return asm_load(a);
}

static struct image *park_image(void)
{
    struct asm_image *a = asm_new("park");
    int action = asm_import(a, "pause", "i", "");
    asm_outcome(a, "done", "", NULL);
    asm_func(a, "main", 0, 0, "i");
    asm_label(a, L_AGAIN);
    asm_op(a, OP_ACT, action, 0);
    asm_jump(a, OP_LOOP, L_AGAIN);
    return asm_load(a);
}

static double run_once(struct image *im, long parks)
{
    struct vm *vm;
    struct vm_limits limits = { .fuel = UINT32_MAX };
    if (vm_new(&vm, im, NULL, &limits))
        abort();
    double start = seconds();
    vm_run(vm);
    for (long i = 0; i < parks; i++) {
        if (vm_resume(vm, 0, NULL))
            abort();
        vm_run(vm);
    }
    double took = seconds() - start;
    if (vm_state(vm) != (parks ? VM_PARKED : VM_ENDED)) {
        fprintf(stderr, "%s\n", vm_fault_text(vm_fault(vm)));
        abort();
    }
    vm_free(&vm);
    return took;
}

/* What the script says it took; it measures its own CPU time, without its start. */
static double run_lua(const char *script)
{
    char line[64] = "";
    int ends[2];
    if (pipe(ends))
        abort();
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        execlp("lua5.4", "lua5.4", "-e", script, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], line, sizeof line - 1);
    close(ends[0]);
    waitpid(child, NULL, 0);
    return n > 0 ? atof(line) : 0;
}

static void compare(const char *name, struct image *im, long parks, const char *script, int turns)
{
    double own = 1e9, lua = 1e9;
    for (int i = 0; i < turns; i++) {
        double a = run_once(im, parks), b = run_lua(script);
        own = a < own ? a : own;
        lua = b < lua ? b : lua;
    }
    if (parks)
        printf("%-16s %8.1f ns  lua5.4 %8.1f ns  ratio %.2f\n", name, own * 1e9 / (double)parks,
               lua * 1e9 / (double)parks, lua / own);
    else
        printf("%-16s %8.3f s   lua5.4 %8.3f s   ratio %.2f\n", name, own, lua, lua / own);
    image_unref(&im);
}

int main(int argc, char **argv)
{
    char script[512];
    int turns = argc > 1 ? atoi(argv[1]) : 5;
    snprintf(script, sizeof script,
             "local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end "
             "local c = os.clock() fib(%d) print(os.clock() - c)",
             FIB);
    compare("fib(32)", fib_image(), 0, script, turns);
    snprintf(script, sizeof script,
             "local c, n, sum = os.clock(), 0, 0 while n < %d do sum = sum + n * 3 %% 7 n = n + 1 end "
             "print(os.clock() - c)",
             LOOP);
    compare("integer loop", loop_image(), 0, script, turns);
    snprintf(
        script, sizeof script,
        "local y, r = coroutine.yield, coroutine.resume local co = coroutine.create(function() while true do y() end "
        "end) r(co) local c = os.clock() for i = 1, %d do r(co) end print(os.clock() - c)",
        PARKS);
    compare("park and resume", park_image(), PARKS, script, turns);
    return 0;
}
