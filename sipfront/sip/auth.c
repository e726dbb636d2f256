/* Who sends this request? An unknown user is answered just as a wrong password is. */
#include <string.h>
#include <strings.h>

#include <sofia-sip/sip_status.h>
#include <sofia-sip/url.h>

#include "sipfront/sip/guard.h"
#include "sipfront/sip/incoming.h"
#include "vm/base/log.h"

static bool read_credentials(const sip_authorization_t *au, struct digest_credentials *out)
{
    memset(out, 0, sizeof *out);
    if (!au->au_scheme || strcasecmp(au->au_scheme, "Digest") != 0 || !au->au_params)
        return false;
    for (size_t i = 0; au->au_params[i]; i++)
        if (digest_take_param(out, au->au_params[i]) != ERR_OK)
            return false;
    return true;
}

static bool find_credentials(const struct agent *a, const sip_t *sip, struct digest_credentials *out)
{
    for (const sip_authorization_t *au = sip->sip_authorization; au; au = au->au_next)
        if (read_credentials(au, out) && strcmp(out->realm, a->realm) == 0)
            return true;
    return false;
}

static void from_user(const sip_t *sip, char user[SIP_USER_MAX])
{
    const char *from = sip->sip_from ? sip->sip_from->a_url->url_user : NULL;
    user[0] = '\0';
    if (from && strlen(from) < SIP_USER_MAX)
        url_unescape(user, from);
}

void auth_claimed_user(const struct agent *a, const sip_t *sip, char user[SIP_USER_MAX])
{
    struct digest_credentials c;
    if (find_credentials(a, sip, &c))
        memcpy(user, c.username, sizeof c.username);
    else
        from_user(sip, user);
}

/* MD5 alone unless the account asks for more: there are phones in the field that give up at the sight of an algorithm
 * they do not know, whichever comes first. */
static void challenge(const struct incoming *r, bool sha256, bool stale)
{
    static const char name[] = "WWW-Authenticate: ";
    struct agent *a = r->agent;
    char nonce[96], md5[DIGEST_CHALLENGE_MAX], better[DIGEST_CHALLENGE_MAX];
    char headers[2 * (DIGEST_CHALLENGE_MAX + sizeof name + 2)];
    const struct network source = guard_source(&r->source);
    digest_nonce(a->digest, &source, nonce);
    digest_challenge(a->digest, "SHA-256", nonce, stale, better);
    digest_challenge(a->digest, "MD5", nonce, stale, md5);
    snprintf(headers, sizeof headers, "%s%s%s%s%s\r\n", sha256 ? name : "", sha256 ? better : "", sha256 ? "\r\n" : "",
             name, md5);
    incoming_answer(r, SIP_401_UNAUTHORIZED, headers);
}

/* Before there are credentials, From names the account whose wish counts. */
static bool wants_sha256(const struct agent *a, const sip_t *sip)
{
    struct sip_account account = { .sha256_first = false };
    char user[SIP_USER_MAX];
    from_user(sip, user);
    return user[0] && a->port.account(a->port.owner, user, &account) && account.sha256_first;
}

void auth_challenge_stale(const struct incoming *r) { challenge(r, wants_sha256(r->agent, r->sip), true); }

static void refuse(const struct incoming *r, const char *user, const char *why)
{
    char source[SIP_SOURCE_MAX];
    incoming_source(r, source);
    log_warn("sip", "%s refused: %s for \"%s\" from %s", r->sip->sip_request->rq_method_name, why, user, source);
    incoming_answer(r, SIP_403_FORBIDDEN, NULL);
}

/* A banned source gets silence where no connection is at stake (front.c), else the cheapest refusal. */
static bool is_admitted(const struct incoming *r, const char *user, bool with_credentials)
{
    struct guard *g = r->agent->guard;
    if (!guard_is_wary(g) || guard_admits(g, &r->source, user, with_credentials))
        return true;
    if (!r->datagram)
        incoming_answer(r, SIP_403_FORBIDDEN, NULL);
    return false;
}

static bool judge(const struct incoming *r, const struct digest_credentials *c, bool *again)
{
    struct agent *a = r->agent;
    struct sip_account account = { .may_register = false };
    bool known = a->port.account(a->port.owner, c->username, &account);
    const struct network source = guard_source(&r->source);
    const char *method = r->sip->sip_request->rq_method_name;
    switch (digest_judge(a->digest, c, method, &source, known ? &account : NULL)) {
    case DIGEST_RIGHT: guard_proved(a->guard, &r->source, c->username); return true;
    case DIGEST_AGAIN:
        if (again) {
            *again = true;
            return true;
        }
        challenge(r, account.sha256_first, true);
        return false;
    case DIGEST_STALE: challenge(r, account.sha256_first, true); return false;
    case DIGEST_WRONG: break;
    }
    guard_failed(a->guard, &r->source, c->username);
    refuse(r, c->username, "wrong credentials");
    return false;
}

bool auth_user(const struct incoming *r, char user[SIP_USER_MAX], bool *again)
{
    struct digest_credentials c;
    if (again)
        *again = false;
    if (!find_credentials(r->agent, r->sip, &c)) {
        from_user(r->sip, user);
        if (is_admitted(r, user, false))
            challenge(r, wants_sha256(r->agent, r->sip), false);
        return false;
    }
    if (!is_admitted(r, c.username, true) || !judge(r, &c, again))
        return false;
    memcpy(user, c.username, sizeof c.username);
    return true;
}

bool auth_event(struct agent *a, const struct agent_event *ev, char user[SIP_USER_MAX])
{
    struct incoming r;
    incoming_of_event(&r, a, ev);
    return auth_user(&r, user, NULL);
}
