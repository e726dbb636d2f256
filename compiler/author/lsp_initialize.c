/* What editor and server tell each other at first. */
#include <stdlib.h>

#include "compiler/author/lsp_path.h"
#include "compiler/author/lsp_server.h"

enum { SYNC_INCREMENTAL = 2 };

static void add_folder(struct server *s, struct str uri)
{
    char *path = lsp_path_of_uri(uri);
    if (path[0] == '/') {
        s->folders = realloc(s->folders, (s->nfolders + 1) * sizeof *s->folders);
        lsp_must(s->folders != NULL);
        s->folders[s->nfolders] = (struct sbuf){ 0 };
        sbuf_cstr(&s->folders[s->nfolders++], path);
    }
    free(path);
}

static void read_folders(struct server *s, const json_t *params)
{
    const json_t *folders = json_object_get(params, "workspaceFolders"), *folder;
    size_t i;
    json_array_foreach(folders, i, folder) add_folder(s, lsp_read_text(folder, "uri"));
    if (!s->nfolders)
        add_folder(s, lsp_read_text(params, "rootUri"));
}

static bool knows_snippets(const json_t *params)
{
    const json_t *j = json_object_get(json_object_get(params, "capabilities"), "textDocument");
    j = json_object_get(json_object_get(j, "completion"), "completionItem");
    return json_is_true(json_object_get(j, "snippetSupport"));
}

static json_t *sync_options(void)
{
    json_t *j = lsp_object();
    lsp_set(j, "openClose", json_true());
    lsp_set(j, "change", lsp_integer(SYNC_INCREMENTAL));
    lsp_set(j, "save", json_true());
    return j;
}

static json_t *completion_options(void)
{
    static const char *const triggers[] = { " ", ".", ":", "(", "\"", "," };
    json_t *j = lsp_object(), *list = lsp_array();
    for (size_t i = 0; i < sizeof triggers / sizeof *triggers; i++)
        lsp_add(list, lsp_string(str_of(triggers[i])));
    lsp_set(j, "triggerCharacters", list);
    return j;
}

static json_t *rename_options(void)
{
    json_t *j = lsp_object();
    lsp_set(j, "prepareProvider", json_true());
    return j;
}

static json_t *capabilities(void)
{
    static const char *const provided[] = { "hoverProvider",
                                            "definitionProvider",
                                            "referencesProvider",
                                            "documentHighlightProvider",
                                            "documentFormattingProvider",
                                            "documentSymbolProvider" };
    json_t *j = lsp_object();
    for (size_t i = 0; i < sizeof provided / sizeof *provided; i++)
        lsp_set(j, provided[i], json_true());
    lsp_set_text(j, "positionEncoding", "utf-16");
    lsp_set(j, "textDocumentSync", sync_options());
    lsp_set(j, "completionProvider", completion_options());
    lsp_set(j, "renameProvider", rename_options());
    lsp_set(j, "codeLensProvider", lsp_object());
    return j;
}

json_t *lsp_initialize(struct server *s, const json_t *params, struct failure *f)
{
    json_t *result = lsp_object(), *info = lsp_object();
    (void)f;
    read_folders(s, params);
    s->snippets = knows_snippets(params);
    s->state = LSP_RUNNING;
    lsp_set_text(info, "name", "flowc");
    lsp_set(result, "capabilities", capabilities());
    lsp_set(result, "serverInfo", info);
    return result;
}
