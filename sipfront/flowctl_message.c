/* flowctl voicemail show, heard: one message. */
#include <stdlib.h>

#include "sipfront/flowctl.h"

static const struct ctl_column columns[] = {
    { "ID", "id", NULL },
    { "Box", "box", NULL },
    { "From", "from", NULL },
    { "Name", "from_name", NULL },
    { "Left", "left_at", ctl_show_time },
    { "Length", "length_ms", ctl_show_duration },
    { "Bytes", "bytes", NULL },
    { "Heard", "heard", ctl_show_flag },
    { "Urgent", "urgent", ctl_show_flag },
    { "Transcript", "transcript_state", NULL },
    { "Why", "transcript_why", NULL },
    { "Words", "transcript", NULL },
    { NULL, NULL, NULL },
};

int ctl_voicemail_show(struct ctl *c)
{
    json_t *answer = NULL;
    char *path = ctl_path("/v1/voicemail/", c->args[0], "");
    int status = ctl_ask(c, "GET", path, NULL, &answer);
    if (!status && c->json)
        ctl_print_json(answer);
    else if (!status)
        ctl_print_object(answer, columns);
    json_decref(answer);
    free(path);
    return status;
}
