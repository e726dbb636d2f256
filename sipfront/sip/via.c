#include "sipfront/sip/via.h"

#include <string.h>

#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/su_tagarg.h>
#include <sofia-sip/tport.h>

#include "sipfront/sip/agent_inner.h"
#include "sipfront/sip/library.h"
#include "vm/base/fmt.h"

static const struct agent *ours;

void via_begin(const struct agent *a)
{
    if (*a->advertise)
        ours = a;
}

void via_end(const struct agent *a)
{
    if (ours == a)
        ours = NULL;
}

/* The stack writes its first Via just before it sends; one that it has sent before, to the same place, is right
 * already. */
static void write_via(msg_t *msg, const tp_name_t *to)
{
    sip_t *sip = sip_object(msg);
    char uri[NETWORK_TEXT + 8], address[NETWORK_TEXT];
    sip_via_t *via;
    if (!sip || !sip->sip_request || !sip->sip_via || !to || !to->tpn_host)
        return;
    via = sip->sip_via;
    fmt_text(uri, sizeof uri, strchr(to->tpn_host, ':') && *to->tpn_host != '[' ? "sip:[%s]" : "sip:%s", to->tpn_host);
    agent_address_toward(ours, uri, address);
    if (strcmp(address, ours->advertise) != 0 || strcmp(via->v_host, address) == 0)
        return;
    via->v_host = su_strdup(msg_home(msg), address);
    msg_fragment_clear(via->v_common);
}

typedef tport_t *send_fn(tport_t *self, msg_t *msg, tp_name_t const *to, tag_type_t tag, tag_value_t value, ...);

tport_t *via_send(tport_t *self, msg_t *msg, tp_name_t const *to, tag_type_t tag, tag_value_t value,
                  ...) __asm__("tport_tsend");

tport_t *via_send(tport_t *self, msg_t *msg, tp_name_t const *to, tag_type_t tag, tag_value_t value, ...)
{
    static send_fn *send;
    tport_t *by;
    ta_list ta;
    if (!send)
        library_next(&send, "tport_tsend");
    if (ours)
        write_via(msg, to);
    ta_start(ta, tag, value);
    by = send(self, msg, to, TAG_NEXT(ta_args(ta)));
    ta_end(ta);
    return by;
}
