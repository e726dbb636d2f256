#include "sipfront/flowd_demo.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sipfront/call/server_flows.h"
#include "vm/base/log.h"

enum { PASSWORD_LEN = 12 };

struct demo {
    struct server *server;
    char folder[PATH_MAX - 32];
    char ann[PASSWORD_LEN + 1], bob[PASSWORD_LEN + 1];
    unsigned step;
};

/* Letters and digits that are not mistaken for one another; 31 of them: rejection keeps them equally likely. */
static void make_password(char out[PASSWORD_LEN + 1])
{
    static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";
    unsigned n = 0;
    while (n < PASSWORD_LEN) {
        unsigned char byte;
        if (getrandom(&byte, 1, 0) != 1)
            abort();
        if ((byte & 31u) < sizeof alphabet - 1)
            out[n++] = alphabet[byte & 31u];
    }
    out[n] = 0;
}

static void advance(enum err e, const char *why, void *arg);

static void add(struct demo *d, const char *user, const char *name, const char *password)
{
    struct connection_change c = { .user = user,
                                   .name = name,
                                   .password = password,
                                   .is_virtual = !password,
                                   .has_voicemail = 1,
                                   .sha256 = 0,
                                   .ring_ms = 20000,
                                   .max_bindings = -1,
                                   .max_calls = -1 };
    server_add_connection(d->server, &c, (struct directory_done){ advance, d });
}

static void deploy(struct demo *d, const char *flow)
{
    struct sbuf bytes = { 0 };
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.flowc", d->folder, flow);
    enum err e = sbuf_read_file(&bytes, path, 1 << 20);
    if (e)
        advance(e, path, d);
    else
        server_deploy(d->server, &(struct deploy_item){ flow, sbuf_view(&bytes) }, 1,
                      (struct directory_done){ advance, d });
    sbuf_free(&bytes);
}

static void attach(struct demo *d, const char *user, const char *flow)
{
    directory_attach(server_directory(d->server), user, flow, (struct directory_done){ advance, d });
}

static void print_first(const struct demo *d)
{
    const char *host = server_address(d->server);
    unsigned port = server_sip_port(d->server);
    printf("\nRegister two phones (SIP over UDP, server %s:%u):\n"
           "    user ann   password %s\n"
           "    user bob   password %s\n"
           "These passwords are shown only now; set others with: flowctl connection set ann --password NEW\n\n"
           "Then dial:\n"
           "    bob        from ann's phone: rings bob, then his voicemail\n"
           "    welcome    a menu: 1 rings ann and bob, anything else takes a message\n"
           "    *97        your own messages, greetings and PIN\n\n",
           host, port, d->ann, d->bob);
    fflush(stdout);
}

/* One step after another; each is begun when the one before is stored. */
static void advance(enum err e, const char *why, void *arg)
{
    struct demo *d = arg;
    if (e) {
        log_error("demo", "step %u: %s", d->step, why && *why ? why : err_text(e));
        free(d);
        return;
    }
    switch (d->step++) {
    case 0: add(d, "ann", "Ann", d->ann); break;
    case 1: add(d, "bob", "Bob", d->bob); break;
    case 2: add(d, "welcome", "Welcome", NULL); break;
    case 3: deploy(d, "welcome"); break;
    case 4: attach(d, "welcome", "welcome"); break;
    case 5: add(d, "*97", "Messages", NULL); break;
    case 6: deploy(d, "messages"); break;
    case 7: attach(d, "*97", "messages"); break;
    case 8:
        print_first(d);
        free(d);
        break;
    }
}

void demo_begin(struct server *s, const char *flows_folder)
{
    if (directory_connection(server_directory(s), "ann")) {
        printf("\nann, bob and welcome are here already: dial bob or welcome at %s:%u. A forgotten password: flowctl "
               "connection set ann --password NEW\n\n",
               server_address(s), server_sip_port(s));
        return;
    }
    struct demo *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    d->server = s;
    snprintf(d->folder, sizeof d->folder, "%s", flows_folder);
    make_password(d->ann);
    make_password(d->bob);
    advance(ERR_OK, "", d);
}
