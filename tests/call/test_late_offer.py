"""INVITE without SDP (RFC 3261 §13.2.1, RFC 6337 §3.1), as call managers send it: the offer is in our 200, the answer in the
ACK. SIPp is the caller; where one talks, its audio is checked both ways."""
import re

import pytest

import audio
from conftest import PASSWORDS
from server import build_flow
from test_mailbox import eventually
from test_pickup import Taker, ends  # noqa: F401

OFFER = [r"m=audio [0-9]+ RTP/AVP .*", "a=rtpmap:[0-9]+ telephone-event/8000", "a=rtpmap:[0-9]+ opus/48000/2", "a=sendrecv"]


@pytest.fixture
def line(ctl, tmp_path):
    """line(body) is the Connection `line` whose flow has that body."""
    def make(body):
        ctl.add("line", virtual=True)
        ctl.attach_flow("line", build_flow(f"flow line {{\n{body}\n}}\n", tmp_path))
        return "line"
    return make


def called(ladder, target, ack, early=()):
    """INVITE without SDP up to the ACK; early: the provisional answers that must come, in this order."""
    ladder.begin("INVITE", target).hear(100, optional=True)
    for status in early:
        ladder.hear(status, lacks=["m=audio"])
    return ladder.hear(200, rrs=True, matches=OFFER).ack(ack)


def provisional(ladder):
    return re.findall(r"^SIP/2.0 (1(?!00)\d\d) ", ladder.messages(), re.MULTILINE)


def test_a_flow_answers(server, line, ladder, ends, tmp_path):  # noqa: F811
    """Its key is heard, and what the flow says then."""
    caller = Taker(ladder("ann"), ends)
    ann = caller.phone
    line('    answer\n    gather max: 1, timeout: 20s { on matched(k) { say "You have pressed {k}, thank you very much." } else { } }\n    hangup')
    called(ann, "line", ann.sdp()).hear("BYE", timeout=60000).reply(200).start(PASSWORDS["ann"])
    end = caller.open_audio()
    ends.press(end, "7")
    ann.finish()
    assert audio.share_heard(end.heard(), audio.spoken(tmp_path, "You have pressed seven, thank you very much.")) > 0.9
    assert server.wait_cdr()["status"] == "200"
    assert server.rtp_ports_used() == 0


def test_two_talk(server, ladder, ends, speaker, tmp_path):  # noqa: F811
    bob, caller = speaker("bob"), Taker(ladder("ann"), ends)
    ann = caller.phone
    called(ann, "bob", ann.sdp(), early=[180]).hear("BYE", timeout=60000).reply(200).start(PASSWORDS["ann"])
    bob.wait("CALL_ESTABLISHED", 20)
    caller.talks_to(bob, tmp_path)
    bob.hang_up()
    ann.finish()
    cdr = server.wait_cdr()
    assert (cdr["status"], cdr["by"]) == ("200", "callee")
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("gives_up", [False, True])
def test_a_phone_rings(server, ladder, register, gives_up):
    """180 at once; then the answer, or CANCEL."""
    bob, ann = register("bob", answers=False), ladder("ann")
    if gives_up:
        ann.begin("INVITE", "bob").hear(100, optional=True).hear(180).cancel()
    else:
        called(ann, "bob", ann.sdp(), early=[180]).bye()
    ann.start(PASSWORDS["ann"])
    bob.wait("CALL_INCOMING", 20)
    ann.wait_said("SIP/2.0 180")
    if not gives_up:
        bob.answer()
    bob.wait("CALL_CLOSED", 20)
    ann.finish()
    assert server.wait_cdr()["status"] == ("487" if gives_up else "200")
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("target", ["line", "bob"])
@pytest.mark.parametrize("how", ["none", "no common codec", "no audio", "not SDP"])
def test_an_ack_without_a_usable_answer_ends_the_call(server, line, ladder, register, target, how):
    """By our BYE; who is bridged is hung up too."""
    ann, bob = ladder("ann"), register("bob")
    line("    answer\n    pause 60s")
    good = ann.sdp()
    ack = {"none": "", "no common codec": good.replace("RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000", "RTP/AVP 3"),
           "no audio": good.replace(f"m=audio {ann.audio}", "m=audio 0"), "not SDP": "what is this"}[how]
    called(ann, target, ack, early=[180] if target == "bob" else []).hear("BYE").reply(200).start(PASSWORDS["ann"])
    ann.finish()
    if target == "bob":
        bob.wait("CALL_CLOSED", 20)
    assert server.log.wait(lambda text: "the ACK holds no usable answer to our offer" in text, 5, "warning")
    server.wait_cdr()
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("how", ["early media", "music"])
def test_it_hears_its_own_ringing(server, line, ladder, peer, ends, tmp_path, how):  # noqa: F811
    """Neither the early media of the phone nor the bridge's music has anywhere to go before the ACK: it is told 180, once."""
    bob, caller = peer("bob"), Taker(ladder("ann"), ends)
    ann, target = caller.phone, "bob"
    if how == "music":
        target = line('    bridge "bob", music: tone("ring") { else { hangup } }')
    called(ann, target, ann.sdp(), early=[180]).wait_for_test().bye().start(PASSWORDS["ann"])
    invite = bob.wait("INVITE")
    bob.reply(invite, 183, "Session Progress", bob.sdp())
    bob.speak(audio.prompt("vm-intro"), invite)
    ann.wait_said("SIP/2.0 180")
    bob.reply(invite, 200, "OK", bob.sdp())
    bob.wait("ACK")
    end = caller.open_audio()
    eventually(lambda: audio.share_heard(end.heard(), audio.prompt("vm-intro")) > 0.9)
    ann.go_on()
    bob.reply(bob.wait("BYE"), 200, "OK")
    ann.finish()
    assert provisional(ann) == ["180"]
    assert server.wait_cdr()["status"] == "200"
    assert server.rtp_ports_used() == 0
