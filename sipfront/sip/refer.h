/* A REFER of a phone (RFC 3515): what it asks for, and how it is told what became of it. Loop thread. The server is a
 * back-to-back user agent: it carries the transfer out itself and passes no REFER on.
 *
 *   phone                    server
 *     REFER Refer-To: …   ->    on_refer
 *                         <-    202                     referral_accept     (or referral_refuse: 4xx)
 *                         <-    NOTIFY 100 Trying
 *                         <-    NOTIFY 180 Ringing      referral_tell
 *     BYE (maybe)         ->    on_ended                the referral lives on
 *                         <-    NOTIFY 200 OK, the end  referral_end
 */
#ifndef SIPFRONT_SIP_REFER_H
#define SIPFRONT_SIP_REFER_H

#include "sipfront/sip/leg.h"

struct referral;

/* A dialog as Replaces names it (RFC 3891 §6.1). "" everywhere: there is none. */
struct leg_dialog_id {
    char call_id[256], to_tag[128], from_tag[128];
};

/* What a REFER asks for; borrowed for the callback. */
struct refer_request {
    const char *user, *host; /* Refer-To's; a tel: URI's number and "" */
    struct leg_dialog_id replaces;
};

/* Each of the owner's referrals is ended by exactly one of refuse and end, which set it to NULL. */
void referral_refuse(struct referral **r, int status);
void referral_accept(struct referral *r);
void referral_tell(struct referral *r, int status);
void referral_end(struct referral **r, int status);

/* Our own REFER: the phone of a dialog that is up is to call that URI; by: who wants it so (RFC 3892). on_put follows,
 * or on_ended. May it be asked: its INVITE or answer must have allowed REFER. */
bool leg_may_put(const struct leg *leg);
void leg_put(struct leg *leg, const char *uri, const char *by);
/* That user of this server, in the words in which the phone of an incoming leg calls it. */
void leg_uri_here(const struct leg *leg, const char *user, struct sbuf *out);

/* Reads "call-id;to-tag=…;from-tag=…", escapes resolved. false when it is no such value. */
bool refer_read_replaces(const char *value, struct leg_dialog_id *out);
/* Is this the leg's dialog? Some phones write the tags the wrong way round; both are taken. */
bool leg_is_dialog(const struct leg *leg, const struct leg_dialog_id *id);

#endif
