#include "compiler/flowc_speak.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct speak {
    const struct image *names_of; /* whose names the child knows; borrowed */
    pid_t child;
    FILE *to, *from;
    struct str folder; /* of the flow's file */
};

/* The one beside this program. */
static bool find_helper(char path[PATH_MAX])
{
    static const char name[] = "flowspeak";
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - sizeof name);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (slash)
        memcpy(slash + 1, name, sizeof name);
    return slash && access(path, X_OK) == 0;
}

static int spawn(struct speak *s, const char *helper, const char *wav)
{
    int in[2], out[2];
    posix_spawn_file_actions_t actions;
    const char *const argv[] = { "flowspeak", "--", wav, NULL };
    if (pipe(in))
        return errno;
    if (pipe(out)) {
        close(in[0]), close(in[1]);
        return errno;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, in[1]);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    int error = posix_spawn(&s->child, helper, &actions, NULL, (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]), close(out[1]);
    s->to = fdopen(in[1], "w");
    s->from = fdopen(out[0], "r");
    return error;
}

bool speak_start(struct speak **out, const char *wav, const char *flow_file)
{
    char helper[PATH_MAX];
    struct speak *s = calloc(1, sizeof *s);
    const char *slash = strrchr(flow_file, '/');
    *out = NULL;
    if (!s)
        abort();
    if (!find_helper(helper)) {
        fputs("flowc: --speak needs flowspeak, and it is not beside flowc\n", stderr);
        free(s);
        return false;
    }
    s->folder = (struct str){ flow_file, slash ? (size_t)(slash - flow_file + 1) : 0 };
    signal(SIGPIPE, SIG_IGN); /* should it end early, writing fails and speak_end() tells */
    int error = spawn(s, helper, wav);
    *out = s;
    if (error) {
        fprintf(stderr, "flowc: flowspeak cannot be started: %s\n", strerror(error));
        s->child = 0;
        speak_end(out, 0);
    }
    return !error;
}

/* On one line. */
static void put_text(FILE *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        putc((unsigned char)text.p[i] < ' ' ? ' ' : text.p[i], to);
    putc('\n', to);
}

static void put_file(struct speak *s, struct str name)
{
    struct sbuf path = { 0 };
    if (!str_starts(name, "/"))
        sbuf_str(&path, s->folder);
    sbuf_str(&path, name);
    put_text(s->to, sbuf_view(&path));
    sbuf_free(&path);
}

static void put_names(struct speak *s, const struct image *im)
{
    s->names_of = im;
    fputs("0 names\n", s->to);
    for (uint32_t i = 0; im && i < im->nnames; i++) {
        fputs("0 name ", s->to);
        put_text(s->to, im->names[i].word);
        put_text(s->to, im->names[i].said);
    }
}

int64_t speak_sound(struct speak *s, int64_t at, const struct vm_sound *sound, const struct play_request *how)
{
    long long ms = 0;
    char answer[32];
    if (sound->kind == SOUND_SAY && how->image != s->names_of)
        put_names(s, how->image);
    switch (sound->kind) {
    case SOUND_SAY:
        fprintf(s->to, "%lld say %d %.*s ", (long long)at, how->rate, how->voice.len ? (int)how->voice.len : 1,
                how->voice.len ? how->voice.p : "-");
        put_text(s->to, sound->text);
        break;
    case SOUND_FILE:
        fprintf(s->to, "%lld file ", (long long)at);
        put_file(s, sound->text);
        break;
    case SOUND_TONE:
        fprintf(s->to, "%lld tone ", (long long)at);
        put_text(s->to, sound->text);
        break;
    case SOUND_RECORDING: return -1; /* there is none: it stays silent */
    }
    bool told = fflush(s->to) == 0 && fgets(answer, sizeof answer, s->from) && sscanf(answer, "%lld", &ms) == 1;
    return told && ms > 0 ? ms : -1;
}

void speak_cut(struct speak *s, int64_t at) { fprintf(s->to, "%lld cut\n", (long long)at); }
void speak_key(struct speak *s, int64_t at, char key) { fprintf(s->to, "%lld key %c\n", (long long)at, key); }

bool speak_end(struct speak **speak, int64_t at)
{
    struct speak *s = *speak;
    int status = 0;
    *speak = NULL;
    if (!s)
        return true;
    if (s->to) {
        fprintf(s->to, "%lld end\n", (long long)at);
        fclose(s->to);
    }
    if (s->from)
        fclose(s->from);
    while (s->child > 0 && waitpid(s->child, &status, 0) < 0 && errno == EINTR)
        ;
    bool well = s->child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    free(s);
    return well;
}
