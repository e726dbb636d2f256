/* The message lamps: counts from the directory, for the agent to send. */
#include "sipfront/call/server_parts.h"
#include "sipfront/sip/mwi.h"

static void count(const struct message *m, void *arg)
{
    struct sip_waiting *w = arg;
    *(m->heard ? &w->old : &w->fresh) += 1;
}

bool lamp_waiting(void *owner, const char *user, struct sip_waiting *out)
{
    const struct server *s = owner;
    const struct connection *c = directory_connection(s->directory, user);
    *out = (struct sip_waiting){ 0 };
    if (!c || !c->has_voicemail)
        return false;
    directory_each_message(s->directory, user, count, out);
    return true;
}

static void on_messages(const char *box, void *arg)
{
    struct server *s = arg;
    mwi_publish(s->agent, box);
}

void lamp_watch(struct server *s) { directory_on_messages(s->directory, on_messages, s); }
