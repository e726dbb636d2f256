/* flowc test FILE… [--coverage] [--tap] [--junit OUT]: runs the tests beside flows. */
#include "compiler/flowc_test.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compiler/flowc.h"

struct test_options {
    bool coverage, annotate, tap;
    const char *junit; /* NULL: none */
    const char *only;  /* NULL: all */
    char **files;
    int count;
};

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    struct test_options *o = state->input;
    switch (key) {
    case 'c': o->coverage = true; return 0;
    case 'a': o->coverage = o->annotate = true; return 0;
    case 't': o->tap = true; return 0;
    case 'j': o->junit = arg; return 0;
    case 'L': return flowc_allow_lua(state, arg);
    case 'o': o->only = arg; return 0;
    case ARGP_KEY_ARGS:
        o->files = state->argv + state->next;
        o->count = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* ---- an image to run ---- */

static enum err load_made(struct image **out, const struct image *made, struct image_refusal *why)
{
    struct sbuf bytes = { 0 };
    enum err e = image_encode(made, IMAGE_STRIP_NOTHING, &bytes);
    if (!e)
        e = image_load(out, bytes.p, bytes.len, why);
    sbuf_free(&bytes);
    return e;
}

/* A file of functions alone has nothing to run, and that is no mistake of it. */
static bool is_module(const char *path)
{
    struct compile *c = compile_new();
    enum err e = compile_file(c, path, NULL);
    bool module = !e && !compile_tree(c)->flow;
    compile_free(&c);
    return module;
}

static enum err load_flow(struct image **out, const char *path, struct image_refusal *why)
{
    struct compile *c = compile_new();
    const struct image *made = NULL;
    enum err e = compile_file(c, path, &made);
    if (e == ERR_SYNTAX && is_module(path))
        e = ERR_OK;
    else if (e == ERR_SYNTAX)
        flowc_show(compile_diags(c));
    else if (!e)
        e = load_made(out, made, why);
    compile_free(&c);
    return e;
}

enum err flowc_load(struct image **out, const char *path)
{
    struct image_refusal why = { "" };
    bool is_image = str_ends(str_of(path), ".flowc");
    *out = NULL;
    enum err e = is_image ? image_load_file(out, path, &why) : load_flow(out, path, &why);
    if (!e && *out)
        e = sim_bind_check(*out, &why);
    if (e && e != ERR_SYNTAX)
        fprintf(stderr, "flowc: %s: %s%s%s\n", path, err_text(e), why.text[0] ? ": " : "", why.text);
    if (e)
        image_unref(out);
    return e;
}

/* ---- running ---- */

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *copy(struct str s)
{
    char *p = strndup(s.p ? s.p : "", s.len);
    if (!p)
        abort();
    return p;
}

/* That line of the text without the blanks around it. */
static struct str line_of(struct str text, uint32_t line)
{
    const char *p = text.p, *end = text.p + text.len;
    for (; line > 1 && p && p < end; line--) {
        p = memchr(p, '\n', (size_t)(end - p));
        p = p ? p + 1 : end;
    }
    if (!line || !p)
        return STR("");
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    const char *stop = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
    return (struct str){ p, (size_t)((stop ? stop : end) - p) };
}

static struct tested run_one(struct image *im, const struct test_suite *suite, const struct test_case *test,
                             struct coverage *coverage)
{
    struct test_watch watch = coverage ? coverage_watch(coverage) : (struct test_watch){ 0 };
    struct tested t = { .title = copy(test->title), .line = test->line };
    double from = now_seconds();
    test_run(im, suite, test, &watch, &t.result);
    t.seconds = now_seconds() - from;
    bool known = test->source < im->nsources;
    t.source = copy(known ? im->sources[test->source].path : STR("?"));
    t.step = copy(known && !t.result.passed ? line_of(im->sources[test->source].text, t.result.line) : STR(""));
    return t;
}

static bool is_wanted(const struct test_options *o, const struct test_case *test)
{
    return !o->only || memmem(test->title.p, test->title.len, o->only, strlen(o->only));
}

static void run_suite(struct tested_file *f, struct image *im, const struct test_options *o)
{
    struct test_suite *suite;
    if (test_suite_read(&suite, im->tests, &f->error))
        return;
    f->coverage = o->coverage ? coverage_new(im) : NULL;
    for (uint32_t i = 0; i < suite->ntests; i++)
        if (is_wanted(o, &suite->tests[i]))
            vec_push(&f->tests, run_one(im, suite, &suite->tests[i], f->coverage));
    test_suite_free(&suite);
}

static int run_file(struct tested_files *all, const char *path, const struct test_options *o)
{
    struct tested_file f = { .path = path };
    struct image *im;
    enum err e = flowc_load(&im, path);
    if (e)
        return e == ERR_SYNTAX ? FLOWC_MISTAKES : FLOWC_USAGE;
    if (im)
        run_suite(&f, im, o);
    image_unref(&im);
    for (size_t i = 0; i < f.tests.len; i++) {
        all->passed += f.tests.items[i].result.passed;
        all->failed += !f.tests.items[i].result.passed;
    }
    vec_push(&all->files, f);
    return f.error || all->failed ? FLOWC_MISTAKES : FLOWC_OK;
}

static void free_all(struct tested_files *all)
{
    for (size_t i = 0; i < all->files.len; i++) {
        struct tested_file *f = &all->files.items[i];
        for (size_t k = 0; k < f->tests.len; k++) {
            free(f->tests.items[k].title);
            free(f->tests.items[k].source);
            free(f->tests.items[k].step);
            test_result_free(&f->tests.items[k].result);
        }
        vec_free(&f->tests);
        coverage_free(&f->coverage);
    }
    vec_free(&all->files);
}

/* In TAP standard output is for a machine. */
static void report_covered(const struct tested_file *f, const struct test_options *o, bool color)
{
    FILE *out = o->tap ? stderr : stdout;
    if (f->coverage)
        report_coverage(f->coverage, out, color);
    if (f->coverage && o->annotate)
        report_annotated(f->coverage, out, color);
}

static int report(const struct tested_files *all, const struct test_options *o)
{
    const char *no = getenv("NO_COLOR"); /* https://no-color.org: set and not empty */
    bool color = isatty(STDOUT_FILENO) && !(no && *no);
    if (o->tap)
        report_tap(all, stdout);
    else
        report_text(all, stdout, color);
    for (size_t i = 0; i < all->files.len; i++)
        report_covered(&all->files.items[i], o, color && !o->tap);
    enum err e = o->junit ? report_junit(all, o->junit) : ERR_OK;
    return e ? flowc_cannot(o->junit, e) : FLOWC_OK;
}

static const struct argp_option options[] = { { "coverage", 'c', NULL, 0, "Show what no test came by", 0 },
                                              { "annotate", 'a', NULL, 0,
                                                "And the source, each line with what became of it", 0 },
                                              { "tap", 't', NULL, 0, "Report in TAP 14 on standard output", 0 },
                                              { "only", 'o', "TEXT", 0, "Run the tests whose titles hold TEXT", 0 },
                                              { "junit", 'j', "OUT", 0, "Write a report in JUnit's XML to OUT", 0 },
                                              FLOWC_LUA_ALLOW,
                                              { 0 } };
const struct argp flowc_test_argp = { options,
                                      on_option,
                                      "FILE…",
                                      "Runs the tests of flows (.flow, or .flowc with tests in it).\vThe "
                                      "flows run on the real machine over a pretended call and a clock of "
                                      "its own: an hour's call takes no time.",
                                      NULL,
                                      NULL,
                                      NULL };

int flowc_test(int argc, char **argv)
{
    struct test_options o = { 0 };
    struct tested_files all = { 0 };
    int status = FLOWC_OK;
    argp_parse(&flowc_test_argp, argc, argv, 0, NULL, &o);
    for (int i = 0; i < o.count; i++) {
        int one = run_file(&all, o.files[i], &o);
        status = one > status ? one : status;
    }
    int told = report(&all, &o);
    free_all(&all);
    return told > status ? told : status;
}
