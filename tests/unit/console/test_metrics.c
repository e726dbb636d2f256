/* The figures, as Prometheus reads them: each family with its kind before its values, names and labels as they may be.
 */
#include "tests/unit/console/fixture.h"

#include <ctype.h>

static void ask(struct fixture *f, const char *method, const char *path, struct talk *t)
{
    *t = (struct talk){ 0 };
    talk_request(t, method, path, (struct str){ "", 0 });
    talk_finish(t, f);
}

static void what_there_is_to_see(void **state)
{
    static const char *const lines[] = {
        "# TYPE callflow_calls gauge\ncallflow_calls 2\n",
        "\ncallflow_legs 3\n",
        "\ncallflow_calls_started_total 5000000000\n",
        "# TYPE callflow_calls_ended_total counter\ncallflow_calls_ended_total{outcome=\"answered\"} 7\n",
        "\ncallflow_calls_ended_total{outcome=\"refused\"} 5\n",
        "\ncallflow_rtp_packets_received_total 1000\n",
        "\ncallflow_rtp_packets_lost_total 10\n",
        "\ncallflow_rtp_packets_late_total 3\n",
        "\ncallflow_prompt_requests_total{result=\"hit\"} 3\ncallflow_prompt_requests_total{result=\"miss\"} 1\n",
        "\ncallflow_fetches_total{outcome=\"answered\"} 4\n",
        "\ncallflow_loop_lag_seconds_sum 1.234\ncallflow_loop_lag_seconds_count 99\n",
        "\ncallflow_loop_lag_worst_seconds 0.056\n",
        "\ncallflow_connections 0\n",
    };
    struct talk t;
    ask(*state, "GET", "/metrics", &t);
    assert_int_equal(t.status, 200);
    assert_non_null(strstr(t.answer.p, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(t.answer.p, lines[i]))
            fail_msg("%s is not in\n%s", lines[i], t.answer.p);
    talk_free(&t);
}

/* The family that a value's name belongs to: a summary's values have ends of their own. */
static bool belongs(struct str name, const char *family)
{
    size_t n = strlen(family);
    struct str rest = { name.p + n, name.len - n };
    if (name.len < n || memcmp(name.p, family, n) != 0)
        return false;
    return !rest.len || str_is(rest, "_sum") || str_is(rest, "_count");
}

/* A line is "# HELP NAME text", "# TYPE NAME kind", or "NAME{label="value"} number" of the family that stands before.
 */
static void check_line(const char *line, char family[64])
{
    char kind[16], name[64], labels[128] = "", number[32];
    int used = 0;
    if (sscanf(line, "# HELP %63s %n", name, &used) == 1 && used) {
        assert_true(line[used] != '\0');
        assert_false(belongs(str_of(name), family)); /* each once */
        snprintf(family, 64, "%s", name);
        return;
    }
    if (sscanf(line, "# TYPE %63s %15s", name, kind) == 2) {
        assert_string_equal(name, family);
        assert_true(!strcmp(kind, "gauge") || !strcmp(kind, "counter") || !strcmp(kind, "summary"));
        bool total = str_ends(str_of(name), "_total");
        assert_int_equal(total, strcmp(kind, "counter") == 0);
        return;
    }
    if (sscanf(line, "%63[a-z_]{%127[^}]} %31s", name, labels, number) != 3)
        assert_int_equal(sscanf(line, "%63[a-z_] %31s", name, number), 2);
    assert_true(belongs(str_of(name), family));
    assert_true(isdigit((unsigned char)*number));
    if (*labels)
        assert_true(strstr(labels, "=\"") && labels[strlen(labels) - 1] == '"');
}

static void every_line_is_as_the_format_says(void **state)
{
    struct talk t;
    char family[64] = "";
    unsigned lines = 0;
    ask(*state, "GET", "/metrics", &t);
    struct str body = talk_body(&t);
    assert_true(str_ends(body, "\n"));
    char *text = strndup(body.p ? body.p : "", body.len), *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) && rest; lines++)
        check_line(line, family);
    assert_true(lines > 50);
    free(text);
    talk_free(&t);
}

static void trunks_are_told_apart(void **state)
{
    struct fixture *f = *state;
    struct talk t = { 0 };
    talk_request(&t, "POST", "/v1/trunks", STR("{\"name\": \"a\\\\ \\\"b\\\"\", \"gateways\": \"192.0.2.1\"}"));
    talk_finish(&t, f);
    assert_int_equal(t.status, 201);
    talk_free(&t);
    ask(f, "GET", "/metrics", &t);
    if (!strstr(t.answer.p, "\ncallflow_trunk_up{trunk=\"a\\\\ \\\"b\\\"\"} 1\n"))
        fail_msg("%s", t.answer.p);
    talk_free(&t);
}

static void only_to_be_read(void **state)
{
    struct talk t;
    ask(*state, "POST", "/metrics", &t);
    assert_int_equal(t.status, 405);
    talk_free(&t);
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = { ROW(what_there_is_to_see), ROW(every_line_is_as_the_format_says),
                                        ROW(trunks_are_told_apart), ROW(only_to_be_read) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
