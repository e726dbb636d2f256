#include "sipfront/directory/row.h"

#include <stdlib.h>
#include <string.h>

#include "vm/base/vec.h"

static size_t size_of(const char *s) { return s ? strlen(s) + 1 : 1; }

static size_t sizes_of(const char *const *texts, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += size_of(texts[i]);
    return sum;
}

/* A zeroed row of that size with room for more bytes behind it. */
static void *row_new(size_t size, size_t more)
{
    void *p = NULL;
    size_t exactly = size + more;
    vec_grow(&p, &exactly, 1, exactly);
    memset(p, 0, size);
    return p;
}

static const char *put(char **at, const char *s)
{
    const char *start = *at;
    size_t size = size_of(s);
    memcpy(*at, s ? s : "", size);
    *at += size;
    return start;
}

static void set_key(struct row *r, const char *p, size_t len)
{
    r->key = (struct str){ p, len };
    r->hash = str_hash(r->key);
}

struct connection_row *row_connection(const struct connection *c)
{
    const char *texts[] = { c->user, c->name, c->ha1_md5, c->ha1_sha256, c->flow, c->srtp, c->pickup_groups, c->dtmf };
    struct connection_row *r = row_new(sizeof *r, sizes_of(texts, 8));
    char *at = (char *)(r + 1);
    r->c = *c;
    r->c.user = put(&at, c->user);
    r->c.name = put(&at, c->name);
    r->c.ha1_md5 = put(&at, c->ha1_md5);
    r->c.ha1_sha256 = put(&at, c->ha1_sha256);
    r->c.flow = put(&at, c->flow);
    r->c.srtp = put(&at, c->srtp);
    r->c.pickup_groups = put(&at, c->pickup_groups);
    r->c.dtmf = put(&at, c->dtmf);
    set_key(&r->row, r->c.user, strlen(r->c.user));
    return r;
}

struct number_row *row_number(const struct number *n)
{
    const char *texts[] = { n->digits, n->user };
    struct number_row *r = row_new(sizeof *r, sizes_of(texts, 2));
    char *at = (char *)(r + 1);
    r->n.digits = put(&at, n->digits);
    r->n.user = put(&at, n->user);
    set_key(&r->row, r->n.digits, strlen(r->n.digits));
    return r;
}

struct flow_row *row_flow(const struct flow_version *f)
{
    /* The image comes first: the memory behind the struct is aligned for it, and an image is read in place. */
    struct flow_row *r = row_new(sizeof *r, f->size + size_of(f->flow));
    char *at = (char *)(r + 1);
    r->f = *f;
    r->f.image = (const uint8_t *)at;
    if (f->size)
        memcpy(at, f->image, f->size);
    at += f->size;
    r->f.flow = put(&at, f->flow);
    set_key(&r->row, r->f.flow, strlen(r->f.flow));
    return r;
}

struct binding_row *row_binding(const struct stored_binding *b)
{
    const char *texts[] = { b->user, b->contact, b->instance, b->received, b->call_id, b->agent, b->path };
    struct binding_row *r = row_new(sizeof *r, sizes_of(texts, 7));
    char *at = (char *)(r + 1);
    r->b = *b;
    r->b.user = put(&at, b->user);
    r->b.contact = put(&at, b->contact); /* right behind user: together they are the key */
    set_key(&r->row, r->b.user, (size_t)(at - r->b.user) - 1);
    r->b.instance = put(&at, b->instance);
    r->b.received = put(&at, b->received);
    r->b.call_id = put(&at, b->call_id);
    r->b.agent = put(&at, b->agent);
    r->b.path = put(&at, b->path);
    return r;
}

struct ban_row *row_ban(const struct stored_ban *b)
{
    struct ban_row *r = row_new(sizeof *r, size_of(b->source));
    char *at = (char *)(r + 1);
    r->b = *b;
    r->b.source = put(&at, b->source);
    set_key(&r->row, r->b.source, strlen(r->b.source));
    return r;
}

struct message_row *row_message(const struct message *m)
{
    const char *texts[] = { m->id,   m->box,        m->from,           m->from_name,
                            m->path, m->transcript, m->transcript_why, m->transcript_words };
    struct message_row *r = row_new(sizeof *r, sizes_of(texts, 8));
    char *at = (char *)(r + 1);
    r->m = *m;
    r->m.id = put(&at, m->id);
    r->m.box = put(&at, m->box);
    r->m.from = put(&at, m->from);
    r->m.from_name = put(&at, m->from_name);
    r->m.path = put(&at, m->path);
    r->m.transcript = put(&at, m->transcript);
    r->m.transcript_why = put(&at, m->transcript_why);
    r->m.transcript_words = put(&at, m->transcript_words);
    set_key(&r->row, r->m.id, strlen(r->m.id));
    return r;
}

struct box_row *row_box(const struct box *b)
{
    const char *texts[] = { b->name,     b->mail,          b->webhook,     b->pin,
                            b->greeting, b->busy_greeting, b->spoken_name, b->transcribe_by };
    struct box_row *r = row_new(sizeof *r, sizes_of(texts, 8));
    char *at = (char *)(r + 1);
    r->b = *b;
    r->b.name = put(&at, b->name);
    r->b.mail = put(&at, b->mail);
    r->b.webhook = put(&at, b->webhook);
    r->b.pin = put(&at, b->pin);
    r->b.greeting = put(&at, b->greeting);
    r->b.busy_greeting = put(&at, b->busy_greeting);
    r->b.spoken_name = put(&at, b->spoken_name);
    r->b.transcribe_by = put(&at, b->transcribe_by);
    set_key(&r->row, r->b.name, strlen(r->b.name));
    return r;
}

struct letter_row *row_letter(const struct letter *l)
{
    const char *texts[] = { l->id, l->to, l->subject, l->text, l->attachment, l->about, l->why };
    struct letter_row *r = row_new(sizeof *r, sizes_of(texts, 7));
    char *at = (char *)(r + 1);
    r->l = *l;
    r->l.id = put(&at, l->id);
    r->l.to = put(&at, l->to);
    r->l.subject = put(&at, l->subject);
    r->l.text = put(&at, l->text);
    r->l.attachment = put(&at, l->attachment);
    r->l.about = put(&at, l->about);
    r->l.why = put(&at, l->why);
    set_key(&r->row, r->l.id, strlen(r->l.id));
    return r;
}

enum {
    TRUNK_TEXTS = 2 /* name and secret */
#define TRUNK_TEXT(...) +1
#define TRUNK_INT(...)
#define TRUNK_MS(...)
#define TRUNK_FLAG(...)
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
};

struct trunk_row *row_trunk(const struct trunk_settings *t)
{
    const char *texts[] = {
        t->name,
        t->secret,
#define TRUNK_TEXT(field, ...) t->field,
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
    };
    struct trunk_row *r = row_new(sizeof *r, sizes_of(texts, TRUNK_TEXTS));
    char *at = (char *)(r + 1);
    r->t = *t;
    r->t.name = put(&at, t->name);
    r->t.secret = put(&at, t->secret);
#define TRUNK_TEXT(field, ...) r->t.field = put(&at, t->field);
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
    set_key(&r->row, r->t.name, strlen(r->t.name));
    return r;
}

struct dial_rule_row *row_dial_rule(const struct dial_rule *d)
{
    const char *texts[] = { d->user, d->patterns };
    struct dial_rule_row *r = row_new(sizeof *r, sizes_of(texts, 2));
    char *at = (char *)(r + 1);
    r->r = *d;
    r->r.user = put(&at, d->user);
    r->r.patterns = put(&at, d->patterns);
    set_key(&r->row, r->r.user, strlen(r->r.user));
    return r;
}

struct usage_row *row_usage(const struct dial_usage *u)
{
    struct usage_row *r = row_new(sizeof *r, size_of(u->user));
    char *at = (char *)(r + 1);
    r->u = *u;
    r->u.user = put(&at, u->user);
    set_key(&r->row, r->u.user, strlen(r->u.user));
    return r;
}

struct note_row *row_note(const struct note *n)
{
    const char *texts[] = { n->flow, n->key, n->value };
    struct note_row *r = row_new(sizeof *r, sizes_of(texts, 3));
    char *at = (char *)(r + 1);
    r->n = *n;
    r->n.flow = put(&at, n->flow);
    r->n.key = put(&at, n->key); /* right behind flow: together they are the key */
    set_key(&r->row, r->n.flow, (size_t)(at - r->n.flow) - 1);
    r->n.value = put(&at, n->value);
    return r;
}

void row_binding_key(struct sbuf *b, const char *user, const char *contact)
{
    sbuf_add(b, user, strlen(user) + 1);
    sbuf_cstr(b, contact);
}

void row_note_key(struct sbuf *b, const char *flow, const char *key) { row_binding_key(b, flow, key); }
