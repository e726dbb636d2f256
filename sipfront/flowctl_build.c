/* Building a .flow before it is sent: flowc as a child. */
#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sipfront/flowctl.h"

enum { MOST_IMAGE = 64 * 1024 * 1024 };
extern char **environ;

/* flowc beside this program, or else the one of PATH. */
static const char *find_flowc(char path[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - sizeof "flowc");
    if (n <= 0)
        return "flowc";
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    memcpy(slash ? slash + 1 : path, "flowc", sizeof "flowc");
    return access(path, X_OK) == 0 ? path : "flowc";
}

static int complain_no_flowc(int error)
{
    struct sbuf message = { 0 };
    sbuf_fmt(&message, "flowc cannot be started: %s", strerror(error));
    ctl_complain(message.p, "install it beside flowctl or in PATH, or give a .flowc");
    sbuf_free(&message);
    return CTL_REFUSED;
}

static int run_flowc(const char *flow_file, const char *key, const char *image_file)
{
    char place[PATH_MAX];
    pid_t pid;
    int status;
    const char *const plain[] = { "flowc", "build", "-o", image_file, "--", flow_file, NULL };
    const char *const signs[] = { "flowc", "build", "-o", image_file, "--sign", key, "--", flow_file, NULL };
    const char *const *argv = key ? signs : plain;
    int error = posix_spawnp(&pid, find_flowc(place), NULL, NULL, (char *const *)(uintptr_t)argv, environ);
    if (error)
        return complain_no_flowc(error);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return complain_no_flowc(errno);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? CTL_OK : CTL_REFUSED;
}

int ctl_build(const char *flow_file, const char *key, struct sbuf *image)
{
    char folder[] = "/tmp/flowctl-XXXXXX", file[sizeof folder + 16];
    if (!mkdtemp(folder)) {
        ctl_complain("no folder can be made in /tmp", strerror(errno));
        return CTL_REFUSED;
    }
    snprintf(file, sizeof file, "%s/image.flowc", folder);
    int status = run_flowc(flow_file, key, file);
    if (!status && sbuf_read_file(image, file, MOST_IMAGE)) {
        ctl_complain("flowc has made no image", NULL);
        status = CTL_REFUSED;
    }
    unlink(file);
    rmdir(folder);
    return status;
}
