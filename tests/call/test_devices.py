"""Devices that do what no phone here can be made to do: early media, odd refusals, answers that cross a CANCEL."""
import pytest

import audio
from conftest import PASSWORDS
from server import build_flow


def ring(caller, device, to="bob"):
    caller.dial(to)
    return device.wait("INVITE")


def test_early_media_of_a_single_device_is_passed_on(server, register, peer):
    bob, ann = peer("bob"), register("ann")
    invite = ring(ann, bob)
    bob.reply(invite, 183, "Session Progress", bob.sdp())
    bob.speak(audio.prompt("vm-intro"), invite)
    ann.wait("CALL_PROGRESS")
    heard_to = ann.wait_heard(audio.prompt("vm-intro"))
    bob.reply(invite, 200, "OK", bob.sdp())
    bob.wait("ACK")
    ann.wait("CALL_ESTABLISHED")
    ann.wait_heard(audio.prompt("vm-intro"), after=heard_to)
    ann.hang_up()
    bob.reply(bob.wait("BYE"), 200, "OK")
    assert server.wait_cdr()["by"] == "caller"


@pytest.mark.parametrize("status, phrase, told", [
    (486, "Busy Here", "486"), (600, "Busy Everywhere", "486"), (603, "Decline", "603"), (480, "Temporarily Unavailable", "480"),
    (503, "Service Unavailable", "480"), (404, "Not Found", "480"), (302, "Moved Temporarily", "480"),
])
def test_what_the_caller_is_told_of_a_refusal(register, peer, status, phrase, told):
    """By flows/default.flow: busy and declined are passed on, all else is 'nobody there'."""
    bob, ann = peer("bob"), register("ann")
    bob.reply(ring(ann, bob), status, phrase, more="Contact: <sip:else@127.0.0.1:9>" if status == 302 else "")
    bob.wait("ACK")
    assert told in ann.wait("CALL_CLOSED")["param"]


@pytest.mark.parametrize("late", [False, True])
def test_an_answer_that_crosses_the_cancel_is_taken_back(server, register, peer, late):
    """late: it comes when the CANCEL is answered and the call is over. Each of its copies gets its ACK (RFC 3261 §13.2.2.4)."""
    bob, ann = peer("bob"), register("ann")
    invite = ring(ann, bob)
    bob.reply(invite, 180, "Ringing")
    ann.wait("CALL_RINGING")
    ann.hang_up()
    cancel = bob.wait("CANCEL")
    if late:
        bob.reply(cancel, 200, "OK")
        assert server.wait_cdr()["status"] == "487"
    bob.reply(invite, 200, "OK", bob.sdp())
    if not late:
        bob.reply(cancel, 200, "OK")
    bob.wait("ACK")
    bye = bob.wait("BYE")
    bob.reply(invite, 200, "OK", bob.sdp())
    bob.wait("ACK")
    bob.reply(bye, 200, "OK")
    if not late:
        server.wait_cdr()
    assert server.rtp_ports_used() == 0


def test_losers_hear_that_the_call_is_completed_elsewhere(ctl, register, peer, tmp_path):
    ctl.add("both", virtual=True)
    ctl.attach_flow("both", build_flow('flow both {\n bridge ["bob", "carol"] { on ended { hangup } else { hangup } }\n}', tmp_path))
    bob, ann, carol = register("bob", answers=False), register("ann"), peer("carol")
    invite = ring(ann, carol, "both")
    carol.reply(invite, 180, "Ringing")
    bob.wait("CALL_INCOMING")
    ann.wait("CALL_RINGING")
    bob.answer()
    cancel = carol.wait("CANCEL")
    assert 'text="Call completed elsewhere"' in cancel
    carol.reply(cancel, 200, "OK")
    carol.reply(invite, 487, "Request Terminated")
    carol.wait("ACK")
    ann.wait("CALL_ESTABLISHED")


@pytest.mark.parametrize("reason, told", [('SIP;cause=200;text="Call completed elsewhere"', True), ('Q.850;cause=16, SIP ; cause=200', True),
                                          ("SIP;cause=600", False), ("Q.850;cause=200", False), (None, False)])
def test_a_caller_who_has_reached_another_says_so(server, ladder, peer, reason, told):
    """As a proxy before us does that has forked the call (RFC 3326)."""
    bob, ann = peer("bob"), ladder("ann")
    ann.begin("INVITE", "bob", [], ann.sdp()).hear(100, optional=True).hear(180).cancel([f"Reason: {reason}"] if reason else [])
    ann.start(PASSWORDS["ann"])
    invite = bob.wait("INVITE")
    bob.reply(invite, 180, "Ringing")
    cancel = bob.wait("CANCEL")
    assert ('Reason: SIP;cause=200;text="Call completed elsewhere"' in cancel) == told
    bob.reply(cancel, 200, "OK")
    bob.reply(invite, 487, "Request Terminated")
    bob.wait("ACK")
    ann.finish()
    cdr = server.wait_cdr()
    assert (cdr["status"], cdr["by"]) == ("487", "caller")


def test_a_device_that_answers_with_no_common_codec(server, register, peer):
    bob, ann = peer("bob"), register("ann")
    invite = ring(ann, bob)
    bob.reply(invite, 200, "OK", bob.sdp().replace("RTP/AVP 0 101", "RTP/AVP 3").replace("a=rtpmap:101 telephone-event/8000\n", ""))
    bob.wait("ACK")
    bob.reply(bob.wait("BYE"), 200, "OK")
    assert "480" in ann.wait("CALL_CLOSED")["param"]
    assert server.rtp_ports_used() == 0


def test_a_device_holds_and_takes_the_call_back(register, peer):
    bob, ann = peer("bob"), register("ann")
    invite = ring(ann, bob)
    bob.reply(invite, 200, "OK", bob.sdp())
    bob.wait("ACK")
    ann.wait("CALL_ESTABLISHED")
    for cseq, direction, answered in ((1, "sendonly", "a=recvonly"), (2, "sendrecv", "m=audio"), (3, None, "m=audio")):
        assert answered in bob.reinvite(invite, cseq, direction)
        bob.acknowledge(invite, cseq, "" if direction else bob.sdp())
    bob.speak(audio.prompt("vm-intro"), invite)
    ann.wait_heard(audio.prompt("vm-intro"))
    ann.hang_up()
    bob.reply(bob.wait("BYE"), 200, "OK")


def test_a_connection_may_demand_sha256(ctl, peer, register):
    bob = peer("bob")
    ctl.run("connection", "set", "bob", "--sha256")
    assert bob.register("SHA-256").startswith("SIP/2.0 200")
    assert bob.register("MD5").startswith("SIP/2.0 200"), "MD5 is offered too"
    bob.password = "wrong"
    assert bob.register("SHA-256").startswith("SIP/2.0 403")


def test_an_offer_that_is_refused_changes_nothing(register, peer):
    """RFC 6141 §3.4: 488, and they hear each other as before."""
    bob, ann = peer("bob"), register("ann")
    invite = ring(ann, bob)
    bob.reply(invite, 200, "OK", bob.sdp())
    bob.wait("ACK")
    ann.wait("CALL_ESTABLISHED")
    bob._request("INVITE", invite, 1, bob.sdp().replace("RTP/AVP 0 101", "RTP/AVP 3").replace("a=rtpmap:101 telephone-event/8000\n", ""))
    bob.wait("SIP/2.0 488")
    bob.speak(audio.prompt("vm-intro"), invite)
    ann.wait_heard(audio.prompt("vm-intro"))
    ann.hang_up()
    bob.reply(bob.wait("BYE"), 200, "OK")


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_a_device_may_move_its_contact(register, peer, method):
    """A target refresh (RFC 3261 §12.2, RFC 6141 §4.3): what we send from then on names the new URI."""
    bob, ann = peer("bob"), register("ann")
    invite = ring(ann, bob)
    bob.reply(invite, 200, "OK", bob.sdp())
    bob.wait("ACK")
    ann.wait("CALL_ESTABLISHED")
    bob.contact = bob.contact.replace("sip:bob@", "sip:moved@")
    bob._request(method, invite, 1, bob.sdp())
    bob.wait("SIP/2.0 200")
    if method == "INVITE":
        bob.acknowledge(invite, 1)
    ann.hang_up()
    bye = bob.wait("BYE")
    assert bye.startswith("BYE sip:moved@")
    bob.reply(bye, 200, "OK")
