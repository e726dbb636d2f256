/* How a phone is asked to ring, and to answer by itself. There is one standard for each and several customs beside it,
 * so all are said; a phone that is not set up to obey ignores them, and rings.
 *
 *   Alert-Info: <urn:alert:source:internal>;info=alert-internal     RFC 7462, and the customary name of a sound
 *   Alert-Info: <sip:server>;info=alert-autoanswer;delay=0          Snom, Yealink, Grandstream, Polycom, Mitel
 *   Call-Info: <sip:server>;answer-after=0                          Cisco, Grandstream, Gigaset, linphone
 *   Answer-Mode: Auto                                               RFC 5373
 *
 * Not said: `;require` and `Require: answermode` (RFC 5373), for a phone that knows neither would refuse the call
 * instead of ringing; Priv-Answer-Mode, which is for callers whose rights the phone can check. */
#include <string.h>

#include "sipfront/sip/leg_inner.h"
#include "vm/base/ring_tone.h"

/* The server, as one who has no user. */
static void add_server(const struct agent *a, struct sbuf *out)
{
    bool v6 = strchr(a->address, ':') != NULL;
    sbuf_fmt(out, v6 ? "sip:[%s]" : "sip:%s", a->address);
}

static void add_alert_info(const struct agent *a, const struct leg_alert *alert, struct sbuf *out)
{
    struct str tone = str_of(alert->ring_tone);
    struct sbuf info = { 0 };
    sbuf_cstr(out, "Alert-Info: <");
    if (tone.len) {
        ring_tone_uri(tone, out);
        ring_tone_info(tone, &info);
    } else {
        add_server(a, out);
    }
    if (alert->auto_answer) { /* the phone's tone before it answers is then its own */
        sbuf_clear(&info);
        sbuf_cstr(&info, "alert-autoanswer;delay=0");
    }
    if (info.len)
        sbuf_fmt(out, ">;info=%s", info.p);
    else
        sbuf_char(out, '>');
    sbuf_free(&info);
}

void leg_write_alert(const struct agent *a, const struct leg_alert *alert, struct sbuf *out)
{
    bool rings = alert && alert->ring_tone && *alert->ring_tone;
    if (!rings && !(alert && alert->auto_answer))
        return;
    if (out->len)
        sbuf_cstr(out, "\r\n");
    add_alert_info(a, alert, out);
    if (!alert->auto_answer)
        return;
    sbuf_cstr(out, "\r\nCall-Info: <");
    add_server(a, out);
    sbuf_cstr(out, ">;answer-after=0\r\nAnswer-Mode: Auto");
}
