"""Messages told by mail and web hook: a real mail server (aiosmtpd), a real HTTP server, an outbox that an operator
sees."""
import hashlib
import hmac
import json
import shutil
import tempfile
from contextlib import contextmanager

import audio
import pytest
from conftest import PASSWORDS
from ctl import Ctl
from mail_sink import MailSink
from messages import leave_message, messages, stored
from ports import free_port
from server import Server
from test_mailbox import eventually
from web_service import WebService, make_authority, make_certificate

SECRET = "correct horse battery staple"


@contextmanager
def serving(options):
    """A server with these options, and who administers it."""
    folder = tempfile.mkdtemp(prefix="flow")
    running = Server(folder, options=options)
    running.start()
    try:
        yield running, Ctl(running)
        running.stop()
    finally:
        print("".join(open(f"{folder}/flowd.log").readlines()[-60:]))
        shutil.rmtree(folder)


@pytest.fixture
def leave(new_phone, tmp_path):
    """leave(server, ctl): ann leaves a message for notes, whose box was set up before."""
    def call(server, ctl):
        ctl.add("ann", PASSWORDS["ann"])
        ctl.add("notes", virtual=True, voicemail=True)
        ann = new_phone("ann", domain=server.sip, password=PASSWORDS["ann"], expires=600)
        ann.wait("REGISTER_OK")
        ann.dial("notes")
        return leave_message(ann, tmp_path)

    return call


def test_a_mail_with_the_audio(leave, tmp_path):
    with MailSink() as sink, serving(sink.options()) as (server, ctl):
        ctl.run("box", "set", "notes", "--mail", "office@example.com")
        said = leave(server, ctl)
        recipients, mail = sink.wait_mail()
        assert recipients == ["office@example.com"] and mail["To"] == "office@example.com"
        assert mail["From"] == "callflow@example.com" and mail["Subject"] == "Voicemail from ann for notes"
        assert mail["Message-ID"] and mail["Date"] and mail["Auto-Submitted"] == "auto-generated"
        assert "From: ann" in mail.get_body().get_content()
        (attachment,) = mail.iter_attachments()
        assert attachment.get_content_type() == "audio/wav"
        path = tmp_path / "mailed.wav"
        path.write_bytes(attachment.get_payload(decode=True))
        assert audio.gaps(audio.load(path), said) == []
        eventually(lambda: ctl.list("outbox", "list") == [])
        assert len(messages(ctl, "notes")) == 1


def test_a_message_is_deleted_once_it_is_mailed(leave):
    with MailSink() as sink, serving(sink.options()) as (server, ctl):
        ctl.run("box", "set", "notes", "--mail", "office@example.com", "--delete-mailed")
        leave(server, ctl)
        sink.wait_mail()
        eventually(lambda: messages(ctl, "notes") == [])
        eventually(lambda: not list((server.data / "voicemail").iterdir()))


def test_a_dead_mail_server_is_seen_waited_for_over_a_restart_and_retried(leave, tmp_path):
    port = free_port()
    sink = MailSink(port)
    with serving(sink.options()) as (server, ctl):
        ctl.run("box", "set", "notes", "--mail", "office@example.com")
        leave(server, ctl)
        (row,) = eventually(lambda: [r for r in ctl.list("outbox", "list") if r["tries"]])
        assert row["kind"] == "mail" and row["state"] == "waiting" and "127.0.0.1" in row["why"] and row["next_at"]
        server.crash()
        server.start()
        (row,) = ctl.list("outbox", "list")
        with sink:
            ctl.run("outbox", "retry", row["id"])
            sink.wait_mail()
            eventually(lambda: ctl.list("outbox", "list") == [])
        assert len(messages(ctl)) == 1


def test_a_mail_that_is_refused_for_good_is_given_up_until_somebody_retries(leave):
    with MailSink(answer="550 no such user") as sink, serving(sink.options()) as (server, ctl):
        ctl.run("box", "set", "notes", "--mail", "nobody@example.com")
        leave(server, ctl)
        (row,) = eventually(lambda: [r for r in ctl.list("outbox", "list") if r["state"] == "given up"])
        assert "550" in row["why"] and row["next_at"] is None
        sink.answer = "250 taken"
        ctl.run("outbox", "retry", row["id"])
        sink.wait_mail()
        eventually(lambda: ctl.list("outbox", "list") == [])


def test_mail_over_tls_and_to_nobody_else(leave, tmp_path):
    """STARTTLS is required: a stranger's certificate gets nothing, the right one the mail."""
    make_authority(tmp_path)
    make_authority(tmp_path, "stranger")
    sink = MailSink(certificate=make_certificate(tmp_path, "localhost", "stranger"))
    options = ["--smtp", f"smtp://localhost:{sink.port}?tls=require", "--mail-from", "callflow@example.com", "--ca-file", tmp_path / "ca.pem"]
    with serving(options) as (server, ctl):
        ctl.run("box", "set", "notes", "--mail", "office@example.com")
        with sink:
            leave(server, ctl)
            (row,) = eventually(lambda: [r for r in ctl.list("outbox", "list") if r["tries"]])
            assert "certificate" in row["why"] and not sink.tries.seen
        with MailSink(sink.port, certificate=make_certificate(tmp_path, "localhost")) as right:
            ctl.run("outbox", "retry", row["id"])
            right.wait_mail()


def test_what_waits_can_be_removed(leave):
    with serving(MailSink().options()) as (server, ctl):
        ctl.run("box", "set", "notes", "--mail", "office@example.com")
        leave(server, ctl)
        (row,) = eventually(lambda: [r for r in ctl.list("outbox", "list") if r["tries"]])
        ctl.run("outbox", "remove", row["id"])
        eventually(lambda: ctl.list("outbox", "list") == [])


def test_without_a_mail_server_a_mail_waits(leave):
    with serving([]) as (server, ctl):
        ctl.run("box", "set", "notes", "--mail", "office@example.com")
        leave(server, ctl)
        (row,) = eventually(lambda: ctl.list("outbox", "list"))
        assert row["state"] == "waiting" and row["tries"] == 0


def test_a_signed_web_hook_is_tried_again(leave, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    answers = {"/hook": (500, {}, {})}
    with WebService(answers) as service, serving(["--webhook-secret-file", secret, "--fetch-private", "127.0.0.1"]) as (server, ctl):
        ctl.run("box", "set", "notes", "--webhook", service.url("/hook"))
        leave(server, ctl)
        service.asked.wait(lambda asked: asked.path == "/hook", 20, "the web hook")
        (row,) = eventually(lambda: [r for r in ctl.list("outbox", "list") if r["tries"]])
        assert row["kind"] == "webhook" and "500" in row["why"]
        answers["/hook"] = (200, {}, {})
        ctl.run("outbox", "retry", row["id"])
        asked = service.asked.wait(lambda asked: asked.path == "/hook", 20, "the web hook again")
        eventually(lambda: ctl.list("outbox", "list") == [])
        body = json.loads(asked.body)
        (message,) = messages(ctl, "notes")
        assert body["message"]["id"] == message["id"] and body["message"]["from"] == "ann"
        assert asked.headers["X-Callflow-Id"] == row["id"]
        when, signature = (part.split("=")[1] for part in asked.headers["X-Callflow-Signature"].split(","))
        wanted = hmac.new(SECRET.encode(), when.encode() + b"." + asked.body, hashlib.sha256).hexdigest()
        assert signature == wanted
