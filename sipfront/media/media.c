/* The media engine as a whole: what all streams share, made and taken down in order. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "sipfront/media/engine.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/room_state.h"
#include "sipfront/media/stream_events.h"
#include "vm/base/log.h"

enum { PORT_MIN = 10000, PORT_MAX = 19999 };
static const int64_t NTP_TO_UNIX = 2208988800; /* seconds from 1900 to 1970 */

static enum err make_beep(struct media *m)
{
    struct prompt_audio audio = { 0 };
    enum err e = prompt_audio_tone(&audio, STR("beep"));

    if (!e)
        e = prompt_new(&m->beep, &audio);
    prompt_audio_free(&audio);
    return e;
}

/* What is in each report: a name that tells nothing, and time. */
static void make_identity(struct media *m)
{
    struct timespec wall, mono;
    uint64_t name = 0;

    if (getrandom(&name, sizeof name, 0) != sizeof name)
        name = (uint64_t)(uintptr_t)m;
    snprintf(m->cname, sizeof m->cname, "%016llx", (unsigned long long)name);
    m->random = (unsigned)name;
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_MONOTONIC, &mono);
    m->ntp_us = ((int64_t)wall.tv_sec - mono.tv_sec + NTP_TO_UNIX) * 1000000 + (wall.tv_nsec - mono.tv_nsec) / 1000;
}

static enum err make_parts(struct media *m, const struct media_params *p)
{
    enum err e;

    if (!net_address_parse(&m->address, p->address, 0))
        return ERR_INVALID;
    if (p->other && !net_address_parse(&m->other, p->other, 0))
        return ERR_INVALID;
    e = ports_new(&m->ports, p->port_min ? p->port_min : PORT_MIN, p->port_max ? p->port_max : PORT_MAX, engine_listen,
                  m);
    if (!e)
        e = make_beep(m);
    if (!e)
        e = outbox_new(&m->outbox, m->loop, stream_deliver);
    if (!e)
        e = recorder_new(&m->recorder);
    return e;
}

static void free_parts(struct media *m)
{
    recorder_free(&m->recorder);
    outbox_free(&m->outbox);
    prompt_unref(&m->beep);
    ports_free(&m->ports);
    if (m->epoll_fd >= 0)
        close(m->epoll_fd);
    if (m->wake_fd >= 0)
        close(m->wake_fd);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

enum err media_new(struct media **out, struct loop *l, const struct media_params *p)
{
    struct media *m = calloc(1, sizeof *m);
    enum err e;

    *out = NULL;
    if (!m)
        return ERR_NOMEM;
    m->loop = l;
    m->epoll_fd = m->wake_fd = -1;
    m->last = &m->first;
    pthread_mutex_init(&m->lock, NULL);
    make_identity(m);
    e = make_parts(m, p);
    if (!e)
        e = engine_start(m);
    if (e) {
        free_parts(m);
        return e;
    }
    if (p->threads > 1)
        log_warn("media", "%u media threads wanted; this build has one", p->threads);
    *out = m;
    return ERR_OK;
}

/* The media thread first: it still gives pieces to the recorder; then the recorder, which still reports to the outbox;
 * the outbox delivers what is left, and with that frees the streams. */
void media_free(struct media **mp)
{
    struct media *m = *mp;
    struct stream *next;
    struct room *next_room;

    *mp = NULL;
    if (!m)
        return;
    for (struct room *r = m->rooms; r; r = next_room) {
        struct room *open = r->closed ? NULL : r;
        next_room = r->next;
        room_free(&open);
    }
    for (struct stream *s = m->streams; s; s = next) {
        struct stream *open = s->closed ? NULL : s;
        next = s->next;
        stream_close(&open);
    }
    engine_stop(m);
    free_parts(m);
}

unsigned media_ports_in_use(const struct media *m) { return ports_in_use(m->ports); }
