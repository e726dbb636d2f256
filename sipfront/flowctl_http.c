/* flowctl's side of the API: libcurl over the Unix socket. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/flowctl.h"

enum { CONNECT_S = 5, ANSWER_S = 60 };

static size_t on_data(char *data, size_t size, size_t n, void *out)
{
    sbuf_add(out, data, size * n);
    return size * n;
}

char *ctl_path(const char *before, const char *name, const char *after)
{
    struct sbuf b = { 0 };
    char *escaped = curl_easy_escape(NULL, name, 0);
    sbuf_fmt(&b, "%s%s%s", before, escaped ? escaped : "", after);
    curl_free(escaped);
    return b.p;
}

/* The path is sent as it is: "..", which a name may be, is not curl's to resolve. */
static void prepare(CURL *curl, const struct ctl *c, const char *method, const char *url)
{
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, c->socket);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ANSWER_S);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

/* When nothing answers, the system's error says why: curl's would speak of hosts and ports. */
static int complain_unreachable(const struct ctl *c, CURL *curl, CURLcode rc)
{
    struct sbuf message = { 0 };
    bool silent = rc == CURLE_COULDNT_CONNECT;
    long error = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &error);
    sbuf_fmt(&message, "%s at the socket %s: %s", silent ? "no server answers" : "the server broke off", c->socket,
             silent ? strerror((int)error) : curl_easy_strerror(rc));
    ctl_complain(message.p, silent ? "start one with ./run or flowd --data DIR (its socket is DIR/api.sock), or say "
                                     "which it is with --socket PATH or FLOW_SOCKET"
                                   : "look at the server's log");
    sbuf_free(&message);
    return CTL_UNREACHABLE;
}

static int complain_refused(const struct ctl *c, long status, const struct sbuf *answer)
{
    json_t *body = json_loadb(answer->p ? answer->p : "", answer->len, 0, NULL);
    const json_t *error = json_object_get(body, "error");
    const char *message = json_string_value(json_object_get(error, "message"));
    struct sbuf plain = { 0 };
    sbuf_fmt(&plain, "the server answered %ld", status);
    ctl_complain(message ? message : plain.p, json_string_value(json_object_get(error, "help")));
    if (c->json && body)
        ctl_print_json(body);
    sbuf_free(&plain);
    json_decref(body);
    return CTL_REFUSED;
}

/* Performs what is prepared; the answer's bytes are in out. */
static int perform(CURL *curl, const struct ctl *c, struct sbuf *out)
{
    long status = 0;
    struct sbuf answer = { 0 };
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    CURLcode rc = curl_easy_perform(curl);
    int exit_status = CTL_OK;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (rc != CURLE_OK)
        exit_status = complain_unreachable(c, curl, rc);
    else if (status >= 400)
        exit_status = complain_refused(c, status, &answer);
    else
        sbuf_str(out, sbuf_view(&answer));
    sbuf_free(&answer);
    return exit_status;
}

int ctl_ask_raw(const struct ctl *c, const char *method, const char *path, struct str bytes, struct sbuf *out)
{
    struct sbuf url = { 0 };
    CURL *curl = curl_easy_init();
    if (!curl)
        abort(); /* out of memory, as in vm/base/str.h */
    sbuf_fmt(&url, "http://flowd%s", path);
    prepare(curl, c, method, url.p);
    if (bytes.p) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes.p);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)bytes.len);
    }
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/octet-stream");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    int status = perform(curl, c, out);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    sbuf_free(&url);
    return status;
}

int ctl_ask(const struct ctl *c, const char *method, const char *path, json_t *body, json_t **out)
{
    struct sbuf answer = { 0 };
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    int status = ctl_ask_raw(c, method, path, str_of(text), &answer);
    free(text);
    json_decref(body);
    if (out)
        *out = status ? NULL : json_loadb(answer.p ? answer.p : "", answer.len, 0, NULL);
    if (!status && out && !*out) {
        ctl_complain("the server's answer is no JSON", "is it a Call Flow server?");
        status = CTL_UNREACHABLE;
    }
    sbuf_free(&answer);
    return status;
}
