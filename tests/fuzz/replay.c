/* Runs a fuzz target over the files of the folders named, without a fuzzer: its corpus and the inputs that once broke
 * something. Usage: replay_TARGET FOLDER… A folder that is not there holds nothing. */
#include <dirent.h>

#include "tests/fuzz/fuzz.h"
#include "vm/base/str.h"

enum { FILE_MOST = 1 << 20 };

static void replay(const char *path)
{
    struct sbuf bytes = { 0 };
    if (sbuf_read_file(&bytes, path, FILE_MOST)) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput((const uint8_t *)bytes.p, bytes.len);
    sbuf_free(&bytes);
}

static int replay_all(const char *folder)
{
    char path[4096];
    int count = 0;
    DIR *d = opendir(folder);
    if (!d)
        return 0;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        replay(path);
        count++;
    }
    closedir(d);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; i++)
        count += replay_all(argv[i]);
    printf("%d inputs replayed\n", count);
    return count ? 0 : 1;
}
