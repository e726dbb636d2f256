/* flowc doc [ACTION…] [--all] [--json]: the manual of actions, from the catalogue. */
#include "compiler/flowc.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "compiler/author/doc.h"

enum { WIDTH = 80, WIDTH_MAX = 110 };

struct doc {
    bool all, json;
    char **names;
    int count;
};

static error_t on_option(int key, char *arg, struct argp_state *state)
{
    struct doc *d = state->input;
    (void)arg;
    switch (key) {
    case 'a': d->all = true; return 0;
    case 'j': d->json = true; return 0;
    case ARGP_KEY_ARGS:
        d->names = state->argv + state->next;
        d->count = state->argc - state->next;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static unsigned page_width(void)
{
    struct winsize size = { 0 };
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return WIDTH;
    return size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
}

/* ---- JSON ---- */

static json_t *args_json(const struct action_row *row)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < row->nargs; i++) {
        const struct action_arg *a = &row->args[i];
        if (!action_shows_arg(row, i))
            continue;
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:b, s:b, s:s, s:s}", "label", a->label, "type",
                                        arg_type_text(a->type), "by_place", (a->flags & ARG_PLACE) != 0, "required",
                                        (a->flags & ARG_REQUIRED) != 0, "default", a->fallback, "manual", a->manual));
    }
    return list;
}

static json_t *payload_json(const struct action_outcome *o)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < o->npayload; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "name", o->payload[i].name, "type", arg_type_text(o->payload[i].type)));
    return list;
}

static json_t *outcomes_json(const struct action_row *row)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < row->noutcomes; i++) {
        const struct action_outcome *o = &row->outcomes[i];
        if (!action_shows_outcome(row, i))
            continue;
        json_array_append_new(list, json_pack("{s:s, s:b, s:o, s:s}", "name", o->name, "must_be_handled",
                                              (o->flags & OUTCOME_LOUD) != 0, "payload", payload_json(o), "manual",
                                              o->manual));
    }
    return list;
}

static json_t *action_json(const struct action_row *row)
{
    struct sbuf example = { 0 };
    doc_example(row, &example);
    json_t *page = json_pack("{s:s, s:s, s:s, s:b, s:o, s:o, s:s}", "name", row->name, "brief", row->brief, "manual",
                             row->manual, "comes_back", !(row->flags & ACTION_NO_RETURN), "arguments", args_json(row),
                             "outcomes", outcomes_json(row), "example", example.p);
    sbuf_free(&example);
    return page;
}

/* ---- the command ---- */

/* Adds the page of one action to what is shown. */
static void add_page(const struct doc *d, const struct action_row *row, json_t *list, struct sbuf *text)
{
    if (d->json) {
        json_array_append_new(list, action_json(row));
        return;
    }
    sbuf_cstr(text, text->len ? "\n\n" : "");
    doc_action(row, page_width(), text);
}

static int add_named(const struct doc *d, json_t *list, struct sbuf *text)
{
    for (int i = 0; i < d->count; i++) {
        const struct action_row *row = action_find(str_of(d->names[i])), *like = doc_like(str_of(d->names[i]));
        if (!row) {
            fprintf(stderr, "flowc: there is no action '%s'%s%s%s; see flowc doc\n", d->names[i],
                    like ? "; did you mean '" : "", like ? like->name : "", like ? "'?" : "");
            return FLOWC_USAGE;
        }
        add_page(d, row, list, text);
    }
    return FLOWC_OK;
}

static void print_pages(const struct doc *d, json_t *list, const struct sbuf *text)
{
    if (d->json) {
        json_dumpf(list, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        fwrite(text->p, 1, text->len, stdout);
    }
}

static const struct argp_option options[] = { { "all", 'a', NULL, 0, "All actions, a page each", 0 },
                                              { "json", 'j', NULL, 0, "Print the pages as JSON, for editors", 0 },
                                              { 0 } };
const struct argp flowc_doc_argp = { .options = options,
                                     .parser = on_option,
                                     .args_doc = "[ACTION…]",
                                     .doc = "Shows the manual of actions; without a name, a list of them." };

int flowc_doc(int argc, char **argv)
{
    struct doc d = { 0 };
    struct sbuf text = { 0 };
    int status = FLOWC_OK;
    argp_parse(&flowc_doc_argp, argc, argv, 0, NULL, &d);
    json_t *list = json_array();
    if (d.count)
        status = add_named(&d, list, &text);
    else if (d.all || d.json)
        for (unsigned i = 0; i < action_count(); i++)
            add_page(&d, action_row(i), list, &text);
    else
        doc_list(page_width(), &text);
    if (!status)
        print_pages(&d, list, &text);
    json_decref(list);
    sbuf_free(&text);
    return status;
}
