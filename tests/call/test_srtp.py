"""Encrypted audio (SRTP with the keys in the SDP) with phones, by themselves and bridged to plain ones."""
import pytest

import audio
from server import build_flow
from test_welcome import SOURCE, dial_menu

# The two ways of the phone: RTP/AVP with a=crypto beside, and RTP/SAVP.
OFFERED, MANDATORY = "srtp", "srtp-mand"


def talk(ann, bob):
    ann.dial("bob")
    ann.wait("CALL_ESTABLISHED")
    bob.wait("CALL_ESTABLISHED")
    bob.wait_heard(audio.prompt("demo-thanks"))
    ann.wait_heard(audio.prompt("vm-intro"))


@pytest.mark.parametrize("caller,callee", [(MANDATORY, OFFERED), (MANDATORY, None), (OFFERED, None), (None, OFFERED)])
def test_phones_talk(server, register, tmp_path, caller, callee):
    bob = register("bob", says=audio.sentence(tmp_path, "vm-intro", lead=0.5), encryption=callee)
    ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5), encryption=caller)
    talk(ann, bob)
    for phone, encryption in ((ann, caller), (bob, callee if caller else None)):
        assert phone.is_encrypted() == bool(encryption), phone.user
    ann.hang_up()
    bob.wait("CALL_CLOSED")
    assert "inline:" not in (server.folder / "flowd.log").read_text()


def test_a_menu_is_heard(register, tmp_path, ctl):
    ctl.add("welcome", virtual=True)
    ctl.attach_flow("welcome", build_flow(SOURCE, tmp_path))
    carol = register("carol", encryption=MANDATORY)
    heard_to = dial_menu(carol, tmp_path)
    carol.press("7")
    carol.wait_heard(audio.spoken(tmp_path, "Please press 1 or 2."), after=heard_to)
    assert carol.is_encrypted()


def restart(server, setting):
    server.stop()
    server.options = ["--srtp", setting]
    server.start()


def test_required_everywhere(server, register, tmp_path):
    restart(server, "required")
    bob = register("bob", says=audio.sentence(tmp_path, "vm-intro", lead=0.5), encryption=MANDATORY)
    ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5), encryption=MANDATORY)
    talk(ann, bob)
    assert ann.is_encrypted() and bob.is_encrypted()


@pytest.mark.parametrize("setting,encryption", [("off", MANDATORY), ("required", None)])
def test_what_does_not_fit_is_refused(server, register, tmp_path, ctl, setting, encryption):
    restart(server, setting)
    ctl.add("welcome", virtual=True)
    ctl.attach_flow("welcome", build_flow(SOURCE, tmp_path))
    carol = register("carol", encryption=encryption)
    carol.dial("welcome")
    assert "488" in carol.wait("CALL_CLOSED")["param"]
