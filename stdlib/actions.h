/* The actions' code: one object a row of the catalogue, each in the file of its name. Read-only and static: any thread.
 */
#ifndef STDLIB_ACTIONS_H
#define STDLIB_ACTIONS_H

#include "stdlib/running.h"

extern const struct action_ops answer_ops, reject_ops, hangup_ops, say_ops, play_ops, pause_ops, gather_ops, menu_ops,
    bridge_ops, voicemail_ops, record_ops, log_ops, transfer_ops, mailbox_ops, fetch_ops, remember_ops, recall_ops,
    notify_ops, box_ops, box_record_ops, conference_ops, queue_ops;

#endif
