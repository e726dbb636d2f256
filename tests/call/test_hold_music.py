"""Music from a folder: one place of it for all who wait."""
import subprocess

import pytest

import audio
from server import build_flow
from test_flows import call

WAIT = 'flow line {\n    answer\n    bridge "bob", ring: 1m, music: "hold" { else { hangup } }\n}\n'


def fill(folder):
    folder.mkdir(parents=True)
    for n, name in enumerate(("demo-abouttotry", "vm-intro")):
        subprocess.run(["sox", str(audio.PROMPTS / f"{name}.wav"), str(folder / f"{n}.wav")], check=True)


def two_wait(ctl, register, tmp_path):
    """ann and carol wait for bob, one after the other; what they have heard lately."""
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow(WAIT, tmp_path))
    bob = register("bob", answers=False)
    callers = [register("ann"), register("carol")]
    for caller, seconds in zip(callers, (3, 5)):
        call(caller)
        caller._wait_for_audio(lambda: len(caller.heard()) > seconds * audio.RATE, 20, "no music")
    heard = [caller.heard() for caller in callers]
    assert bob
    return heard



def test_all_who_wait_hear_the_same_place(server, ctl, register, tmp_path):
    fill(server.data / "sounds/hold")
    first, second = two_wait(ctl, register, tmp_path)
    piece = second[-int(2.5 * audio.RATE):-int(1.0 * audio.RATE)]
    likeness, at = audio.best_match(first[-int(4.0 * audio.RATE):], piece)
    assert likeness > 0.9
    assert abs(at - 1.5) < 1.0, "the one who came later is not at the same place"


def test_the_folder_may_lie_elsewhere(server, ctl, register, tmp_path):
    fill(tmp_path / "music")
    server.stop()
    server.options += ["--hold-music", tmp_path / "music"]
    server.start()
    first, second = two_wait(ctl, register, tmp_path)
    likeness, _ = audio.best_match(first[-int(4.0 * audio.RATE):], second[-int(2.5 * audio.RATE):-int(1.0 * audio.RATE)])
    assert likeness > 0.9


def test_an_empty_folder_is_missing(server, ctl, tmp_path):
    ctl.add("line", virtual=True)
    with pytest.raises(Exception, match="it plays what is not in .*/sounds: hold"):
        ctl.attach_flow("line", build_flow(WAIT, tmp_path))
