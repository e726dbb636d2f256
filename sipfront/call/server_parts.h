/* What a server is made of. Private to sipfront/call: the console sees server.h only. Loop thread. */
#ifndef SIPFRONT_CALL_SERVER_PARTS_H
#define SIPFRONT_CALL_SERVER_PARTS_H

#include "sipfront/call/call.h"
#include "sipfront/call/conference.h"
#include "sipfront/call/flows.h"
#include "sipfront/call/outside.h"
#include "sipfront/call/server_metrics.h"
#include "sipfront/call/trust.h"
#include "sipfront/media/prompt.h"
#include "sipfront/notify/notify.h"
#include "sipfront/sip/agent.h"
#include "sipfront/speech/pronounce.h"
#include "sipfront/speech/spoken.h"
#include "sipfront/web/web.h"
#include "vm/base/vec.h"

struct server {
    struct loop *loop;
    struct workers *workers; /* speech, files, verifying */
    struct directory *directory;
    struct media *media;
    struct speech *speech;
    struct spoken *spoken;
    struct pronounce *pronounce; /* NULL: none could be read */
    struct rehearsal *rehearsals;
    struct music *music; /* folders of it */
    char *hold_folder;   /* NULL: DATA/sounds/hold */
    struct prompt_cache *prompts;
    struct agent *agent;
    struct flows *flows;
    const struct trust *trust; /* whose images are taken, but for the built-in ones; NULL: all */
    struct web *web;
    struct address_range *reachable; /* private networks that may be asked */
    unsigned nreachable;
    struct notify *notify;
    struct box_work *pins;     /* PINs to be tried, one at a time */
    VEC(char *) claimed;       /* files of messages that are being worked on */
    struct clock_timer *adopt; /* message_adopt_later() */
    struct scribe *scribe;     /* NULL: nothing is transcribed */
    struct outside outside;
    struct call *calls;
    struct calls_up *calls_up; /* NULL: the file cannot be had */
    struct cdr_file *cdr_file; /* NULL: none is wanted */
    struct clock_timer *noting;
    char lua_why[VM_LUA_WHY];      /* of the fault that a call ends in, read in the same turn */
    struct sbuf record, log_lines; /* the last ones of cdr.c: their memory is kept */
    struct conference *conferences;
    struct guesses *guesses; /* of their PINs */
    struct waiting *waiting; /* the queues */
    enum audio_security srtp;
    unsigned rtp_timeout_ms;
    char *data, *address, *tls_cert, *tls_key;
    bool tls_reloading;
    unsigned ncalls;
    uint64_t calls_total, calls_failed, faults, ended[CALL_ENDS];
    bool closing;
    void (*closed)(void *arg);
    void *closed_arg;
};

/* The file of a SOUND_FILE (below the data folder's sounds/) or SOUND_RECORDING; false when the name leads outside or
 * does not fit. */
bool server_sound_path(const struct server *s, const struct vm_sound *sound, char *out, size_t size);
/* The path of a new recording (malloc'ed), below voicemail/ or, without a box, recordings/. ERR_INVALID for a box whose
 * name is too long. */
enum err server_recording_path(const struct server *s, const char *box, const char *id, char **out) MUST_USE;
/* The path of a new greeting of the box (malloc'ed): another one each time, for prompts are cached by their paths. */
enum err server_greeting_path(const struct server *s, const char *box, const char *kind, char **out) MUST_USE;
/* Makes the folders of the data folder. Blocks: before the loop runs. */
enum err server_make_folders(const struct server *s, struct sbuf *why) MUST_USE;

/* agent_port.waiting: what the user's lamp shows. Then the directory's changes, told to the lamps from now on. */
bool lamp_waiting(void *owner, const char *user, struct sip_waiting *out);
void lamp_watch(struct server *s);
/* agent_port.dialogs. */
bool watch_dialogs(void *owner, const char *user, void (*each)(const struct sip_dialog *d, void *arg), void *arg);

/* The guard's bans, to the directory and back (server_bans.c). */
void server_on_banned(void *owner, const struct sip_ban *ban, bool gone);
void server_restore_bans(struct server *s);

/* Has the Connection as many calls, made and taken, as it may have? */
bool server_calls_limited(const struct server *s, const struct connection *c);

/* server_speech.c */
enum err server_open_speech(struct server *s, const struct server_params *p, struct sbuf *why) MUST_USE;
void server_close_speech(struct server *s); /* nobody is left to hear */
/* Appends the text as it is to be spoken: with the names of the flow (NULL: none), then of DATA/pronunciation.txt. */
void server_words(const struct server *s, const struct image *im, struct str text, struct sbuf *out);
/* Any thread; blocks. The folders of music as they are now. */
struct music *server_read_music(const struct server *s);
/* Any thread; blocks. The list as it stands now. */
enum err server_read_pronunciation(const struct server *s, struct pronounce **out, struct sbuf *why) MUST_USE;

/* A call has gone from the list. */
void server_call_gone(struct server *s);

/* port.invited: finds the Connection that is dialled, and begins the call or refuses it. */
void router_invited(void *owner, struct leg *leg, const struct leg_invite *invite);
/* Refuses the call, counted and logged. */
void router_refuse(struct server *s, struct leg *leg, const struct leg_invite *invite, int status, const char *phrase);
/* The Connection that a dialled text stands for: a SIP user, else a Number. NULL when there is none. */
const struct connection *router_find(const struct server *s, const char *dialed);
/* May the telephones of that Connection call this number outside (E.164, or an emergency one)? */
bool router_may_dial(const struct server *s, const char *user, const char *number);
/* Where a telephone of who gets by dialling that: 0 and the route, else the status of the refusal. number: as it is
 * called when it is one, else "". */
struct call_route;
int router_dial(const struct server *s, const struct connection *who, const char *dialed, char number[NUMBER_TEXT],
                struct call_route *out);

#endif
