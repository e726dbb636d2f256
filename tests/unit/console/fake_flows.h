/* The pretended server's flows: rows of the directory. A part of fake_server.h, which includes it. */
#ifndef TESTS_UNIT_CONSOLE_FAKE_FLOWS_H
#define TESTS_UNIT_CONSOLE_FAKE_FLOWS_H

#include "sipfront/call/server_flows.h"

/* Every image is a good one but "bad"; its own name is "own". */
void server_deploy(struct server *s, const struct deploy_item *items, unsigned n, struct directory_done done)
{
    static const char *const own[] = { "own", "other", "third" };
    for (unsigned i = 0; i < n; i++) {
        if (str_is(items[i].image, "bad")) {
            done.done(ERR_BAD_IMAGE, "byte 0: this is no image", done.arg);
            return;
        }
    }
    for (unsigned i = 0; i < n; i++)
        directory_deploy(s->directory, *items[i].name ? items[i].name : own[i % 3], items[i].image,
                         i + 1 < n ? (struct directory_done){ 0 } : done);
}

enum err server_remove_flow(struct server *s, const char *name, struct directory_done done, struct sbuf *why)
{
    if (strcmp(name, "needed") == 0) {
        sbuf_cstr(why, "the flow 'menu' continues with 'needed'");
        return ERR_EXISTS;
    }
    directory_remove_flow(s->directory, name, done);
    return ERR_OK;
}

#endif
