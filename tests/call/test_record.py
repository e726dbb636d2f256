"""The action `record`, live: what ends it, its tone, and what its file holds. Spoken and heard by baresip."""
import subprocess

import pytest

import audio
from server import build_flow

FLOW = """flow line {{
    record {how} {{
        on saved(r) {{
            log "saved"
            {then}
        }}
        on empty {{ log "empty" }}
        on failed {{ log "failed" }}
    }}
    hangup
}}
"""


@pytest.fixture
def line(server, ctl, tmp_path):
    """line(how, then) is the Connection `line`, whose flow records so; its file is at recorded()."""
    class Line:
        def __call__(self, how, then=""):
            ctl.add("line", virtual=True)
            ctl.attach_flow("line", build_flow(FLOW.format(how=how, then=then), tmp_path))
            return self

        def ended(self, how="saved"):
            said = server.log.wait(lambda text: text.endswith((" log: saved", " log: empty", " log: failed")), 40, "end of the recording")
            assert said.endswith(how)

        def recorded(self):
            return audio.load(server.data / f"recordings/{server.wait_cdr()['call']}-1.wav")

    return Line()


def says(folder, *parts):
    """A WAV file of these prompts, and seconds of silence, one after another; then a minute of silence."""
    pieces = []
    for n, part in enumerate([*parts, 60.0]):
        pieces.append(folder / f"part-{n}.wav")
        if isinstance(part, str):
            subprocess.run(["sox", audio.PROMPTS / f"{part}.wav", "-r", "8000", "-b", "16", "-c", "1", pieces[-1]], check=True)
        else:
            subprocess.run(["sox", "-n", "-r", "8000", "-b", "16", "-c", "1", pieces[-1], "trim", "0", str(part)], check=True)
    subprocess.run(["sox", *pieces, folder / "says.wav"], check=True)
    return folder / "says.wav"


def seconds(samples):
    return len(samples) / audio.RATE


def test_max_ends_it(line, register, tmp_path):
    """After two seconds of a voice that would go on; they are a stretch of what was said, and what the flow plays."""
    line("max: 2s, silence: 30s", "play r")
    ann = register("ann", says=says(tmp_path, 1.0, "demo-congrats"))
    ann.dial("line")
    ann.wait("CALL_CLOSED", 30)
    line.ended()
    stored = line.recorded()
    assert 1.9 <= seconds(stored) <= 2.01
    likeness, at = audio.best_match(ann.spoke(), stored)
    assert likeness > 0.9
    assert audio.share_heard(ann.heard(), stored, piece=0.2) > 0.6, "a jitter buffer moves some"
    assert audio.alike(ann.heard(), ann.spoke()[int((at + 2.2) * audio.RATE):int((at + 3.2) * audio.RATE)]) < 0.5, "what came after it"


@pytest.mark.parametrize("key", ["5", "*"])
def test_only_its_keys_end_it(line, register, tmp_path, key):
    """`until: "5*"`: neither 1 nor #, which is the one by default."""
    line('until: "5*", silence: 30s')
    ann = register("ann")
    ann.dial("line")
    ann.wait_heard(audio.tone(1000, 0.25))
    ann.speak(audio.sentence(tmp_path, "vm-intro", lead=0.3))
    ann.wait_spoken(seconds(ann.spoke()) + 2.0)
    ann.press("1")
    ann.press("#")
    ann.wait_spoken(seconds(ann.spoke()) + 5.0)
    ann.press(key)
    ann.wait("CALL_CLOSED", 30)
    line.ended()
    stored = line.recorded()
    assert audio.share_heard(stored, audio.prompt("vm-intro")) > 0.9, "the whole, before and after the other keys"
    assert seconds(stored) < 12


@pytest.mark.parametrize("beep", ["yes", "no"])
def test_its_tone(line, register, tmp_path, beep):
    """1 kHz, 0.3 s, of which the file has nothing and in which nothing is recorded; or none, and the first word is in."""
    line(f"beep: {beep}, silence: 2s")
    ann = register("ann", says=says(tmp_path, "vm-intro"))
    ann.dial("line")
    ann.wait("CALL_CLOSED", 30)
    line.ended()
    stored, said, tone = line.recorded(), audio.trim(ann.spoke()), audio.tone(1000, 0.25)
    heard = ann.heard()
    if beep == "yes":
        assert audio.alike(heard, tone) > 0.9
        assert audio.gaps(stored, said)[:1] == [0.0], "it has begun while the tone was heard"
    else:
        assert not len(heard) or abs(heard).max() < 0.01
        assert 0.0 not in audio.gaps(stored, said)
    assert audio.alike(stored, tone) < 0.5
    assert audio.share_heard(stored, audio.prompt("vm-intro")[audio.RATE // 2:]) > 0.9


def test_silence_ends_it(line, register, tmp_path):
    """Two seconds of it; not a second between two sentences. The file has both, and the silence that has ended it."""
    line("silence: 2s")
    ann = register("ann", says=says(tmp_path, 1.0, "vm-intro", 1.0, "demo-thanks"))
    ann.dial("line")
    ann.wait("CALL_CLOSED", 40)
    line.ended()
    stored = line.recorded()
    for name in ("vm-intro", "demo-thanks"):
        assert audio.share_heard(stored, audio.prompt(name)) > 0.9
    after = seconds(stored) - (audio.best_match(stored, audio.trim(audio.prompt("demo-thanks")))[1] + seconds(audio.trim(audio.prompt("demo-thanks"))))
    assert 1.7 <= after <= 2.7


def test_nothing_said_is_empty(server, line, register):
    line("silence: 1s")
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_CLOSED", 30)
    line.ended("empty")
    assert not list((server.data / "recordings").glob("*.wav"))
