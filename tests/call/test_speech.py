"""What is spoken in real calls: voices, rates, names, what is made ready before the first call, and what is cut into sentences."""
import json
import re
import subprocess
import time

import pytest

import audio
from ctl import Refused
from server import build_flow
from test_flows import call


def spoken(folder, text, voice="slt", rate=100):
    path = folder / "said.wav"
    subprocess.run(["flite", "-voice", voice, "--setf", f"duration_stretch={100 / rate}", "-t", text, "-o", str(path)],
                   check=True, capture_output=True)
    return audio.trim(audio.load(path))


@pytest.fixture
def line(ctl, tmp_path):
    """line(steps) makes a flow of these steps and attaches it to the Connection 'line'."""
    ctl.add("line", virtual=True)

    def attach(steps, name="line"):
        ctl.attach_flow("line", build_flow(f"flow {name} {{\n{steps}\nhangup\n}}\n", tmp_path))

    return attach


def speech(ctl):
    return json.loads(ctl.run("status", "--json"))["speech"]


@pytest.mark.parametrize("voice, rate", [("slt", 100), ("rms", 100), ("awb", 100), ("kal", 100), ("slt", 140), ("rms", 70)])
def test_voices_and_rates(register, line, tmp_path, voice, rate):
    line(f'say "This is a voice of this server.", voice: "{voice}", rate: {rate}')
    ann = register("ann")
    call(ann)
    ann.wait_heard(spoken(tmp_path, "This is a voice of this server.", voice, rate))
    ann.wait("CALL_CLOSED")


def test_names_are_said_as_the_servers_list_says(server, ctl, register, line, tmp_path):
    (server.data / "pronunciation.txt").write_text("Siobhan = Shivawn  # Irish\nWrocław = Vrotswahv\n")
    line('say "Call from Siobhan in Wrocław."')
    ann = register("ann")
    call(ann)
    ann.wait_heard(spoken(tmp_path, "Call from Shivawn in Vrotswahv."))
    ann.wait("CALL_CLOSED")
    (server.data / "pronunciation.txt").write_text("Siobhan = Shivawn\nWrocław\n")
    with pytest.raises(Refused, match=r"pronunciation.txt:2: 'Wrocław' is not written as WORD = AS IT IS SAID"):
        line('say "Something else."')


def test_a_flow_says_its_names_itself(server, ctl, register, tmp_path):
    """Its own before the server's; in texts that are known and in others; also to the one who is called."""
    (server.data / "pronunciation.txt").write_text("Siobhan = Seeohban\nWrocław = Vrotswahv\n")
    ctl.add("line", virtual=True)
    source = """pronounce "Siobhan" as "Shivawn"
flow line {
    say "Call from Siobhan in Wrocław."
    let who = call.from_name
    say "{who} calls Siobhan."
    bridge "bob", announce: "Siobhan is on the line." { else { hangup } }
}
"""
    ctl.attach_flow("line", build_flow(source, tmp_path))
    bob = register("bob")
    ann = register("ann")
    made = speech(ctl)["disk_misses"]
    call(ann)
    ann.wait_heard(spoken(tmp_path, "Call from Shivawn in Vrotswahv."))
    assert speech(ctl)["disk_misses"] == made + 1, "it was made when the flow was deployed, and the next meanwhile"
    ann.wait_heard(spoken(tmp_path, "Ann calls Shivawn."))
    bob.wait_heard(spoken(tmp_path, "Shivawn is on the line."))
    ann.hang_up()


def test_constant_texts_are_ready_at_the_first_call(server, ctl, register, line):
    """Deploying makes them; the call makes nothing. After a restart they come from the disk."""
    text = "This sentence is known when the flow is deployed. So is this one."
    before = speech(ctl)["disk_misses"]
    line(f'say "{text}"')
    made = speech(ctl)
    assert made["disk_misses"] == before + 1
    server.log.wait(re.compile(r"line: 1 texts are ready to be heard, 0 cannot be said").search, 10, "line of the log")
    ann = register("ann")
    call(ann)
    ann.wait("CALL_CLOSED")
    after = speech(ctl)
    assert after["disk_misses"] == made["disk_misses"] and after["memory_hits"] > made["memory_hits"]
    server.stop()
    server.start()
    server.log.wait(re.compile(r"line: 1 texts are ready to be heard").search, 10, "line of the log")
    assert speech(ctl)["disk_misses"] == 0 and speech(ctl)["disk_hits"] > 0


def test_the_next_text_is_made_while_the_first_is_heard(ctl, register, line, tmp_path):
    """Its words are known as soon as the first begins."""
    first = "This takes a while to be heard, long enough for what comes after it."
    line(f'let who = call.from_name\nsay "{first}"\npause 100ms\nsay "{{who}} has called."')
    ann = register("ann")
    made = speech(ctl)["disk_misses"]
    call(ann)
    end = time.monotonic() + 10
    while speech(ctl)["disk_misses"] == made:
        assert time.monotonic() < end, "it is not made"
        time.sleep(0.05)  # between two looks
    assert len(ann.heard()) < len(spoken(tmp_path, first)), "only once it was due"
    ann.wait_heard(spoken(tmp_path, "Ann has called."))
    assert speech(ctl)["disk_misses"] == made + 1
    ann.wait("CALL_CLOSED")


@pytest.mark.parametrize("codec", ["pcmu", "g722", "opus"])
def test_voices_and_codecs_are_ready_too(server, ctl, register, line, tmp_path, codec):
    """Every voice and rate that the flow names, in whatever codec the phone speaks: the call makes nothing."""
    line('say "This is the voice of the house."\nsay "This is another voice.", voice: "rms"\nsay "This one has time.", rate: 80\n'
         'say "This is another voice.", voice: "rms"')
    server.log.wait(re.compile(r"line: 3 texts are ready to be heard, 0 cannot be said").search, 10, "line of the log")
    ann = register("ann", codec=codec)
    made = speech(ctl)
    call(ann)
    for words, options in (("This is the voice of the house.", {}), ("This is another voice.", {"voice": "rms"}),
                           ("This one has time.", {"rate": 80})):
        ann.wait_heard(spoken(tmp_path, words, **options), least=0.8)
    ann.wait("CALL_CLOSED")
    after = speech(ctl)
    assert after["memory_misses"] == made["memory_misses"] and after["memory_hits"] == made["memory_hits"] + 4


def test_a_voice_that_there_is_not_is_told_when_it_is_deployed(server, line):
    line('say "Known."\nsay "Unknown.", voice: "nobody"')
    server.log.wait(re.compile(r"line: 1 texts are ready to be heard, 1 cannot be said").search, 10, "line of the log")


def test_a_flow_whose_file_is_missing_is_refused(server, ctl, line):
    with pytest.raises(Refused, match=r"it plays what is not in .*/sounds: nowhere.wav, other.wav"):
        line('play "nowhere.wav"\nplay ["other.wav"]')
    assert not ctl.list("flow", "list")
    for name in ("nowhere.wav", "other.wav"):
        subprocess.run(["sox", "-n", str(server.data / "sounds" / name), "synth", "1", "sine", "440"], check=True)
    line('play "nowhere.wav"\nplay ["other.wav"]')
    assert len(ctl.list("flow", "list")) == 1


def test_what_is_not_known_before_is_said_sentence_by_sentence(ctl, register, line, tmp_path):
    """All of it is heard, in order, each sentence as the voice says it alone."""
    line('let who = call.from_name\nsay "Good morning to you, {who}, and welcome. This is the second sentence. Here is the third."')
    ann = register("ann")
    call(ann)
    end = 0.0
    for sentence in ("Good morning to you, ann, and welcome.", "This is the second sentence.", "Here is the third."):
        end = ann.wait_heard(spoken(tmp_path, sentence), after=max(0.0, end - 0.3))
    ann.wait("CALL_CLOSED")
    assert speech(ctl)["disk_misses"] >= 3


def test_the_next_call_finds_what_was_said(ctl, register, line):
    line('let who = call.from_name\nsay "Good morning to you, {who}. This is the second sentence."')
    ann = register("ann")
    call(ann)
    ann.wait("CALL_CLOSED")
    made = speech(ctl)["disk_misses"]
    call(ann)
    ann.wait("CALL_CLOSED")
    assert speech(ctl)["disk_misses"] == made


def test_an_announcement_is_made_while_it_rings(ctl, register, line, tmp_path):
    line('let who = call.from_name\nbridge "bob", announce: "A call from {who}." { else { } }')
    bob, ann = register("bob", answers=False), register("ann")
    before = speech(ctl)["disk_misses"]
    ann.dial("line")
    bob.wait("CALL_INCOMING")
    while speech(ctl)["disk_misses"] == before:  # it rings, and nobody has answered
        pass
    bob.answer()
    bob.wait_heard(spoken(tmp_path, "A call from ann."))
    ann.hang_up()
