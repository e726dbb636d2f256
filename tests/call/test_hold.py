"""A phone holds: the other side hears music until it is taken back."""
import subprocess
import threading

import pytest

import audio
from conftest import PASSWORDS, SAYS
from media_ends import End
from ports import free_port
from server import build_flow
from test_transfer import hear_each_other, refer, told

MUSIC = "demo-abouttotry"


@pytest.fixture(autouse=True)
def music(server):
    """Four seconds of a voice that no phone has; the server looks for it when it starts."""
    folder = server.data / "sounds/hold"
    folder.mkdir(parents=True)
    subprocess.run(["sox", str(audio.PROMPTS / f"{MUSIC}.wav"), str(folder / "music.wav"), "trim", "0", "4"], check=True)
    server.stop()
    server.start()
    return audio.load(folder / "music.wav")


@pytest.fixture
def hears():
    """hears(ladder) keeps what is sent to a SIPp's audio port: samples by heard()."""
    ends = []

    def start(of):
        of.audio = free_port(spread=2)
        end = End(of.audio, 0)
        ends.append(end)
        end.socket.settimeout(0.2)

        def take():
            while end in ends:
                try:
                    end.take()
                except (TimeoutError, OSError):
                    pass
        threading.Thread(target=take, daemon=True).start()
        return end

    yield start
    stopped, ends[:] = ends[:], []
    for end in stopped:
        end.socket.close()


def so_far(phone):
    return len(phone.heard()) / audio.RATE


def hear_music(phone, music):
    phone.wait_heard(music[audio.RATE:3 * audio.RATE], timeout=30, after=so_far(phone))


def hear_no_music(phone, music, since):
    """Nothing of it from half a second after that time (what was on its way may still be heard)."""
    heard = phone.heard()[int((since + 0.5) * audio.RATE):]
    assert len(heard) > audio.RATE
    assert audio.share_heard(heard, music) == 0


def offer(of, *how, headers=()):
    """A new offer in the dialog."""
    return of.request("INVITE", headers, body=of.sdp(*how)).hear(100, optional=True).hear(200).ack()


@pytest.mark.parametrize("codecs", [("pcmu", "pcmu"), ("pcmu", "g722"), ("g722", "opus")])
@pytest.mark.parametrize("holder", ["caller", "callee"])
def test_who_waits_hears_music(server, speaker, music, holder, codecs):
    """One codec on both sides is relayed, two are not. (Baresip 1.0 writes down nothing of what it hears after its own hold.)"""
    bob, carol = speaker("bob", codec=codecs[0]), speaker("carol", codec=codecs[1])
    bob.dial("carol")
    for listener, user in ((bob, "carol"), (carol, "bob")):
        listener.wait_heard_in_pieces(audio.prompt(SAYS[user]))  # a jitter buffer moves some against the others
    holds, waits = (bob, carol) if holder == "caller" else (carol, bob)
    holds.command("hold")
    waits._wait_for_audio(lambda: audio.share_heard(waits.heard(), music) > 0.9, 30, "no music")
    back = so_far(waits)
    holds.command("resume")
    waits._wait_for_audio(lambda: audio.share_heard(waits.heard()[int(back * audio.RATE):], audio.prompt(SAYS[holds.user])) > 0.9, 30, "no voice")
    hear_no_music(waits, music, back)
    assert audio.share_heard(holds.heard(), music) == 0, "who holds hears none"
    bob.hang_up()
    carol.wait("CALL_CLOSED")
    assert server.wait_cdr()["by"] == "caller"
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("how", [("sendonly",), ("inactive",), ("sendrecv", "0.0.0.0"), ("sendonly", "0.0.0.0")])
def test_every_form_of_holding(ladder, speaker, hears, music, how):
    """By direction, and the old way by an address that names nowhere. Who holds hears nothing, and after it the other side."""
    bob, ann = speaker("bob"), ladder("ann")
    end = hears(ann)
    offer(ann.call("bob").pause(500), *how, headers=["X-Test: away"]).pause(9000)
    offer(ann, headers=["X-Test: back"]).pause(9000).bye().start(PASSWORDS["ann"])
    ann.wait_said("X-Test: away")
    hear_music(bob, music)
    during = len(end.payloads)
    ann.wait_said("X-Test: back")
    back, again = so_far(bob), len(end.payloads)
    ann.finish()
    assert audio.share_heard(bob.heard()[int((back + 0.5) * audio.RATE):], music) == 0, "still after it was taken back"
    assert again - during < 5, "something is sent to who holds"
    assert audio.share_heard(end.heard()[again * 160:], audio.prompt("vm-intro")) > 0.9


def hold_by(of, method, *how, headers=()):
    """UPDATE with an offer (RFC 3311), or a re-INVITE without one: our 200 offers all there is (RFC 6337 §5.2.5), the ACK holds."""
    if method == "UPDATE":
        return of.request("UPDATE", headers, body=of.sdp(*how)).hear(200, matches=["CSeq: [0-9]+ UPDATE", "m=audio"])
    of.request("INVITE", headers).hear(100, optional=True).hear(200, matches=["m=audio [1-9]"], lacks=["a=sendonly", "a=recvonly", "a=inactive"])
    return of.ack(of.sdp(*how))


@pytest.mark.parametrize("holder", ["caller", "callee"])
@pytest.mark.parametrize("method", ["UPDATE", "INVITE without an offer"])
def test_every_way_of_holding(server, ladder, speaker, hears, music, method, holder):
    bob, ann = speaker("bob"), ladder("ann")
    end = hears(ann)
    if holder == "caller":
        ann.call("bob")
    else:
        ann.register(PASSWORDS["ann"]).answer_call()
    hold_by(ann.pause(500), method, "sendonly", headers=["X-Test: away"]).wait_for_test()
    hold_by(ann, method, headers=["X-Test: back"]).hear("BYE", timeout=90000).reply(200).start(PASSWORDS["ann"] if holder == "caller" else "")
    if holder == "callee":
        ann.wait_listening()
        bob.dial("ann")
    ann.wait_said("X-Test: away")
    hear_music(bob, music)
    during = len(end.payloads)
    ann.go_on().wait_said("X-Test: back")
    back, again = so_far(bob), len(end.payloads)
    assert again - during < 5, "something is sent to who holds"
    bob._wait_for_audio(lambda: audio.share_heard(end.heard()[again * 160:], audio.prompt("vm-intro")) > 0.9, 30, "no voice")
    hear_no_music(bob, music, back)
    bob.hang_up()
    ann.finish()
    assert server.wait_cdr()["status"] == "200"
    assert server.rtp_ports_used() == 0


def test_both_hold(ladder, speaker, hears, music):
    """Nobody listens then; who is back first waits."""
    bob, ann = speaker("bob"), ladder("ann")
    end = hears(ann)
    offer(ann.call("bob").pause(500), "sendonly").wait_for_test()
    offer(ann, headers=["X-Test: back"]).hear("BYE", timeout=90000).reply(200).start(PASSWORDS["ann"])
    bob.wait("CALL_ESTABLISHED")
    hear_music(bob, music)
    bob.command("hold")
    ann.go_on().wait_said("X-Test: back")
    back = len(end.payloads)
    bob._wait_for_audio(lambda: audio.alike(end.heard()[back * 160:], music[audio.RATE:3 * audio.RATE]) > 0.9, 30, "no music")
    again = len(end.payloads)
    bob.command("resume")
    bob._wait_for_audio(lambda: audio.share_heard(end.heard()[again * 160:], audio.prompt("vm-intro")) > 0.9, 30, "no voice")
    assert audio.share_heard(end.heard()[(again + 25) * 160:], music) == 0
    bob.hang_up()
    ann.finish()


@pytest.mark.parametrize("by", ["caller", "callee"])
def test_a_transfer_ends_it(server, ladder, speaker, music, by):
    bob, carol, ann = speaker("bob"), speaker("carol"), ladder("ann")
    if by == "caller":
        ann.call("bob")
    else:
        ann.register(PASSWORDS["ann"]).answer_call()
    offer(ann.pause(500), "sendonly").pause(7000)
    told(refer(ann, "carol"), 100, 180, 200).hear("BYE").reply(200).start(PASSWORDS["ann"])
    if by == "callee":
        ann.wait_listening()
        bob.dial("ann")
    bob.wait("CALL_ESTABLISHED", 20)
    hear_music(bob, music)
    carol.wait("CALL_ESTABLISHED", 30)
    since = so_far(bob)
    hear_each_other(bob, carol)
    hear_no_music(bob, music, since)
    ann.finish()
    carol.hang_up()
    bob.wait("CALL_CLOSED")
    assert server.rtp_ports_used() == 0


def test_a_refused_transfer_leaves_it(ladder, speaker, music):
    """The one who waits is back on hold."""
    bob, ann = speaker("bob"), ladder("ann")
    offer(ann.call("bob").pause(500), "sendonly").pause(500)
    told(refer(ann, "nobody"), 100, 404).pause(9000).bye().start(PASSWORDS["ann"])
    ann.wait_said("SIP/2.0 404")
    hear_music(bob, music)
    ann.finish()


@pytest.mark.parametrize("goes", ["who holds", "who waits"])
def test_hanging_up_ends_it(server, ctl, speaker, music, goes, tmp_path):
    """The one who has called goes on in the flow, without music."""
    ctl.add("line", virtual=True)
    subprocess.run(["cp", str(audio.PROMPTS / "vm-intro.wav"), str(server.data / "sounds/after.wav")], check=True)
    ctl.attach_flow("line", build_flow('flow line {\n    bridge "carol" { on ended { play "after.wav"\n pause 60s } else { hangup } }\n}\n', tmp_path))
    bob, carol = speaker("bob"), speaker("carol")
    bob.dial("line")
    hear_each_other(bob, carol)
    carol.command("hold")
    hear_music(bob, music)
    if goes == "who waits":
        bob.hang_up()
        carol.wait("CALL_CLOSED")
    else:
        since = so_far(bob)
        carol.hang_up()
        bob.wait_heard(audio.prompt("vm-intro"), after=since)
        hear_no_music(bob, music, since + 0.5)
        bob.hang_up()
    assert server.wait_cdr()["status"] == "200"
    assert server.rtp_ports_used() == 0
