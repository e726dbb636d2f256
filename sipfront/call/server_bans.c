/* Bans: the guard's memory is the agent's, what outlives a restart is the directory's. */
#include <string.h>

#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

void server_on_banned(void *owner, const struct sip_ban *ban, bool gone)
{
    struct server *s = owner;
    char source[NETWORK_TEXT];
    struct stored_ban row = { .source = source, .by_hand = ban->by_hand, .until_wall_ms = ban->until_wall_ms };
    network_text(&ban->source, source);
    if (gone)
        directory_drop_ban(s->directory, source, (struct directory_done){ 0 });
    else
        directory_put_ban(s->directory, &row, (struct directory_done){ 0 });
}

static void restore_ban(const struct stored_ban *b, void *arg)
{
    struct server *s = arg;
    struct sip_ban ban = { .user = "", .by_hand = b->by_hand, .until_wall_ms = b->until_wall_ms };
    if (network_parse(&ban.source, b->source) == ERR_OK)
        agent_restore_ban(s->agent, &ban);
    else
        log_warn("guard", "a stored ban of '%s' is left out: that is no address", b->source);
}

void server_restore_bans(struct server *s) { directory_each_ban(s->directory, restore_ban, s); }

struct each_ban {
    void (*each)(const struct ban_info *b, void *arg);
    void *arg;
};

static void on_ban(const struct sip_ban *ban, void *arg)
{
    const struct each_ban *e = arg;
    char source[NETWORK_TEXT] = "";
    struct ban_info info = { source, ban->user, ban->by_hand, ban->until_wall_ms, ban->refused };
    if (ban->source.bits || !*ban->user)
        network_text(&ban->source, source);
    e->each(&info, e->arg);
}

void server_each_ban(struct server *s, void (*each)(const struct ban_info *b, void *arg), void *arg)
{
    struct each_ban e = { each, arg };
    agent_each_ban(s->agent, on_ban, &e);
}

enum err server_ban(struct server *s, const char *source, int64_t for_ms, struct sbuf *why)
{
    struct network n;
    enum err e = network_parse(&n, source);
    if (e) {
        sbuf_fmt(why, "'%s' is no address and no network, such as 192.0.2.7 or 192.0.2.0/24", source);
        return ERR_INVALID;
    }
    e = agent_ban(s->agent, &n, for_ms ? clock_wall(loop_clock(s->loop)) + for_ms : 0);
    if (e)
        sbuf_cstr(why, "there are too many bans made by hand: ban whole networks, or at the firewall");
    return e;
}

enum err server_unban(struct server *s, const char *who)
{
    struct network n;
    bool found = network_parse(&n, who) == ERR_OK ? agent_unban(s->agent, &n) : agent_unban_user(s->agent, who);
    return found ? ERR_OK : ERR_NOT_FOUND;
}
