#include "sipfront/sip/challenge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#define SOFIA_EXTEND_AUTH_CLIENT 1
#include <sofia-sip/auth_client_plugin.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/url.h>

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

/* NULL: there is none that we can answer. */
static const msg_auth_t *best_challenge(const sip_t *response, struct challenge *best)
{
    const msg_auth_t *found = NULL;
    struct challenge c;
    int have = 0;
    for (const msg_auth_t *au = challenges_of(response); au; au = au->au_next) {
        if (!read_challenge(au, &c) || strength(&c) <= have)
            continue;
        have = strength(&c);
        *best = c;
        found = au;
    }
    return found;
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

/* What is to be answered: which challenge, by whom, for which request; uses: how often the nonce has served before. */
struct question {
    const struct challenge *c;
    const struct credentials *who;
    const char *method, *uri;
    unsigned uses;
};

static bool fill(struct digest_credentials *d, const struct question *q)
{
    unsigned char random[12];
    if (strlen(q->who->user) >= sizeof d->username || strlen(q->uri) >= sizeof d->uri ||
        strlen(q->c->nonce) >= sizeof d->nonce)
        return false;
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return false;
    snprintf(d->username, sizeof d->username, "%s", q->who->user);
    snprintf(d->uri, sizeof d->uri, "%s", q->uri);
    snprintf(d->nonce, sizeof d->nonce, "%s", q->c->nonce);
    snprintf(d->algorithm, sizeof d->algorithm, "%s", strength(q->c) == 2 ? "SHA-256" : "MD5");
    if (offers_auth(q->c->qop)) {
        strcpy(d->qop, "auth");
        snprintf(d->nc, sizeof d->nc, "%08x", q->uses + 1);
        for (size_t i = 0; i < sizeof random; i++)
            snprintf(d->cnonce + 2 * i, 3, "%02x", random[i]);
    }
    return true;
}

/* Adds `before` and the header's value to out, or nothing. */
static bool answer(const struct question *q, const char *before, struct sbuf *out)
{
    struct digest_credentials d = { .username = "" };
    struct sip_account account = { .ha1_md5 = "" };
    char hex[65];
    if (!fill(&d, q))
        return false;
    digest_ha1(q->who->user, q->c->realm, q->who->password, &account);
    if (!digest_response(&d, q->method, &account, hex))
        return false;
    memcpy(d.response, hex, sizeof hex);
    sbuf_fmt(out, "%sDigest ", before);
    write_answer(out, q->c, &d);
    return true;
}

enum err challenge_answer(const sip_t *response, const struct credentials *who, const char *method, const char *uri,
                          struct sbuf *out)
{
    struct challenge c;
    bool proxy = response->sip_status->st_status == 407;
    if (!best_challenge(response, &c))
        return ERR_UNSUPPORTED;
    return answer(&(struct question){ &c, who, method, uri, 0 },
                  proxy ? "Proxy-Authorization: " : "Authorization: ", out)
               ? ERR_OK
               : ERR_UNSUPPORTED;
}

/* ---- requests of the stack ---- */

/* What the stack keeps of a realm, from one request of a dialog to the next. It reads user and password out of a text
 * with colons, so they are in hex. */
struct stack_client {
    auth_client_t base;
    struct challenge c; /* without a nonce: none that we can answer */
    bool answered;
    unsigned uses;
};

/* 2: it is another one. The further ones of the same response come before the first has been answered. */
static int stack_challenge(auth_client_t *base, const msg_auth_t *au)
{
    struct stack_client *client = (struct stack_client *)base;
    struct challenge c;
    bool further = client->c.nonce[0] && !client->answered;
    if (!read_challenge(au, &c) || !strength(&c) || (further && strength(&c) <= strength(&client->c)))
        return 1;
    client->c = c;
    client->answered = false;
    client->uses = 0;
    return 2;
}

static void add_hex(struct sbuf *out, const char *text)
{
    for (; *text; text++)
        sbuf_fmt(out, "%02x", (unsigned char)*text);
}

static void add_text(struct sbuf *out, const char *hex)
{
    static const char digits[] = "0123456789abcdef";
    for (; hex[0] && hex[1]; hex += 2)
        sbuf_char(out, (char)((strchr(digits, hex[0]) - digits) << 4 | (strchr(digits, hex[1]) - digits)));
    sbuf_char(out, '\0');
}

static int stack_authorize(auth_client_t *base, su_home_t *home, const char *method, const url_t *url,
                           const msg_payload_t *body, msg_header_t **out)
{
    struct stack_client *client = (struct stack_client *)base;
    struct sbuf user = { 0 }, password = { 0 }, line = { 0 };
    const char *uri = url_as_string(home, url);
    (void)body;
    add_text(&user, base->ca_user);
    add_text(&password, base->ca_pass);
    const struct credentials who = { user.p, password.p };
    if (uri && *who.user && client->c.nonce[0] &&
        answer(&(struct question){ &client->c, &who, method, uri, client->uses++ }, "", &line))
        *out = msg_header_make(home, base->ca_credential_class, line.p);
    client->answered = true;
    sbuf_free(&user);
    sbuf_free(&password);
    sbuf_free(&line);
    return 0;
}

void challenge_plug(void)
{
    static const auth_client_plugin_t basic = { .auc_plugin_size = sizeof basic,
                                                .auc_size = sizeof(struct stack_client),
                                                .auc_name = "Basic",
                                                .auc_challenge = stack_challenge,
                                                .auc_authorize = stack_authorize };
    static auth_client_plugin_t digest;
    digest = basic;
    digest.auc_name = "Digest";
    /* the library takes the first place that has another name (1.12.11), or the same: in this order either takes both
     */
    auc_register_plugin(&digest);
    auc_register_plugin(&basic);
}

static void add_credentials(struct sbuf *out, const msg_auth_t *au, const struct credentials *who)
{
    const char *realm = au->au_params ? msg_params_find(au->au_params, "realm=") : NULL;
    bool ours = au->au_scheme && strcasecmp(au->au_scheme, "Digest") == 0;
    sbuf_fmt(out, "%s:%s:", au->au_scheme ? au->au_scheme : "", realm ? realm : "");
    if (ours)
        add_hex(out, who->user);
    sbuf_char(out, ':');
    if (ours)
        add_hex(out, who->password);
}

bool challenge_give(nua_handle_t *nh, const sip_t *response, const struct credentials *who)
{
    enum { MOST = 8 };
    struct sbuf lines[MOST] = { { 0 } };
    tagi_t tags[MOST + 1] = { { TAG_END() } };
    unsigned n = 0;
    for (const msg_auth_t *au = challenges_of(response); au && n < MOST; au = au->au_next, n++) {
        add_credentials(&lines[n], au, who);
        tags[n] = (tagi_t){ NUTAG_AUTH(lines[n].p) };
    }
    tags[n] = (tagi_t){ TAG_END() };
    if (n > 0)
        nua_authenticate(nh, TAG_NEXT(tags));
    for (unsigned i = 0; i < n; i++)
        sbuf_free(&lines[i]);
    return n > 0;
}
