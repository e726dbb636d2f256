/* A raw phone that knows its password. */
#ifndef TESTS_UNIT_SIP_LOGIN_H
#define TESTS_UNIT_SIP_LOGIN_H

#include "sipfront/sip/digest.h"
#include "tests/unit/sip/phone.h"

struct login {
    const char *user, *password, *algorithm;
    unsigned count;
};

/* An Authorization header for the challenge in `challenge`, with a CRLF. */
static inline void authorize(char out[2048], const char *challenge, const struct request *r, const struct login *l)
{
    struct digest_credentials c = { .cnonce = "0a4f113b", .qop = "auth" };
    struct sip_account account;
    char response[65];
    snprintf(c.nonce, sizeof c.nonce, "%s", between(challenge, "nonce=\"", "\""));
    snprintf(c.uri, sizeof c.uri, "%s", or_else(r->uri, "sip:test"));
    snprintf(c.algorithm, sizeof c.algorithm, "%s", l->algorithm);
    snprintf(c.nc, sizeof c.nc, "%08x", l->count);
    digest_ha1(l->user, REALM, l->password, &account);
    assert_true(digest_response(&c, r->method, &account, response));
    snprintf(out, 2048,
             "Authorization: Digest username=\"%s\", realm=\"" REALM "\", nonce=\"%s\", uri=\"%s\", response=\"%s\", "
             "algorithm=%s, cnonce=\"%s\", qop=auth, nc=%s\r\n",
             l->user, c.nonce, c.uri, response, l->algorithm, c.cnonce, c.nc);
}

/* Sends r, is challenged, sends it again with credentials. r->extra must stay below 2 KiB. */
static inline void phone_send_authorized(struct phone *p, struct request *r, const char *user, const char *password)
{
    static unsigned sent;
    char authorization[2048], extra[4096], branch[2][32];
    const char *plain = r->extra;
    snprintf(branch[0], sizeof branch[0], "a%u", ++sent);
    snprintf(branch[1], sizeof branch[1], "b%u", sent);
    r->branch = branch[0];
    phone_send(p, r);
    phone_expect(p, "SIP/2.0 401");
    if (strcmp(r->method, "INVITE") == 0) {
        struct request ack = *r;
        ack.method = "ACK", ack.body = NULL, ack.extra = NULL;
        ack.to_tag = between(strstr(p->last, "\r\nTo:"), ";tag=", "\r\n");
        phone_send(p, &ack);
    }
    authorize(authorization, p->last, r, &(struct login){ user, password, "MD5", 1 });
    snprintf(extra, sizeof extra, "%s%s", or_else(plain, ""), authorization);
    r->extra = extra;
    r->branch = branch[1];
    r->cseq++;
    phone_send(p, r);
    r->extra = plain;
    r->branch = NULL;
}

#endif
