/* The registrar and the agent's plain requests, over UDP on loopback. */
#include "tests/unit/sip/login.h"

static void note_invited(void *owner, struct leg *leg, const struct leg_invite *invite)
{
    (void)owner, (void)invite;
    leg_listen(leg, NULL, NULL);
}

static void register_ann(struct phone *p, const char *call_id, int cseq, const char *headers)
{
    struct request r = { .method = "REGISTER", .from = "ann", .call_id = call_id, .cseq = cseq, .extra = headers };
    phone_send_authorized(p, &r, "ann", "secret-of-ann");
}

/* Which challenges each account gets, and that credentials of either algorithm are right. */
static void algorithms_are_offered_and_work(void **state)
{
    static const struct {
        const char *user, *password, *algorithm;
        bool both;
    } rows[] = {
        { "ann", "secret-of-ann", "MD5", false },
        { "ann", "secret-of-ann", "SHA-256", false },
        { "bob", "secret-of-bob", "SHA-256", true },
        { "bob", "secret-of-bob", "MD5", true },
    };
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct phone p;
        char authorization[2048], extra[4096], id[] = { 'c', (char)('0' + i), '\0' };
        struct login l = { rows[i].user, rows[i].password, rows[i].algorithm, 1 };
        struct request r = { .method = "REGISTER", .from = l.user, .call_id = id, .cseq = 1, .branch = "x" };
        const char *md5, *sha256;
        phone_open(&p);
        phone_send(&p, &r);
        phone_expect(&p, "SIP/2.0 401");
        md5 = strstr(p.last, "algorithm=MD5");
        sha256 = strstr(p.last, "algorithm=SHA-256");
        assert_non_null(md5);
        assert_int_equal(sha256 != NULL, rows[i].both);
        assert_true(!sha256 || sha256 < md5);
        authorize(authorization, p.last, &r, &l);
        snprintf(extra, sizeof extra, "Contact: <sip:x@10.0.0.%u>\r\n%s", i, authorization);
        r.extra = extra, r.branch = "y", r.cseq = 2;
        phone_send(&p, &r);
        phone_expect(&p, "SIP/2.0 200");
        close(p.fd);
    }
    assert_int_equal(agent_bindings(w.agent, "ann"), 2);
    assert_int_equal(w.bound, 4);
}

static void the_source_address_is_kept(void **state)
{
    struct phone p;
    struct sip_binding b;
    char want[64];
    (void)state;
    phone_open(&p);
    register_ann(&p, "c1", 1, "Contact: <sip:ann@192.168.1.5:5062;line=7>;q=0.5\r\nUser-Agent: Desk Phone\r\n");
    phone_expect(&p, "SIP/2.0 200");
    assert_true(agent_binding(w.agent, "ann", 0, &b));
    snprintf(want, sizeof want, "sip:127.0.0.1:%u;transport=udp", p.port);
    assert_string_equal(b.received, want);
    assert_string_equal(b.contact, "sip:ann@192.168.1.5:5062;line=7");
    assert_string_equal(b.agent, "Desk Phone");
    assert_string_equal(b.call_id, "c1");
    assert_int_equal(b.cseq, 2);
    assert_true(b.q > 0.49 && b.q < 0.51);
    close(p.fd);
}

/* Who is refused, with which answer to the second REGISTER. */
static void the_wrong_are_refused_alike(void **state)
{
    static const struct {
        const char *name, *user, *password, *to;
    } rows[] = {
        { "wrong password", "ann", "no", "ann" },
        { "unknown user", "nobody", "no", "nobody" },
        { "no password is no empty password", "welcome", "", "welcome" },
        { "another's address", "ann", "secret-of-ann", "bob" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct phone p;
        char id[] = { 'w', (char)('0' + i), '\0' };
        struct request r = { .method = "REGISTER", .from = rows[i].user, .to = rows[i].to, .call_id = id };
        r.cseq = 1, r.extra = "Contact: <sip:x@10.0.0.1>\r\n";
        phone_open(&p);
        phone_send_authorized(&p, &r, rows[i].user, rows[i].password);
        phone_expect(&p, "SIP/2.0 403 Forbidden");
        assert_int_equal(agent_bindings(w.agent, rows[i].to), 0);
        close(p.fd);
    }
}

static void a_replayed_count_is_stale(void **state)
{
    struct phone p;
    char authorization[2048], extra[4096];
    struct request r = { .method = "REGISTER", .from = "ann", .call_id = "c", .cseq = 1, .branch = "r1" };
    (void)state;
    phone_open(&p);
    phone_send(&p, &r);
    phone_expect(&p, "SIP/2.0 401");
    authorize(authorization, p.last, &r, &(struct login){ "ann", "secret-of-ann", "MD5", 1 });
    snprintf(extra, sizeof extra, "Contact: <sip:ann@10.0.0.1>\r\n%s", authorization);
    r.extra = extra, r.branch = "r2", r.cseq = 2;
    phone_send(&p, &r);
    phone_expect(&p, "SIP/2.0 200");
    r.branch = "r3", r.cseq = 3;
    phone_send(&p, &r);
    phone_expect(&p, "SIP/2.0 401");
    assert_non_null(strstr(p.last, "stale=true"));
    close(p.fd);
}

/* A REGISTER that comes twice gets the same answer twice, and counts once; from elsewhere it is a replay. */
static void a_retransmission_is_answered_again(void **state)
{
    struct phone p, thief;
    char authorization[2048], extra[4096], first[WIRE_MAX];
    struct request r = { .method = "REGISTER", .from = "ann", .call_id = "c", .cseq = 1, .branch = "r1" };
    (void)state;
    phone_open(&p);
    phone_open(&thief);
    phone_send(&p, &r);
    phone_expect(&p, "SIP/2.0 401");
    authorize(authorization, p.last, &r, &(struct login){ "ann", "secret-of-ann", "MD5", 1 });
    snprintf(extra, sizeof extra, "Contact: <sip:ann@10.0.0.1>\r\n%s", authorization);
    r.extra = extra, r.branch = "r2", r.cseq = 2;
    phone_send(&p, &r);
    phone_expect(&p, "SIP/2.0 200");
    snprintf(first, sizeof first, "%s", p.last);
    phone_send(&p, &r);
    phone_expect(&p, "SIP/2.0 200");
    assert_string_equal(between(p.last, "\r\nTo:", "\r\n"), between(first, "\r\nTo:", "\r\n"));
    assert_int_equal(w.bound, 1);
    phone_send(&thief, &r);
    phone_expect(&thief, "SIP/2.0 401");
    assert_non_null(strstr(thief.last, "stale=true"));
    close(p.fd);
    close(thief.fd);
}

/* One user's life: each row is a REGISTER in the same Call-ID and what must come of it. */
static void contacts_come_and_go(void **state)
{
    static const struct {
        const char *name, *headers, *answer, *has, *has_not;
        unsigned count;
    } rows[] = {
        { "query", "", "200", "CSeq", "Contact:", 0 },
        { "two at once", "Contact: <sip:a@10.0.0.1>;expires=600, <sip:a@10.0.0.2>;q=0.3\r\nExpires: 120\r\n", "200",
          "<sip:a@10.0.0.1>;expires=600", NULL, 2 },
        { "listed with time left and q", "", "200", "<sip:a@10.0.0.2>;expires=120;q=0.3", NULL, 2 },
        { "too brief", "Contact: <sip:a@10.0.0.3>;expires=5\r\n", "423", "Min-Expires: 60", NULL, 2 },
        { "clipped", "Contact: <sip:a@10.0.0.3>;expires=99999\r\n", "200", "<sip:a@10.0.0.3>;expires=3600", NULL, 3 },
        { "one removed", "Contact: <sip:a@10.0.0.1>;expires=0\r\n", "200", "10.0.0.2", "10.0.0.1>", 2 },
        { "removing again is no error", "Contact: <sip:a@10.0.0.1>;expires=0\r\n", "200", "10.0.0.2", NULL, 2 },
        { "star needs Expires: 0", "Contact: *\r\n", "400", "CSeq", NULL, 2 },
        { "star stands alone", "Contact: *, <sip:a@10.0.0.9>\r\nExpires: 0\r\n", "400", "CSeq", NULL, 2 },
        { "no SIP URI", "Contact: <mailto:a@b>\r\n", "400", "CSeq", NULL, 2 },
        { "all or nothing", "Contact: <sip:a@10.0.0.7>, <mailto:a@b>\r\n", "400", "CSeq", NULL, 2 },
        { "star", "Contact: *\r\nExpires: 0\r\n", "200", "CSeq", "Contact:", 0 },
        { "an instance", "Contact: <sip:a@10.0.0.1:1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\n", "200",
          "+sip.instance=\"<urn:uuid:1>\";reg-id=1", NULL, 1 },
        { "it moved", "Contact: <sip:a@10.0.0.1:2>;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\n", "200",
          "<sip:a@10.0.0.1:2>", "10.0.0.1:1", 1 },
        { "another reg-id stands beside it", "Contact: <sip:a@10.0.0.1:3>;+sip.instance=\"<urn:uuid:1>\";reg-id=2\r\n",
          "200", "reg-id=2", NULL, 2 },
    };
    struct phone p;
    char start[16];
    (void)state;
    phone_open(&p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        register_ann(&p, "life", 10 + 2 * (int)i, rows[i].headers);
        snprintf(start, sizeof start, "SIP/2.0 %s", rows[i].answer);
        print_message("%s\n", rows[i].name);
        phone_expect(&p, start);
        assert_non_null(strstr(p.last, rows[i].has));
        if (rows[i].has_not)
            assert_null(strstr(p.last, rows[i].has_not));
        assert_int_equal(agent_bindings(w.agent, "ann"), rows[i].count);
    }
    close(p.fd);
}

static void an_older_cseq_changes_nothing(void **state)
{
    struct phone p;
    (void)state;
    phone_open(&p);
    register_ann(&p, "c", 100, "Contact: <sip:a@10.0.0.1>\r\n");
    phone_expect(&p, "SIP/2.0 200");
    register_ann(&p, "c", 50, "Contact: <sip:a@10.0.0.1>;expires=0\r\n");
    phone_expect(&p, "SIP/2.0 500");
    assert_int_equal(agent_bindings(w.agent, "ann"), 1);
    register_ann(&p, "another-boot", 1, "Contact: <sip:a@10.0.0.1>;expires=0\r\n");
    phone_expect(&p, "SIP/2.0 200");
    assert_int_equal(agent_bindings(w.agent, "ann"), 0);
    close(p.fd);
}

static struct sip_binding restored(const char *contact, int64_t ms)
{
    return (struct sip_binding){ .user = "ann",
                                 .contact = contact,
                                 .instance = "",
                                 .received = "",
                                 .call_id = "old",
                                 .cseq = 1,
                                 .q = 1,
                                 .agent = "",
                                 .expires_wall_ms = clock_wall(loop_clock(w.loop)) + ms };
}

static void restored_bindings_expire(void **state)
{
    struct sip_binding dead = restored("sip:a@10.0.0.1", -1), brief = restored("sip:a@10.0.0.2", 30);
    struct sip_binding lasting = restored("sip:a@10.0.0.3", 60000);
    (void)state;
    agent_restore_binding(w.agent, &dead);
    agent_restore_binding(w.agent, &brief);
    agent_restore_binding(w.agent, &lasting);
    assert_int_equal(agent_bindings(w.agent, "ann"), 2);
    assert_int_equal(w.bound, 0); /* it is stored already */
    wait_for(&w.gone, 1);
    assert_string_equal(w.gone_contact, "sip:a@10.0.0.2");
    assert_int_equal(agent_bindings(w.agent, "ann"), 1);
    agent_forget(w.agent, "ann");
    assert_int_equal(agent_bindings(w.agent, "ann"), 0);
    assert_int_equal(w.gone, 2);
}

static void count_binding(const struct sip_binding *b, void *arg)
{
    (void)b;
    ++*(unsigned *)arg;
}

/* The eleventh takes the place of the one that would expire first; many users make the table grow. */
static void bindings_are_capped(void **state)
{
    char contact[64], user[32];
    unsigned all = 0;
    (void)state;
    for (int i = 0; i < 12; i++) {
        struct sip_binding b;
        snprintf(contact, sizeof contact, "sip:a@10.0.1.%d", i);
        b = restored(contact, 60000 + i);
        agent_restore_binding(w.agent, &b);
    }
    assert_int_equal(agent_bindings(w.agent, "ann"), 10);
    assert_string_equal(w.gone_contact, "sip:a@10.0.1.1");
    for (int i = 0; i < 500; i++) {
        struct sip_binding b = restored("sip:a@10.0.0.1", 60000);
        snprintf(user, sizeof user, "user%d", i);
        b.user = user;
        agent_restore_binding(w.agent, &b);
    }
    assert_int_equal(agent_bindings(w.agent, "user499"), 1);
    agent_each_binding(w.agent, count_binding, &all);
    assert_int_equal(all, 510);
}

static void plain_requests(void **state)
{
    static const struct {
        const char *method, *tag, *answer;
    } rows[] = {
        { "OPTIONS", NULL, "SIP/2.0 200" }, { "BYE", "none", "SIP/2.0 481" },     { "INFO", "none", "SIP/2.0 481" },
        { "INFO", NULL, "SIP/2.0 481" },    { "MESSAGE", NULL, "SIP/2.0 405" },   { "UPDATE", "none", "SIP/2.0 481" },
        { "BREW", NULL, "SIP/2.0 501" },    { "SUBSCRIBE", NULL, "SIP/2.0 489" }, { "REFER", NULL, "SIP/2.0 403" },
        { "CANCEL", NULL, "SIP/2.0 481" },
    };
    struct phone p;
    char id[16];
    (void)state;
    phone_open(&p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request r = { .method = rows[i].method, .from = "ann", .to_tag = rows[i].tag, .call_id = id, .cseq = 1 };
        snprintf(id, sizeof id, "plain%zu", i);
        r.branch = id;
        print_message("%s\n", rows[i].method);
        phone_send(&p, &r);
        phone_expect(&p, rows[i].answer);
        if (i == 0)
            assert_non_null(strstr(p.last, "Accept: application/sdp"));
    }
    close(p.fd);
}

/* A phone that came by TCP is called on the connection it keeps open. */
static void a_tcp_phone_is_reached_on_its_connection(void **state)
{
    static const struct leg_events silent = { .on_ended = NULL };
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct request r = { .method = "REGISTER", .from = "ann", .call_id = "tcp", .cseq = 1, .transport = "TCP" };
    struct leg_dial d = { .from_user = "bob", .sdp = SDP_A };
    struct sip_binding b;
    struct phone p = { .fd = socket(AF_INET, SOCK_STREAM, 0) };
    (void)state;
    to.sin_port = htons(agent_port_number(w.agent));
    assert_int_equal(connect(p.fd, (struct sockaddr *)&to, sizeof to), 0);
    r.extra = "Contact: <sip:ann@192.168.1.5:5062;transport=tcp>\r\n";
    phone_send_authorized(&p, &r, "ann", "secret-of-ann");
    phone_expect(&p, "SIP/2.0 200");
    assert_true(agent_binding(w.agent, "ann", 0, &b));
    assert_non_null(strstr(b.received, ";transport=tcp"));
    d.uri = b.contact, d.next_hop = b.received;
    assert_int_equal(leg_dial(&w.leg, w.agent, &d, &silent, NULL), ERR_OK);
    phone_expect(&p, "INVITE sip:ann@192.168.1.5:5062;transport=tcp SIP/2.0");
    leg_listen(w.leg, NULL, NULL);
    phone_answer(&p, "486 Busy Here", NULL);
    phone_expect(&p, "ACK");
    close(p.fd);
}

static void addresses_that_can_be_bound(void **state)
{
    static const struct {
        const char *listen, *address;
        enum err want;
    } rows[] = {
        { "127.0.0.1", "127.0.0.1", ERR_OK },
        { "::1", "::1", ERR_OK },
        { "192.0.2.253", NULL, ERR_NET },
        { "no address", NULL, ERR_NET },
    };
    const struct agent_port port = { .account = find_account, .bound = note_bound, .invited = note_invited };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct agent_params params = { .listen = rows[i].listen, .realm = REALM };
        struct agent *a;
        print_message("%s\n", rows[i].listen);
        assert_int_equal(agent_new(&a, w.loop, &params, &port), rows[i].want);
        if (!a)
            continue;
        assert_string_equal(agent_address(a), rows[i].address);
        assert_in_range(agent_port_number(a), 1, 65535);
        agent_shutdown(a, stop_loop, NULL);
        loop_run(w.loop);
        agent_free(&a);
    }
}

static void a_port_in_use_is_an_error(void **state)
{
    const struct agent_port port = { .account = find_account, .bound = note_bound, .invited = note_invited };
    struct agent_params params = { .listen = "127.0.0.1", .realm = REALM };
    struct agent *second;
    (void)state;
    params.port = agent_port_number(w.agent);
    assert_int_equal(agent_new(&second, w.loop, &params, &port), ERR_NET);
    assert_null(second);
    assert_string_equal(agent_address(w.agent), "127.0.0.1");
}

#define WIRE(f) cmocka_unit_test_setup_teardown(f, wire_open, wire_close)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        WIRE(algorithms_are_offered_and_work),
        WIRE(the_source_address_is_kept),
        WIRE(the_wrong_are_refused_alike),
        WIRE(a_replayed_count_is_stale),
        WIRE(a_retransmission_is_answered_again),
        WIRE(contacts_come_and_go),
        WIRE(an_older_cseq_changes_nothing),
        WIRE(restored_bindings_expire),
        WIRE(bindings_are_capped),
        WIRE(plain_requests),
        WIRE(a_tcp_phone_is_reached_on_its_connection),
        WIRE(addresses_that_can_be_bound),
        WIRE(a_port_in_use_is_an_error),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
