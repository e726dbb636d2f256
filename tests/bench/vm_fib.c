/* The machine against interpreters of Lua, which run as children by turns: fib(32) and an integer loop, each as an
 * author would write it. Usage: vm_fib [ROUNDS] */
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "vm/run/vm.h"

static const char fib_flow[] = "fn fib(n: int) -> int {\n"
                               "    if n < 2 { return n }\n"
                               "    return fib(n - 1) + fib(n - 2)\n"
                               "}\n"
                               "flow main { if fib(32) != 2178309 { reject not_found } }\n";
static const char fib_lua[] = "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end "
                              "local start = os.clock() assert(fib(32) == 2178309) print(os.clock() - start)";

static const char loop_flow[] = "fn work() -> int {\n"
                                "    var n = 0\n"
                                "    var sum = 0\n"
                                "    repeat 30000000 {\n"
                                "        sum = sum + n * 3 % 7\n"
                                "        n = n + 1\n"
                                "    }\n"
                                "    return sum\n"
                                "}\n"
                                "flow main { if work() != 89999997 { reject not_found } }\n";
static const char loop_lua[] = "local function work() local n, sum = 0, 0 for _ = 1, 30000000 do "
                               "sum = sum + n * 3 % 7 n = n + 1 end return sum end "
                               "local start = os.clock() assert(work() == 89999997) print(os.clock() - start)";

static double run_flow(struct image *im)
{
    struct vm *vm;
    struct vm_limits limits = { .fuel = UINT32_MAX };
    if (vm_new(&vm, im, NULL, &limits))
        bench_die("flow", "no machine");
    double start = bench_seconds();
    enum vm_state state = vm_run(vm);
    double took = bench_seconds() - start;
    if (state != VM_ENDED)
        bench_die("flow", "a wrong result");
    vm_free(&vm);
    return took;
}

/* What the script says it took: its own processor time, without its start. */
static double run_lua(const char *const *command, const char *script)
{
    char line[64] = "";
    int ends[2];
    if (pipe(ends))
        bench_die("pipe", "none left");
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        if (command[1])
            execlp(command[0], command[0], command[1], "-e", script, (char *)NULL);
        else
            execlp(command[0], command[0], "-e", script, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], line, sizeof line - 1);
    close(ends[0]);
    waitpid(child, NULL, 0);
    if (n <= 0)
        bench_die(command[0], "it did not run");
    return atof(line);
}

static void compare(const char *name, const char *flow, const char *lua, int rounds)
{
    static const struct {
        const char *name, *command[2]; /* and its one option */
    } peers[] = {
        { "Lua 5.4", { "lua5.4", NULL } },
        { "luajit -joff", { "luajit", "-joff" } },
    };
    struct image *im = bench_flow("bench.flow", flow);
    for (int i = 0; i < rounds; i++)
        for (size_t p = 0; p < sizeof peers / sizeof *peers; p++) {
            double own = run_flow(im);
            bench_row(name, "s", own, peers[p].name, run_lua(peers[p].command, lua));
        }
    image_unref(&im);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 5;
    compare("fib(32)", fib_flow, fib_lua, rounds);
    compare("integer loop", loop_flow, loop_lua, rounds);
    return 0;
}
