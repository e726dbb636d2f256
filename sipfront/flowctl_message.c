/* flowctl voicemail show, transcribe, search: a message and its words. */
#include <stdlib.h>
#include <string.h>

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
    { "By", "transcript_by", NULL },
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
    else if (!status) {
        const char *state = json_string_value(json_object_get(answer, "transcript_state"));
        if (state && strcmp(state, "done") == 0 && !json_is_string(json_object_get(answer, "transcript")))
            json_object_set_new(answer, "transcript", json_string("(nothing was understood)"));
        ctl_print_object(answer, columns);
    }
    json_decref(answer);
    free(path);
    return status;
}

int ctl_voicemail_transcribe(struct ctl *c)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "writing down %s: flowctl voicemail show %s", c->args[0], c->args[0]);
    int status = ctl_say_done(c, "POST", ctl_path("/v1/voicemail/", c->args[0], "/transcribe"), NULL, text.p);
    sbuf_free(&text);
    return status;
}

int ctl_voicemail_search(struct ctl *c)
{
    static const struct ctl_column found[] = {
        { "ID", "id", NULL },
        { "BOX", "box", NULL },
        { "FROM", "from", NULL },
        { "NAME", "from_name", NULL },
        { "LEFT", "left_at", ctl_show_time },
        { "WORDS", "transcript", NULL },
        { NULL, NULL, NULL },
    };
    const char *box = c->option[CTL_BOX];
    char *of_box = box ? ctl_path("/v1/voicemail?box=", box, "&search=") : ctl_path("/v1/voicemail?search=", "", "");
    char *path = ctl_path(of_box, c->args[0], "");
    int status = ctl_list(c, path, "messages", found, "no message holds that");
    free(path);
    free(of_box);
    return status;
}
