/* The floor of a call: a bare nua server, in the program's own thread, that answers each INVITE with one fixed SDP and
 * hangs up when the ACK is there. No media, no state of its own. nua_bare URL    until SIGTERM; says "ready"
 * nua_calm is the same with the waiting of our loop: without the library's spinning before its timers. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_wait.h>

#ifdef CALM
#include "sipfront/loop/wait.h"
#endif

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                          "m=audio 9 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
                          "a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";

static void on_event(nua_event_t kind, int status, char const *phrase, nua_t *nua, nua_magic_t *magic, nua_handle_t *nh,
                     nua_hmagic_t *hmagic, sip_t const *sip, tagi_t tags[])
{
    (void)phrase, (void)magic, (void)hmagic, (void)sip, (void)tags;
    if (kind == nua_i_invite && status < 200)
        nua_respond(nh, SIP_200_OK, NUTAG_WITH_THIS(nua), SIPTAG_CONTENT_TYPE_STR("application/sdp"),
                    SIPTAG_PAYLOAD_STR(sdp), TAG_END());
    else if (kind == nua_i_ack)
        nua_bye(nh, TAG_END());
    else if (kind == nua_r_bye && status >= 200)
        nua_handle_destroy(nh);
}

int main(int argc, char **argv)
{
    su_root_t *root;

    if (argc != 2)
        return 2;
    signal(SIGTERM, _exit);
    su_init();
    su_log_set_level(su_log_default, 0);
    root = su_root_create(NULL);
    su_root_threading(root, 0);
    if (!nua_create(root, on_event, NULL, NUTAG_URL(argv[1]), NUTAG_MEDIA_ENABLE(0), NUTAG_AUTOANSWER(0),
                    NUTAG_AUTOALERT(0), NUTAG_SESSION_TIMER(0), TAG_END()))
        return 1;
#ifdef CALM
    wait_of_loop(true);
#endif
    puts("ready");
    fflush(stdout);
    su_root_run(root);
    return 0;
}
