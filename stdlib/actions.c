/* The code behind each row of the catalogue. */
#include "stdlib/actions.h"

#include <stddef.h>

static const struct action_ops *const ops[] = {
    [ACTION_ID_answer] = &answer_ops,     [ACTION_ID_reject] = &reject_ops,
    [ACTION_ID_hangup] = &hangup_ops,     [ACTION_ID_say] = &say_ops,
    [ACTION_ID_play] = &play_ops,         [ACTION_ID_pause] = &pause_ops,
    [ACTION_ID_gather] = &gather_ops,     [ACTION_ID_menu] = &menu_ops,
    [ACTION_ID_bridge] = &bridge_ops,     [ACTION_ID_voicemail] = &voicemail_ops,
    [ACTION_ID_record] = &record_ops,     [ACTION_ID_log] = &log_ops,
    [ACTION_ID_transfer] = &transfer_ops, [ACTION_ID_mailbox] = &mailbox_ops,
    [ACTION_ID_fetch] = &fetch_ops,       [ACTION_ID_remember] = &remember_ops,
    [ACTION_ID_recall] = &recall_ops,     [ACTION_ID_notify] = &notify_ops,
    [ACTION_ID_box_open] = &box_ops,      [ACTION_ID_box_record] = &box_record_ops,
    [ACTION_ID_box_keep] = &box_ops,      [ACTION_ID_box_drop] = &box_ops,
    [ACTION_ID_box_enter] = &box_ops,     [ACTION_ID_box_pin] = &box_ops,
    [ACTION_ID_box_next] = &box_ops,      [ACTION_ID_box_save] = &box_ops,
    [ACTION_ID_box_delete] = &box_ops,    [ACTION_ID_box_undelete] = &box_ops,
    [ACTION_ID_box_forward] = &box_ops,   [ACTION_ID_box_greeting] = &box_ops,
    [ACTION_ID_box_new_pin] = &box_ops,   [ACTION_ID_conference] = &conference_ops,
    [ACTION_ID_queue] = &queue_ops,
};

const struct action_ops *action_ops_of(unsigned id) { return id < sizeof ops / sizeof *ops ? ops[id] : NULL; }
