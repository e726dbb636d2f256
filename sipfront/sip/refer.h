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

/* Reads "call-id;to-tag=…;from-tag=…", escapes resolved. false when it is no such value. */
bool refer_read_replaces(const char *value, struct leg_dialog_id *out);
/* Is this the leg's dialog? Some phones write the tags the wrong way round; both are taken. */
bool leg_is_dialog(const struct leg *leg, const struct leg_dialog_id *id);

#endif
