"""Nothing that was said is lost: a killed server, a full disk, a database that cannot write, fifty at once, ten thousand."""
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile

import audio
import pytest
import sipp
from conftest import PASSWORDS
from ctl import Ctl
from mail_sink import MailSink
from media_ends import MediaEnds
from messages import messages, stored
from server import Server, build_flow
from test_mailbox import eventually, fresh
from test_message_mail import serving

LOST = 0.2  # seconds that a crash may cost, what the phone still had in hand included


def speak_into(phone, folder, seconds):
    """Into a recording that has begun; returns the samples that the phone has sent by then."""
    phone.wait_heard(audio.tone(1000, 0.25), timeout=30)
    before = len(phone.spoke()) / audio.RATE
    phone.speak(audio.sentence(folder, "demo-abouttotry", lead=0.3))
    phone.wait_spoken(before + seconds)
    return phone.spoke()[int(before * audio.RATE):]


def caller(new_phone, server, ctl):
    ctl.add("ann", PASSWORDS["ann"])
    ctl.add("notes", virtual=True, voicemail=True)
    ann = new_phone("ann", domain=server.sip, password=PASSWORDS["ann"], expires=600)
    ann.wait("REGISTER_OK")
    return ann


def test_kill_in_the_middle_of_a_message(new_phone, tmp_path):
    with MailSink() as sink, serving(sink.options()) as (server, ctl):
        ann = caller(new_phone, server, ctl)
        ctl.run("box", "set", "notes", "--mail", "office@example.com")
        ann.dial("notes")
        said = speak_into(ann, tmp_path, 4.0)
        server.crash()
        (audio_file,) = (server.data / "voicemail").glob("*.wav")
        assert (server.data / "voicemail" / f"{audio_file.name}.note").exists()
        server.start()
        (message,) = eventually(lambda: messages(ctl, "notes"))
        assert message["from"] == "ann" and message["left_at"]
        kept = stored(ctl, message, tmp_path)
        heard = audio.trim(said)[:-int(LOST * audio.RATE)]
        assert len(heard) > 2.5 * audio.RATE and audio.gaps(kept, heard) == []
        assert abs(len(kept) / audio.RATE - message["length_ms"] / 1000) < 0.01
        sink.wait_mail()
        eventually(lambda: not list((server.data / "voicemail").glob("*.note")))


def test_listed_but_not_yet_told_is_told_after_a_restart(new_phone, tmp_path):
    with MailSink() as sink, serving(sink.options()) as (server, ctl):
        ann = caller(new_phone, server, ctl)
        ann.dial("notes")
        speak_into(ann, tmp_path, 2.0)
        ann.hang_up()
        (message,) = eventually(lambda: messages(ctl, "notes"))
        (wav,) = (server.data / "voicemail").glob("*.wav")
        eventually(lambda: not list((server.data / "voicemail").glob("*.note")))
        ctl.run("box", "set", "notes", "--mail", "office@example.com")
        server.crash()
        (wav.parent / f"{wav.name}.note").write_text("box notes\nfrom ann\n")  # as if it had died in between
        server.start()
        sink.wait_mail()
        assert [m["id"] for m in messages(ctl)] == [message["id"]]


def test_a_file_without_a_row_is_listed_at_the_start(new_phone, tmp_path):
    with serving([]) as (server, ctl):
        ctl.add("notes", virtual=True, voicemail=True)
        server.stop()
        shutil.copy(audio.PROMPTS / "vm-intro.wav", server.data / "voicemail" / "0123-1@notes.wav")
        server.start()
        (message,) = eventually(lambda: messages(ctl, "notes"))
        assert message["id"] == "0123-1"
        assert message["length_ms"] == len(audio.prompt("vm-intro")) * 1000 // audio.RATE


def test_a_server_stops_while_it_lists_what_it_has_found():
    """At whatever moment: it ends cleanly, and nothing is lost."""
    with serving([]) as (server, ctl):
        ctl.add("notes", virtual=True, voicemail=True)
        ctl.run("box", "set", "notes", "--mail", "office@example.com")
        for turn in range(5):
            server.stop()
            for n in range(5):
                shutil.copy(audio.PROMPTS / "vm-intro.wav", server.data / "voicemail" / f"{turn}{n}@notes.wav")
            server.start()
        eventually(lambda: len(messages(ctl, "notes")) == 25)


@pytest.fixture
def small_disk(new_phone):
    """(server, ctl, folder): its data lies on a disk of 6 MB."""
    folder = tempfile.mkdtemp(prefix="flow")
    os.mkdir(f"{folder}/data")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", f"{folder}/data"], check=False).returncode:
        os.rmdir(f"{folder}/data")
        os.rmdir(folder)
        pytest.skip("this user may not mount a disk")
    running = Server(folder)
    running.start()
    try:
        yield running, Ctl(running), running.data
        running.stop()
    finally:
        print("".join(open(f"{folder}/flowd.log").readlines()[-60:]))
        subprocess.run(["umount", "-l", f"{folder}/data"], check=True)
        shutil.rmtree(folder)


def fill(folder, leave=0):
    """Fills the disk but for so many bytes."""
    free = os.statvfs(folder)
    size = free.f_bavail * free.f_frsize - leave
    with open(folder / "filler", "wb") as filler:
        filler.write(b"\0" * max(0, size))


def test_a_disk_that_fills_while_somebody_speaks(small_disk, new_phone, tmp_path):
    """Room was reserved when the message began; its row waits until there is room again."""
    server, ctl, data = small_disk
    ann = caller(new_phone, server, ctl)
    ann.dial("notes")
    ann.wait_heard(audio.tone(1000, 0.25), timeout=30)
    eventually(lambda: list((data / "voicemail").glob("*.wav")))
    fill(data)
    before = len(ann.spoke()) / audio.RATE
    ann.speak(audio.sentence(tmp_path, "demo-abouttotry", lead=0.3))
    ann.wait_spoken(before + 4.0)
    ann.hang_up()
    said = audio.trim(ann.spoke()[int(before * audio.RATE):-160])
    server.wait_cdr(30)
    os.unlink(data / "filler")
    (message,) = eventually(lambda: messages(ctl, "notes"), 60)
    assert audio.gaps(stored(ctl, message, tmp_path), said) == []


def test_a_full_disk_is_told_to_the_caller(small_disk, new_phone, tmp_path):
    server, ctl, data = small_disk
    ann = caller(new_phone, server, ctl)
    fill(data, leave=60000)
    ann.dial("notes")
    sorry = audio.spoken(tmp_path, "Your message could not be stored.")
    ann.wait_heard_in_pieces(sorry, timeout=40, share=0.7)
    ann.wait("CALL_CLOSED", 30)
    assert messages(ctl) == []


TOGETHER = 50


@pytest.mark.load
def test_fifty_messages_at_once(tmp_path):
    """All speak over their greetings, then the tone, then their messages: each holds what was said from its tone on."""
    speech = tmp_path / "speech.wav"
    names = ("demo-abouttotry", "demo-congrats")
    subprocess.run(["sox", *(str(audio.PROMPTS / f"{name}.wav") for name in names), str(speech), "trim", "0", "14"], check=True)
    with serving([]) as (server, ctl):
        ctl.add("ann", PASSWORDS["ann"])
        ctl.add("notes", virtual=True, voicemail=True)
        with MediaEnds(tmp_path) as media:
            run = sipp.Run("call", server, "ann", PASSWORDS["ann"], tmp_path / "sipp", service="notes", calls=TOGETHER, rate=25,
                           pipe=media.pipe)
            for end in media.wait_up(TOGETHER, 60):
                media.speak(end, audio.ulaw(tmp_path, speech))
            result = run.wait()
        assert (result.succeeded, result.failed) == (TOGETHER, 0), result.errors
        kept = eventually(lambda: len(messages(ctl, "notes")) == TOGETHER and messages(ctl, "notes"), 60)
        assert len({message["id"] for message in kept}) == TOGETHER
        said = audio.load(speech)
        for message in kept:
            assert message["length_ms"] > 5000
            heard = audio.trim(stored(ctl, message, tmp_path))
            assert audio.gaps(said, heard) == [], message
        assert not [c for c in server.cdrs() if c["by"] == "caller"]


MENU = re.compile(r"T(?P<time>[\d:.]+)Z DEBUG inner: .*(?P<what>box_enter \.\.\.|box_enter open|box_next \.\.\.|box_next message)$")


def seconds(text):
    hours, minutes, rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


@pytest.mark.load
def test_a_box_with_ten_thousand_messages_answers_its_menu_at_once(new_phone, tmp_path):
    with serving(["-v"]) as (server, ctl):
        ctl.add("ann", PASSWORDS["ann"], voicemail=True)
        server.stop()
        wav = server.data / "voicemail" / "one@ann.wav"
        shutil.copy(audio.PROMPTS / "vm-intro.wav", wav)
        with sqlite3.connect(server.data / "directory.db") as db:
            db.executemany("INSERT INTO message (id, box, from_user, from_name, path, left_wall_ms, length_ms, heard)"
                           " VALUES (?, 'ann', 'bob', 'Bob', ?, ?, 1000, 0)",
                           [(f"m{n}" if n else "one", str(wav), 1767225600000 + n) for n in range(10000)])
        server.start()
        ann = new_phone("ann", domain=server.sip, password=PASSWORDS["ann"], expires=600)
        ann.wait("REGISTER_OK")
        ctl.add("*97", virtual=True)
        ctl.attach_flow("*97", build_flow("flow own {\n    mailbox call.from { on denied { } }\n}\n", tmp_path))
        best = {}
        for _ in range(3):
            fresh(ann)
            ann.dial("*97")
            ann.wait("CALL_ESTABLISHED")
            ann.press("1")
            seen = [MENU.search(server.log.wait(MENU.search, 90, "menu")) for _ in range(4)]
            ann.hang_up()
            ann.wait("CALL_CLOSED")
            for begin, end in (seen[:2], seen[2:]):
                took = seconds(end["time"]) - seconds(begin["time"])
                best[begin["what"]] = min(took, best.get(begin["what"], 9.0))
        print(f"ten thousand messages: {best}")
        assert max(best.values()) < 0.2, best
