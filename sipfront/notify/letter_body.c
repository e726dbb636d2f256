/* What a mail or web hook says: its own text, and the facts of the message that it tells of. Loop thread. */
#include <stdlib.h>
#include <time.h>

#include <jansson.h>

#include "sipfront/notify/inside.h"

static void add_time(struct sbuf *out, int64_t wall_ms)
{
    char text[64];
    time_t s = (time_t)(wall_ms / 1000);
    struct tm tm;
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&s, &tm));
    sbuf_cstr(out, text);
}

static void add_words(struct sbuf *out, const struct message *m)
{
    switch (m->transcript_state) {
    case TRANSCRIPT_NONE: break;
    case TRANSCRIPT_WAITING: sbuf_cstr(out, "\nThe message is not yet written down as text.\n"); break;
    case TRANSCRIPT_DONE:
        sbuf_fmt(out,
                 *m->transcript ? "\nWhat was understood:\n\n%s\n" : "\nNothing in it was understood as speech.%s\n",
                 m->transcript);
        break;
    case TRANSCRIPT_FAILED: sbuf_fmt(out, "\nIt could not be written down as text: %s\n", m->transcript_why); break;
    }
}

static void add_message(struct sbuf *out, const struct message *m)
{
    sbuf_fmt(out, "%s message for %s\n\nFrom: %s", m->urgent ? "Urgent voicemail" : "Voicemail", m->box, m->from);
    if (*m->from_name)
        sbuf_fmt(out, " (%s)", m->from_name);
    sbuf_cstr(out, "\nLeft: ");
    add_time(out, m->left_wall_ms);
    sbuf_fmt(out, "\nLength: %lld:%02lld\n", (long long)(m->length_ms / 60000), (long long)(m->length_ms / 1000 % 60));
    add_words(out, m);
}

/* Bytes that are no UTF-8 become '?': what a phone sends is not always. */
static json_t *json_of_text(const char *s)
{
    json_t *j = json_string(s);
    if (j)
        return j;
    struct sbuf clean = { 0 };
    for (; *s; s++)
        sbuf_char(&clean, (unsigned char)*s < 0x80 ? *s : '?');
    j = json_string(clean.p ? clean.p : "");
    sbuf_free(&clean);
    return j;
}

static json_t *json_of_message(const struct message *m)
{
    json_t *o = json_object();
    json_object_set_new(o, "id", json_of_text(m->id));
    json_object_set_new(o, "box", json_of_text(m->box));
    json_object_set_new(o, "from", json_of_text(m->from));
    json_object_set_new(o, "from_name", json_of_text(m->from_name));
    json_object_set_new(o, "left_wall_ms", json_integer(m->left_wall_ms));
    json_object_set_new(o, "length_ms", json_integer(m->length_ms));
    json_object_set_new(o, "urgent", json_boolean(m->urgent));
    json_object_set_new(o, "transcript_state", json_string(transcript_state_name(m->transcript_state)));
    json_object_set_new(o, "transcript", json_of_text(m->transcript));
    return o;
}

static void hook_body(const struct letter *l, const struct message *m, struct sbuf *out)
{
    json_t *o = json_object();
    json_object_set_new(o, "id", json_of_text(l->id));
    json_object_set_new(o, "subject", json_of_text(l->subject));
    json_object_set_new(o, "text", json_of_text(l->text));
    if (m)
        json_object_set_new(o, "message", json_of_message(m));
    char *text = json_dumps(o, JSON_COMPACT);
    sbuf_cstr(out, text ? text : "{}");
    free(text);
    json_decref(o);
}

void letter_body(const struct notify *n, const struct letter *l, struct sbuf *out)
{
    const struct message *m = *l->about ? directory_message(n->directory, l->about) : NULL;
    if (l->kind == LETTER_WEBHOOK) {
        hook_body(l, m, out);
        return;
    }
    sbuf_cstr(out, l->text);
    if (m)
        add_message(out, m);
}
