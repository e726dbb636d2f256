/* An INVITE that is to take another dialog's place (RFC 3891): what it names, and whether a leg is that. Loop thread.
 */
#ifndef SIPFRONT_SIP_REPLACES_H
#define SIPFRONT_SIP_REPLACES_H

#include "sipfront/sip/refer.h"

struct leg_replaces {
    struct leg_dialog_id id;
    bool early_only; /* only as long as it rings */
};

/* The leg's dialog: to_tag ours, from_tag the phone's. false as long as the phone has sent none. */
bool leg_dialog(const struct leg *leg, struct leg_dialog_id *out);
/* Is this the leg's dialog, by Call-ID and both tags, in either order? A leg whose phone has sent no tag is none. */
bool leg_is_replaced(const struct leg *leg, const struct leg_dialog_id *id);
/* Is it one of the last dialogs that have ended? */
bool agent_had_dialog(const struct agent *a, const struct leg_dialog_id *id);

#endif
