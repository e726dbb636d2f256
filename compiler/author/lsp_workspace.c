/* The files of the workspace, for what must be changed wherever it is used. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compiler/author/lsp_navigate.h"
#include "compiler/author/lsp_path.h"

/* Somebody may open a whole home folder: what is looked at is bounded. */
enum { WORKSPACE_FILES_MAX = 5000, WORKSPACE_ENTRIES_MAX = 200000, WORKSPACE_DEPTH_MAX = 8 };

struct paths {
    char **items;
    size_t len, cap;
    size_t entries; /* of folders, looked at so far */
};

static void add_path(struct paths *all, const char *path)
{
    for (size_t i = 0; i < all->len; i++)
        if (!strcmp(all->items[i], path))
            return;
    char *copy = strdup(path);
    lsp_must(copy != NULL);
    vec_push(all, copy);
}

static void scan(struct paths *all, const char *folder, unsigned depth);

/* Hidden folders and those of package managers hold no flows of the author's. */
static void scan_entry(struct paths *all, const char *folder, const struct dirent *entry, unsigned depth)
{
    struct sbuf path = { 0 };
    struct stat st;
    if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "node_modules"))
        return;
    sbuf_fmt(&path, "%s/%s", folder, entry->d_name);
    if (!lstat(path.p, &st) && S_ISDIR(st.st_mode) && depth)
        scan(all, path.p, depth - 1);
    else if (str_ends(sbuf_view(&path), ".flow") && S_ISREG(st.st_mode))
        add_path(all, path.p);
    sbuf_free(&path);
}

static void scan(struct paths *all, const char *folder, unsigned depth)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while (dir && all->len < WORKSPACE_FILES_MAX && all->entries++ < WORKSPACE_ENTRIES_MAX && (entry = readdir(dir)))
        scan_entry(all, folder, entry, depth);
    if (dir)
        closedir(dir);
}

static bool is_within(const char *path, struct str folder)
{
    return strlen(path) > folder.len && !strncmp(path, folder.p, folder.len) && path[folder.len] == '/';
}

/* The workspace's folders that hold the file, or, where none does, the file's own. */
static void scan_around(struct server *s, struct paths *all, const char *path)
{
    char *own = lsp_path_clean(lsp_path_folder(str_of(path)));
    bool found = false;
    for (size_t i = 0; i < s->nfolders; i++) {
        if (!is_within(path, sbuf_view(&s->folders[i])))
            continue;
        found = true;
        scan(all, s->folders[i].p, WORKSPACE_DEPTH_MAX);
    }
    if (!found)
        scan(all, own, 0);
    free(own);
}

static void visit_file(struct server *s, const char *path, const char *holds,
                       void (*take)(void *owner, const struct analysis *a), void *owner)
{
    struct document *d = document_by_path(s, path);
    struct analysis *own = d ? NULL : analysis_of_file(s, path);
    const struct analysis *a = d ? document_analysis(s, d) : own;
    if (a && analysis_has(a, holds))
        take(owner, a);
    analysis_free(&own);
}

void workspace_visit(struct server *s, const char *path, void (*take)(void *owner, const struct analysis *a),
                     void *owner)
{
    struct paths all = { 0 };
    for (const struct document *d = s->documents; d; d = d->next)
        add_path(&all, d->path);
    add_path(&all, path);
    scan_around(s, &all, path);
    for (size_t i = 0; i < all.len; i++) {
        visit_file(s, all.items[i], path, take, owner);
        free(all.items[i]);
    }
    vec_free(&all);
}
