"""`notify` in real calls: mails and web hooks that nobody waits for."""
import hashlib
import hmac
import json
import re

import pytest

from mail_sink import MailSink
from server import build_flow
from test_flows import call, logged
from web_service import WebService

FLOW = """flow line {{
    answer
    notify {where}, subject: "A call", text: "From {{call.from}}." {{ on queued {{ log "queued" }} }}
    hangup
}}
"""


def attach(ctl, tmp_path, where):
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow(FLOW.format(where=where), tmp_path))


def restart(server, *options):
    server.stop()
    server.options += options
    server.start()


def test_a_mail_and_a_signed_web_hook_are_sent(server, ctl, register, tmp_path):
    (tmp_path / "secret").write_text("our secret\n")
    with MailSink() as sink, WebService({"/hook": (200, {}, {})}) as web:
        restart(server, *sink.options(), "--webhook-secret-file", tmp_path / "secret", "--fetch-private", "127.0.0.1")
        attach(ctl, tmp_path, f'email: "desk@example.com", webhook: "{web.url("/hook")}"')
        ann = register("ann")
        call(ann)
        logged(server, "queued")
        ann.wait("CALL_CLOSED")
        recipients, mail = sink.wait_mail()
        assert (recipients, mail["subject"]) == (["desk@example.com"], "A call")
        assert "From ann." in mail.get_body(("plain",)).get_content()
        asked = web.asked.wait(lambda asked: asked.path == "/hook", 20, "web hook")
    told = json.loads(asked.body)
    assert "From ann." in json.dumps(told)
    fields = dict(field.split("=", 1) for field in asked.headers["X-Callflow-Signature"].split(","))
    signed = f"{fields['t']}.".encode() + asked.body
    assert fields["v1"] == hmac.new(b"our secret", signed, hashlib.sha256).hexdigest()


def test_a_receiver_that_is_down_costs_the_caller_nothing(server, ctl, register, tmp_path):
    """It stays in the outbox, over a crash too, and is sent when the other side is there."""
    with WebService() as web:
        url, port = web.url("/hook"), web.port
    assert port
    attach(ctl, tmp_path, f'webhook: "{url}"')
    ann = register("ann")
    call(ann)
    logged(server, "queued")
    ann.wait("CALL_CLOSED")
    while not ctl.list("outbox", "list"):  # until the database has it
        pass
    server.crash()
    server.start()
    (waiting,) = ctl.list("outbox", "list")
    assert waiting["to"] == url


@pytest.mark.parametrize("host, address", [("127.0.0.1", "127.0.0.1"), ("localhost", "(127.0.0.1|::1)")])
def test_a_web_hook_reaches_a_private_address_only_where_it_is_permitted(server, ctl, register, tmp_path, host, address):
    """Also by a name that leads there. It waits, and is sent by a server that permits it."""
    with WebService({"/hook": (200, {}, {})}) as web:
        attach(ctl, tmp_path, f'webhook: "{web.url("/hook", host)}"')
        ann = register("ann")
        call(ann)
        refused = re.compile(rf"webhook \S+ to {web.url('/hook', host)} failed, try 1: the address {address} is private$")
        server.log.wait(refused.search, 20, "refusal")
        ann.wait("CALL_CLOSED")
        (row,) = ctl.list("outbox", "list")
        assert re.fullmatch(f"the address {address} is private", row["why"]) and row["state"] == "waiting"
        assert not web.asked.seen
        restart(server, "--fetch-private", "127.0.0.0/8", "--fetch-private", "::1")
        ctl.run("outbox", "retry", row["id"])
        web.asked.wait(lambda asked: asked.path == "/hook", 20, "web hook")


def test_no_proxy_of_the_environment_connects_for_a_web_hook(server, ctl, register, tmp_path, monkeypatch):
    with WebService() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())
        restart(server)
        attach(ctl, tmp_path, 'webhook: "http://192.168.255.255:9/hook"')
        ann = register("ann")
        call(ann)
        server.log.wait(re.compile("failed, try 1: the address 192.168.255.255 is private$").search, 20, "refusal")
        ann.wait("CALL_CLOSED")
        assert not proxy.asked.seen
