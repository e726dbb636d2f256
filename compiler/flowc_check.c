/* flowc check FILE… [--json] */
#include "compiler/flowc.h"

struct check {
    bool json;
    char **files;
    int count;
    struct json_report *report;
    size_t errors, warnings;
};

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    struct check *c = state->input;
    (void)arg;
    switch (key) {
    case 'j': c->json = true; return 0;
    case ARGP_KEY_ARGS:
        c->files = state->argv + state->next;
        c->count = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int check_one(struct check *c, const char *path)
{
    struct compile *compile = compile_new();
    enum err e = compile_file(compile, path, NULL);
    const struct diags *diags = compile_diags(compile);
    int status = e ? FLOWC_MISTAKES : FLOWC_OK;
    if (e && e != ERR_SYNTAX)
        status = flowc_cannot(path, e);
    else if (c->json)
        json_report_add(c->report, diags);
    else
        flowc_show(diags);
    c->errors += diags_errors(diags);
    c->warnings += diags_count(diags) - diags_errors(diags);
    compile_free(&compile);
    return status;
}

static const struct argp_option options[] = { { "json", 'j', NULL, 0, "Print the diagnostics as JSON, for editors", 0 },
                                              { 0 } };
const struct argp flowc_check_argp = {
    options, on_option, "FILE…", "Reports every mistake in flows and in the files that they use, and compiles nothing.",
    NULL,    NULL,      NULL
};

int flowc_check(int argc, char **argv)
{
    struct check c = { 0 };
    int status = FLOWC_OK;
    argp_parse(&flowc_check_argp, argc, argv, 0, NULL, &c);
    if (c.json)
        c.report = json_report_new();
    for (int i = 0; i < c.count; i++) {
        int one = check_one(&c, c.files[i]);
        status = one > status ? one : status;
    }
    if (c.json)
        json_report_print(c.report);
    else
        flowc_show_count(c.errors, c.warnings);
    return status;
}
