/* Within a dialog a carrier may ask for credentials once more, for BYE, re-INVITE, UPDATE, PRACK and REFER as for INFO
 * (RFC 3261 §22.2).
 *
 *   leg                                 gateway
 *     BYE, CSeq 3              ->
 *                              <-       401 or 407, nonce
 *     BYE, CSeq 4, credentials ->
 *                              <-       200; a further challenge is the end of it
 *
 * What follows in the dialog has credentials at once, with the count of the nonce. A new nonce is taken for a request
 * once.
 */
#include "sipfront/sip/leg_challenge.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/msg.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/url.h>

struct leg_account {
    char *user, *password;
    struct credentials who;
    bool given[2]; /* to the stack, for 401 and 407: it goes on by itself from then on */
};

void leg_account_set(struct leg *leg, const char *user, const char *password)
{
    struct leg_account *account;
    if (!*password)
        return;
    account = calloc(1, sizeof *account);
    if (!account || !(account->user = strdup(user)) || !(account->password = strdup(password)))
        abort();
    account->who = (struct credentials){ account->user, account->password };
    leg->account = account;
}

void leg_account_free(struct leg *leg)
{
    struct leg_account *account = leg->account;
    leg->account = NULL;
    if (!account)
        return;
    explicit_bzero(account->password, strlen(account->password));
    free(account->user);
    free(account->password);
    free(account);
}

const struct credentials *leg_account(const struct leg *leg) { return leg->account ? &leg->account->who : NULL; }

void leg_challenge_expect(struct leg *leg)
{
    if (leg->account)
        nua_set_hparams(leg->nh, NUTAG_RETRY_COUNT(1), TAG_END());
}

bool leg_challenge_taken(const struct agent_event *ev)
{
    struct leg *leg = ev->leg;
    bool dials = ev->kind == nua_r_invite && (leg->state == LEG_CALLING || leg->state == LEG_CANCELLED);
    bool *given;
    if (!leg->account || dials || (ev->status != 401 && ev->status != 407) || !ev->sip || !ev->sip->sip_status)
        return false;
    given = &leg->account->given[ev->status == 407];
    if (!challenge_give(ev->nh, ev->sip, &leg->account->who) || *given)
        return false;
    *given = true;
    return true;
}

bool leg_challenge_header(const struct leg *leg, nta_outgoing_t *asked, const sip_t *response, struct sbuf *header)
{
    int status = response && response->sip_status ? response->sip_status->st_status : 0;
    msg_t *msg;
    bool ok = false;
    if (!leg->account || (status != 401 && status != 407))
        return false;
    msg = nta_outgoing_getrequest(asked);
    if (msg) {
        const sip_request_t *rq = sip_object(msg)->sip_request;
        const char *uri = url_as_string(msg_home(msg), rq->rq_url);
        ok = uri && challenge_answer(response, &leg->account->who, rq->rq_method_name, uri, header) == ERR_OK;
        msg_destroy(msg);
    }
    return ok;
}
