"""Phones of different codecs: what each says is heard by the other, by the flow and in recordings."""
import pytest

import audio
from messages import leave_message, messages, stored
from server import build_flow
from test_welcome import SOURCE, dial_menu

PAIRS = [("g722", "g722"), ("opus", "opus"), ("opus", "pcma"), ("pcmu", "g722"), ("g722", "opus")]


@pytest.mark.parametrize("caller,callee", PAIRS)
def test_two_codecs_hear_each_other(server, ctl, register, tmp_path, caller, callee):
    bob = register("bob", says=audio.sentence(tmp_path, "vm-intro", lead=0.5), codec=callee)
    ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5), codec=caller)
    ann.dial("bob")
    ann.wait("CALL_ESTABLISHED")
    bob.wait("CALL_ESTABLISHED")
    least = 0.65 if "opus" in (caller, callee) else 0.8  # Opus keeps the sound and not the wave
    bob.wait_heard_in_pieces(audio.prompt("demo-thanks"), share=0.8, least=least)
    ann.wait_heard_in_pieces(audio.prompt("vm-intro"), share=0.8, least=least)
    ann.hang_up()
    bob.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    assert (cdr["status"], cdr["caller_codec"], cdr["callee_codec"]) == ("200", caller, callee)
    for side in ("caller", "callee"):
        assert int(cdr[f"{side}_in"]) > 100 and float(cdr[f"{side}_mos"]) > 3.5, cdr
    assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("codec", ["g722", "opus"])
def test_a_menu_is_heard_and_answered(register, tmp_path, ctl, codec):
    ctl.add("welcome", virtual=True)
    ctl.attach_flow("welcome", build_flow(SOURCE, tmp_path))
    carol = register("carol", codec=codec)
    heard_to = dial_menu(carol, tmp_path, least=0.8)
    carol.press("7")
    carol.wait_heard(audio.spoken(tmp_path, "Please press 1 or 2."), after=heard_to, least=0.8)


@pytest.mark.parametrize("codec", ["g722", "opus"])
def test_a_message_is_wide_band(ctl, register, tmp_path, codec):
    ctl.add("notes", virtual=True, voicemail=True)
    ann = register("ann", codec=codec)
    ann.dial("notes")
    said = leave_message(ann, tmp_path)
    wav = stored(ctl, messages(ctl, "notes")[0], tmp_path)
    assert audio.share_heard(wav, said, least=0.65) >= 0.8  # piece by piece: a busy machine moves some against the others
