"""Linphone as the phone: registration, calls both ways, hold, transfers and forwarding as its makers understand them."""
import subprocess

import pytest

import audio
from conftest import PASSWORDS, SAYS
from linphone import Linphone
from test_hold import hear_music, music, so_far  # noqa: F401
from test_transfer import hear_each_other


@pytest.fixture
def linphone(server, ctl, tmp_path):
    """linphone(user): registered; it says its own sentence again and again."""
    phones = []

    def start(user="ann", **options):
        ctl.add(user, PASSWORDS[user])
        says = tmp_path / f"{user}-linphone-says.wav"
        subprocess.run(["sox", str(audio.PROMPTS / "demo-echotest.wav"), "-r", "8000", "-b", "16", "-c", "1", str(says),
                        "trim", "0", "5", "pad", "0.2", "0.6", "repeat", "30"], check=True)
        phones.append(Linphone(tmp_path / f"linphone-{user}", user, server.sip, PASSWORDS[user], says, **options))
        return phones[-1].__enter__().register()

    yield start
    for phone in phones:
        phone.__exit__()


SENTENCE = audio.prompt("demo-echotest")[:4 * audio.RATE]


def test_it_registers_calls_and_is_called(server, ctl, linphone, speaker):
    """With Opus, its first choice; then as the called one; then it is gone."""
    ann, bob = linphone(answers=True), speaker("bob")
    assert sorted(r["user"] for r in ctl.list("registrations")) == ["ann", "bob"]
    ann.call("bob")
    bob.wait_heard_in_pieces(SENTENCE)
    ann.wait_heard(audio.prompt(SAYS["bob"]))
    ann.command("terminate")
    bob.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    assert (cdr["from"], cdr["by"], cdr["caller_codec"], cdr["callee_codec"]) == ("ann", "caller", "opus", "pcmu")
    bob.dial("ann")
    bob.wait("CALL_ESTABLISHED", 20)
    bob.wait_heard_in_pieces(SENTENCE)
    bob.hang_up()
    ann.wait("ended (No error)")
    assert server.wait_cdr()["to"] == "ann"
    ann.command("unregister")
    ann.wait_for(lambda: [r["user"] for r in ctl.list("registrations")] == ["bob"], "it is still registered")
    assert server.rtp_ports_used() == 0


def test_it_holds(linphone, speaker, music):  # noqa: F811
    ann, bob = linphone(), speaker("bob")
    ann.call("bob")
    bob.wait_heard_in_pieces(SENTENCE)
    ann.command("pause")
    hear_music(bob, music)
    before = so_far(bob)
    ann.command("resume")
    bob._wait_for_audio(lambda: audio.share_heard(bob.heard()[int((before + 1) * audio.RATE):], SENTENCE) > 0.9, 20, "it is not back")
    assert audio.share_heard(bob.heard()[int((before + 3) * audio.RATE):], music) == 0


@pytest.mark.parametrize("kind", ["blind", "attended"])
def test_it_transfers(server, linphone, speaker, kind):
    ann, bob, carol = linphone(), speaker("bob"), speaker("carol")
    ann.call("bob")
    if kind == "attended":
        ann.command("pause")
        ann.wait("paused")
        ann.call("carol")
        ann.command("transfer 1 --to-call 2")
    else:
        ann.command(f"transfer sip:carol@{server.sip}")
    carol.wait("CALL_ESTABLISHED", 20)
    hear_each_other(bob, carol)
    bob.hang_up()
    carol.wait("CALL_CLOSED")
    assert sorted(server.wait_cdr(30)["by"] for _ in range(2))[1] == "transfer"


def test_it_forwards(server, linphone, speaker):
    """Its 302."""
    ann, bob, carol = linphone(), speaker("bob"), speaker("carol")
    bob.dial("ann")
    ann.wait("incoming")
    ann.command(f"redirect 1 sip:carol@{server.sip}")
    carol.wait("CALL_ESTABLISHED", 20)
    hear_each_other(bob, carol)
    bob.hang_up()
    assert server.wait_cdr()["to"] == "ann"
