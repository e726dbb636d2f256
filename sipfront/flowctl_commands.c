/* Every command of flowctl, its options and its manual. */
#include "sipfront/flowctl.h"

#define SETTINGS                                                                                                       \
    CTL_OPTION("password", CTL_PASSWORD, "PW", "SIP password (others on this machine can see it: --password-stdin)"),  \
        CTL_OPTION("password-stdin", CTL_PASSWORD_STDIN, NULL, "Read the SIP password from standard input, one line"), \
        CTL_OPTION("virtual", CTL_VIRTUAL, NULL, "No device registers to it; it runs a flow or takes voicemail"),      \
        CTL_OPTION("voicemail", CTL_VOICEMAIL, NULL, "Take voicemail"),                                                \
        CTL_OPTION("no-voicemail", CTL_NO_VOICEMAIL, NULL, "Take no voicemail"),                                       \
        CTL_OPTION("sha256", CTL_SHA256, NULL, "Challenge its devices with SHA-256 first (old phones know only MD5)"), \
        CTL_OPTION("ring-time", CTL_RING_TIME, "TIME", "How long its devices ring: 20s, 1m30s"),                       \
        CTL_OPTION("max-bindings", CTL_MAX_BINDINGS, "N", "Devices registered at a time, 1 to 10 (0: 10)"),            \
        CTL_OPTION("max-calls", CTL_MAX_CALLS, "N", "Calls at a time, made and taken together (0: no limit)"),         \
        CTL_OPTION("srtp", CTL_SRTP, "WHEN",                                                                           \
                   "Encrypted audio of its devices: off, optional or required; '' as the server says"),                \
        CTL_OPTION("pickup-group", CTL_PICKUP_GROUP, "LIST",                                                           \
                   "Who shares one may pick up its ringing calls: names with commas (common); '' none"),               \
        CTL_OPTION("dtmf", CTL_DTMF, "auto|rfc4733|info|inband",                                                       \
                   "How digits are sent to its devices: as they say that they take them (auto), by RTP events, by "    \
                   "SIP INFO, or as tones"),                                                                           \
        CTL_OPTION("dial", CTL_DIAL, "LIST",                                                                           \
                   "Numbers that its devices may dial outside: patterns with commas; '' none"),                        \
        CTL_OPTION("minutes-a-day", CTL_MINUTES_A_DAY, "N", "Most minutes of outside calls a day; 0: no limit"),       \
        CTL_OPTION("spend-a-day", CTL_SPEND_A_DAY, "AMOUNT",                                                           \
                   "Most that they may cost a day, such as 5.00; 0: no limit"),                                        \
        CTL_OPTION("outside-calls", CTL_OUTSIDE_CALLS, "N", "Most outside calls at a time; 0: no limit")

static const struct argp_option add_options[] = {
    CTL_OPTION("name", CTL_NAME, "NAME", "Name that people read (needed)"),
    SETTINGS,
    CTL_OPTIONS_END,
};
static const struct argp_option set_options[] = {
    CTL_OPTION("name", CTL_NAME, "NAME", "Name that people read"),
    SETTINGS,
    CTL_OPTION("no-password", CTL_NO_PASSWORD, NULL, "Take the password away: nothing can register"),
    CTL_OPTION("no-sha256", CTL_NO_SHA256, NULL, "Challenge its devices with MD5 alone"),
    CTL_OPTION("no-virtual", CTL_NO_VIRTUAL, NULL, "Devices register to it"),
    CTL_OPTIONS_END,
};
/* Every row of trunk.def. */
static const struct argp_option trunk_options[] = {
    CTL_OPTION("password", CTL_ASK_PASSWORD, NULL,
               "Ask for the account's password without showing it, or read it from standard input, one line"),
    CTL_OPTION("no-password", CTL_NO_PASSWORD, NULL, "Take the password away"),
#define TRUNK_TEXT(field, usual, name, value, text)             CTL_OPTION(name, CTL_TRUNK_##field, value, text),
#define TRUNK_INT(field, usual, least, most, name, value, text) CTL_OPTION(name, CTL_TRUNK_##field, value, text),
#define TRUNK_MS(field, usual, least, most, name, value, text)  CTL_OPTION(name, CTL_TRUNK_##field, value, text),
#define TRUNK_FLAG(field, usual, on, off, text)                                                                        \
    CTL_OPTION(on, CTL_TRUNK_##field, NULL, text), CTL_OPTION(off, CTL_TRUNK_NOT_##field, NULL, "Not that"),
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
    CTL_OPTIONS_END,
};
static const struct argp_option to_options[] = {
    CTL_OPTION("to", CTL_TO, "USER", "The Connection that it reaches (needed)"),
    CTL_OPTIONS_END,
};
static const struct argp_option ban_options[] = {
    CTL_OPTION("for", CTL_FOR, "TIME", "How long: 10m, 24h (until it is removed)"),
    CTL_OPTIONS_END,
};
static const struct argp_option deploy_options[] = {
    CTL_OPTION("name", CTL_NAME, "NAME", "Name of the flow on the server (that of the file's flow)"),
    CTL_OPTION("sign", CTL_SIGN, "KEY", "Sign the image that is built of a .flow (flowc keygen)"),
    CTL_OPTIONS_END,
};
static const struct argp_option box_options[] = {
    CTL_OPTION("mail", CTL_MAIL, "ADDRESS", "Mail each message there, with its audio ('' for nowhere)"),
    CTL_OPTION("delete-mailed", CTL_DELETE_MAILED, NULL, "Delete a message once the mail server has it"),
    CTL_OPTION("keep-mailed", CTL_KEEP_MAILED, NULL, "Keep it"),
    CTL_OPTION("webhook", CTL_WEBHOOK, "URL", "Tell each message there ('' for nowhere)"),
    CTL_OPTION("pin-stdin", CTL_PIN_STDIN, NULL, "Read a new PIN from standard input, one line; unlocks"),
    CTL_OPTION("no-pin", CTL_NO_PIN, NULL, "Take the PIN away: only the box's own phones reach it"),
    CTL_OPTION("pin-always", CTL_PIN_ALWAYS, NULL, "Ask its own phones for the PIN too"),
    CTL_OPTION("pin-outside", CTL_PIN_OUTSIDE, NULL, "Ask other phones only"),
    CTL_OPTION("unlock", CTL_UNLOCK, NULL, "Forget the wrong PINs that were tried"),
    CTL_OPTION("most-messages", CTL_MOST_MESSAGES, "N", "Messages that it holds (100)"),
    CTL_OPTION("most-time", CTL_MOST_TIME, "TIME", "What all its messages last together (200m)"),
    CTL_OPTION("most-bytes", CTL_MOST_BYTES, "N", "Bytes of all its messages (no limit)"),
    CTL_OPTION("longest", CTL_LONGEST, "TIME", "The longest message (the flow's)"),
    CTL_OPTION("transcribe", CTL_TRANSCRIBE, NULL, "Write its messages down as text"),
    CTL_OPTION("no-transcribe", CTL_NO_TRANSCRIBE, NULL, "Do not"),
    CTL_OPTION("transcribe-by", CTL_TRANSCRIBE_BY, "ENGINE",
               "pocketsphinx (on the server) or web (its transcription server); '' the server's"),
    CTL_OPTIONS_END,
};
static const struct argp_option greeting_options[] = {
    CTL_OPTION("busy", CTL_BUSY, NULL, "The greeting when the phone is busy"),
    CTL_OPTION("spoken-name", CTL_SPOKEN_NAME, NULL, "The name that the default greeting says"),
    CTL_OPTIONS_END,
};
static const struct argp_option search_options[] = {
    CTL_OPTION("box", CTL_BOX, "USER", "In that mailbox alone"),
    CTL_OPTIONS_END,
};
static const struct argp_option play_options[] = {
    CTL_OPTION("out", CTL_OUT, "FILE", "Write the WAV to FILE instead of playing it"),
    CTL_OPTIONS_END,
};

const struct ctl_command ctl_commands[] = {
    { "connection", "add", "USER", add_options, "add a Connection, with a password of its own",
      "  flowctl connection add ann --name 'Ann Lee'\n"
      "  flowctl connection add welcome --name 'Welcome menu' --virtual\n"
      "  pass show bob | flowctl connection add bob --name Bob --password-stdin\n",
      ctl_connection_add },
    { "connection", "list", "", NULL, "list all Connections", "  flowctl connection list\n", ctl_connection_list },
    { "connection", "show", "USER", NULL, "show a Connection, its Numbers and devices",
      "  flowctl connection show ann\n", ctl_connection_show },
    { "connection", "set", "USER", set_options, "change a Connection",
      "  flowctl connection set ann --ring-time 30s --no-voicemail\n"
      "  flowctl connection set ann --pickup-group sales,support\n"
      "  flowctl connection set ann --dial '+48*,+44*' --minutes-a-day 60 --spend-a-day 5.00\n"
      "  flowctl connection set ann --srtp required --dtmf info\n",
      ctl_connection_set },
    { "connection", "remove", "USER", NULL, "remove a Connection, not its voicemail",
      "  flowctl connection remove ann\n", ctl_connection_remove },
    { "number", "add", "NUMBER", to_options, "let a telephone number reach a Connection",
      "  flowctl number add +48221234567 --to welcome\n", ctl_number_add },
    { "number", "list", "", NULL, "list all Numbers", "  flowctl number list\n", ctl_number_list },
    { "number", "remove", "NUMBER", NULL, "remove a Number", "  flowctl number remove +48221234567\n",
      ctl_number_remove },
    { "trunk", "add", "TRUNK", trunk_options, "add a carrier",
      "  flowctl trunk add carrier --gateways sip.example.com --user 48221234567 --register --password\n"
      "  flowctl trunk add gateway --gateways 192.0.2.1:5060,192.0.2.2:5060/20 --carries '+48*' --max-calls 30\n"
      "  pass show carrier | flowctl trunk add carrier --gateways sip.example.com --user u --register --password\n",
      ctl_trunk_add },
    { "trunk", "list", "", NULL, "list all trunks, whether they are up, and their calls", "  flowctl trunk list\n",
      ctl_trunk_list },
    { "trunk", "show", "TRUNK", NULL, "show a trunk", "  flowctl trunk show carrier\n", ctl_trunk_show },
    { "trunk", "set", "TRUNK", trunk_options, "change a trunk; its calls go on",
      "  flowctl trunk set carrier --rates +48=0.02,+=0.30 --max-calls 10\n"
      "  flowctl trunk set carrier --dtmf info\n"
      "  flowctl trunk set carrier --password\n",
      ctl_trunk_set },
    { "trunk", "remove", "TRUNK", NULL, "remove a trunk; its calls go on", "  flowctl trunk remove carrier\n",
      ctl_trunk_remove },
    { "trunk", "test", "TRUNK", NULL, "look up its gateways, ask each by OPTIONS, register; status 1 if it is not up",
      "  flowctl trunk test carrier\n", ctl_trunk_test },
    { "trunk", "rekey", "", NULL, "make a new server key, and seal all passwords with it", "  flowctl trunk rekey\n",
      ctl_trunk_rekey },
    { "deploy", NULL, "FILE [FILE…]", deploy_options, "send .flowc files, or .flow, which are built first",
      "  flowctl deploy reception.flow\n"
      "  flowctl deploy reception.flow support.flow\n"
      "  flowctl deploy reception.flowc --name reception-summer\n",
      ctl_deploy },
    { "flow", "list", "", NULL, "list the flows on the server", "  flowctl flow list\n", ctl_flow_list },
    { "flow", "remove", "FLOW", NULL, "remove a flow that nobody needs, with all its versions",
      "  flowctl flow remove reception-summer\n", ctl_flow_remove },
    { "attach", NULL, "USER FLOW", NULL, "let a flow handle the calls for a Connection",
      "  flowctl attach welcome reception\n", ctl_attach },
    { "detach", NULL, "USER", NULL, "let the default flow handle them again", "  flowctl detach welcome\n",
      ctl_detach },
    { "calls", NULL, "", NULL, "list the calls in progress", "  flowctl calls\n", ctl_calls },
    { "conference", "list", "", NULL, "list the conferences in progress", "  flowctl conference list\n",
      ctl_conference_list },
    { "conference", "end", "NAME", NULL, "end a conference for all who are in it", "  flowctl conference end team\n",
      ctl_conference_end },
    { "queues", NULL, "", NULL, "list the queues: who waits, and what their agents do", "  flowctl queues --json\n",
      ctl_queues },
    { "registrations", NULL, "", NULL, "list the devices that are registered", "  flowctl registrations\n",
      ctl_registrations },
    { "tls", "reload", "", NULL, "use a renewed certificate without a restart", "  flowctl tls reload\n",
      ctl_tls_reload },
    { "bans", "list", "", NULL, "list who is not answered", "  flowctl bans list\n", ctl_bans_list },
    { "bans", "add", "SOURCE", ban_options, "answer an address or a network no more",
      "  flowctl bans add 192.0.2.7 --for 24h\n"
      "  flowctl bans add 203.0.113.0/24\n",
      ctl_bans_add },
    { "bans", "remove", "WHO", NULL, "answer an address, a network or a SIP user again",
      "  flowctl bans remove 192.0.2.7\n"
      "  flowctl bans remove ann\n",
      ctl_bans_remove },
    { "voicemail", "list", "[USER]", NULL, "list messages, newest first",
      "  flowctl voicemail list\n"
      "  flowctl voicemail list ann\n",
      ctl_voicemail_list },
    { "voicemail", "show", "ID", NULL, "show a message and its transcript", "  flowctl voicemail show 7f3a\n",
      ctl_voicemail_show },
    { "voicemail", "search", "TEXT", search_options, "list messages whose transcript holds these words",
      "  flowctl voicemail search invoice\n"
      "  flowctl voicemail search 'invoi* \"call me back\"' --box ann\n",
      ctl_voicemail_search },
    { "voicemail", "transcribe", "ID", NULL, "write a message down again, now", "  flowctl voicemail transcribe 7f3a\n",
      ctl_voicemail_transcribe },
    { "voicemail", "play", "ID", play_options, "play a message, or write its WAV",
      "  flowctl voicemail play 7f3a\n"
      "  flowctl voicemail play 7f3a --out message.wav\n"
      "  flowctl voicemail play 7f3a | sox - message.ogg\n",
      ctl_voicemail_play },
    { "voicemail", "delete", "ID", NULL, "delete a message and its audio", "  flowctl voicemail delete 7f3a\n",
      ctl_voicemail_delete },
    { "box", "list", "", NULL, "list the mailboxes", "  flowctl box list\n", ctl_box_list },
    { "box", "show", "USER", NULL, "show a mailbox and its settings", "  flowctl box show ann\n", ctl_box_show },
    { "box", "set", "USER", box_options, "change a mailbox, or make a shared one",
      "  flowctl box set ann --mail ann@example.com\n"
      "  flowctl box set sales --most-messages 500 --longest 5m\n"
      "  echo 2580 | flowctl box set ann --pin-stdin\n",
      ctl_box_set },
    { "box", "remove", "USER", NULL, "forget a mailbox's settings, not its messages", "  flowctl box remove sales\n",
      ctl_box_remove },
    { "box", "greeting", "USER [FILE]", greeting_options, "give a mailbox a greeting (WAV), or the default again",
      "  flowctl box greeting ann hello.wav\n"
      "  flowctl box greeting ann busy.wav --busy\n"
      "  flowctl box greeting ann\n",
      ctl_box_greeting },
    { "outbox", "list", "", NULL, "list mails and web hooks that wait to be sent", "  flowctl outbox list\n",
      ctl_outbox_list },
    { "outbox", "retry", "ID", NULL, "send one now", "  flowctl outbox retry n19a5-1\n", ctl_outbox_retry },
    { "outbox", "remove", "ID", NULL, "do not send it at all", "  flowctl outbox remove n19a5-1\n", ctl_outbox_remove },
    { "memory", "list", "[FLOW]", NULL, "list what flows remember",
      "  flowctl memory list\n"
      "  flowctl memory list reception\n",
      ctl_memory_list },
    { "memory", "remove", "FLOW KEY", NULL, "let a flow forget a value",
      "  flowctl memory remove reception +48221234567\n", ctl_memory_remove },
    { "status", NULL, "", NULL, "show the server's address, load and counters", "  flowctl status\n", ctl_status },
    { "completion", NULL, "SHELL", NULL, "print a completion script (bash)", "  source <(flowctl completion bash)\n",
      ctl_completion },
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};
