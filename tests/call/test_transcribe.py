"""Messages as text: PocketSphinx in a child that may die, hang or run out of memory, a transcription server as OpenAI's,
retries, restarts, mails with the words, search."""
import email
import email.policy
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import audio
import pytest
from conftest import PASSWORDS
from ctl import Ctl, Refused
from mail_sink import MailSink
from messages import messages
from server import Server
from test_mailbox import eventually
from web_service import WebService

PROMPT = "tt-monkeysintro"  # "They have been carried away by monkeys."
PATH = "/v1/audio/transcriptions"
WORDS = {"text": "Please call Bob.", "words": [
    {"word": "Please", "start": 0.1, "end": 0.5, "probability": 0.97},
    {"word": "call", "start": 0.5, "end": 0.8, "probability": 0.91},
    {"word": "Bob.", "start": 0.8, "end": 1.2, "probability": 0.31}]}


@contextmanager
def transcribing(*options, waiting=(), wav=None):
    """A server that transcribes and finds these messages, by id, at its start: files that it has to adopt."""
    folder = tempfile.mkdtemp(prefix="flow")
    running = Server(folder, options=options, transcribe=True)
    (running.data / "voicemail").mkdir(mode=0o700)
    for name in waiting:
        shutil.copy(wav or audio.PROMPTS / f"{PROMPT}.wav", running.data / "voicemail" / f"{name}@notes.wav")
    running.start()
    try:
        yield running, Ctl(running)
        running.stop()
    finally:
        print("".join(open(f"{folder}/flowd.log").readlines()[-60:]))
        shutil.rmtree(folder)


def ended(ctl, state, timeout=90):
    """The one message, once it is done or failed; it must be what is wanted."""
    (message,) = eventually(lambda: [m for m in messages(ctl) if m["transcript_state"] in ("done", "failed")], timeout)
    assert message["transcript_state"] == state, message
    return ctl.list_one("voicemail", "show", message["id"])


def web(service, *more):
    return ["--transcribe-url", service.url(), "--transcribe-retry", 1, *more]


def children(server):
    """The processes of flowscribe that the server has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name, rest = (folder / "stat").read_text().rsplit(")", 1)
        except OSError:
            continue
        if "flowscribe" in name and int(rest.split()[1]) == server._process.pid and rest.split()[0] != "Z":
            found.append(int(folder.name))
    return found


def each_child(server, ctl, what, state="failed"):
    """Does that to each child until the message has this state; returns the processes."""
    seen, deadline = set(), time.monotonic() + 90
    while not any(m["transcript_state"] == state for m in messages(ctl)):
        assert time.monotonic() < deadline
        for pid in set(children(server)) - seen:
            seen.add(pid)
            os.kill(pid, what)
    return seen


def test_a_message_left_by_phone_becomes_words(new_phone, tmp_path):
    with transcribing() as (server, ctl):
        ctl.add("ann", PASSWORDS["ann"])
        ctl.add("notes", virtual=True, voicemail=True)
        ann = new_phone("ann", domain=server.sip, password=PASSWORDS["ann"], expires=600)
        ann.wait("REGISTER_OK")
        ann.dial("notes")
        ann.wait_heard(audio.tone(1000, 0.25), timeout=30)
        before = len(ann.spoke()) / audio.RATE
        ann.speak(audio.sentence(tmp_path, PROMPT, lead=0.5))
        ann.wait_spoken(before + 4)
        ann.hang_up()
        message = ended(ctl, "done")
        assert {"carried", "away"} <= {word["text"] for word in message["words"]}, message["transcript"]
        assert message["transcript_by"] == "pocketsphinx"
        assert all(0 <= word["confidence"] <= 1 and word["end_ms"] > word["start_ms"] for word in message["words"])
        for word in message["words"]:
            assert (word["confidence"] >= 0.5) or "?)" in message["transcript"]
        assert [m["id"] for m in ctl.list("voicemail", "search", "carr*")] == [message["id"]]
        status = ctl.list_one("status")["transcripts"]
        assert status["written"] == 1 and status["waiting"] == status["failed"] == 0


def parts(asked):
    """The parts of a multipart request by name."""
    head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
    body = email.message_from_bytes(head + asked.body, policy=email.policy.HTTP)
    return {part.get_param("name", header="Content-Disposition"): part for part in body.iter_parts()}


def test_a_transcription_server_is_asked_as_openai_is(tmp_path):
    key = tmp_path / "key"
    key.write_text("sk-secret\n")
    with MailSink() as sink, WebService({PATH: (200, {}, WORDS)}) as service:
        options = web(service, "--transcribe-key-file", key, "--transcribe-model", "whisper-large", "--transcribe-language", "en")
        with transcribing(*options, *sink.options()) as (server, ctl):
            ctl.run("box", "set", "notes", "--mail", "office@example.com")
            server.crash()
            wav = audio.PROMPTS / f"{PROMPT}.wav"
            shutil.copy(wav, server.data / "voicemail" / "m1@notes.wav")
            server.start()
            message = ended(ctl, "done")
            asked = service.asked.wait(lambda asked: True, 10, "the request")
            found = parts(asked)
            assert asked.method == "POST" and asked.path == PATH and asked.headers["Authorization"] == "Bearer sk-secret"
            assert found["file"].get_payload(decode=True) == wav.read_bytes() and found["file"].get_content_type() == "audio/wav"
            texts = {name: part.get_payload() for name, part in found.items() if name != "file"}
            assert texts["model"] == "whisper-large" and texts["language"] == "en" and texts["response_format"] == "verbose_json"
            assert message["transcript"] == "Please call (Bob.?)" and message["transcript_by"] == "web"
            assert [word["confidence"] for word in message["words"]] == [0.97, 0.91, 0.31]
            _, mail = sink.wait_mail()
            assert "Please call (Bob.?)" in mail.get_body().get_content()


def test_what_was_said_is_searched():
    with WebService({PATH: (200, {}, WORDS)}) as service, transcribing(*web(service), waiting=["m1"]) as (server, ctl):
        ended(ctl, "done")
        for text in ("call", "PLEASE bob", "pl*", '"call bob"', '"please ca"*'):
            assert [m["id"] for m in ctl.list("voicemail", "search", text, "--box", "notes")] == ["m1"], text
        for text in ("bobby", '"bob call"', "please nobody"):
            assert ctl.list("voicemail", "search", text) == [], text
        assert ctl.list("voicemail", "search", "call", "--box", "ann") == []
        with pytest.raises(Refused, match="the quote before 'call me' is not closed"):
            ctl.run("voicemail", "search", '"call me')
        ctl.run("voicemail", "delete", "m1")
        assert ctl.list("voicemail", "search", "call") == []


def test_a_server_that_fails_is_asked_again():
    answers = iter([(500, {}, {"error": {"message": "no GPU"}}), None, (429, {"Retry-After": "1"}, {})])
    answer = {PATH: lambda asked: next(answers, (200, {}, WORDS))}
    with WebService(answer) as service, transcribing(*web(service), waiting=["m1"]) as (server, ctl):
        (row,) = eventually(lambda: [m for m in messages(ctl) if m["transcript_tries"]])
        assert row["transcript_state"] in ("waiting", "done")
        ended(ctl, "done")
        assert len(service.paths()) == 4 and ctl.list_one("status")["transcripts"]["tries_failed"] == 3


def test_a_refusal_is_final_until_somebody_asks_again():
    answers = {PATH: (401, {}, {"error": {"message": "bad key"}})}
    with WebService(answers) as service, transcribing(*web(service), waiting=["m1"]) as (server, ctl):
        message = ended(ctl, "failed")
        assert message["transcript_why"] == "the transcription server answered 401: bad key" and len(service.paths()) == 1
        assert "401" in ctl.run("voicemail", "list")
        answers[PATH] = (200, {}, WORDS)
        ctl.run("voicemail", "transcribe", "m1")
        ended_again = eventually(lambda: ctl.list_one("voicemail", "show", "m1")["transcript"])
        assert ended_again == "Please call (Bob.?)"


def test_what_is_no_transcription_fails():
    with WebService({PATH: (200, {}, b"<html>")}) as service, transcribing(*web(service), waiting=["m1"]) as (server, ctl):
        assert ended(ctl, "failed")["transcript_why"] == "the transcription server's answer is no transcription"


def test_what_waits_is_taken_up_after_a_crash_and_a_stop():
    answers = {PATH: WebService.HANGS}
    with WebService(answers) as service, transcribing(*web(service), waiting=["m1"]) as (server, ctl):
        service.asked.wait(lambda asked: True, 20, "the request")
        server.crash()
        server.start()
        service.asked.wait(lambda asked: True, 20, "the request again")
        server.stop()  # at once, for all that the request hangs
        answers[PATH] = (200, {}, WORDS)
        server.start()
        ended(ctl, "done")


def test_a_child_that_is_killed_is_tried_again_and_given_up():
    with transcribing("--transcribe-retry", 1, waiting=["m1"]) as (server, ctl):
        killed = each_child(server, ctl, signal.SIGKILL)
        message = ended(ctl, "failed")
        assert len(killed) == 4 and "Killed" in message["transcript_why"]
        ctl.run("voicemail", "transcribe", "m1")
        eventually(lambda: ctl.list_one("voicemail", "show", "m1")["transcript_state"] == "done", 90)


def test_a_child_that_is_stopped_is_killed():
    with transcribing("--transcribe-retry", 1, "--transcribe-limit", 2, waiting=["m1"]) as (server, ctl):
        stopped = each_child(server, ctl, signal.SIGSTOP)
        assert "it took longer than 2 s" in ended(ctl, "failed")["transcript_why"] and stopped
        assert not children(server) and not [pid for pid in stopped if Path(f"/proc/{pid}").exists()]


def test_calls_go_on_beside_a_child_that_is_stopped(new_phone):
    with transcribing("--transcribe-limit", 600, waiting=["m1"]) as (server, ctl):
        ctl.add("ann", PASSWORDS["ann"])
        ctl.add("desk", virtual=True, voicemail=True)
        (child,) = eventually(lambda: children(server))
        os.kill(child, signal.SIGSTOP)
        ann = new_phone("ann", domain=server.sip, password=PASSWORDS["ann"], expires=600)
        ann.wait("REGISTER_OK")
        ann.dial("desk")
        ann.wait_heard(audio.tone(1000, 0.25), timeout=30)
        ann.hang_up()
        ann.wait("CALL_CLOSED")
        assert children(server) == [child] and messages(ctl, "notes")[0]["transcript_state"] == "waiting"
        server.stop()  # kills it: nothing of it is waited for
        assert not Path(f"/proc/{child}").exists()
        server.start()


def test_a_child_without_memory_fails_with_the_reason():
    with transcribing("--transcribe-retry", 1, "--transcribe-memory", 48, waiting=["m1"]) as (server, ctl):
        if server.is_sanitized():
            pytest.skip("ASan takes more addresses than any limit")
        assert "it may take 48 MiB (flowd --transcribe-memory)" in ended(ctl, "failed")["transcript_why"]
        assert server.is_alive()


def test_silence_is_said_to_be_nothing(tmp_path):
    wav = tmp_path / "silence.wav"
    subprocess.run(["sox", "-n", "-r", "8000", "-b", "16", "-c", "1", wav, "trim", "0", "2"], check=True)
    with transcribing(waiting=["m1"], wav=wav) as (server, ctl):
        message = ended(ctl, "done")
        assert message["transcript"] is None and message["words"] == []
        assert "(nothing was understood)" in ctl.run("voicemail", "show", "m1")


def test_boxes_say_whether_and_by_which_engine():
    with WebService({PATH: (200, {}, WORDS)}) as service, transcribing(*web(service)) as (server, ctl):
        ctl.run("box", "set", "notes", "--no-transcribe")
        server.crash()
        shutil.copy(audio.PROMPTS / f"{PROMPT}.wav", server.data / "voicemail" / "m1@notes.wav")
        server.start()
        (message,) = eventually(lambda: messages(ctl))
        assert message["transcript_state"] == "none"
        with pytest.raises(Refused, match="the box 'notes' is not transcribed"):
            ctl.run("voicemail", "transcribe", "m1")
        ctl.run("box", "set", "notes", "--transcribe", "--transcribe-by", "pocketsphinx")
        assert ctl.list_one("box", "show", "notes")["transcribe_by"] == "pocketsphinx"
        ctl.run("voicemail", "transcribe", "m1")
        assert ended(ctl, "done")["transcript_by"] == "pocketsphinx" and service.paths() == []
        with pytest.raises(Refused, match="there is no engine 'whisper': pocketsphinx or web"):
            ctl.run("box", "set", "notes", "--transcribe-by", "whisper")
    with transcribing() as (server, ctl):
        with pytest.raises(Refused, match="no transcription server"):
            ctl.run("box", "set", "notes", "--transcribe-by", "web")
