/* flowctl as people use it: command lines against the API, what they print and how they exit. The program is the one
 * that was built beside this test; flowc is a script here. */
#include "tests/unit/console/fixture.h"

#include <libgen.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "sipfront/directory/note.h"

struct line {
    const char *command;
    int exit;
    const char *out, *err; /* what must be in stdout and stderr; NULL: nothing may be there */
};

/* Runs in a thread, for the console it speaks to is served by the loop meanwhile. */
struct shell {
    struct fixture *f;
    const char *command;
    int status;
};

static void *run_shell(void *arg)
{
    struct shell *s = arg;
    struct sbuf b = { 0 };
    sbuf_fmt(&b, "cd %s; export PATH=%s/bin:$PATH FLOW_SOCKET=%s TZ=UTC; { %s; } >out 2>err", s->f->parent,
             s->f->parent, s->f->socket, s->command);
    int status = system(b.p);
    s->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    sbuf_free(&b);
    loop_stop(s->f->loop);
    return NULL;
}

static void read_text(struct fixture *f, const char *name, struct sbuf *out)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", f->parent, name);
    assert_int_equal(sbuf_read_file(out, path, 1 << 20), ERR_OK);
    sbuf_cstr(out, "");
}

static bool says(const struct sbuf *text, const char *want)
{
    return want ? strstr(text->p, want) != NULL : !text->len;
}

static void run_line(struct fixture *f, const struct line *l)
{
    struct shell s = { f, l->command, -1 };
    struct sbuf out = { 0 }, err = { 0 };
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_shell, &s), 0);
    loop_run(f->loop);
    pthread_join(thread, NULL);
    read_text(f, "out", &out);
    read_text(f, "err", &err);
    if (s.status != l->exit || !says(&out, l->out) || !says(&err, l->err))
        fail_msg("%s\nwanted %d\n%s\n%s\ngot %d\n%s\n%s", l->command, l->exit, l->out, l->err, s.status, out.p, err.p);
    sbuf_free(&out);
    sbuf_free(&err);
}

static void run_lines(struct fixture *f, const struct line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        run_line(f, &lines[i]);
}
#define RUN(lines) run_lines(*state, (lines), sizeof(lines) / sizeof(lines)[0])

static void write_script(struct fixture *f, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/bin/%s", f->parent, name);
    assert_int_equal(file_write(path, text, strlen(text)), ERR_OK);
    assert_int_equal(chmod(path, 0755), 0);
}

/* A copy of flowctl in a folder of its own, with a flowc that "compiles" by copying what follows the first line. */
static int setup(void **state)
{
    char self[PATH_MAX], command[PATH_MAX + 128];
    assert_int_equal(fixture_setup(state), 0);
    struct fixture *f = *state;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(n > 0);
    self[n] = '\0';
    snprintf(command, sizeof command, "mkdir %s/bin && cp %s/../bin/flowctl %s/bin", f->parent, dirname(self),
             f->parent);
    assert_int_equal(system(command), 0); /* is flowctl built? */
    write_script(f, "flowc",
                 "#!/bin/sh\n"
                 "[ \"$1 $2 $4\" = 'build -o --' ] || exit 9\n"
                 "grep -q mistake \"$5\" && { echo \"$5:1:1: error: a mistake\" >&2; exit 1; }\n"
                 "cat \"$5\" >\"$3\"\n");
    return 0;
}

static void test_connections(void **state)
{
    static const struct line lines[] = {
        { "flowctl connection list", 0, "no Connections", NULL },
        { "flowctl connection add ann --name 'Ann Lee'", 0, "SIP password: ", NULL },
        { "flowctl connection add ann --name Other", 1, NULL,
          "flowctl: SIP user 'ann' is taken by the Connection 'Ann Lee'\nhelp: " },
        { "echo pw | flowctl connection add bob --name Bob --password-stdin --ring-time 1m30s --no-voicemail", 0,
          "added bob (Bob)\n", NULL },
        { "flowctl connection add menu --name Menu --virtual", 0, "added menu (Menu)\n", NULL },
        { "flowctl connection list", 0,
          "USER  NAME     KIND     FLOW       RINGS  VOICEMAIL  PASSWORD\n"
          "ann   Ann Lee  devices  (default)  20s    yes        yes\n"
          "bob   Bob      devices  (default)  1m30s  no         yes\n"
          "menu  Menu     virtual  (default)  20s    no         no\n",
          NULL },
        { "flowctl connection show ann", 0, "Registered     Phone/1 from 192.0.2.1:5060\n", NULL },
        { "flowctl connection set ann --name 'Ann B.' --no-password", 0, "Name           Ann B.\n", NULL },
        { "flowctl connection show ann --json", 0, "\"has_password\": false", NULL },
        { "flowctl --json connection add eve --name Eve | grep -c '\"password\": \"................\"'", 0, "1\n",
          NULL },
        { "flowctl connection set ann", 2, NULL, "nothing to change" },
        { "flowctl connection set ann --voicemail --no-voicemail", 2, NULL, "contradict" },
        { "flowctl connection set ann --ring-time 20", 2, NULL, "such as 20s" },
        { "flowctl connection add x", 2, NULL, "--name NAME is missing" },
        { "flowctl connection add", 2, NULL, "USER is missing" },
        { "flowctl connection add x --password-stdin --name X </dev/null", 2, NULL, "no password on standard input" },
        { "flowctl connection remove bob", 0, "removed bob\n", NULL },
        { "flowctl connection remove bob", 1, NULL, "there is no Connection 'bob'" },
    };
    RUN(lines);
}

/* Whatever people and phones call themselves, it is one name to the API and no command to the terminal. */
static void test_odd_names(void **state)
{
    static const struct line lines[] = {
        { "flowctl connection add 'a/b?c#d %41' --name \"$(printf 'Zażółć 日本')\" --virtual", 0, "added a/b?c#d %41",
          NULL },
        { "flowctl connection show 'a/b?c#d %41'", 0, "SIP user       a/b?c#d %41\nName           Zażółć 日本\n",
          NULL },
        { "flowctl connection add .. --name Dots --virtual && flowctl connection remove ..", 0, "removed ..", NULL },
        { "flowctl connection remove \"$(printf '\\033[31m')\"", 1, NULL, "there is no Connection '\xef\xbf\xbd[31m'" },
        { "flowctl connection add \"$(printf 'a\\377b')\" --name X", 2, NULL,
          "'a\xff"
          "b' is no UTF-8" },
        { "flowctl calls", 0, "b\xef\xbf\xbd\"<", NULL },
    };
    RUN(lines);
}

static void test_numbers(void **state)
{
    static const struct line lines[] = {
        { "flowctl number list", 0, "no Numbers", NULL },
        { "flowctl connection add ann --name Ann --virtual", 0, "", NULL },
        { "flowctl number add +48221234567 --to ann", 0, "added +48221234567, it reaches ann\n", NULL },
        { "flowctl number add +48221234567 --to ann", 1, NULL, "is there already; it reaches 'ann'" },
        { "flowctl number add +48221234567", 2, NULL, "--to USER is missing" },
        { "flowctl number list", 0, "NUMBER        REACHES\n+48221234567  ann\n", NULL },
        { "flowctl connection show ann", 0, "Numbers        +48221234567\n", NULL },
        { "flowctl number remove +48221234567", 0, "removed +48221234567\n", NULL },
        { "flowctl number remove +48221234567", 1, NULL, "there is no Number" },
    };
    RUN(lines);
}

static void test_flows(void **state)
{
    static const struct line lines[] = {
        { "echo good >a.flow; flowctl deploy a.flow", 0, "own is version 1 now\nno Connection uses it yet", NULL },
        { "echo better >a.flow; flowctl deploy a.flow --json", 0, "\"version\": 2", NULL },
        { "printf image >b.flowc; flowctl deploy b.flowc --name 'my menu'", 0, "my menu is version 1 now", NULL },
        { "head -c 3000000 /dev/zero >e.flowc; flowctl deploy e.flowc --name big", 0, "big is version 1 now", NULL },
        { "printf 1st >f.flowc; echo 2nd >g.flow; flowctl deploy f.flowc g.flow", 0,
          "own is version 3 now\nno Connection uses it yet: flowctl attach USER own\nother is version 1 now", NULL },
        { "flowctl deploy f.flowc g.flow --name x", 2, NULL, "--name is for one file" },
        { "printf bad >d.flowc; flowctl deploy g.flow d.flowc", 1, NULL, "byte 0: this is no image" },
        { "echo mistake >c.flow; flowctl deploy g.flow c.flow", 1, NULL, "c.flow:1:1: error: a mistake" },
        { "echo mistake >c.flow; flowctl deploy c.flow", 1, NULL, "c.flow:1:1: error: a mistake" },
        { "printf bad >d.flowc; flowctl deploy d.flowc", 1, NULL, "byte 0: this is no image\nhelp: build it again" },
        { "flowctl deploy nothing.flowc", 1, NULL, "nothing.flowc cannot be read" },
        { "flowctl connection add ann --name Ann --virtual", 0, "", NULL },
        { "flowctl attach ann nothing", 1, NULL, "there is no flow 'nothing'" },
        { "flowctl attach ann 'my menu'", 0, "calls for ann run my menu from now on\n", NULL },
        { "flowctl flow list", 0, "my menu  1        5      ", NULL },
        { "flowctl detach ann", 0, "calls for ann run the default flow from now on\n", NULL },
        { "flowctl attach ann", 2, NULL, "FLOW is missing" },
        { "flowctl flow remove 'my menu'", 0, "removed my menu\n", NULL },
        { "flowctl flow remove 'my menu'", 1, NULL, "there is no flow 'my menu'" },
        { "flowctl flow remove needed", 1, NULL,
          "the flow 'menu' continues with 'needed'\nhelp: detach it, or deploy" },
        { "rm bin/flowc; PATH=bin flowctl deploy a.flow", 1, NULL, "flowc cannot be started" },
    };
    RUN(lines);
}

static void on_added(enum err e, const char *why, void *loop)
{
    (void)why;
    assert_int_equal(e, ERR_OK);
    loop_stop(loop);
}

static void test_voicemail(void **state)
{
    static const struct line lines[] = {
        { "flowctl voicemail list", 0,
          "ID  BOX  FROM  NAME  LEFT                 LENGTH   HEARD  TRANSCRIPT  WHY\n"
          "m1  ann  bob   B     2026-01-01 00:00:00  1s500ms  no     none        -\n",
          NULL },
        { "flowctl voicemail list bob", 0, "no messages\n", NULL },
        { "flowctl voicemail play m1", 0, "RIFF", NULL },
        { "flowctl voicemail play m1 --out m.wav; cmp m.wav m1.wav", 0, NULL, NULL },
        { "flowctl voicemail play m1 --out /nonexistent/m.wav", 1, NULL, "cannot be written" },
        { "flowctl voicemail play m2", 1, NULL, "there is no message 'm2'" },
        { "flowctl voicemail delete m1; test ! -e m1.wav", 0, "deleted m1\n", NULL },
        { "flowctl voicemail delete m1", 1, NULL, "there is no message 'm1'" },
    };
    struct fixture *f = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/m1.wav", f->parent);
    assert_int_equal(file_write(path, "RIFF\0audio", 10), ERR_OK);
    struct message m = { .id = "m1",
                         .box = "ann",
                         .from = "bob",
                         .from_name = "B",
                         .path = path,
                         .left_wall_ms = 1767225600000,
                         .length_ms = 1500 };
    directory_add_message(f->server.directory, &m, (struct directory_done){ on_added, f->loop });
    loop_run(f->loop);
    RUN(lines);
}

static void test_memory(void **state)
{
    static const struct line lines[] = {
        { "flowctl memory list", 0,
          "FLOW  KEY        VALUE  UNTIL\n"
          "door  +48/22 1?  Eva    2100-01-01 00:00:00\n",
          NULL },
        { "flowctl memory list other", 0, "nothing is remembered\n", NULL },
        { "flowctl memory list door --json", 0, "\"value\": \"Eva\"", NULL },
        { "flowctl memory remove door other", 1, NULL, "the flow 'door' remembers no 'other'" },
        { "flowctl memory remove door", 2, NULL, "KEY" },
        { "flowctl memory remove door '+48/22 1?'", 0, "door has forgotten +48/22 1?\n", NULL },
        { "flowctl memory list", 0, "nothing is remembered\n", NULL },
    };
    struct fixture *f = *state;
    struct note n = { .flow = "door", .key = "+48/22 1?", .value = "Eva", .until_wall_ms = 4102444800000 };
    directory_put_note(f->server.directory, &n, (struct directory_done){ on_added, f->loop });
    loop_run(f->loop);
    RUN(lines);
}

static void test_what_is_going_on(void **state)
{
    static const struct line lines[] = {
        { "flowctl status", 0, "SIP address        127.0.0.1\nSIP port           5060\n", NULL },
        { "flowctl status", 0, "Speech             75 % ready in memory, 2 made, 5 MiB on disk\n", NULL },
        { "flowctl status --json", 0, "\"calls_total\": 5000000000", NULL },
        { "flowctl queues", 0, "desk  1     1     20s      bob talking, dave free\n", NULL },
        { "flowctl registrations", 0, "ann   sip:ann@192.0.2.1  192.0.2.1:5060  Phone/1  2026-01-01 00:00:00\n", NULL },
        { "flowctl calls", 0, "c1  ann   welcome  welcome  3        talking  gather", NULL },
    };
    RUN(lines);
}

static void test_use(void **state)
{
    static const struct line lines[] = {
        { "flowctl", 2, NULL, "a command is missing" },
        { "flowctl --help", 0, "voicemail delete ID", NULL },
        { "flowctl --version", 0, "flowctl (Call Flow) ", NULL },
        { "flowctl conection list", 2, NULL, "did you mean 'connection'?" },
        { "flowctl connection", 2, NULL, "connection wants one of these commands" },
        { "flowctl connection --help", 0, "connection add USER", NULL },
        { "flowctl voicemail play --help", 0, "Examples:\n", NULL },
        { "flowctl detach a b", 2, NULL, "'b' is too much" },
        { "flowctl status --colour", 2, NULL, "colour" },
        { "flowctl status --socket nowhere", 3, NULL,
          "no server answers at the socket nowhere: No such file or directory\nhelp: start one" },
        { "FLOW_SOCKET= flowctl status", 3, NULL, "/run/callflow/api.sock" },
        { "mkdir run.d; ln -s ../api.sock run.d; FLOW_SOCKET= flowctl status", 0, "Version", NULL },
        { "flowctl completion zsh", 2, NULL, "bash is known" },
        { "flowctl connection add ann --name Ann --virtual", 0, "", NULL },
        { "bash -c 'source <(flowctl completion bash); COMP_WORDS=(flowctl conn); COMP_CWORD=1; _flowctl;"
          " COMP_WORDS=(flowctl connection sh); COMP_CWORD=2; echo ${COMPREPLY[@]}; _flowctl; echo ${COMPREPLY[@]};"
          " COMP_WORDS=(flowctl connection show \"\"); COMP_CWORD=3; _flowctl; echo ${COMPREPLY[@]};"
          " COMP_WORDS=(flowctl connection add --no); COMP_CWORD=3; _flowctl; echo ${COMPREPLY[@]}'",
          0, "connection\nshow\nann\n--no-voicemail\n", NULL },
    };
    RUN(lines);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_connections), ROW(test_odd_names), ROW(test_numbers),          ROW(test_flows),
        ROW(test_voicemail),   ROW(test_memory),    ROW(test_what_is_going_on), ROW(test_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
