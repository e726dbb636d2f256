#include "sipfront/sip/incoming.h"

#include <string.h>
#include <strings.h>

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/front.h"
#include "vm/base/fmt.h"

static const char *transport_of(const sip_t *sip)
{
    const char *protocol = sip && sip->sip_via ? sip->sip_via->v_protocol : NULL;
    if (protocol && strcasecmp(protocol, "SIP/2.0/TLS") == 0)
        return "tls";
    return protocol && strcasecmp(protocol, "SIP/2.0/TCP") == 0 ? "tcp" : "udp";
}

void incoming_of_event(struct incoming *r, struct agent *a, const struct agent_event *ev)
{
    su_sockaddr_t from;
    socklen_t len = sizeof from;
    msg_t *msg = nua_current_request(a->nua);
    *r = (struct incoming){ .agent = a, .sip = ev->sip, .nh = ev->nh, .transport = transport_of(ev->sip) };
    memset(&from, 0, sizeof from);
    if (msg && msg_get_address(msg, &from, &len) >= 0 && network_of(&r->source, &from.su_sa))
        r->source_port = ntohs(from.su_port);
}

void incoming_answer(const struct incoming *r, int status, const char *phrase, const char *headers)
{
    if (r->datagram)
        front_answer(r, status, phrase, headers);
    else
        nua_respond(r->nh, status, phrase, NUTAG_WITH_THIS(r->agent->nua),
                    TAG_IF(headers && *headers, SIPTAG_HEADER_STR(headers)), TAG_END());
}

bool incoming_is_for_us(const sip_t *sip)
{
    switch ((int)sip->sip_request->rq_url->url_type) {
    case url_sip:
    case url_sips:
    case url_tel: return true;
    default: return false;
    }
}

bool incoming_hides_caller(const sip_t *sip)
{
    static const char *const wishes[] = { "id", "user", "header", "full" };
    const sip_privacy_t *p = sip->sip_privacy;
    const url_t *from = sip->sip_from->a_url;
    for (size_t i = 0; p && p->priv_values && p->priv_values[i]; i++)
        for (size_t k = 0; k < sizeof wishes / sizeof *wishes; k++)
            if (strcasecmp(p->priv_values[i], wishes[k]) == 0)
                return true;
    return (from->url_host && strcasecmp(from->url_host, "anonymous.invalid") == 0) ||
           (from->url_user && strcasecmp(from->url_user, "anonymous") == 0);
}

void incoming_source(const struct incoming *r, char out[SIP_SOURCE_MAX])
{
    char host[NETWORK_TEXT];
    out[0] = '\0';
    if (!r->source_port)
        return;
    network_text(&r->source, host);
    fmt_text(out, SIP_SOURCE_MAX, network_is_v6(&r->source) ? "[%s]:%u" : "%s:%u", host, r->source_port);
}

void incoming_source_uri(const struct incoming *r, char out[SIP_SOURCE_MAX + 32])
{
    char source[SIP_SOURCE_MAX];
    incoming_source(r, source);
    out[0] = '\0';
    if (source[0])
        fmt_text(out, SIP_SOURCE_MAX + 32, "sip:%s;transport=%s", source, r->transport);
}

bool address_in_uri(const char *uri, struct network *out)
{
    char host[NETWORK_TEXT];
    const char *at = uri + (strncmp(uri, "sip:", 4) == 0 ? 4 : strncmp(uri, "sips:", 5) == 0 ? 5 : 0);
    size_t n = *at == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":;");
    if (n >= sizeof host)
        return false;
    memcpy(host, at, n);
    host[n] = '\0';
    return network_parse(out, host) == ERR_OK;
}
