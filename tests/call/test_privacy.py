"""Callers who want to be unknown (RFC 3323, 3325): whom they call is not told who they are, their flow and the record are."""
import re

import pytest

import audio
from carrier import Carrier
from conftest import PASSWORDS
from messages import messages
from server import build_flow
from sip_peer import SipPeer, header
from test_busy_lamp import EVENT

ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'
HIDDEN = ["Privacy: id"]


def received(ladder, start):
    """The first message of its log that begins so."""
    text = ladder.messages().replace("\n", "\r\n")
    return re.split(r"-{20,}", text[re.search(rf"^{start}", text, re.MULTILINE).start():])[0]


def is_anonymous(message):
    """Nothing of it names ann."""
    asserted = [header(message, name) for name in ("P-Asserted-Identity", "Remote-Party-ID")]
    return not any(asserted) and header(message, "Privacy") == "id" and not re.search(r"\bann\b", message, re.IGNORECASE)


def call_refused(ann, target, headers=(), from_user="ann"):
    """A call of ann's that is answered 486, under that user part in From."""
    ann.user = from_user
    ann.begin("INVITE", target, headers, ann.sdp()).hear(100, optional=True).hear(180, optional=True).hear(486).ack_failure()
    ann.user = "ann"
    return ann.start(PASSWORDS["ann"])


@pytest.mark.parametrize("headers, from_user, hidden", [
    (["Privacy: id"], "ann", True), (["Privacy: user;id"], "ann", True), (["Privacy: header"], "ann", True), (["Privacy: full"], "ann", True),
    ([], "anonymous", True), (["Privacy: none"], "ann", False), (["Privacy: session"], "ann", False), ([], "ann", False)])
def test_a_phone_is_not_told_who_wants_to_be_unknown(server, ladder, headers, from_user, hidden):
    bob = ladder("bob").register(PASSWORDS["bob"])
    bob.called().reply(486).hear("ACK").start().wait_listening()
    call_refused(ladder("ann"), "bob", headers, from_user).finish()
    bob.finish()
    invite = received(bob, "INVITE")
    if hidden:
        assert header(invite, "From").startswith(ANONYMOUS + ";") and is_anonymous(invite)
    else:
        assert "sip:ann@" in header(invite, "From") and "sip:ann@" in header(invite, "P-Asserted-Identity")
        assert header(invite, "Privacy") == ""
    assert server.wait_cdr()["from"] == "ann"


def test_its_flow_knows_who_calls(server, ctl, ladder, tmp_path):
    """Whom the flow calls does not, whatever number it lets them see."""
    bob = ladder("bob").register(PASSWORDS["bob"])
    bob.called().reply(486).hear("ACK").start().wait_listening()
    ctl.add("line", virtual=True)
    flow = 'flow line {\n    log "called by {call.from}"\n    bridge "bob", caller_id: call.from { else { reject busy } }\n}\n'
    ctl.attach_flow("line", build_flow(flow, tmp_path))
    call_refused(ladder("ann"), "line", HIDDEN).finish()
    bob.finish()
    assert is_anonymous(received(bob, "INVITE"))
    server.log.wait(lambda line: "log: called by ann" in line, 10, "line of the flow")


@pytest.mark.parametrize("hidden", [True, False])
def test_a_carrier_is_told_that_its_called_one_is_not(ctl, ladder, tmp_path, hidden):
    with Carrier(answers=[486]) as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway, "--ping", "0s", "--number", "+48220000000")
        ctl.add("line", virtual=True)
        flow = 'permit dial "+48*"\nflow line {\n    bridge "+48221234567" { else { reject busy } }\n}\n'
        ctl.attach_flow("line", build_flow(flow, tmp_path))
        call_refused(ladder("ann"), "line", HIDDEN if hidden else []).finish()
        invite = carrier.wait("INVITE")
        assert (header(invite, "From").startswith(ANONYMOUS), header(invite, "Privacy")) == (hidden, "id" if hidden else "")
        assert "+48220000000" in header(invite, "P-Asserted-Identity" if hidden else "From")
        assert not re.search(r"\bann\b", invite, re.IGNORECASE)


@pytest.mark.parametrize("caller, more", [("anonymous", ""), ("+48601000001", 'Privacy: id\nP-Asserted-Identity: "Ann" <sip:+48601000001@c.example>\n')])
def test_whom_a_carrier_withholds_is_unknown_to_the_phone(ctl, ladder, caller, more):
    bob = ladder("bob").register(PASSWORDS["bob"])
    bob.called().reply(486).hear("ACK").start().wait_listening()
    ctl.run("number", "add", "+48221234567", "--to", "bob")
    with Carrier() as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway, "--ping", "0s")
        carrier.invite(bob.server.sip, "+48221234567", caller=caller, more=more)
        carrier.wait_response("SIP/2.0 486")
    bob.finish()
    invite = received(bob, "INVITE")
    assert header(invite, "From").startswith(ANONYMOUS) and is_anonymous(invite) and "+48601000001" not in invite


@pytest.mark.parametrize("way", ["blind", "attended"])
def test_the_wish_goes_along_when_the_caller_is_transferred(ladder, way):
    """Bob, whom ann has called, sends her to carol: she is as unknown there."""
    ann, bob, carol = ladder("ann"), ladder("bob").register(PASSWORDS["bob"]), ladder("carol").register(PASSWORDS["carol"])
    carol.answer_call(headers=["Allow: INVITE, ACK, BYE, CANCEL, UPDATE"])
    if way == "attended":
        carol.hear("UPDATE").reply(200)
    carol.wait_for_test().bye().start().wait_listening()
    target = "sip:carol@[remote_ip]:[remote_port]"
    if way == "attended":
        consult = ladder("bob", add=False)
        consult.call("carol").hear("BYE", timeout=60000).reply(200).start(PASSWORDS["bob"])
        target += f"?Replaces={consult.replaces()}"
    bob.answer_call().pause(500).request("REFER", [f"Refer-To: <{target}>"]).hear(202)
    bob.hear("NOTIFY", matches=["SIP/2.0 100"]).reply(200)
    if way == "blind":
        bob.hear("NOTIFY", matches=["SIP/2.0 180"]).reply(200)
    bob.hear("NOTIFY", matches=["SIP/2.0 200"]).reply(200).hear("BYE").reply(200).start().wait_listening()
    ann.call("bob", HIDDEN)
    ann.hear("INVITE").reply(200, body=ann.sdp()).hear("ACK")  # ann is told about carol
    ann.hear("BYE", timeout=60000).reply(200).start(PASSWORDS["ann"])
    bob.finish()
    if way == "attended":
        consult.finish()
        carol.wait_said("UPDATE")
    carol.go_on().finish()
    ann.finish()
    assert is_anonymous(received(carol, "INVITE" if way == "blind" else "UPDATE"))


def test_a_lamp_does_not_tell(ladder):
    carol, bob = ladder("carol"), ladder("bob").register(PASSWORDS["bob"])
    carol.begin("SUBSCRIBE", "bob", EVENT).hear(200, rrs=True)
    carol.hear("NOTIFY").reply(200).hear("NOTIFY", matches=["<state>early"], lacks=["sip:ann@", "Ann"]).reply(200)
    carol.hear("NOTIFY", matches=["<state>terminated"]).reply(200).start(PASSWORDS["carol"]).wait_said("<state>terminated")
    bob.called().ringing().pause(300).reply(486, to_invite=True).hear("ACK").start().wait_listening()
    call_refused(ladder("ann"), "bob", HIDDEN).finish()
    bob.finish()
    carol.finish()
    assert "sip:anonymous@anonymous.invalid" in carol.messages()


def test_a_message_does_not_tell(server, ctl, ladder):
    ctl.add("bob", PASSWORDS["bob"], voicemail=True)
    ann = ladder("ann")
    ann.call("bob", HIDDEN).pause(9000).bye().start(PASSWORDS["ann"]).wait_said("SIP/2.0 200 OK")
    with SipPeer(server.sip, "ann", "") as voice:
        voice.speak(audio.prompt("demo-thanks"), received(ann, "SIP/2.0 200"))
        ann.finish()
    assert server.wait_cdr()["from"] == "ann"
    message, = messages(ctl, "bob")
    assert (message["from"], message["from_name"]) == ("", "")
