/* The stack's transports. It is made with one address, and its Contacts with it; the others are added to its inner
 * agent, which the library does not hand out: nta_agent_add_tport() is the server's (front.h tells how), sees it as it
 * is made, and calls the library's own. */
#include "sipfront/sip/listen.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include <sofia-sip/nta.h>
#include <sofia-sip/su_tagarg.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>

#include "sipfront/sip/agent_inner.h"
#include "sipfront/sip/certificate.h"
#include "sipfront/sip/library.h"
#include "vm/base/fmt.h"
#include "vm/base/log.h"
#include "vm/base/str.h"

static bool take_transport(struct sip_listen *out, const char **text)
{
    static const char *const names[] = { "udp", "tcp", "tls" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strncmp(*text, names[i], 3) != 0 || (*text)[3] != ':')
            continue;
        memcpy(out->transport, names[i], 4);
        *text += 4;
        return true;
    }
    return false;
}

static bool read_port(struct sip_listen *out, const char *text)
{
    int64_t n;
    if (!str_to_int(str_of(text), &n) || n < 0 || n > 65535)
        return false;
    out->port = (uint16_t)n;
    return true;
}

enum err listen_parse(struct sip_listen *out, const char *text, uint16_t port)
{
    struct sip_listen l = { .port = port };
    struct network n;
    const char *colon;
    char host[NETWORK_TEXT];
    (void)take_transport(&l, &text);
    colon = *text == '[' ? strstr(text, "]:") : strchr(text, ':');
    if (colon && *colon == ']')
        colon++;
    if (colon && *text != '[' && strchr(colon + 1, ':'))
        colon = NULL; /* a bare IPv6 address */
    if (colon && !read_port(&l, colon + 1))
        return ERR_SYNTAX;
    fmt_text(host, sizeof host, "%.*s", colon ? (int)(colon - text) : (int)sizeof host, text);
    if (network_parse(&n, host) != ERR_OK || n.bits != 128)
        return ERR_SYNTAX;
    network_text(&n, l.address);
    *out = l;
    return ERR_OK;
}

/* ---- what the stack is told ---- */

static bool is_v6(const struct sip_listen *l) { return strchr(l->address, ':'); }

void listen_url(const struct sip_listen *l, char out[LISTEN_URL_MAX])
{
    char port[8] = "*";
    bool tls = strcmp(l->transport, "tls") == 0;
    if (l->port)
        fmt_text(port, sizeof port, "%u", l->port);
    fmt_text(out, LISTEN_URL_MAX, is_v6(l) ? "%s:[%s]:%s%s%s" : "%s:%s:%s%s%s", tls ? "sips" : "sip", l->address, port,
             *l->transport ? ";transport=" : "", l->transport);
}

static bool can_bind_type(const struct sip_listen *l, int type)
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = type };
    struct addrinfo *at;
    char service[8];
    int fd, on = 1;
    bool ok = false;
    fmt_text(service, sizeof service, "%u", l->port);
    if (getaddrinfo(l->address, service, &hints, &at) != 0)
        return false;
    fd = socket(at->ai_family, type | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        if (type == SOCK_STREAM)
            setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        ok = bind(fd, at->ai_addr, at->ai_addrlen) == 0;
        close(fd);
    }
    freeaddrinfo(at);
    return ok;
}

bool listen_can_bind(const struct sip_listen *l)
{
    bool udp = !*l->transport || strcmp(l->transport, "udp") == 0;
    bool stream = strcmp(l->transport, "udp") != 0;
    return (!udp || can_bind_type(l, SOCK_DGRAM)) && (!stream || can_bind_type(l, SOCK_STREAM));
}

/* ---- adding them ---- */

static struct agent *opening; /* whose stack is being made */

void listen_begin(struct agent *a) { opening = a; }
void listen_end(void) { opening = NULL; }

typedef int add_fn(nta_agent_t *self, url_string_t const *uri, tag_type_t tag, tag_value_t value, ...);

int listen_add(nta_agent_t *self, url_string_t const *uri, tag_type_t tag, tag_value_t value,
               ...) __asm__("nta_agent_add_tport");

int listen_add(nta_agent_t *self, url_string_t const *uri, tag_type_t tag, tag_value_t value, ...)
{
    add_fn *add;
    int failed;
    ta_list ta;
    library_next(&add, "nta_agent_add_tport");
    if (opening)
        opening->inner = self;
    ta_start(ta, tag, value);
    failed = add(self, uri, TAG_NEXT(ta_args(ta)));
    ta_end(ta);
    return failed;
}

/* By which transport a request leaves. The library looks at the family of the address only where it is written without
 * brackets, and hands it on with them: the first transport would be taken for every IPv6 peer. A connection that is up
 * already is found as it is. */
typedef tport_t *choose_fn(tport_t const *self, tp_name_t const *to);

tport_t *listen_choose(tport_t const *self, tp_name_t const *to) __asm__("tport_by_name");

tport_t *listen_choose(tport_t const *self, tp_name_t const *to)
{
    static choose_fn *choose;
    char host[NETWORK_TEXT];
    tp_name_t bare = *to;
    tport_t *found, *better;
    if (!choose)
        library_next(&choose, "tport_by_name");
    found = choose(self, to);
    if (!to->tpn_host || *to->tpn_host != '[' || strlen(to->tpn_host) >= sizeof host ||
        (found && tport_is_secondary(found)))
        return found;
    fmt_text(host, sizeof host, "%.*s", (int)strcspn(to->tpn_host + 1, "]"), to->tpn_host + 1);
    bare.tpn_host = host;
    better = choose(self, &bare);
    return better ? better : found;
}

bool listen_add_others(struct agent *a)
{
    char url[LISTEN_URL_MAX];
    bool ok = a->inner || a->nlistens == 1;
    for (unsigned i = 1; i < a->nlistens && ok; i++) {
        listen_url(&a->listens[i], url);
        certificates_capture(a->tls);
        ok = nta_agent_add_tport(a->inner, (url_string_t const *)(void *)url, TPTAG_TOS(DSCP_CS3), TAG_END()) == 0;
        certificates_capture(NULL);
        if (!ok)
            log_error("sip", "cannot listen at %s", url);
    }
    return ok;
}

bool agent_listens_in(const struct agent *a, bool v6)
{
    for (unsigned i = 0; i < a->nlistens; i++)
        if (is_v6(&a->listens[i]) == v6)
            return true;
    return false;
}

/* ---- what the server calls itself ---- */

static bool is_any(const struct sip_listen *l)
{
    return strcmp(l->address, "0.0.0.0") == 0 || strcmp(l->address, "::") == 0;
}

/* The address from which the kernel would send there: no packet leaves, nothing waits. */
static bool ask_kernel(const struct network *to, char out[NETWORK_TEXT])
{
    bool v6 = network_is_v6(to);
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(9) };
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(9) };
    struct sockaddr_storage own;
    socklen_t len = sizeof own;
    struct network n;
    bool ok;
    int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    memcpy(&six.sin6_addr, to->bytes, 16);
    memcpy(&four.sin_addr, to->bytes + 12, 4);
    memset(&own, 0, sizeof own);
    ok = fd >= 0 &&
         connect(fd, v6 ? (struct sockaddr *)&six : (struct sockaddr *)&four, v6 ? sizeof six : sizeof four) == 0 &&
         getsockname(fd, (struct sockaddr *)&own, &len) == 0 && network_of(&n, (struct sockaddr *)&own);
    if (fd >= 0)
        close(fd);
    if (ok)
        network_text(&n, out);
    return ok;
}

/* Who listens at any address listens at those that can be bound here. */
bool agent_is_at(const struct agent *a, const char *address, uint16_t port)
{
    struct sip_listen there = { .transport = "udp" };
    bool found = false, any = false;
    if (!agent_listens_at(a, port))
        return false;
    for (unsigned i = 0; i < a->nlistens && !found; i++) {
        found = strcmp(a->listens[i].address, address) == 0;
        any = any || is_any(&a->listens[i]);
    }
    fmt_text(there.address, sizeof there.address, "%s", address);
    return found || (*a->advertise && strcmp(a->advertise, address) == 0) || (any && listen_can_bind(&there));
}

static bool is_local(const struct agent *a, const struct network *to)
{
    for (unsigned i = 0; i < a->nlocal_nets; i++)
        if (network_holds(&a->local_nets[i], to))
            return true;
    return false;
}

/* The listener that serves that family by that transport; the first when none does. */
static const struct sip_listen *listener_for(const struct agent *a, bool v6, const char *transport)
{
    for (unsigned i = 0; i < a->nlistens; i++) {
        const struct sip_listen *l = &a->listens[i];
        bool same = strcmp(l->transport, transport) == 0 || (!*l->transport && strcmp(transport, "tls") != 0);
        if (same && is_v6(l) == v6)
            return l;
    }
    return &a->listens[0];
}

void agent_address_toward(const struct agent *a, const char *uri, char out[NETWORK_TEXT])
{
    struct network to;
    const struct sip_listen *l;
    const char *ours = a->address;
    if (address_in_uri(uri, &to)) {
        l = listener_for(a, network_is_v6(&to), "udp");
        if (*a->advertise && !is_local(a, &to))
            ours = a->advertise;
        else if (!is_any(l))
            ours = l->address;
        else if (ask_kernel(&to, out))
            return;
    }
    fmt_text(out, NETWORK_TEXT, "%s", ours);
}

void agent_contact_toward(const struct agent *a, const char *uri, char out[LISTEN_URL_MAX])
{
    char host[NETWORK_TEXT];
    struct network to;
    const char *given = uri ? strstr(uri, "transport=") : NULL;
    const char *transport = given && strncmp(given + 10, "tls", 3) == 0   ? "tls"
                            : given && strncmp(given + 10, "tcp", 3) == 0 ? "tcp"
                                                                          : "udp";
    bool v6 = uri && address_in_uri(uri, &to) && network_is_v6(&to);
    const struct sip_listen *l = listener_for(a, v6, transport);
    uint16_t port = l == &a->listens[0] ? a->port_number : l->port;
    agent_address_toward(a, uri ? uri : "", host);
    if (uri && strncmp(uri, "sips:", 5) == 0) /* which is by TLS in itself */
        fmt_text(out, LISTEN_URL_MAX, strchr(host, ':') ? "<sips:[%s]:%u>" : "<sips:%s:%u>", host, port);
    else
        fmt_text(out, LISTEN_URL_MAX, strchr(host, ':') ? "<sip:[%s]:%u%s%s>" : "<sip:%s:%u%s%s>", host, port,
                 strcmp(transport, "udp") != 0 ? ";transport=" : "", strcmp(transport, "udp") != 0 ? transport : "");
}
