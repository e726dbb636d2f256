"""Transfers (RFC 3515, 3891, 5589): a SIPp plays the phone that transfers, real phones are the other two, and after each
transfer both must hear each other."""
import json
import re
import subprocess

import pytest

import audio
from carrier import Carrier
from conftest import PASSWORDS, SAYS
from server import build_flow
from test_mailbox import line  # noqa: F401: a fixture
from test_pickup import ends, taker  # noqa: F401: fixtures


def hear_each_other(bob, carol):
    """From now on, not from before."""
    for listener, speaker in ((bob, "carol"), (carol, "bob")):
        listener.wait_heard(audio.prompt(SAYS[speaker]), timeout=30, after=max(0.0, len(listener.heard()) / audio.RATE - 0.1))


def told(transferor, *statuses):
    """The NOTIFYs of a transfer, the last one final."""
    for status in statuses:
        last = status >= 200
        state = "terminated" if last else "active"
        transferor.hear("NOTIFY", matches=[f"Subscription-State: {state}", "Event: refer", f"SIP/2.0 {status}"]).reply(200)
    return transferor


def cdrs(server, count):
    return [server.wait_cdr(30) for _ in range(count)]


def refer(transferor, target, accepted=202):
    to = f"sip:{target}@[remote_ip]:[remote_port]"
    return transferor.request("REFER", [f"Refer-To: <{to}>", f"Referred-By: <sip:{transferor.user}@[remote_ip]>"]).hear(accepted)


def leave(transferor, how, *statuses):
    """The transferor hangs up right after the 202, or is hung up when it has been told how it went."""
    if how == "at once":
        # the first NOTIFY was under way before the BYE; the next one comes when it is answered
        transferor.request("BYE").hear("NOTIFY", matches=["SIP/2.0 100"], keep=True).hear(200).reply(200, kept=True)
        return told(transferor, *statuses)
    return told(transferor, 100, *statuses).hear("BYE").reply(200)


@pytest.mark.parametrize("leaves", ["at once", "when told"])
def test_blind_by_the_caller(server, ladder, speaker, leaves):
    bob, carol, ann = speaker("bob"), speaker("carol"), ladder("ann")
    leave(refer(ann.call("bob").pause(1500), "carol"), leaves, 180, 200)
    ann.start(PASSWORDS["ann"])
    carol.wait("CALL_ESTABLISHED", 20)
    hear_each_other(bob, carol)
    ann.finish()
    carol.hang_up()
    bob.wait("CALL_CLOSED")
    first, second = cdrs(server, 2)
    assert (first["from"], first["to"], first["by"]) == ("ann", "bob", "transfer")
    assert (second["from"], second["to"], second["by"], second["parent"]) == ("bob", "carol", "callee", first["call"])
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("leaves", ["at once", "when told"])
def test_blind_by_the_callee(server, ladder, speaker, leaves):
    ann = ladder("ann").register(PASSWORDS["ann"])
    bob, carol = speaker("bob"), speaker("carol")
    leave(refer(ann.answer_call().pause(1500), "carol"), leaves, 180, 200)
    ann.start().wait_listening()
    bob.dial("ann")
    carol.wait("CALL_ESTABLISHED", 20)
    hear_each_other(bob, carol)
    ann.finish()
    bob.hang_up()
    carol.wait("CALL_CLOSED")
    first, second = cdrs(server, 2)
    assert (first["from"], first["to"], first["by"]) == ("bob", "ann", "transfer")
    assert (second["from"], second["to"], second["by"], second["parent"]) == ("bob", "carol", "caller", first["call"])
    assert server.rtp_ports_used() == 0


BY = ["caller", "callee"]
REFUSALS = [("busy", 486), ("declines", 603), ("does not answer", 480)]


def refuses(ladder, ctl, how, status, ring_time):
    """carol, who rings until go_on(), or for that time."""
    carol = ladder("carol").register(PASSWORDS["carol"]).called().ringing()
    if how == "does not answer":
        ctl.run("connection", "set", "carol", "--ring-time", ring_time)
        carol.hear("CANCEL").reply(200).reply(487, to_invite=True)
    else:
        carol.wait_for_test().reply(status, to_invite=True)
    return carol.hear("ACK").start().wait_listening()


def go_on(carol, how):
    carol.wait_said("INVITE sip:carol")
    if how != "does not answer":
        carol.go_on()
    carol.finish()


def begin(ann, by):
    """ann calls bob, or is called by him: start()."""
    return (ann.call("bob") if by == "caller" else ann.register(PASSWORDS["ann"]).answer_call()).pause(300)


def start(ann, by, bob, dialled="ann"):
    ann.start(PASSWORDS["ann"]).wait_listening()
    if by == "callee":
        bob.dial(dialled)
    bob.wait("CALL_ESTABLISHED", 20)


def talk_on(ann, status, bob, folder):
    """Who was to be transferred is back: both hear each other, until ann hangs up."""
    ann.phone.wait_said(f"SIP/2.0 {status}")
    ann.talks_to(bob, folder)
    ann.phone.go_on().finish()
    bob.wait("CALL_CLOSED", 20)


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("how, status", REFUSALS)
def test_blind_to_one_who_does_not_take_it(server, ctl, ladder, taker, speaker, tmp_path, by, how, status):  # noqa: F811
    """The talk goes on between the two that were talking."""
    ann, bob, carol = taker("ann"), speaker("bob"), refuses(ladder, ctl, how, status, "1s")
    told(refer(begin(ann.phone, by), "carol"), 100, 180, status).wait_for_test().bye()
    start(ann.phone, by, bob)
    go_on(carol, how)
    talk_on(ann, status, bob, tmp_path)
    assert [cdr["by"] for cdr in cdrs(server, 2) if cdr["parent"] == "-"] == [by]
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("by", BY)
def test_blind_to_nobody(server, taker, speaker, tmp_path, by):  # noqa: F811
    ann, bob = taker("ann"), speaker("bob")
    told(refer(begin(ann.phone, by), "nobody"), 100, 404).wait_for_test().bye()
    start(ann.phone, by, bob)
    talk_on(ann, 404, bob, tmp_path)
    assert server.wait_cdr()["by"] == by
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("how, status", REFUSALS)
def test_blind_refused_when_the_transferor_has_left(server, ctl, ladder, speaker, tmp_path, by, how, status):
    """A caller goes on in its flow, and hears it; one who was called is hung up. The transferor is told all the same."""
    ann, bob, carol = ladder("ann"), speaker("bob"), refuses(ladder, ctl, how, status, "2s")
    hello(server)
    ctl.add("desk", virtual=True)
    ctl.attach_flow("desk", build_flow('flow desk {\n    bridge "ann" { on ended(talk, by) { log "ended by {by}" } else { } }\n'
                                       '    play "hello.wav"\n    pause 60s\n}\n', tmp_path))
    leave(refer(begin(ann, by), "carol"), "at once", 180, status)
    start(ann, by, bob, "desk")
    ann.wait_said("BYE")
    go_on(carol, how)
    ann.finish()
    if by == "callee":
        server.log.wait(re.compile("log: ended by transfer$").search, 5, "its line")
        bob.wait_heard(audio.prompt("demo-thanks"), timeout=30)
        bob.hang_up()
    bob.wait("CALL_CLOSED")
    first, second = sorted(cdrs(server, 2), key=lambda cdr: cdr["parent"] != "-")
    assert (first["by"], second["parent"]) == ("caller" if by == "callee" else "transfer", first["call"])
    assert server.rtp_ports_used() == 0


SECOND = ["called", "was called", "ringing"]


@pytest.mark.parametrize("second", SECOND)
@pytest.mark.parametrize("first", BY)
def test_attended(server, ladder, speaker, first, second):
    """ann's phone has two lines: on the second it has carol, on the first bob, and puts them together. After it both of ann's
    lines are over, and bob and carol talk."""
    ann, consult = ladder("ann"), ladder("ann", add=False)
    bob, carol = speaker("bob"), speaker("carol", answers=second != "ringing")
    if second == "was called":
        consult.register(PASSWORDS["ann"]).answer_call()
    elif second == "called":
        consult.call("carol")
    else:
        consult.begin("INVITE", "carol", [], consult.sdp()).hear(100, optional=True).hear(180)
    if second == "ringing":
        consult.hear(487, timeout=60000).ack_failure()
    else:
        consult.hear("BYE", timeout=60000).reply(200)
    consult.start(PASSWORDS["ann"]).wait_listening()
    if second == "was called":
        carol.dial("ann")
    replaces = consult.replaces()
    if first == "callee":
        ann.register(PASSWORDS["ann"]).answer_call()
    else:
        ann.call("bob")
    ann.pause(1000).request("REFER", [f"Refer-To: <sip:carol@[remote_ip]:[remote_port]?Replaces={replaces}>"]).hear(202)
    told(ann, 100, 200).hear("BYE").reply(200).start(PASSWORDS["ann"])
    if first == "callee":
        ann.wait_listening()
        bob.dial("ann")
    if second == "ringing":
        consult.finish()
        carol.answer()
    bob.wait("CALL_ESTABLISHED", 20)
    carol.wait("CALL_ESTABLISHED", 20)
    ann.finish()
    consult.finish()
    hear_each_other(bob, carol)
    carol.hang_up()
    bob.wait("CALL_CLOSED")
    ended = cdrs(server, 2)
    assert sorted(cdr["by"] for cdr in ended)[1] == "transfer"
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("by", BY)
def test_attended_to_a_call_that_is_not_there(taker, speaker, tmp_path, by):  # noqa: F811
    """The talk goes on."""
    ann, bob = taker("ann"), speaker("bob")
    begin(ann.phone, by).request("REFER", ["Refer-To: <sip:carol@[remote_ip]?Replaces=no%40where%3Bto-tag%3D1%3Bfrom-tag%3D2>"]).hear(202)
    told(ann.phone, 100, 481).wait_for_test().bye()
    start(ann.phone, by, bob)
    talk_on(ann, 481, bob, tmp_path)


@pytest.mark.parametrize("place", ["caller", "callee"])
def test_anothers_talk_is_not_given_away(server, ctl, ladder, speaker, place):
    """Who knows the dialog's name has no right to it by that: nobody is put anywhere."""
    ann, dave = ladder("ann"), ladder("dave")
    bob, carol = speaker("bob"), speaker("carol")
    if place == "caller":
        dave.call("carol").wait_for_test().bye().start(PASSWORDS["dave"])
    else:
        dave.register(PASSWORDS["dave"]).answer_call().wait_for_test().bye().start().wait_listening()
        carol.dial("dave")
    carol.wait("CALL_ESTABLISHED", 20)
    ann.call("bob").pause(500).request("REFER", [f"Refer-To: <sip:carol@[remote_ip]:[remote_port]?Replaces={dave.replaces()}>"]).hear(202)
    told(ann, 100, 403).wait_for_test().bye().start(PASSWORDS["ann"]).wait_said("SIP/2.0 403")
    assert [call["state"] for call in ctl.list("calls")] == ["talking", "talking"]
    ann.go_on().finish()
    bob.wait("CALL_CLOSED")
    dave.go_on().finish()
    carol.wait("CALL_CLOSED")
    assert {(cdr["from"], cdr["by"]) for cdr in cdrs(server, 2)} == {("ann", "caller"), ("dave", "caller") if place == "caller" else ("carol", "callee")}
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("how, status", REFUSALS)
def test_attended_while_ringing_and_it_is_refused(server, ctl, ladder, taker, speaker, tmp_path, by, how, status):  # noqa: F811
    """The one who was to be transferred is back with the one who wanted to."""
    ann, bob, carol = taker("ann"), speaker("bob"), refuses(ladder, ctl, how, status, "5s")
    consult = ladder("ann", add=False)
    consult.begin("INVITE", "carol", [], consult.sdp()).hear(100, optional=True).hear(180).hear(487, timeout=60000).ack_failure()
    replaces = consult.start(PASSWORDS["ann"]).replaces()
    begin(ann.phone, by).request("REFER", [f"Refer-To: <sip:carol@[remote_ip]?Replaces={replaces}>"]).hear(202)
    told(ann.phone, 100, status).wait_for_test().bye()
    start(ann.phone, by, bob)
    consult.finish()
    go_on(carol, how)
    talk_on(ann, status, bob, tmp_path)
    first, second = sorted(cdrs(server, 2), key=lambda cdr: cdr["parent"] != "-")
    assert (first["by"], second["status"], second["parent"]) == (by, str(status), first["call"])
    assert server.rtp_ports_used() == 0


def hello(server):
    """hello.wav says demo-thanks."""
    sounds = server.data / "sounds"
    sounds.mkdir(exist_ok=True)
    subprocess.run(["sox", str(audio.PROMPTS / "demo-thanks.wav"), "-r", "8000", "-b", "16", "-c", "1", str(sounds / "hello.wav")], check=True)


def test_blind_into_a_flow_that_speaks(server, ctl, ladder, speaker, tmp_path):
    """A target without a phone: its flow takes the transferee over."""
    ctl.add("desk", virtual=True)
    hello(server)
    ctl.attach_flow("desk", build_flow('flow desk {\n    play "hello.wav"\n    pause 60s\n}\n', tmp_path))
    bob, ann = speaker("bob"), ladder("ann")
    told(refer(ann.call("bob").pause(500), "desk"), 100, 200).hear("BYE").reply(200).start(PASSWORDS["ann"]).finish()
    bob.wait_heard(audio.prompt("demo-thanks"), timeout=30)
    bob.hang_up()
    assert [cdr["to"] for cdr in cdrs(server, 2)] == ["bob", "desk"]


def test_the_phones_are_told_whom_they_talk_to(ladder, speaker):
    """After a transfer by the caller: the transferee's phone shows the target, by P-Asserted-Identity and Remote-Party-ID."""
    carol, ann, bob = speaker("carol"), ladder("ann"), ladder("bob")
    bob.register(PASSWORDS["bob"]).answer_call(headers=["Allow: INVITE, ACK, BYE, CANCEL, UPDATE"])
    bob.hear("UPDATE", matches=["P-Asserted-Identity: \"Carol\" <sip:carol@", "Remote-Party-ID: \"Carol\" <sip:carol@"]).reply(200)
    bob.pause(500).bye().start().wait_listening()
    told(refer(ann.call("bob").pause(500), "carol"), 100, 180, 200).hear("BYE").reply(200).start(PASSWORDS["ann"]).finish()
    bob.finish()
    carol.wait("CALL_CLOSED", 20)


@pytest.mark.parametrize("by", ["caller", "callee"])
def test_blind_to_a_number_outside(server, ctl, ladder, speaker, echo, by):
    """Who transfers pays, and shows its number."""
    ctl.run("trunk", "add", "carrier", "--gateways", echo.gateway, "--ping", "0s")
    ann = ladder("ann").register(PASSWORDS["ann"])
    bob = speaker("bob")
    ctl.run("connection", "set", "ann", "--dial", "+48*")
    ctl.run("number", "add", "+48220000000", "--to", "ann")
    if by == "caller":
        leave(refer(ann.call("bob").pause(1500), "0048221234567"), "when told", 180, 200)
        ann.start(PASSWORDS["ann"])
    else:
        leave(refer(ann.answer_call().pause(1500), "0048221234567"), "when told", 180, 200)
        ann.start().wait_listening()
        bob.dial("ann")
    ann.finish()
    bob.wait_heard(audio.prompt(SAYS["bob"]), timeout=30)
    bob.hang_up()
    first, second = cdrs(server, 2)
    assert first["by"] == "transfer"
    assert (second["from"], second["to"], second["parent"], second["trunk"]) == ("bob", "+48221234567", first["call"], "carrier")
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("rule, status", [([], 403), (["--dial", "+49*"], 403), (["--dial", "+48*", "--minutes-a-day", "0"], 503)])
def test_blind_to_a_number_outside_that_it_may_not_call(server, ctl, taker, speaker, tmp_path, rule, status):  # noqa: F811
    """503: it may, and there is no trunk. The talk goes on."""
    bob, ann = speaker("bob"), taker("ann")
    if rule:
        ctl.run("connection", "set", "ann", *rule)
    told(refer(begin(ann.phone, "caller"), "+48221234567"), 100, status).wait_for_test().bye()
    start(ann.phone, "caller", bob)
    talk_on(ann, status, bob, tmp_path)
    assert [cdr["by"] for cdr in cdrs(server, 1 if status == 403 else 2)][-1] == "caller"


def test_a_call_outside_that_is_transferred_costs_its_payer_to_the_end(server, ctl, ladder, speaker):
    """Five seconds of it are paid for: it is cut where it is by then, and takes its channel as long."""
    with Carrier() as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway, "--rates", "+48=0.60")
        carol, ann = speaker("carol"), ladder("ann")
        ctl.run("connection", "set", "ann", "--dial", "+48*", "--spend-a-day", "0.05")
        told(refer(ann.call("+48221234567").pause(500), "carol"), 100, 180, 200).hear("BYE").reply(200).start(PASSWORDS["ann"])
        ann.finish()
        carol.wait("CALL_ESTABLISHED", 20)
        assert json.loads(ctl.run("--json", "trunk", "show", "carrier"))["calls"] == 1
        assert json.loads(ctl.run("--json", "connection", "show", "ann"))["outside_calls_now"] == 1
        carrier.wait("BYE", timeout=30)
        carol.wait("CALL_CLOSED")
        first, second = cdrs(server, 2)
        assert (first["by"], first["cost"]) == ("transfer", "0.0000")
        assert (second["parent"], second["limit"], second["cost"]) == (first["call"], "spend", "0.0500")
        shown = json.loads(ctl.run("--json", "connection", "show", "ann"))
        assert (shown["spent_today"], shown["outside_calls_now"]) == ("0.05", 0)
        assert json.loads(ctl.run("--json", "trunk", "show", "carrier"))["calls"] == 0
        assert server.rtp_ports_used() == 0


def test_a_call_outside_is_back_with_its_payer_when_nobody_takes_it(server, ctl, ladder):
    """Carol is busy: the talk goes on, and is cut where it is."""
    with Carrier() as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway, "--rates", "+48=0.60")
        carol = ladder("carol").register(PASSWORDS["carol"]).called().reply(486).hear("ACK").start().wait_listening()
        ann = ladder("ann")
        ctl.run("connection", "set", "ann", "--dial", "+48*", "--spend-a-day", "0.05")
        told(refer(ann.call("+48221234567").pause(500), "carol"), 100, 486).hear("BYE", timeout=60000).reply(200).start(PASSWORDS["ann"])
        carol.finish()
        ann.finish()
        carrier.wait("BYE", timeout=30)
        by_parent = sorted(cdrs(server, 2), key=lambda cdr: cdr["parent"] != "-")
        assert (by_parent[0]["limit"], by_parent[0]["cost"]) == ("spend", "0.0500")


@pytest.mark.parametrize("owner, asked", [("ann", False), ("+48601000001", True)])
def test_a_carriers_caller_enters_no_box_by_its_number(server, ctl, ladder, register, new_phone, line, tmp_path, owner, asked):  # noqa: F811
    """Transferred to where messages are heard, a phone of the Connection is let in. Who calls by a trunk and shows the Connection's number
    is a stranger as before, and asked for the PIN."""
    carol = ladder("carol").register(PASSWORDS["carol"])
    leave(refer(carol.answer_call().pause(500), line), "when told", 200)
    carol.start().wait_listening()
    if asked:
        ctl.add(owner, virtual=True, voicemail=True)
        ctl.run("number", "add", "+48221234567", "--to", "carol")
        caller = new_phone(owner, address="127.0.0.6")
        ctl.run("trunk", "add", "carrier", "--gateways", f"127.0.0.6:{caller.sip_port}", "--ping", "0s")
    else:
        caller = register(owner, voicemail=True)
    ctl.pipe("2580\n", "box", "set", owner, "--pin-stdin")
    caller.dial(f"sip:+48221234567@{server.sip}" if asked else "carol")
    carol.finish()
    if asked:
        caller.wait_heard(audio.spoken(tmp_path, "Please enter your PIN, then press pound."), timeout=30)
        for key in "1357#":
            caller.press(key)
    caller.wait_heard(audio.spoken(tmp_path, "That is not the PIN." if asked else "and no saved messages."), timeout=30)
    caller.hang_up()
    first, second = cdrs(server, 2)
    assert (first.get("came_by"), second["from"], second["to"], second["parent"]) == ("carrier" if asked else None, owner, line, first["call"])
