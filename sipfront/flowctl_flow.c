/* flowctl deploy, flow, attach, detach: which flow handles which calls. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/flowctl.h"

enum { MOST_IMAGE = 64 * 1024 * 1024 };

static int read_image(const char *file, const char *key, struct sbuf *image)
{
    struct sbuf message = { 0 };
    if (str_ends(str_of(file), ".flow"))
        return ctl_build(file, key, image);
    enum err e = sbuf_read_file(image, file, MOST_IMAGE);
    if (!e)
        return CTL_OK;
    sbuf_fmt(&message, "%s cannot be read: %s", file, err_text(e));
    ctl_complain(message.p, e == ERR_NOT_FOUND ? "give a .flowc, or a .flow to be built first" : NULL);
    sbuf_free(&message);
    return CTL_REFUSED;
}

static void say_deployed(const json_t *flow)
{
    const char *name = json_string_value(json_object_get(flow, "name"));
    if (!name)
        return;
    ctl_say("%s is version %lld now", name, (long long)json_integer_value(json_object_get(flow, "version")));
    if (!json_array_size(json_object_get(flow, "attached_to")))
        ctl_say("no Connection uses it yet: flowctl attach USER %s", name);
}

static int print_deployed(const struct ctl *c, const struct sbuf *answer)
{
    json_t *body = json_loadb(answer->p ? answer->p : "", answer->len, 0, NULL);
    const json_t *flows = json_object_get(body, "flows"), *flow;
    size_t i;
    if (c->json) {
        ctl_print_json(body);
    } else if (flows) {
        json_array_foreach(flows, i, flow) say_deployed(flow);
    } else {
        say_deployed(body);
    }
    json_decref(body);
    return CTL_OK;
}

/* The images one behind the other; path says the size of each where there are several. */
static int read_images(const struct ctl *c, struct sbuf *images, struct sbuf *path)
{
    int status = CTL_OK;
    sbuf_cstr(path, "/v1/flows?sizes=");
    for (unsigned i = 0; c->args[i] && !status; i++) {
        size_t before = images->len;
        struct sbuf image = { 0 };
        status = read_image(c->args[i], c->option[CTL_SIGN], &image);
        sbuf_str(images, sbuf_view(&image));
        sbuf_fmt(path, "%s%zu", i ? "," : "", images->len - before);
        sbuf_free(&image);
    }
    if (c->args[1])
        return status;
    char *named = ctl_path("/v1/flows?name=", c->option[CTL_NAME] ? c->option[CTL_NAME] : "", "");
    sbuf_clear(path);
    sbuf_cstr(path, named);
    free(named);
    return status;
}

int ctl_deploy(struct ctl *c)
{
    struct sbuf images = { 0 }, path = { 0 }, answer = { 0 };
    if (c->args[1] && c->option[CTL_NAME]) {
        ctl_complain("--name is for one file", "several flows keep their names");
        return CTL_USAGE;
    }
    int status = read_images(c, &images, &path);
    if (!status)
        status = ctl_ask_raw(c, "POST", path.p, (struct str){ images.p ? images.p : "", images.len }, &answer);
    if (!status)
        status = print_deployed(c, &answer);
    sbuf_free(&path);
    sbuf_free(&images);
    sbuf_free(&answer);
    return status;
}

int ctl_flow_list(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "FLOW", "name", NULL },
        { "VERSION", "version", NULL },
        { "BYTES", "size", NULL },
        { "DEPLOYED", "deployed_at", ctl_show_time },
        { "ATTACHED TO", "attached_to", ctl_show_list },
        { NULL, NULL, NULL },
    };
    return ctl_list(c, "/v1/flows", "flows", columns, "no flows; flowctl deploy FILE");
}

int ctl_flow_remove(struct ctl *c)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "removed %s", c->args[0]);
    int status = ctl_say_done(c, "DELETE", ctl_path("/v1/flows/", c->args[0], ""), NULL, text.p);
    sbuf_free(&text);
    return status;
}

int ctl_attach(struct ctl *c)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "calls for %s run %s from now on", c->args[0], c->args[1]);
    json_t *body = json_pack("{s: s}", "flow", c->args[1]);
    int status = ctl_say_done(c, "PUT", ctl_path("/v1/connections/", c->args[0], "/flow"), body, text.p);
    sbuf_free(&text);
    return status;
}

int ctl_detach(struct ctl *c)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "calls for %s run the default flow from now on", c->args[0]);
    int status = ctl_say_done(c, "DELETE", ctl_path("/v1/connections/", c->args[0], "/flow"), NULL, text.p);
    sbuf_free(&text);
    return status;
}
