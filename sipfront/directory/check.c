/* What may be stored: the rules for values that no other row bears upon, with words for people. */
#include <string.h>

#include "sipfront/directory/check.h"
#include "sipfront/directory/trunk_lists.h"

enum {
    MOST_TEXT = 255, /* bytes of a SIP user, a name, a flow's name */
    MOST_RING_MS = 60 * 60 * 1000,
    MOST_BINDINGS = 10, /* as the registrar keeps */
    MOST_CALLS = 100000,
    MOST_GROUPS = 16,
    MOST_GROUP_TEXT = 32,
    LEAST_DIGITS = 3,
    MOST_DIGITS = 15, /* ITU-T E.164, section 6 */
};

void check_refuse(struct change *c, const char *fmt, ...)
{
    va_list ap;
    if (c->e)
        return;
    c->e = ERR_INVALID;
    va_start(ap, fmt);
    sbuf_vfmt(&c->why, fmt, ap);
    va_end(ap);
}

static bool is_blank(const char *s) { return s[strspn(s, " ")] == '\0'; }

static bool has_control(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return true;
    return false;
}

/* A text that people give and phones or pages show: not blank, of bounded length, without control characters. */
void check_text(struct change *c, const char *what, const char *text)
{
    if (is_blank(text))
        check_refuse(c, "the %s is empty", what);
    else if (strlen(text) > MOST_TEXT)
        check_refuse(c, "the %s has %zu bytes, at most %d are possible", what, strlen(text), MOST_TEXT);
    else if (has_control(text))
        check_refuse(c, "the %s holds a control character", what);
}

void check_one_of(struct change *c, const char *option, const char *value, const char *possible)
{
    const char *at = possible;
    struct str one;
    while (list_next(&at, &one))
        if (str_is(one, value))
            return;
    check_refuse(c, "--%s must be one of %s, not '%s'", option, possible, value);
}

static void check_groups(struct change *c, const char *groups)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const char *at = groups;
    struct str one;
    unsigned n = 0;
    for (; list_next(&at, &one); n++) {
        size_t good = 0;
        while (good < one.len && strchr(letters, one.p[good]))
            good++;
        if (one.len > MOST_GROUP_TEXT || good < one.len)
            check_refuse(c, "the pickup group '%.*s' is no name: 1 to %d letters, digits, '-', '_' or '.'",
                         STR_ARG(one), MOST_GROUP_TEXT);
    }
    if (n > MOST_GROUPS)
        check_refuse(c, "%u pickup groups were given, at most %d are possible", n, MOST_GROUPS);
}

static void check_connection(struct change *c)
{
    const struct connection *k = change_connection(c);
    check_text(c, "SIP user", k->user);
    check_text(c, "Name", k->name);
    if (k->ring_ms < 0 || k->ring_ms > MOST_RING_MS)
        check_refuse(c, "the ring time must lie between 0 and 3600 seconds");
    if (k->max_bindings > MOST_BINDINGS)
        check_refuse(c, "at most %d devices can be registered to a Connection (0: as many as that)", MOST_BINDINGS);
    if (k->max_calls > MOST_CALLS)
        check_refuse(c, "the limit of calls must lie between 0 (none) and %d", MOST_CALLS);
    if (!k->ha1_md5[0] != !k->ha1_sha256[0])
        check_refuse(c, "a password has both digests or none");
    if (*k->srtp)
        check_one_of(c, "srtp", k->srtp, "off, optional, required");
    check_groups(c, k->pickup_groups);
    check_one_of(c, "dtmf", k->dtmf, DTMF_WAYS);
}

static void check_number(struct change *c)
{
    const struct number *n = change_number(c);
    size_t digits = n->digits[0] == '+' ? strspn(n->digits + 1, "0123456789") : 0;
    if (digits < LEAST_DIGITS || digits > MOST_DIGITS || n->digits[digits + 1] || n->digits[1] == '0')
        check_refuse(c, "a Number is written +, country code, number, digits only, such as +48221234567");
}

static void check_binding(struct change *c)
{
    const struct stored_binding *b = change_binding(c);
    if (!b->contact[0] || !b->user[0])
        check_refuse(c, "a binding needs a SIP user and a contact");
    if (!(b->q >= 0 && b->q <= 1))
        check_refuse(c, "q of a contact lies between 0 and 1");
}

static void check_message(struct change *c)
{
    const struct message *m = change_message(c);
    if (!m->id[0] || !m->box[0] || !m->path[0])
        check_refuse(c, "a message needs an id, a box and a file");
    if (m->length_ms < 0)
        check_refuse(c, "the length of a message is negative");
}

static bool is_mail(const char *s)
{
    const char *at = strchr(s, '@');
    return at && at != s && at[1] && !strchr(at + 1, '@') && !strpbrk(s, " <>,;\"\\") && !has_control(s);
}

static bool is_web(const char *s)
{
    return (strncmp(s, "https://", 8) == 0 || strncmp(s, "http://", 7) == 0) && !strchr(s, ' ') && !has_control(s);
}

static void check_mail(struct change *c, const char *address)
{
    if (!is_mail(address))
        check_refuse(c, "'%s' is no mail address: it is written name@domain", address);
}

static void check_web(struct change *c, const char *address)
{
    if (!is_web(address))
        check_refuse(c, "'%s' is no web address: it begins with https:// or http://", address);
}

static void check_limit(struct change *c, const char *what, int64_t n)
{
    if (n < 0)
        check_refuse(c, "the most %s of a box is a number from 1, or 0 for the server's", what);
}

static void check_box(struct change *c)
{
    const struct box *b = change_box(c);
    check_text(c, "box's name", b->name);
    if (*b->mail)
        check_mail(c, b->mail);
    if (*b->webhook)
        check_web(c, b->webhook);
    check_limit(c, "messages", b->most_messages);
    check_limit(c, "time", b->most_ms);
    check_limit(c, "bytes", b->most_bytes);
    check_limit(c, "time a message", b->message_ms);
    if (b->delete_mailed && !*b->mail)
        check_refuse(c, "messages can be deleted after mailing only where there is a mail address");
}

static void check_letter(struct change *c)
{
    const struct letter *l = change_letter(c);
    if (!*l->id)
        check_refuse(c, "what goes out needs an id");
    if (l->kind == LETTER_MAIL)
        check_mail(c, l->to);
    else
        check_web(c, l->to);
}

static void check_note(struct change *c)
{
    const struct note *n = change_note(c);
    check_text(c, "flow's name", n->flow);
    if (strlen(n->key) > NOTE_MOST_KEY)
        check_refuse(c, "the key has %zu bytes, at most %d are possible", strlen(n->key), NOTE_MOST_KEY);
    if (strlen(n->value) > NOTE_MOST_VALUE)
        check_refuse(c, "the value has %zu bytes, at most %d are possible", strlen(n->value), NOTE_MOST_VALUE);
}

void change_check(struct change *c)
{
    switch (c->kind) {
    case CHANGE_ADD_CONNECTION:
    case CHANGE_SET_CONNECTION: check_connection(c); break;
    case CHANGE_ADD_NUMBER: check_number(c); break;
    case CHANGE_DEPLOY:
        check_text(c, "flow's name", change_flow(c)->flow);
        if (!change_flow(c)->size)
            check_refuse(c, "the image is empty");
        break;
    case CHANGE_PUT_BINDING: check_binding(c); break;
    case CHANGE_PUT_BAN:
        if (!change_ban(c)->source[0])
            check_refuse(c, "a ban needs a source");
        break;
    case CHANGE_ADD_MESSAGE: check_message(c); break;
    case CHANGE_PUT_BOX: check_box(c); break;
    case CHANGE_PUT_LETTER: check_letter(c); break;
    case CHANGE_ADD_TRUNK:
    case CHANGE_SET_TRUNK: check_trunk(c); break;
    case CHANGE_PUT_DIAL_RULE: check_dial_rule(c); break;
    case CHANGE_PUT_NOTE: check_note(c); break;
    case CHANGE_SET_TRANSCRIPT:
    case CHANGE_LOCK_BOX:
    case CHANGE_REMOVE_BOX:
    case CHANGE_DROP_LETTER:
    case CHANGE_PUT_USAGE:
    case CHANGE_REMOVE_TRUNK:
    case CHANGE_DROP_NOTE:
    case CHANGE_FORGET_NOTES:
    case CHANGE_REMOVE_CONNECTION:
    case CHANGE_REMOVE_NUMBER:
    case CHANGE_ATTACH:
    case CHANGE_REMOVE_FLOW:
    case CHANGE_DROP_BINDING:
    case CHANGE_DROP_BAN:
    case CHANGE_MARK_HEARD:
    case CHANGE_DELETE_MESSAGE: break; /* a key that nothing has is found missing */
    }
}
