"""A phone forwards a call (301, 302): SIPp plays it; who is called then gets the call, and is told the way."""
import subprocess

import pytest

import audio
from carrier import Carrier
from conftest import PASSWORDS
from messages import leave_message, messages, stored
from server import build_flow
from sip_peer import header
from test_transfer import cdrs, hear_each_other, refer, told

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


MENU = """flow sales {
    play "thanks.wav"
    gather digits: 1, timeout: 20s {
        on matched(key)     { log "pressed {key} by {call.from} to {call.to}"; hangup }
        on timeout, invalid { hangup }
    }
}"""


@pytest.fixture
def menu(server, ctl, tmp_path):
    """sales, an extension that is only a flow."""
    subprocess.run(["sox", str(audio.PROMPTS / "demo-thanks.wav"), str(server.data / "sounds/thanks.wav")], check=True)
    ctl.add("sales", virtual=True)
    ctl.attach_flow("sales", build_flow(MENU, tmp_path))
    return "sales"


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
    """fails(outcome, why): bob calls the flow, whose bridge ends so; why: the server's log."""
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow(FLOW, tmp_path))

    def check(outcome, why="", flow=FLOW):
        if flow != FLOW:
            ctl.attach_flow("line", build_flow(flow, tmp_path))
        bob = register("bob")
        bob.dial("line")
        if why:
            server.log.wait(lambda line: f": not forwarded: {why}" in line, 20, why)
        server.log.wait(lambda line: f" log: {outcome}" in line, 20, outcome)
        bob.wait("CALL_CLOSED")
        server.wait_cdr()
        assert all(cdr["answered"] == "-" for cdr in server.cdrs())
        assert server.rtp_ports_used() == 0
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
    first, second = cdrs(server, 2)
    assert (first["from"], first["to"], first["by"], first["status"], first["answered"]) == ("bob", "ann", "transfer", "302", "-")
    assert (second["from"], second["to"], second["by"], second["status"]) == ("bob", "carol", "caller", "200")
    assert second["parent"] == first["call"]
    assert server.rtp_ports_used() == 0


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


@pytest.mark.parametrize("rings", [False, True])
def test_a_target_that_is_a_flow_runs_it(server, forwards, menu, register, rings):
    """The caller hears it, and is heard."""
    ann, bob = forwards("ann", to(menu), rings=rings), register("bob")
    bob.dial("ann")
    bob.wait("CALL_ESTABLISHED", 20)
    ann.finish()
    bob.wait_heard_in_pieces(audio.prompt("demo-thanks"))
    bob.press("4")
    server.log.wait(lambda line: " log: pressed 4 by bob to sales" in line, 20, "the digit")
    bob.wait("CALL_CLOSED")
    server.wait_cdr()
    first, second = server.cdrs()
    assert (first["to"], first["flow"], first["by"], first["status"]) == ("ann", "default", "transfer", "302")
    assert (second["to"], second["flow"], second["by"], second["status"], second["parent"]) == ("sales", "sales", "flow", "200", first["call"])
    assert server.rtp_ports_used() == 0


def test_by_its_number(server, ctl, forwards, menu, register):
    """call.to is the number, as for who dials it."""
    ctl.run("number", "add", "+48221234567", "--to", menu)
    ann, bob = forwards("ann", to("+48221234567")), register("bob")
    bob.dial("ann")
    bob.wait("CALL_ESTABLISHED", 20)
    bob.press("1")
    server.log.wait(lambda line: " log: pressed 1 by bob to +48221234567" in line, 20, "the digit")
    ann.finish()


@pytest.mark.parametrize("online", [False, True])
def test_the_targets_voicemail_answers(server, ctl, forwards, register, tmp_path, online):
    """Its own, whether it has no phone or nobody answers there; not that of the one who forwards."""
    if online:
        carol = register("carol", answers=False, voicemail=True, ring_time="2s")
    else:
        ctl.add("carol", PASSWORDS["carol"], voicemail=True)
    ann, bob = forwards("ann", to("carol")), register("bob")
    ctl.run("connection", "set", "ann", "--voicemail")
    bob.dial("ann")
    if online:
        carol.wait("CALL_INCOMING")
        carol.wait("CALL_CLOSED")
    bob.wait("CALL_ESTABLISHED", 20)
    ann.finish()
    said = leave_message(bob, tmp_path)
    left = messages(ctl)
    assert [(m["box"], m["from"]) for m in left] == [("carol", "bob")]
    assert audio.gaps(stored(ctl, left[0], tmp_path), said) == []
    assert server.rtp_ports_used() == 0


def test_refused_there_the_flow_of_the_one_who_forwards_goes_on(server, ctl, forwards, register, tmp_path):
    """Nobody answers at the target, and it has no voicemail: the caller, whose phone rings, is back in the first flow."""
    subprocess.run(["sox", str(audio.PROMPTS / "demo-thanks.wav"), str(server.data / "sounds/thanks.wav")], check=True)
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow("""flow line {
    bridge "ann" {
        on no_answer { play "thanks.wav" }
        else { log "else" }
    }
    hangup
}""", tmp_path))
    carol, ann, bob = register("carol", answers=False, ring_time="2s"), forwards("ann", to("carol")), register("bob")
    bob.dial("line")
    carol.wait("CALL_INCOMING")
    carol.wait("CALL_CLOSED")
    ann.finish()
    bob.wait("CALL_ESTABLISHED", 20)
    bob.wait_heard_in_pieces(audio.prompt("demo-thanks"))
    bob.wait("CALL_CLOSED")
    first, second = cdrs(server, 2)
    assert (first["to"], first["status"], first["parent"]) == ("carol", "480", second["call"])
    assert (second["to"], second["status"], second["by"]) == ("line", "200", "flow")
    assert server.rtp_ports_used() == 0


def test_a_caller_who_is_answered_already(server, ctl, forwards, speaker, register, tmp_path):
    """It hears ringing, then the target; when that one refuses, its flow goes on."""
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow("""flow line {
    answer
    bridge "ann" {
        on ended(talk, by) { log "ended by {by}" }
        else { log "else" }
    }
    hangup
}""", tmp_path))
    ann, carol, bob = forwards("ann", to("carol")), speaker("carol", answers=False), speaker("bob")
    bob.dial("line")
    bob.wait("CALL_ESTABLISHED", 20)
    carol.wait("CALL_INCOMING")
    bob.wait_heard(audio.tone(425, 0.9), timeout=20)
    carol.answer()
    hear_each_other(bob, carol)
    server.log.wait(lambda line: " log: ended by transfer" in line, 20, "the outcome")
    ann.finish()
    carol.hang_up()
    bob.wait("CALL_CLOSED")
    first, second = cdrs(server, 2)
    assert (first["to"], first["status"], first["by"]) == ("line", "200", "transfer")
    assert (second["to"], second["status"], second["by"], second["parent"]) == ("carol", "200", "callee", first["call"])


@pytest.mark.parametrize("extra", ['record: yes', 'screen: "Take it?"', 'announce: "A call."'])
def test_what_the_bridge_asks_of_the_talk_is_kept(ctl, forwards, fails, menu, tmp_path, extra):
    """So the target's devices ring, and its flow does not run."""
    ann = forwards("ann", to(menu))
    fails("offline", flow=FLOW.replace("ring: 20s", f"ring: 20s, {extra}"))
    ann.finish()


def test_a_group_rings_devices_alone(server, ctl, forwards, menu, register, tmp_path):
    """Else the menu or voicemail of one of them would take the call from all."""
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow('flow line {\n    bridge ["ann", "dave"], ring: 20s { else { hangup } }\n}\n', tmp_path))
    ann, dave, bob = forwards("ann", to(menu)), register("dave", answers=False), register("bob")
    bob.dial("line")
    dave.wait("CALL_INCOMING")
    ann.finish()
    dave.answer()
    bob.wait("CALL_ESTABLISHED")
    assert bob.events.seen[-1].get("type") != "CALL_CLOSED"
    dave.hang_up()
    assert server.wait_cdr()["to"] == "line"


@pytest.mark.parametrize("answers", [False, True])
def test_beside_another_phone_of_its_own(server, ladder, forwards, menu, register, answers):
    """It rings on, and has the call when it answers; else the target that has no phone has it."""
    desk, soft, bob = forwards("ann", to(menu)), ladder("ann", add=False), register("bob")
    soft.register(PASSWORDS["ann"]).called().ringing().pause(1000)
    if answers:
        soft.reply(200, body=soft.sdp()).hear("ACK").pause(300).bye()
    else:
        soft.reply(486).hear("ACK")
    soft.start().wait_listening()
    bob.dial("ann")
    bob.wait("CALL_ESTABLISHED", 20)
    if not answers:
        bob.wait_heard_in_pieces(audio.prompt("demo-thanks"))
    soft.finish()
    desk.finish()
    if answers:
        server.wait_cdr()
        assert [(cdr["to"], cdr["by"]) for cdr in server.cdrs()] == [("ann", "callee")]


def test_who_gives_up_while_the_target_rings(server, forwards, register):
    ann, carol, bob = forwards("ann", to("carol")), register("carol", answers=False), register("bob")
    bob.dial("ann")
    carol.wait("CALL_INCOMING")
    bob.hang_up()
    carol.wait("CALL_CLOSED")
    ann.finish()
    assert sorted((cdr["to"], cdr["status"], cdr["by"]) for cdr in cdrs(server, 2)) == [("ann", "487", "caller"), ("carol", "487", "caller")]
    assert server.rtp_ports_used() == 0


def test_a_transfer_to_one_who_forwards(server, ladder, forwards, speaker):
    """The one who transfers is told how the target of the forwarding fares."""
    bob, carol, ann, dave = speaker("bob"), speaker("carol"), ladder("ann"), forwards("dave", to("carol"))
    told(refer(ann.call("bob").pause(500), "dave"), 100, 180, 200).hear("BYE").reply(200).start(PASSWORDS["ann"])
    carol.wait("CALL_ESTABLISHED", 20)
    hear_each_other(bob, carol)
    ann.finish()
    dave.finish()
    bob.hang_up()
    carol.wait("CALL_CLOSED")
    rows = {cdr["to"]: cdr for cdr in cdrs(server, 3)}
    assert [(rows[to]["from"], rows[to]["by"], rows[to]["status"]) for to in ("bob", "dave", "carol")] == [
        ("ann", "transfer", "200"), ("bob", "transfer", "302"), ("bob", "caller", "200")]
    assert rows["carol"]["parent"] == rows["dave"]["call"] and rows["dave"]["parent"] == rows["bob"]["call"]
    assert server.rtp_ports_used() == 0


def test_a_carriers_call(server, ctl, forwards, menu):
    """From a trunk: the caller's number is kept, and that it came by it."""
    with Carrier() as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway)
        ann = forwards("ann", to(menu))
        ctl.run("number", "add", "+48220000000", "--to", "ann")
        invite = carrier.invite(server.sip, "+48220000000", caller="+48601000000")
        answer = carrier.wait_response("SIP/2.0 200")
        carrier.acknowledge(invite, answer, server.sip)
        ann.finish()
        assert [(call["from"], call["to"]) for call in ctl.list("calls")] == [("+48601000000", "sales")]
        carrier.acknowledge(invite, answer, server.sip, "BYE")
        first, second = cdrs(server, 2)
        assert (first["to"], first["came_by"], first["by"]) == ("+48220000000", "carrier", "transfer")
        assert (second["to"], second["came_by"], second["by"]) == ("sales", "carrier", "caller")


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
    fails("offline" if where == "carol" else "failed the call went in a circle", "the call went in a circle")
    for phone in filter(None, (ann, carol)):
        phone.finish()


def test_five_phones_may_forward_a_call(ctl, ladder, forwards, fails, monkeypatch):
    users = ["ann", "f1", "f2", "f3", "f4", "f5"]
    for user in users[1:]:
        monkeypatch.setitem(PASSWORDS, user, f"{user}-secret")
    phones = [forwards(user, to(then)) for user, then in zip(users, users[1:] + ["carol"])]
    ctl.add("carol", PASSWORDS["carol"])
    fails("offline", "the call was forwarded too often")
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
    server.log.wait(lambda line: " log: offline" in line, 20, "limit")
    bob.wait("CALL_CLOSED")
    ann.finish()
    assert sum(event.get("type") == "CALL_ESTABLISHED" for event in carol.events.seen) == 1


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


# ---- a carrier forwards ----

def elsewhere(number, status=302):
    return status, {"Contact": f"<sip:{number}@elsewhere.example>"}


@pytest.fixture
def outside(ctl):
    """outside(answers, rule, …): a carrier that answers so, and bob, who may dial by that rule."""
    carriers = []

    def start(*answers, rule="+48*", trunk=()):
        carriers.append(Carrier(answers=answers).__enter__())
        ctl.run("trunk", "add", "carrier", "--gateways", carriers[0].gateway, "--number", "+48220000000", *trunk)
        ctl.add("bob", PASSWORDS["bob"])
        ctl.run("connection", "set", "bob", "--dial", rule)
        return carriers[0]

    yield start
    for one in carriers:
        one.__exit__()


def dials(server, new_phone, number="+48221234567"):
    phone = new_phone("bob", domain=server.sip, password=PASSWORDS["bob"], expires=600)
    phone.wait("REGISTER_OK")
    phone.dial(number)
    return phone


@pytest.mark.parametrize("status", [301, 302])
def test_a_carriers_redirection_is_followed(server, outside, new_phone, status):
    carrier = outside(elsewhere("0048601000002", status), 200)
    bob = dials(server, new_phone)
    first, second = carrier.wait_calls(2)
    bob.wait("CALL_ESTABLISHED")
    assert second.startswith("INVITE sip:+48601000002@127.0.0.2")
    assert header(first, "Diversion") == "" and "histinfo" not in header(first, "Supported")
    assert header(second, "Diversion").startswith("<sip:+48221234567@")
    assert [f"sip:{n}@" in entry for n, entry in zip(("+48221234567", "+48601000002"), header(second, "History-Info").split(", "))] == [True, True]
    assert "histinfo" in header(second, "Supported") and "timer" in header(second, "Supported")
    assert "+48220000000" in header(second, "From")
    bob.hang_up()
    cdr = server.wait_cdr()
    assert (cdr["from"], cdr["to"], cdr["number"], cdr["status"]) == ("bob", "+48221234567", "+48601000002", "200")
    assert server.rtp_ports_used() == 0


def test_numbers_are_read_and_written_as_the_carrier_does(server, outside, new_phone):
    carrier = outside(elsewhere("0601000002"), 200, trunk=("--country", "48", "--format", "national"))
    bob = dials(server, new_phone)
    second = carrier.wait_calls(2)[1]
    bob.wait("CALL_ESTABLISHED")
    assert second.startswith("INVITE sip:0601000002@") and header(second, "Diversion").startswith("<sip:0221234567@")


@pytest.mark.parametrize("answers, rule, why, calls", [
    ([elsewhere("+48601000002")], "+4822*", "the carrier forwards to a number that may not be called", 1),
    ([elsewhere("112")], "+48*", "the carrier forwards to no number", 1),
    ([elsewhere("reception")], "+48*", "the carrier forwards to no number", 1),
    ([elsewhere("+48221234567")], "+48*", "the call went in a circle", 1),
    ([elsewhere("+48601000002"), elsewhere("+48221234567")], "+48*", "the call went in a circle", 2),
    ([elsewhere(f"+4860100000{n}") for n in range(7)], "+48*", "the call was forwarded too often", 6)])
def test_a_carriers_redirection_that_is_not_followed(server, outside, new_phone, answers, rule, why, calls):
    carrier = outside(*answers, rule=rule)
    bob = dials(server, new_phone)
    server.log.wait(lambda line: f": not forwarded: {why}" in line, 20, why)
    bob.wait("CALL_CLOSED")
    assert len(carrier.calls()) == calls
    assert server.wait_cdr()["status"] == "503"
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("number, followed", [("+48229999999", True), ("+48601000002", False)])
def test_a_flows_call_is_redirected_within_its_permit(server, ctl, outside, new_phone, tmp_path, number, followed):
    carrier = outside(elsewhere(number), 200, rule="")
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow('permit dial "+4822*"\n' + FLOW.replace('"ann"', '"+48221234567"'), tmp_path))
    bob = dials(server, new_phone, "line")
    if followed:
        assert carrier.wait_calls(2)[1].startswith(f"INVITE sip:{number}@")
        bob.wait("CALL_ESTABLISHED")
    else:
        server.log.wait(lambda line: " log: failed the carrier forwards to a number that may not be called" in line, 20, "the reason")
        bob.wait("CALL_CLOSED")
        assert len(carrier.calls()) == 1


def test_who_called_pays_for_the_redirected_call(server, ctl, outside, new_phone):
    """Once: the first of the two counts no more."""
    carrier = outside(elsewhere("+48601000002"), 200, trunk=("--rates", "+4822=0,+48=60"))
    ctl.run("connection", "set", "bob", "--outside-calls", "1", "--spend-a-day", "1")
    bob = dials(server, new_phone)
    carrier.wait_calls(2)
    bob.wait("CALL_ESTABLISHED")
    bob.wait("CALL_CLOSED", 30)
    assert server.wait_cdr()["limit"] != ""


def test_redirected_to_a_number_of_ours(server, ctl, outside, menu, new_phone):
    """Its Connection has the call, as when it is dialled."""
    outside(elsewhere("+48222222222"), 200)
    ctl.run("number", "add", "+48222222222", "--to", menu)
    bob = dials(server, new_phone)
    bob.wait("CALL_ESTABLISHED")
    bob.press("5")
    server.log.wait(lambda line: " log: pressed 5 by bob to +48222222222" in line, 20, "the digit")
