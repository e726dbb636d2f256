/* The INVITE of an incoming leg: flows read its headers as long as the call is up. As the stack has it, it takes ten
 * times what came on the wire; so of a call that has been up for a moment its text alone is kept, and read again should
 * anybody ask. */
#include <stdlib.h>
#include <strings.h>

#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip_header.h>

#include "sipfront/sip/leg_inner.h"

enum { SHRINK_MS = 1000 }; /* it is work, which many short calls need not have */

struct kept_invite {
    msg_t *msg; /* referenced; NULL: not read again yet */
    char *text; /* NULL: msg is the one that came */
    size_t len;
    struct clock_timer *shrink;
};

void leg_keep_invite(struct leg *leg, msg_t *msg)
{
    leg->invite = calloc(1, sizeof *leg->invite);
    if (!leg->invite)
        abort();
    leg->invite->msg = msg;
}

static void shrink(void *arg)
{
    struct kept_invite *k = arg;
    k->shrink = NULL;
    k->text = msg_as_string(NULL, k->msg, NULL, 0, &k->len);
    if (!k->text) /* then it stays as it is */
        return;
    msg_destroy(k->msg);
    k->msg = NULL;
}

void leg_shrink_invite(struct leg *leg)
{
    struct kept_invite *k = leg->invite;
    if (k && !k->text && !k->shrink)
        k->shrink = clock_start(loop_clock(leg->agent->loop), SHRINK_MS, shrink, k);
}

void leg_forget_invite(struct leg *leg)
{
    if (!leg->invite)
        return;
    clock_stop(loop_clock(leg->agent->loop), &leg->invite->shrink);
    if (leg->invite->msg)
        msg_destroy(leg->invite->msg);
    free(leg->invite->text);
    free(leg->invite);
    leg->invite = NULL;
}

const sip_t *leg_invite(const struct leg *leg)
{
    struct kept_invite *k = leg->invite;
    if (k && !k->msg)
        k->msg = msg_make(sip_default_mclass(), 0, k->text, (ssize_t)k->len);
    return k && k->msg ? sip_object(k->msg) : NULL;
}

/* The header's name; NULL for the first line, the empty line and the body, which stand in the same list. */
static const char *name_of(const sip_header_t *h)
{
    return h->sh_class == sip_unknown_class ? h->sh_unknown->un_name : h->sh_class->hc_name;
}

static const char *value_of(const struct leg *leg, const sip_header_t *h)
{
    if (h->sh_class == sip_unknown_class)
        return h->sh_unknown->un_value;
    return sip_header_as_string(msg_home(leg->invite->msg), h);
}

const char *leg_header(const struct leg *leg, const char *name)
{
    const sip_t *sip = leg_invite(leg);
    const sip_header_t *h = sip ? (const sip_header_t *)sip->sip_request : NULL;
    const char *value;
    while (h && (!name_of(h) || strcasecmp(name_of(h), name) != 0))
        h = (const sip_header_t *)h->sh_succ;
    value = h ? value_of(leg, h) : NULL;
    return value ? value : "";
}
