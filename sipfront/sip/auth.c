/* Who sends this request? An unknown user is answered just as a wrong password is. */
#include <string.h>
#include <strings.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sipfront/sip/agent_inner.h"
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

/* MD5 alone unless the account asks for more: there are phones in the field that give up at the sight of an algorithm
 * they do not know, whichever comes first. */
static void challenge(struct agent *a, const struct agent_event *ev, bool sha256, bool stale)
{
    char nonce[96], md5[DIGEST_CHALLENGE_MAX], better[DIGEST_CHALLENGE_MAX];
    digest_nonce(a->digest, nonce);
    digest_challenge(a->digest, "SHA-256", nonce, stale, better);
    digest_challenge(a->digest, "MD5", nonce, stale, md5);
    nua_respond(ev->nh, SIP_401_UNAUTHORIZED, NUTAG_WITH_THIS(a->nua),
                TAG_IF(sha256, SIPTAG_WWW_AUTHENTICATE_STR(better)), SIPTAG_WWW_AUTHENTICATE_STR(md5), TAG_END());
}

/* Before there are credentials, From names the account whose wish counts. */
static bool wants_sha256(const struct agent *a, const sip_t *sip)
{
    struct sip_account account = { .sha256_first = false };
    const char *user = sip->sip_from ? sip->sip_from->a_url->url_user : NULL;
    return user && a->port.account(a->port.owner, user, &account) && account.sha256_first;
}

bool auth_user(struct agent *a, const struct agent_event *ev, char user[SIP_USER_MAX])
{
    struct digest_credentials c;
    struct sip_account account = { .may_register = false };
    const char *method = ev->sip->sip_request->rq_method_name;
    char source[SIP_SOURCE_MAX];
    bool known;
    if (!find_credentials(a, ev->sip, &c)) {
        challenge(a, ev, wants_sha256(a, ev->sip), false);
        return false;
    }
    known = a->port.account(a->port.owner, c.username, &account);
    switch (digest_judge(a->digest, &c, method, known ? &account : NULL)) {
    case DIGEST_RIGHT: memcpy(user, c.username, sizeof c.username); return true;
    case DIGEST_STALE: challenge(a, ev, account.sha256_first, true); return false;
    case DIGEST_WRONG: break;
    }
    agent_source(a, source);
    log_warn("sip", "%s refused: wrong credentials for \"%s\" from %s", method, c.username, source);
    nua_respond(ev->nh, SIP_403_FORBIDDEN, NUTAG_WITH_THIS(a->nua), TAG_END());
    return false;
}
