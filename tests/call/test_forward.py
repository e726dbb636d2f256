"""A phone forwards a call (301, 302): SIPp plays it; who is called then gets the call, and is told the way."""
import pytest

from carrier import Carrier
from conftest import PASSWORDS
from server import build_flow
from sip_peer import header
from test_transfer import hear_each_other

FLOW = """flow line {
    bridge "ann", ring: 20s {
        on ended        { hangup }
        on limited      { log "limited"; reject limited }
        on offline      { log "offline"; reject offline }
        on failed(why)  { log "failed {why}"; reject failed }
        else            { log "else"; reject busy }
    }
}"""


def to(user):
    return f"<sip:{user}@[remote_ip]:[remote_port]>"


@pytest.fixture
def forwards(ladder):
    """forwards(user, contact, …): a phone of that user that does it; started."""
    def start(user, contact, status=302, rings=False, headers=()):
        phone = ladder(user).register(PASSWORDS.get(user, f"{user}-secret")).called()
        phone.ringing(180 if rings else 0)
        return phone.forward(contact, status, headers).start().wait_listening()
    return start


@pytest.fixture
def fails(server, ctl, register, tmp_path):
    """fails(why): bob calls the flow, which is told that."""
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow(FLOW, tmp_path))

    def check(why):
        bob = register("bob")
        bob.dial("line")
        server.log.wait(lambda line: f" log: {why}" in line, 20, why)
        bob.wait("CALL_CLOSED")
        assert server.wait_cdr()["answered"] == "-"
        assert server.rtp_sockets() == 0
    return check


@pytest.mark.parametrize("status", [301, 302])
@pytest.mark.parametrize("rings", [False, True])
def test_the_target_is_called(server, forwards, speaker, status, rings):
    ann, bob, carol = forwards("ann", to("carol"), status, rings), speaker("bob"), speaker("carol")
    bob.dial("ann")
    carol.wait("CALL_ESTABLISHED", 20)
    hear_each_other(bob, carol)
    ann.finish()
    bob.hang_up()
    carol.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    assert (cdr["from"], cdr["to"], cdr["by"], cdr["status"]) == ("bob", "ann", "caller", "200")
    assert server.rtp_sockets() == 0


def test_the_likelier_contact_is_taken(ladder, forwards, register):
    """By its q, also as a tel: URI and with escapes."""
    ann = forwards("ann", f'{to("dave")};q=0.2, "Carol" <sip:c%61rol@elsewhere.example;user=phone>;q=0.7')
    carol, bob = ladder("carol"), register("bob")
    carol.register(PASSWORDS["carol"]).answer_call().pause(300).bye().start().wait_listening()
    bob.dial("ann")
    carol.finish()
    ann.finish()


def test_the_way_is_told(ctl, ladder, forwards, register):
    """RFC 5806: the latest first. RFC 7044: from the first on."""
    ann, carol, dave, bob = forwards("ann", to("carol")), forwards("carol", to("dave"), 301, rings=True), ladder("dave"), register("bob")
    here = "@[0-9.]*:[0-9]*"
    dave.register(PASSWORDS["dave"]).called(matches=[
        f"Diversion: <sip:carol{here}>;reason=deflection;counter=1.*Diversion: <sip:ann{here}>;reason=unconditional;counter=1",
        f"History-Info: <sip:ann{here}[?]Reason=SIP%3Bcause%3D302>;index=1, <sip:carol{here};cause=302[?]Reason=SIP%3Bcause%3D301>;index=1.1;mp=1, "
        f"<sip:dave{here};cause=301>;index=1.1.1;mp=1.1", "P-Asserted-Identity: <sip:bob@"])
    dave.ringing().reply(200, body=dave.sdp()).hear("ACK").pause(300).bye().start().wait_listening()
    bob.dial("ann")
    for phone in (dave, ann, carol):
        phone.finish()


def test_others_ring_on(server, ctl, forwards, speaker, register, tmp_path):
    """One of two targets forwards: the other rings on, and stops when the one who is called instead answers."""
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow('flow line {\n    bridge ["ann", "dave"], ring: 20s { else { hangup } }\n}\n', tmp_path))
    ann, carol, dave, bob = forwards("ann", to("carol")), speaker("carol", answers=False), register("dave", answers=False), speaker("bob")
    bob.dial("line")
    dave.wait("CALL_INCOMING")
    carol.wait("CALL_INCOMING")
    carol.answer()
    dave.wait("CALL_CLOSED")
    hear_each_other(bob, carol)
    ann.finish()


def test_who_rings_already_is_not_rung_twice(ctl, forwards, register, tmp_path):
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow('flow line {\n    bridge ["ann", "carol"], ring: 20s { else { hangup } }\n}\n', tmp_path))
    ann, carol, bob = forwards("ann", to("carol")), register("carol", answers=False), register("bob")
    bob.dial("line")
    carol.wait("CALL_INCOMING")
    ann.finish()
    carol.answer()
    bob.wait("CALL_ESTABLISHED")
    carol.hang_up()
    bob.wait("CALL_CLOSED")
    assert sum(event.get("type") == "CALL_INCOMING" for event in carol.events.seen) == 1


@pytest.mark.parametrize("where", ["ann", "bob", "carol"])
def test_a_circle_is_seen(forwards, fails, where):
    """To oneself, to who calls, and over another phone back."""
    ann = forwards("ann", to(where))
    carol = forwards("carol", to("ann")) if where == "carol" else None
    fails("failed the call went in a circle")
    for phone in filter(None, (ann, carol)):
        phone.finish()


def test_five_phones_may_forward_a_call(ctl, ladder, forwards, fails, monkeypatch):
    users = ["ann", "f1", "f2", "f3", "f4", "f5"]
    for user in users[1:]:
        monkeypatch.setitem(PASSWORDS, user, f"{user}-secret")
    phones = [forwards(user, to(then)) for user, then in zip(users, users[1:] + ["carol"])]
    ctl.add("carol", PASSWORDS["carol"])
    fails("failed the call was forwarded too often")
    for phone in phones:
        phone.finish()


@pytest.mark.parametrize("contact, status, why", [
    ("<sip:nobody@[remote_ip]>", 302, "failed the device forwards to nobody known"),
    ("<sip:911@[remote_ip]>", 302, "failed the device forwards to nobody known"),
    ("<sip:carol@[remote_ip]>", 302, "offline"),
    ("", 302, "failed the device forwards in a way that is not followed"),
    ("<https://example.com/>", 302, "failed the device forwards in a way that is not followed"),
    ("<sip:carol@[remote_ip]>", 305, "failed the device forwards in a way that is not followed"),
    ("<sip:carol@[remote_ip]>", 380, "failed the device forwards in a way that is not followed"),
    ("<sip:+48221234567@[remote_ip]>", 302, "failed the device forwards to a number that it may not call"),
])
def test_what_is_not_followed_fails_clearly(ctl, forwards, fails, contact, status, why):
    ctl.add("carol", PASSWORDS["carol"])
    ann = forwards("ann", contact, status)
    fails(why)
    ann.finish()


def test_the_targets_limit_holds(server, ctl, forwards, register, fails):
    carol, dave = register("carol"), register("dave")
    ctl.run("connection", "set", "carol", "--max-calls", "1")
    dave.dial("carol")
    carol.wait("CALL_ESTABLISHED")
    ann, bob = forwards("ann", to("carol")), register("bob")
    bob.dial("line")
    server.log.wait(lambda line: " log: limited" in line, 20, "limit")
    bob.wait("CALL_CLOSED")
    ann.finish()


def test_outside_under_its_own_rule(server, ctl, forwards, register):
    """Its Connection may call there, pays, and its number is shown; the carrier is told that it was forwarded."""
    with Carrier() as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway, "--number", "+48220000000", "--rates", "+48=0.60")
        ann = forwards("ann", to("+48221234567"))
        ctl.run("connection", "set", "ann", "--dial", "+48*")
        ctl.run("number", "add", "+48221111111", "--to", "ann")
        bob = register("bob")
        bob.dial("ann")
        invite = carrier.wait_calls(1)[0]
        bob.wait("CALL_ESTABLISHED")
        ann.finish()
        assert invite.startswith("INVITE sip:+48221234567@")
        assert "+48221111111" in header(invite, "From")
        assert header(invite, "Diversion").startswith("<sip:+48221111111@") and "reason=unconditional" in header(invite, "Diversion")
        assert "sip:+48221234567@" in header(invite, "History-Info").split(", ")[1]
        bob.hang_up()
        cdr = server.wait_cdr()
        assert (cdr["from"], cdr["to"], cdr["number"], cdr["trunk"]) == ("bob", "ann", "+48221234567", "carrier")


def test_who_forwards_outside_pays(server, ctl, forwards, register):
    """The limits of a day are its own, not the caller's."""
    with Carrier() as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway, "--rates", "+48=60")
        ann = forwards("ann", to("+48221234567"))
        ctl.run("connection", "set", "ann", "--dial", "+48*", "--spend-a-day", "1")
        bob = register("bob")
        bob.dial("ann")
        carrier.wait_calls(1)
        bob.wait("CALL_ESTABLISHED")
        bob.wait("CALL_CLOSED", 30)
        ann.finish()
        assert server.wait_cdr()["limit"] != ""
