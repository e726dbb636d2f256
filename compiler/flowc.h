/* The parts of the command `flowc`, for flowc*.c only. One thread. */
#ifndef COMPILER_FLOWC_H
#define COMPILER_FLOWC_H

#include <argp.h>
#include <stdbool.h>

#include "compiler/compile.h"

enum { FLOWC_OK = 0, FLOWC_MISTAKES = 1, FLOWC_USAGE = 2 }; /* exit status */

struct flowc_command {
    const char *name;
    const char *args;                  /* "FILE…" */
    const char *brief;                 /* one line for `flowc --help` */
    int (*run)(int argc, char **argv); /* argv[0] is "flowc NAME"; gives the exit status */
    const struct argp *argp;           /* its options, for completion */
};

extern const struct flowc_command flowc_commands[]; /* ends with a row without a name */
extern const struct argp flowc_graph_argp;
extern const struct argp flowc_doc_argp;
extern const struct argp flowc_new_argp;
extern const struct argp flowc_check_argp, flowc_build_argp, flowc_dump_argp, flowc_fmt_argp, flowc_completion_argp,
    flowc_lsp_argp, flowc_keygen_argp, flowc_verify_argp;

int flowc_check(int argc, char **argv);
int flowc_build(int argc, char **argv);
int flowc_dump(int argc, char **argv);
int flowc_graph(int argc, char **argv);
int flowc_lsp(int argc, char **argv);
int flowc_keygen(int argc, char **argv);
int flowc_verify(int argc, char **argv);
int flowc_doc(int argc, char **argv);
int flowc_new(int argc, char **argv);
int flowc_fmt(int argc, char **argv);
int flowc_completion(int argc, char **argv);

/* Before anything is compiled: files in Lua are looked into, and the clocks of zones. */
void flowc_use_lua(void);
void flowc_use_clock(void);
/* --lua-allow: an option's text; ends the command when it makes no sense. */
#define FLOWC_LUA_ALLOW                                                                                                \
    {                                                                                                                  \
        "lua-allow", 'L', "io,ffi", 0, "Files in Lua may use these beyond the sandbox", 0                              \
    }
error_t flowc_allow_lua(struct argp_state *state, const char *what);

/* "flowc: PATH: what went wrong" on stderr; gives FLOWC_USAGE. */
int flowc_cannot(const char *path, enum err e);

/* Prints all diagnostics of a compilation to stderr, in colour on a terminal. */
void flowc_show(const struct diags *diags);
/* "3 errors, 1 warning" to stderr; nothing when there are none. */
void flowc_show_count(size_t errors, size_t warnings);

struct json_report; /* diagnostics for an editor */
struct json_report *json_report_new(void);
void json_report_add(struct json_report *r, const struct diags *diags);
/* Prints the report to stdout and frees it. */
void json_report_print(struct json_report *r);

#endif
