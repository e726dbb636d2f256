/* flowctl voicemail …: messages and their audio. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sipfront/flowctl.h"

extern char **environ;

int ctl_voicemail_list(struct ctl *c)
{
    static const struct ctl_column columns[] = {
        { "ID", "id", NULL },
        { "BOX", "box", NULL },
        { "FROM", "from", NULL },
        { "NAME", "from_name", NULL },
        { "LEFT", "left_at", ctl_show_time },
        { "LENGTH", "length_ms", ctl_show_duration },
        { "HEARD", "heard", ctl_show_flag },
        { "TRANSCRIPT", "transcript_state", NULL },
        { "WHY", "transcript_why", NULL },
        { NULL, NULL, NULL },
    };
    char *path = c->args[0] ? ctl_path("/v1/voicemail?box=", c->args[0], "") : ctl_path("/v1/voicemail", "", "");
    int status = ctl_list(c, path, "messages", columns, "no messages");
    free(path);
    return status;
}

static int write_out(const char *file, const struct sbuf *wav)
{
    struct sbuf message = { 0 };
    enum err e = file_write(file, wav->p, wav->len);
    if (!e)
        return CTL_OK;
    sbuf_fmt(&message, "%s cannot be written: %s", file, err_text(e));
    ctl_complain(message.p, NULL);
    sbuf_free(&message);
    return CTL_REFUSED;
}

/* Runs a player of ALSA or sox on the file; false when there is none of that name. */
static bool run_player(const char *player, const char *file, int *status)
{
    pid_t pid;
    const char *const argv[] = { player, "-q", file, NULL };
    if (posix_spawnp(&pid, player, NULL, NULL, (char *const *)(uintptr_t)argv, environ))
        return false;
    return waitpid(pid, status, 0) == pid;
}

static int play_aloud(const struct sbuf *wav)
{
    char file[] = "/tmp/flowctl-XXXXXX.wav";
    int fd = mkstemps(file, 4), player = 0, status = CTL_OK;
    if (fd < 0 || write(fd, wav->p, wav->len) != (ssize_t)wav->len) {
        ctl_complain("the audio cannot be written to /tmp", NULL);
        status = CTL_REFUSED;
    } else if (!run_player("aplay", file, &player) && !run_player("play", file, &player)) {
        ctl_complain("there is no player on this machine (aplay, or play of sox)", "write it: --out FILE.wav");
        status = CTL_REFUSED;
    } else if (player) {
        status = CTL_REFUSED; /* it has said why */
    }
    if (fd >= 0) {
        close(fd);
        unlink(file);
    }
    return status;
}

int ctl_voicemail_play(struct ctl *c)
{
    struct sbuf wav = { 0 };
    char *path = ctl_path("/v1/voicemail/", c->args[0], "/audio");
    int status = ctl_ask_raw(c, "GET", path, (struct str){ NULL, 0 }, &wav);
    if (status == CTL_OK && c->option[CTL_OUT])
        status = write_out(c->option[CTL_OUT], &wav);
    else if (status == CTL_OK && isatty(STDOUT_FILENO))
        status = play_aloud(&wav);
    else if (status == CTL_OK && fwrite(wav.p, 1, wav.len, stdout) != wav.len)
        status = CTL_REFUSED;
    sbuf_free(&wav);
    free(path);
    return status;
}

int ctl_voicemail_delete(struct ctl *c)
{
    struct sbuf text = { 0 };
    sbuf_fmt(&text, "deleted %s", c->args[0]);
    int status = ctl_say_done(c, "DELETE", ctl_path("/v1/voicemail/", c->args[0], ""), NULL, text.p);
    sbuf_free(&text);
    return status;
}
