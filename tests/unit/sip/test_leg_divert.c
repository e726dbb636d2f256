/* Forwarding: the Contact of a 302, whatever a phone writes there, and what the next INVITE tells of the way. And which
 * dialogs an INVITE with Replaces may name. */
#include "tests/unit/sip/owner.h"

#include "sipfront/sip/divert.h"
#include "sipfront/sip/replaces.h"

static char forwards_to[256];
static struct leg_dialog_id dialog;

static void on_forwarded(enum leg_end how, int status, const char *reason, void *owner)
{
    snprintf(forwards_to, sizeof forwards_to, "%s", leg_forwards_to(w.leg));
    leg_dialog(w.leg, &dialog);
    on_ended(how, status, reason, owner);
}

static void dial(struct phone *p, const struct leg_diversions *way)
{
    static char uri[64];
    static struct leg_events heard;
    struct leg_dial d = { .uri = uri, .from_user = "ann", .sdp = SDP_A, .diverted = way };
    heard = events;
    heard.on_ended = on_forwarded;
    phone_open(p);
    snprintf(uri, sizeof uri, "sip:bob@127.0.0.1:%u", p->port);
    assert_int_equal(leg_dial(&w.leg, w.agent, &d, &heard, NULL), ERR_OK);
    phone_expect(p, "INVITE");
}

#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void contacts(void **state)
{
    static const struct {
        const char *name, *contact, *want;
    } rows[] = {
        { "plain", "<sip:carol@test>", "carol" },
        { "escaped", "<sip:c%61r%6Fl@test;user=phone>", "carol" },
        { "a name", "\"Carol <sip:x@y>\" <sip:carol@test>;q=0.1", "carol" },
        { "the better one", "<sip:carol@test>;q=0.3, <sip:dave@test>;q=0.7", "dave" },
        { "no q is 1", "<sip:carol@test>;q=0.9, <sip:dave@test>", "dave" },
        { "equal: the first", "<sip:carol@test>;q=0.5, <sip:dave@test>;q=0.5", "carol" },
        { "q beyond all numbers", "<sip:carol@test>;q=1e999, <sip:dave@test>;q=0.5", "dave" },
        { "q that is none", "<sip:carol@test>;q=nan, <sip:dave@test>;q=0.5", "dave" },
        { "q below 0", "<sip:carol@test>;q=-1, <sip:dave@test>;q=0.001", "dave" },
        { "tel", "<tel:+48221234567>", "+48221234567" },
        { "sips", "<sips:carol@test>", "carol" },
        { "no user", "<sip:test>", "" },
        { "another scheme", "<mailto:carol@test>", "" },
        { "another scheme, and ours", "<https://test/>, <sip:carol@test>;q=0.1", "carol" },
        { "too long", "<sip:" LONG LONG "@test>", "" },
        { "cut off by an escaped NUL", "<sip:carol%00dave@test>", "carol" },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        char header[1024];
        struct phone p;
        print_message("%s\n", rows[i].name);
        dial(&p, NULL);
        snprintf(header, sizeof header, "Contact: %s\r\n", rows[i].contact);
        phone_answer_with(&p, "302 Moved Temporarily", header, NULL);
        wait_for(&told.ended, i + 1);
        assert_int_equal(told.end_status, 302);
        assert_string_equal(forwards_to, rows[i].want);
        phone_expect(&p, "ACK");
        close(p.fd);
    }
}

/* Only a redirection leads elsewhere. */
static void a_refusals_contact_leads_nowhere(void **state)
{
    struct phone p;
    (void)state;
    dial(&p, NULL);
    phone_answer_with(&p, "486 Busy Here", "Contact: <sip:carol@test>\r\n", NULL);
    wait_for(&told.ended, 1);
    assert_string_equal(forwards_to, "");
    close(p.fd);
}

static void the_way_is_told(void **state)
{
    struct leg_diversions way = { .list = { { "b<>o%b", 302, false, false }, { "carol", 301, true, false } },
                                  .count = 2,
                                  .to = "dave" };
    struct phone p;
    char *first, *second;
    (void)state;
    dial(&p, &way);
    first = strstr(p.last, "\r\nDiversion: <sip:carol@127.0.0.1:");
    second = strstr(p.last, "\r\nDiversion: <sip:b%3C%3Eo%25b@127.0.0.1:");
    assert_true(first && second && first < second);
    assert_non_null(strstr(first, ">;reason=deflection;counter=1\r\n"));
    assert_non_null(strstr(second, ">;reason=unconditional;counter=1\r\n"));
    assert_non_null(strstr(p.last, "\r\nHistory-Info: <sip:b%3C%3Eo%25b@127.0.0.1:"));
    assert_non_null(strstr(p.last, "?Reason=SIP%3Bcause%3D302>;index=1, <sip:carol@"));
    assert_non_null(strstr(p.last, ";cause=302?Reason=SIP%3Bcause%3D301>;index=1.1;mp=1, <sip:dave@"));
    assert_non_null(strstr(p.last, ";cause=301>;index=1.1.1;mp=1.1\r\n"));
    phone_answer(&p, "486 Busy Here", NULL);
    wait_for(&told.ended, 1);
    close(p.fd);
}

static void no_way_is_no_header(void **state)
{
    struct leg_diversions none = { .count = 0 };
    struct phone p;
    (void)state;
    dial(&p, &none);
    assert_null(strstr(p.last, "Diversion"));
    assert_null(strstr(p.last, "History-Info"));
    phone_answer(&p, "486 Busy Here", NULL);
    wait_for(&told.ended, 1);
    close(p.fd);
}

/* Known by Call-ID and both tags, in either order, from its first tag on; and as ended behind its end. */
static void a_dialog_and_its_end(void **state)
{
    struct leg_dialog_id id, other;
    struct phone p;
    char invite[WIRE_MAX];
    (void)state;
    dial(&p, NULL);
    memcpy(invite, p.last, sizeof invite);
    assert_false(leg_dialog(w.leg, &id));
    phone_answer(&p, "180 Ringing", NULL);
    wait_for(&told.progress, 1);
    assert_true(leg_dialog(w.leg, &id));
    assert_string_equal(id.from_tag, "callee");
    assert_true(leg_is_replaced(w.leg, &id));
    assert_false(agent_had_dialog(w.agent, &id));
    other = id;
    memcpy(other.to_tag, id.from_tag, sizeof other.to_tag);
    memcpy(other.from_tag, id.to_tag, sizeof other.from_tag);
    assert_true(leg_is_replaced(w.leg, &other));
    memcpy(other.from_tag, other.to_tag, sizeof other.from_tag); /* one tag twice */
    assert_false(leg_is_replaced(w.leg, &other));
    other = id;
    other.call_id[0] ^= 1;
    assert_false(leg_is_replaced(w.leg, &other));
    memcpy(p.last, invite, sizeof invite);
    phone_answer(&p, "486 Busy Here", NULL);
    wait_for(&told.ended, 1);
    phone_expect(&p, "ACK");
    assert_true(agent_had_dialog(w.agent, &id));
    assert_false(agent_had_dialog(w.agent, &other));
    close(p.fd);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { WIRE(contacts), WIRE(a_refusals_contact_leads_nowhere), WIRE(the_way_is_told),
                                        WIRE(no_way_is_no_header), WIRE(a_dialog_and_its_end) };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
