/* ann's phone, calling in. */
#ifndef TESTS_UNIT_SIP_CALLER_H
#define TESTS_UNIT_SIP_CALLER_H

#include "tests/unit/sip/owner.h"

static char contact_line[128];

static inline struct request invite_request(struct phone *p, const char *call_id)
{
    snprintf(contact_line, sizeof contact_line, "Contact: <sip:ann@192.168.77.7:5060>\r\nX-Test: a value\r\n");
    (void)p;
    return (struct request){ .method = "INVITE",
                             .uri = "sip:b%6fb@test",
                             .from = "ann",
                             .to = "bob",
                             .call_id = call_id,
                             .cseq = 1,
                             .extra = contact_line,
                             .body = SDP_A };
}

/* ann's phone has an invitation up; r is the request as it was sent. */
static inline struct request call_in(struct phone *p, const char *call_id, const char *body)
{
    struct request r;
    phone_open(p);
    r = invite_request(p, call_id);
    r.body = body;
    phone_send_authorized(p, &r, "ann", "secret-of-ann");
    wait_for(&w.invited, 1);
    return r;
}

static inline struct request in_dialog(const struct request *invite, const char *method, const char *answer, int cseq)
{
    static char branch[4][32], tag[4][64];
    static unsigned n;
    struct request r = *invite;
    n++;
    snprintf(branch[n % 4], sizeof branch[0], "d%u", n);
    snprintf(tag[n % 4], sizeof tag[0], "%s", between(strstr(answer, "\r\nTo:"), ";tag=", "\r\n"));
    r.method = method, r.body = NULL, r.cseq = cseq, r.branch = branch[n % 4], r.to_tag = tag[n % 4];
    return r;
}

/* Answered and ACKed; the tag of the dialog stands in p->last, the 200. */
static inline struct request talk_in(struct phone *p, const char *call_id)
{
    struct request r = call_in(p, call_id, SDP_A), ack;
    leg_answer(w.leg, SDP_B);
    phone_expect(p, "SIP/2.0 200");
    ack = in_dialog(&r, "ACK", p->last, r.cseq);
    phone_send(p, &ack);
    wait_for(&told.confirmed, 1);
    return r;
}

#endif
