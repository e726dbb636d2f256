#include "sipfront/sip/challenge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include <sofia-sip/msg_header.h>

#include "sipfront/sip/digest.h"

/* What a challenge says, without quotes. */
struct challenge {
    char realm[128], nonce[512], opaque[256], algorithm[16], qop[32], stale[8];
};

static void take(const msg_param_t *params, const char *name, char *out, size_t cap)
{
    const char *v = msg_params_find(params, name);
    size_t n = 0;
    bool quoted = v && *v == '"';
    for (v = v ? v + quoted : ""; *v && !(quoted && *v == '"') && n + 1 < cap; v++) {
        if (quoted && *v == '\\' && v[1])
            v++;
        out[n++] = *v;
    }
    out[n] = '\0';
}

static bool read_challenge(const msg_auth_t *au, struct challenge *c)
{
    if (!au->au_scheme || strcasecmp(au->au_scheme, "Digest") != 0 || !au->au_params)
        return false;
    take(au->au_params, "realm=", c->realm, sizeof c->realm);
    take(au->au_params, "nonce=", c->nonce, sizeof c->nonce);
    take(au->au_params, "opaque=", c->opaque, sizeof c->opaque);
    take(au->au_params, "algorithm=", c->algorithm, sizeof c->algorithm);
    take(au->au_params, "qop=", c->qop, sizeof c->qop);
    take(au->au_params, "stale=", c->stale, sizeof c->stale);
    return c->nonce[0] != '\0';
}

/* 0: not ours; the higher the better. */
static int strength(const struct challenge *c)
{
    if (strcasecmp(c->algorithm, "SHA-256") == 0)
        return 2;
    return c->algorithm[0] == '\0' || strcasecmp(c->algorithm, "MD5") == 0;
}

static const msg_auth_t *challenges_of(const sip_t *response)
{
    return response->sip_status->st_status == 407 ? response->sip_proxy_authenticate : response->sip_www_authenticate;
}

static bool best_challenge(const sip_t *response, struct challenge *best)
{
    struct challenge c;
    int have = 0;
    for (const msg_auth_t *au = challenges_of(response); au; au = au->au_next) {
        if (!read_challenge(au, &c) || strength(&c) <= have)
            continue;
        have = strength(&c);
        *best = c;
    }
    return have > 0;
}

bool challenge_is_stale(const sip_t *response)
{
    struct challenge c;
    return best_challenge(response, &c) && strcasecmp(c.stale, "true") == 0;
}

/* "auth" among "auth,auth-int". */
static bool offers_auth(const char *qop)
{
    while (*qop) {
        size_t n = strcspn(qop, ", ");
        if (n == 4 && strncasecmp(qop, "auth", 4) == 0)
            return true;
        qop += n + strspn(qop + n, ", ");
    }
    return false;
}

static void add_quoted(struct sbuf *out, const char *name, const char *value)
{
    sbuf_fmt(out, "%s=\"", name);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            sbuf_char(out, '\\');
        sbuf_char(out, *value);
    }
    sbuf_char(out, '"');
}

static void write_answer(struct sbuf *out, const struct challenge *c, const struct digest_credentials *d)
{
    add_quoted(out, "username", d->username);
    add_quoted(out, ", realm", c->realm);
    add_quoted(out, ", nonce", c->nonce);
    add_quoted(out, ", uri", d->uri);
    add_quoted(out, ", response", d->response);
    if (c->algorithm[0])
        sbuf_fmt(out, ", algorithm=%s", d->algorithm);
    if (d->qop[0])
        sbuf_fmt(out, ", qop=auth, nc=%s, cnonce=\"%s\"", d->nc, d->cnonce);
    if (c->opaque[0])
        add_quoted(out, ", opaque", c->opaque);
}

static bool fill(struct digest_credentials *d, const struct challenge *c, const struct credentials *who,
                 const char *uri)
{
    unsigned char random[12];
    if (strlen(who->user) >= sizeof d->username || strlen(uri) >= sizeof d->uri || strlen(c->nonce) >= sizeof d->nonce)
        return false;
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return false;
    snprintf(d->username, sizeof d->username, "%s", who->user);
    snprintf(d->uri, sizeof d->uri, "%s", uri);
    snprintf(d->nonce, sizeof d->nonce, "%s", c->nonce);
    snprintf(d->algorithm, sizeof d->algorithm, "%s", strength(c) == 2 ? "SHA-256" : "MD5");
    if (offers_auth(c->qop)) {
        strcpy(d->qop, "auth");
        strcpy(d->nc, "00000001");
        for (size_t i = 0; i < sizeof random; i++)
            snprintf(d->cnonce + 2 * i, 3, "%02x", random[i]);
    }
    return true;
}

enum err challenge_answer(const sip_t *response, const struct credentials *who, const char *method, const char *uri,
                          struct sbuf *out)
{
    struct challenge c;
    struct digest_credentials d = { .username = "" };
    struct sip_account account = { .ha1_md5 = "" };
    char hex[65];
    if (!best_challenge(response, &c) || !fill(&d, &c, who, uri))
        return ERR_UNSUPPORTED;
    digest_ha1(who->user, c.realm, who->password, &account);
    if (!digest_response(&d, method, &account, hex))
        return ERR_UNSUPPORTED;
    memcpy(d.response, hex, sizeof hex);
    sbuf_cstr(out, response->sip_status->st_status == 407 ? "Proxy-Authorization: Digest " : "Authorization: Digest ");
    write_answer(out, &c, &d);
    return ERR_OK;
}
