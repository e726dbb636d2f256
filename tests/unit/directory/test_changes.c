/* Each change of the directory: what it does in memory, after a reopening, and how it is refused. */
#include "tests/unit/directory/fixture.h"

#include <fcntl.h>

static void test_connection_is_kept(void **state)
{
    struct fixture *f = *state;
    struct connection c = { .user = "ann", .name = "Ann Lee", .ha1_md5 = "11", .ha1_sha256 = "22", .ring_ms = 12345 };
    c.is_virtual = true;
    c.dtmf = DTMF_AUTO;
    directory_add_connection(f->d, &c, fixture_done(f));
    assert_null(directory_connection(f->d, "ann")); /* not before the database has it */
    fixture_expect(f, ERR_OK, "");
    for (int round = 0; round < 2; round++) {
        const struct connection *k = directory_connection(f->d, "ann");
        assert_non_null(k);
        assert_string_equal(k->name, "Ann Lee");
        assert_string_equal(k->ha1_md5, "11");
        assert_string_equal(k->ha1_sha256, "22");
        assert_string_equal(k->flow, "");
        assert_true(k->is_virtual);
        assert_false(k->has_voicemail);
        assert_int_equal(k->ring_ms, 12345);
        fixture_reopen(f);
    }
}

static void test_limits_are_kept(void **state)
{
    static const struct {
        unsigned bindings, calls;
        const char *why;
    } rows[] = {
        { 0, 0, "" },
        { 10, 100000, "" },
        { 11, 1, "at most 10 devices can be registered to a Connection (0: as many as that)" },
        { 1, 100001, "the limit of calls must lie between 0 (none) and 100000" },
        { 2, 3, "" },
    };
    struct fixture *f = *state;
    fixture_add(f, "ann", "Ann");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct connection c = fixture_connection("ann", "Ann");
        c.max_bindings = rows[i].bindings;
        c.max_calls = rows[i].calls;
        directory_set_connection(f->d, &c, fixture_done(f));
        fixture_expect(f, *rows[i].why ? ERR_INVALID : ERR_OK, rows[i].why);
    }
    fixture_reopen(f);
    assert_int_equal(directory_connection(f->d, "ann")->max_bindings, 2);
    assert_int_equal(directory_connection(f->d, "ann")->max_calls, 3);
}

static void note_ban(const struct stored_ban *b, void *arg)
{
    struct sbuf *text = arg;
    sbuf_fmt(text, "%s %d %lld;", b->source, b->by_hand, (long long)b->until_wall_ms);
}

static void expect_bans(struct fixture *f, const char *want)
{
    struct sbuf text = { 0 };
    sbuf_cstr(&text, "");
    directory_each_ban(f->d, note_ban, &text);
    assert_string_equal(text.p, want);
    sbuf_free(&text);
}

static void test_bans_are_kept_until_they_end(void **state)
{
    struct fixture *f = *state;
    static const struct stored_ban bans[] = {
        { "192.0.2.1", true, 0 },
        { "192.0.2.2", false, 4000000000000 },
        { "192.0.2.3", false, 1000 }, /* long over */
        { "192.0.2.2", true, 4000000000001 },
        { "192.0.2.4", true, 0 },
    };
    for (size_t i = 0; i < sizeof bans / sizeof bans[0]; i++) {
        directory_put_ban(f->d, &bans[i], fixture_done(f));
        fixture_expect(f, ERR_OK, "");
    }
    directory_drop_ban(f->d, "192.0.2.4", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    directory_drop_ban(f->d, "192.0.2.4", fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "192.0.2.4 is not banned");
    expect_bans(f, "192.0.2.1 1 0;192.0.2.2 1 4000000000001;192.0.2.3 0 1000;");
    fixture_reopen(f);
    expect_bans(f, "192.0.2.1 1 0;192.0.2.2 1 4000000000001;");
}

static void test_taken_user_is_refused(void **state)
{
    struct fixture *f = *state;
    struct connection second = fixture_connection("ann", "Ann the Second");
    fixture_add(f, "ann", "Ann");
    directory_add_connection(f->d, &second, fixture_done(f));
    fixture_expect(f, ERR_EXISTS, "SIP user 'ann' is taken by the Connection 'Ann'");
    assert_string_equal(directory_connection(f->d, "ann")->name, "Ann");
}

/* Two of one name in one transaction: the second is refused by the first, which memory did not know when it came. */
static void test_taken_within_one_transaction(void **state)
{
    struct fixture *f = *state;
    struct connection other = fixture_connection("x", "X"), a = fixture_connection("ann", "First"),
                      b = fixture_connection("ann", "Second");
    directory_add_connection(f->d, &other, fixture_done(f));
    directory_add_connection(f->d, &a, fixture_done(f));
    directory_add_connection(f->d, &b, fixture_done(f));
    fixture_expect(f, ERR_EXISTS, "SIP user 'ann' is taken by the Connection 'First'");
    assert_non_null(directory_connection(f->d, "x"));
}

static void test_invalid_values(void **state)
{
    static char long_text[300];
    memset(long_text, 'a', sizeof long_text - 1);
    const struct {
        const char *user, *name;
        int64_t ring_ms;
        const char *why;
    } rows[] = {
        { "", "Ann", 1, "the SIP user is empty" },
        { " ", "Ann", 1, "the SIP user is empty" },
        { "ann", "", 1, "the Name is empty" },
        { "a\nb", "Ann", 1, "the SIP user holds a control character" },
        { "ann", "A\x7f", 1, "the Name holds a control character" },
        { "ann", "Ann", -1, "the ring time must lie between 0 and 3600 seconds" },
        { "ann", "Ann", 3600001, "the ring time must lie between 0 and 3600 seconds" },
        { long_text, "Ann", 1, "the SIP user has 299 bytes, at most 255 are possible" },
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct connection c = fixture_connection(rows[i].user, rows[i].name);
        c.ring_ms = rows[i].ring_ms;
        directory_add_connection(f->d, &c, fixture_done(f));
        fixture_expect(f, ERR_INVALID, rows[i].why);
    }
}

static void test_hostile_texts_are_kept_as_they_are(void **state)
{
    static const char *const texts[] = {
        "'; DROP TABLE connection; --",
        "\xff\xfe not utf-8 \xc0\x80",
        "<script>alert(1)</script>",
        "%s%n%n",
        "ä€😀",
        "\"",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        fixture_add(f, texts[i], texts[i]);
    fixture_reopen(f);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct connection *k = directory_connection(f->d, texts[i]);
        assert_non_null(k);
        assert_string_equal(k->name, texts[i]);
    }
}

static void test_set_connection(void **state)
{
    struct fixture *f = *state;
    struct connection c = fixture_connection("ann", "Renamed");
    directory_set_connection(f->d, &c, fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "there is no Connection 'ann'");
    fixture_add(f, "ann", "Ann");
    c.has_voicemail = false;
    c.ring_ms = 5000;
    directory_set_connection(f->d, &c, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    c.flow = "nowhere";
    directory_set_connection(f->d, &c, fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "there is no flow 'nowhere'; deploy it first");
    fixture_reopen(f);
    assert_string_equal(directory_connection(f->d, "ann")->name, "Renamed");
    assert_false(directory_connection(f->d, "ann")->has_voicemail);
    assert_int_equal(directory_connection(f->d, "ann")->ring_ms, 5000);
}

static void test_numbers(void **state)
{
    static const struct {
        const char *digits, *user;
        enum err e;
        const char *why;
    } rows[] = {
        { "+48221234567", "ann", ERR_OK, "" },
        { "+48221234567", "bob", ERR_EXISTS, "the Number +48221234567 is there already; it reaches 'ann'" },
        { "+4822", "nobody", ERR_NOT_FOUND, "there is no Connection 'nobody'" },
        { "48221234567", "ann", ERR_INVALID, NULL },
        { "+", "ann", ERR_INVALID, NULL },
        { "+0123456", "ann", ERR_INVALID, NULL },
        { "+48 22 123", "ann", ERR_INVALID, NULL },
        { "+1234567890123456", "ann", ERR_INVALID, NULL },
        { "+123456789012345", "bob", ERR_OK, "" },
    };
    struct fixture *f = *state;
    fixture_add(f, "ann", "Ann");
    fixture_add(f, "bob", "Bob");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct number n = { rows[i].digits, rows[i].user };
        directory_add_number(f->d, &n, fixture_done(f));
        fixture_expect(f, rows[i].e, rows[i].why);
    }
    directory_remove_number(f->d, "+123456789012345", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    directory_remove_number(f->d, "+123456789012345", fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "there is no Number '+123456789012345'");
    fixture_reopen(f);
    assert_string_equal(directory_number(f->d, "+48221234567")->user, "ann");
    assert_null(directory_number(f->d, "+123456789012345"));
}

static void deploy(struct fixture *f, const char *flow, struct str image)
{
    directory_deploy(f->d, flow, image, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
}

static void test_deploy_counts_versions(void **state)
{
    struct fixture *f = *state;
    deploy(f, "menu", STR("one\0one"));
    deploy(f, "menu", STR("one\0one"));
    assert_int_equal(directory_flow(f->d, "menu")->version, 1);
    deploy(f, "menu", STR("two"));
    deploy(f, "menu", STR("one\0one")); /* an old image is a new version; its bytes are kept once */
    deploy(f, "other", STR("two"));
    for (int round = 0; round < 2; round++) {
        const struct flow_version *v = directory_flow(f->d, "menu");
        assert_int_equal(v->version, 3);
        assert_int_equal(v->size, 7);
        assert_memory_equal(v->image, "one\0one", 7);
        assert_true(v->deployed_wall_ms > 1600000000000);
        assert_int_equal(directory_flow(f->d, "other")->version, 1);
        fixture_reopen(f);
    }
    directory_deploy(f->d, "empty", STR(""), fixture_done(f));
    fixture_expect(f, ERR_INVALID, "the image is empty");
}

static void test_attach(void **state)
{
    struct fixture *f = *state;
    fixture_add(f, "ann", "Ann");
    directory_attach(f->d, "ann", "menu", fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "there is no flow 'menu'; deploy it first");
    deploy(f, "menu", STR("x"));
    directory_attach(f->d, "eve", "menu", fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "there is no Connection 'eve'");
    directory_attach(f->d, "ann", "menu", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    assert_string_equal(directory_connection(f->d, "ann")->flow, "menu");
    fixture_reopen(f);
    assert_string_equal(directory_connection(f->d, "ann")->flow, "menu");
    directory_attach(f->d, "ann", "", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    fixture_reopen(f);
    assert_string_equal(directory_connection(f->d, "ann")->flow, "");
    assert_string_equal(directory_connection(f->d, "ann")->name, "Ann");
}

/* With all its versions, and images that no other flow has. Its name begins anew. */
static void test_a_flow_is_removed(void **state)
{
    struct fixture *f = *state;
    fixture_add(f, "ann", "Ann");
    deploy(f, "menu", STR("x"));
    deploy(f, "menu", STR("y"));
    deploy(f, "other", STR("y"));
    directory_attach(f->d, "ann", "menu", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    directory_remove_flow(f->d, "menu", fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "the flow 'menu' handles the calls of a Connection");
    assert_int_equal(directory_flow(f->d, "menu")->version, 2);
    directory_attach(f->d, "ann", "", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    directory_remove_flow(f->d, "menu", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    assert_null(directory_flow(f->d, "menu"));
    directory_remove_flow(f->d, "menu", fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "there is no flow 'menu'");
    fixture_reopen(f);
    assert_null(directory_flow(f->d, "menu"));
    assert_int_equal(directory_flow(f->d, "other")->size, 1);
    assert_memory_equal(directory_flow(f->d, "other")->image, "y", 1);
    deploy(f, "menu", STR("x"));
    assert_int_equal(directory_flow(f->d, "menu")->version, 1);
}

static const int64_t far_away = 4102444800000; /* the year 2100 */

static struct stored_binding binding_of(const char *user, const char *contact, int64_t expires)
{
    return (struct stored_binding){ .user = user,
                                    .contact = contact,
                                    .instance = "<urn:uuid:1>",
                                    .received = "192.0.2.1:5060",
                                    .call_id = "c",
                                    .agent = "Phone/1",
                                    .reg_id = 1,
                                    .cseq = 4294967295u,
                                    .q = 0.7,
                                    .expires_wall_ms = expires };
}

struct seen {
    unsigned n;
    struct stored_binding last;
};

static void see_binding(const struct stored_binding *b, void *arg)
{
    struct seen *s = arg;
    s->n++;
    s->last = *b;
}

static struct seen bindings_of(struct fixture *f)
{
    struct seen s = { 0 };
    directory_each_binding(f->d, see_binding, &s);
    return s;
}

static void test_bindings(void **state)
{
    struct fixture *f = *state;
    struct stored_binding b = binding_of("ann", "sip:ann@192.0.2.1", far_away), old = b, lost = b;
    directory_put_binding(f->d, &b, fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "there is no Connection 'ann'");
    fixture_add(f, "ann", "Ann");
    old.cseq = 1;
    directory_put_binding(f->d, &old, fixture_done(f));
    directory_put_binding(f->d, &b, fixture_done(f)); /* replaces it */
    lost = binding_of("ann", "sip:gone@192.0.2.1", 1000);
    directory_put_binding(f->d, &lost, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    assert_int_equal(bindings_of(f).n, 2);
    fixture_reopen(f); /* forgets what has run out */
    struct seen s = bindings_of(f);
    assert_int_equal(s.n, 1);
    assert_string_equal(s.last.contact, "sip:ann@192.0.2.1");
    assert_string_equal(s.last.received, "192.0.2.1:5060");
    assert_string_equal(s.last.instance, "<urn:uuid:1>");
    assert_int_equal(s.last.cseq, 4294967295u);
    assert_true(s.last.q > 0.69 && s.last.q < 0.71);
    assert_int_equal(s.last.expires_wall_ms, far_away);
    directory_drop_binding(f->d, "ann", "sip:ann@192.0.2.1", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    directory_drop_binding(f->d, "ann", "sip:ann@192.0.2.1", fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "'ann' has no binding 'sip:ann@192.0.2.1'");
    assert_int_equal(bindings_of(f).n, 0);
}

static void add_message(struct fixture *f, const char *id, const char *box, int64_t left)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s.wav", f->parent, id);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
    struct message m = { .id = id, .box = box, .from = "bob", .from_name = "B", .path = path, .left_wall_ms = left };
    directory_add_message(f->d, &m, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
}

static void list_message(const struct message *m, void *arg)
{
    sbuf_cstr(arg, m->id);
    sbuf_char(arg, m->heard ? '.' : '*');
}

static void expect_messages(struct fixture *f, const char *box, const char *want)
{
    struct sbuf got = { 0 };
    sbuf_cstr(&got, "");
    directory_each_message(f->d, box, list_message, &got);
    assert_string_equal(got.p, want);
    sbuf_free(&got);
}

static void test_messages(void **state)
{
    struct fixture *f = *state;
    add_message(f, "m2", "ann", 200);
    add_message(f, "m3", "bob", 300);
    add_message(f, "m1", "ann", 100); /* the clock was set back */
    expect_messages(f, NULL, "m3*m2*m1*");
    expect_messages(f, "ann", "m2*m1*");
    directory_mark_heard(f->d, "m1", true, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    directory_mark_heard(f->d, "m9", true, fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "there is no message 'm9'");
    fixture_reopen(f);
    expect_messages(f, "ann", "m2*m1.");
    char path[160];
    snprintf(path, sizeof path, "%s", directory_message(f->d, "m2")->path);
    assert_int_equal(access(path, F_OK), 0);
    directory_delete_message(f->d, "m2", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    assert_int_not_equal(access(path, F_OK), 0); /* the file goes with the row */
    directory_delete_message(f->d, "m2", fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "there is no message 'm2'");
    expect_messages(f, NULL, "m3*m1.");
}

/* Numbers and bindings go with a Connection; what callers said to it stays. */
static void test_removal_cascades(void **state)
{
    struct fixture *f = *state;
    struct stored_binding b = binding_of("ann", "sip:a", far_away), other = binding_of("bob", "sip:a", far_away);
    struct number n = { "+4822", "ann" };
    n.digits = "+48221";
    fixture_add(f, "ann", "Ann");
    fixture_add(f, "bob", "Bob");
    directory_put_binding(f->d, &b, fixture_done(f));
    directory_put_binding(f->d, &other, fixture_done(f));
    directory_add_number(f->d, &n, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    add_message(f, "m1", "ann", 100);
    directory_remove_connection(f->d, "ann", fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    for (int round = 0; round < 2; round++) {
        assert_null(directory_connection(f->d, "ann"));
        assert_null(directory_number(f->d, "+48221"));
        assert_int_equal(bindings_of(f).n, 1);
        assert_string_equal(bindings_of(f).last.user, "bob");
        assert_non_null(directory_message(f->d, "m1"));
        fixture_reopen(f);
    }
    directory_remove_connection(f->d, "ann", fixture_done(f));
    fixture_expect(f, ERR_NOT_FOUND, "there is no Connection 'ann'");
}

static void list_connection(const struct connection *c, void *arg) { sbuf_fmt(arg, "%s ", c->user); }
static void list_number(const struct number *n, void *arg) { sbuf_fmt(arg, "%s ", n->digits); }
static void list_flow(const struct flow_version *v, void *arg) { sbuf_fmt(arg, "%s%u ", v->flow, v->version); }

static void test_lists_are_sorted(void **state)
{
    struct fixture *f = *state;
    struct sbuf got = { 0 };
    struct number n1 = { "+482", "b" }, n2 = { "+4811", "b" };
    n1.digits = "+4822";
    directory_each_connection(f->d, list_connection, &got);
    assert_int_equal(got.len, 0);
    fixture_add(f, "b", "B");
    fixture_add(f, "c", "C");
    fixture_add(f, "a", "A");
    directory_add_number(f->d, &n1, fixture_done(f));
    directory_add_number(f->d, &n2, fixture_done(f));
    fixture_expect(f, ERR_OK, "");
    deploy(f, "z", STR("1"));
    deploy(f, "y", STR("1"));
    deploy(f, "y", STR("2"));
    directory_each_connection(f->d, list_connection, &got);
    directory_each_number(f->d, list_number, &got);
    directory_each_flow(f->d, list_flow, &got);
    assert_string_equal(got.p, "a b c +4811 +4822 y2 z1 ");
    sbuf_free(&got);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_connection_is_kept),
        ROW(test_limits_are_kept),
        ROW(test_bans_are_kept_until_they_end),
        ROW(test_taken_user_is_refused),
        ROW(test_taken_within_one_transaction),
        ROW(test_invalid_values),
        ROW(test_hostile_texts_are_kept_as_they_are),
        ROW(test_set_connection),
        ROW(test_numbers),
        ROW(test_deploy_counts_versions),
        ROW(test_attach),
        ROW(test_a_flow_is_removed),
        ROW(test_bindings),
        ROW(test_messages),
        ROW(test_removal_cascades),
        ROW(test_lists_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
