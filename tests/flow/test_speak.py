"""`flowc sim --speak`: the call in a file, as the caller would hear it."""
import re
import subprocess
import wave

import numpy as np
import pytest

from conftest import ROOT, binaries

RATE = 16000


@pytest.fixture
def speak(tmp_path):
    """speak(flow, script) gives the samples and the call's story as (second, text)."""

    def run(flow, script="", out="out.wav"):
        (tmp_path / "a.flow").write_text(flow)
        done = subprocess.run([binaries() / "flowc", "sim", "--speak", tmp_path / out, "--at", "2026-11-23 10:00", tmp_path / "a.flow"],
                              input=script, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        with wave.open(str(tmp_path / out)) as wav:
            assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (RATE, 1, 2)
            samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2").astype(float)
        story = [(float(m[1]), m[2]) for m in re.finditer(r"^ *([\d.]+)s  (.*)$", done.stdout, re.MULTILINE)]
        return samples, story

    run.folder = tmp_path
    return run


def flite(folder, text):
    """The samples of the text, from 10 ms before its first sound on."""
    subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", folder / "said.wav"], check=True)
    with wave.open(str(folder / "said.wav")) as wav:
        assert wav.getframerate() == RATE
        samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2").astype(float)
    return samples[max(0, np.flatnonzero(np.abs(samples) >= 131)[0] - RATE // 100):]


def place(heard, wanted):
    """The second at which wanted is heard, and how alike it is there (1: the same but for loudness)."""
    n = 1 << int(np.ceil(np.log2(len(heard) + len(wanted))))
    like = np.fft.irfft(np.fft.rfft(heard, n) * np.conj(np.fft.rfft(wanted, n)), n)[: len(heard) - len(wanted) + 1]
    power = np.concatenate(([0.0], np.cumsum(heard**2)))
    energy = np.sqrt(np.maximum(power[len(wanted):] - power[: len(power) - len(wanted)], 1) * np.sum(wanted**2))
    best = int(np.argmax(like / energy))
    return best / RATE, (like / energy)[best]


def tone(samples, hertz):
    t = np.arange(len(samples)) / RATE
    return abs(np.sum(samples * np.exp(-2j * np.pi * hertz * t))) / max(len(samples), 1)


def test_words_are_heard_when_they_are_said(speak):
    samples, story = speak('flow a {\n    say "Good morning."\n    pause 3s\n    say "You owe us {number(42)} euro."\n}\n')
    assert len(samples) / RATE == pytest.approx(story[-1][0], abs=0.06)
    for words, said in (("Good morning.", "Good morning."), ("forty two", "You owe us forty-two euro.")):
        at = next(second for second, line in story if words.split()[0] in line)
        second, alike = place(samples, flite(speak.folder, said))
        assert alike > 0.95, said
        assert second == pytest.approx(at, abs=0.06)
    first = flite(speak.folder, "Good morning.")
    assert not samples[len(first) + RATE // 10: len(first) + 2 * RATE].any(), "a pause is silent"


def test_the_same_call_gives_the_same_bytes(speak):
    flow = 'flow a {\n    say "Good morning."\n    play tone("busy")\n}\n'
    first, _ = speak(flow, out="1.wav")
    again, _ = speak(flow, out="2.wav")
    assert np.array_equal(first, again) and len(first)
    assert (speak.folder / "1.wav").read_bytes() == (speak.folder / "2.wav").read_bytes()


def test_a_key_is_heard_and_cuts_words_short(speak):
    flow = ('flow a {\n    menu "Press one for a very long text that nobody would want to hear to its end, or two." {\n'
            '        "1" { pause 1s }\n        on gave_up { hangup }\n    }\n}\n')
    samples, story = speak(flow, "+1500ms\n1\n")
    pressed = samples[int(1.5 * RATE): int(1.62 * RATE)]
    assert min(tone(pressed, 697), tone(pressed, 1209)) > 20 * tone(pressed, 1000)
    assert samples[int(0.5 * RATE): int(1.4 * RATE)].any() and not samples[int(1.7 * RATE): int(2.4 * RATE)].any()
    assert len(samples) / RATE == pytest.approx(story[-1][0], abs=0.06)


def test_files_are_heard_at_their_length(speak):
    subprocess.run(["sox", "-n", "-r", "8000", "-c", "1", speak.folder / "hold.wav", "synth", "1.25", "sine", "600"], check=True)
    samples, story = speak('flow a {\n    answer\n    pause 1s\n    play "hold.wav"\n    say "Done."\n}\n')
    assert tone(samples[int(1.1 * RATE): int(2.1 * RATE)], 600) > 1000
    said = next(second for second, line in story if "Done." in line)
    assert said == pytest.approx(2.25, abs=0.06)


def test_what_cannot_be_written_is_told(tmp_path):
    (tmp_path / "a.flow").write_text('flow a {\n    say "Hello."\n}\n')
    done = subprocess.run([binaries() / "flowc", "sim", "--speak", "/nowhere/out.wav", tmp_path / "a.flow"], input="", capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 2 and "/nowhere/out.wav" in done.stderr


def test_flowc_itself_knows_no_speech():
    needs = subprocess.run(["ldd", binaries() / "flowc"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert "flite" not in needs and "sndfile" not in needs


def test_names_are_said_as_the_flow_says(speak):
    said = "The call is from Shivawn, not from Siobhanna."
    samples, _ = speak('pronounce "Siobhan" as "Shivawn"\nflow a {\n    say "The call is from Siobhan, not from Siobhanna."\n}\n')
    plain, _ = speak('flow a {\n    say "The call is from Siobhan, not from Siobhanna."\n}\n')
    assert place(samples, flite(speak.folder, said))[1] > 0.95
    assert place(plain, flite(speak.folder, said))[1] < 0.9
