#include "sipfront/sip/blf.h"

#include "sipfront/sip/replaces.h"
#include "sipfront/sip/subscription.h"

struct writing {
    const struct agent *agent;
    struct sbuf *out;
    unsigned count;
};

static void add_escaped(struct sbuf *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<': sbuf_cstr(out, "&lt;"); break;
        case '>': sbuf_cstr(out, "&gt;"); break;
        case '&': sbuf_cstr(out, "&amp;"); break;
        case '"': sbuf_cstr(out, "&quot;"); break;
        default:
            if ((unsigned char)*text >= ' ' && *text != 0x7f)
                sbuf_char(out, *text);
        }
    }
}

static void add_uri(const struct agent *a, const char *user, struct sbuf *out)
{
    struct sbuf uri = { 0 };
    if (*user)
        agent_write_uri(a, user, &uri);
    else
        sbuf_cstr(&uri, "sip:anonymous@anonymous.invalid");
    add_escaped(out, uri.p);
    sbuf_free(&uri);
}

/* What an INVITE with Replaces names, as the watched phone sees it. */
static void add_ids(const struct leg *leg, struct sbuf *out)
{
    struct leg_dialog_id id;
    if (!leg || !leg_dialog(leg, &id))
        return;
    sbuf_cstr(out, " call-id=\"");
    add_escaped(out, id.call_id);
    sbuf_cstr(out, "\" local-tag=\"");
    add_escaped(out, id.from_tag);
    sbuf_cstr(out, "\" remote-tag=\"");
    add_escaped(out, id.to_tag);
    sbuf_char(out, '"');
}

static void add_dialog(const struct sip_dialog *d, void *arg)
{
    struct writing *w = arg;
    w->count++;
    sbuf_cstr(w->out, "<dialog id=\"");
    add_escaped(w->out, d->id);
    sbuf_char(w->out, '"');
    add_ids(d->leg, w->out);
    sbuf_fmt(w->out, " direction=\"%s\"><state>%s</state><remote><identity", d->initiator ? "initiator" : "recipient",
             d->state);
    if (*d->far_name) {
        sbuf_cstr(w->out, " display=\"");
        add_escaped(w->out, d->far_name);
        sbuf_char(w->out, '"');
    }
    sbuf_char(w->out, '>');
    add_uri(w->agent, d->far, w->out);
    sbuf_cstr(w->out, "</identity></remote></dialog>\r\n");
}

/* An idle line says so in words: an empty list leaves the lamps of some phones as they were. */
bool blf_write(const struct agent *a, const char *user, unsigned version, struct sbuf *out)
{
    struct writing w = { .agent = a, .out = out };
    sbuf_fmt(out,
             "<?xml version=\"1.0\"?>\r\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"%u\" "
             "state=\"full\" entity=\"",
             version);
    add_uri(a, user, out);
    sbuf_cstr(out, "\">\r\n");
    if (!a->port.dialogs || !a->port.dialogs(a->port.owner, user, add_dialog, &w))
        return false;
    if (!w.count) {
        sbuf_cstr(out, "<dialog id=\"");
        add_escaped(out, user);
        sbuf_cstr(out, "\"><state>terminated</state></dialog>\r\n");
    }
    sbuf_cstr(out, "</dialog-info>\r\n");
    return true;
}

void blf_publish(struct agent *a, const char *user) { subscription_publish(a, PACKAGE_DIALOG, user); }
