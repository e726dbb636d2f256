"""What the server says of itself is so (RFC 3261 §8.2, §11.2): the methods in Allow, the extensions in Supported, the type in
Accept. And whom a phone is shown is who has the credentials, whatever the caller says."""
import re
from itertools import count

import pytest

from conftest import PASSWORDS
from server import build_flow
from sip_peer import SipPeer, header

OTHERS = ["MESSAGE", "PUBLISH", "BREW"]  # RFC 3428, RFC 3903, and one that there is not


class Asker(SipPeer):
    numbers = count(1)

    def ask(self, method, more="", body="", uri="sip:bob@127.0.0.1"):
        """The answer to a request outside a dialog; of an INVITE, the first final one."""
        n = next(self.numbers)
        self.send(f"{method} {uri} SIP/2.0\nVia: SIP/2.0/UDP {self.contact.split('@')[1]};branch=z9hG4bKask{n}\nMax-Forwards: 70\n"
                  f"From: <sip:ann@127.0.0.1>;tag=ask{n}\nTo: <{uri}>\nCall-ID: ask{n}\nCSeq: {n} {method}\nContact: <{self.contact}>\n"
                  f"{more}Content-Length: {len(body)}\n\n{body}")
        while header(answer := self.wait("SIP/2.0"), "CSeq") != f"{n} {method}" or answer.startswith("SIP/2.0 1"):
            pass
        return answer


@pytest.fixture
def asker(server, ctl):
    ctl.add("bob", PASSWORDS["bob"])
    with Asker(server.sip, "ann", "") as one:
        yield one


def words(answer, name):
    return [word.strip() for word in header(answer, name).split(",") if word.strip()]


def status(answer):
    return int(answer.split()[1])


def test_allow_names_what_is_understood_and_nothing_else(asker):
    """ACK alone is never answered."""
    allowed = words(asker.ask("OPTIONS"), "Allow")
    assert {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "UPDATE", "PRACK", "REFER"} <= set(allowed)
    for method in allowed:
        if method != "ACK":
            assert status(asker.ask(method)) not in (405, 501), method
    for method in OTHERS:
        assert method not in allowed
        refused = asker.ask(method)
        assert status(refused) in (405, 501), method
        assert words(refused, "Allow") == allowed, "RFC 3261 §8.2.1"


def test_supported_names_what_may_be_required(asker):
    """420 for all else, which Unsupported names (§8.2.2.3)."""
    supported = words(asker.ask("OPTIONS"), "Supported")
    assert {"timer", "100rel", "replaces"} <= set(supported)
    for one in supported:
        assert status(asker.ask("INVITE", f"Require: {one}\n")) != 420, one
    for one in ("precondition", "x-not-there"):
        refused = asker.ask("INVITE", f"Require: {one}\n")
        assert (status(refused), words(refused, "Unsupported")) == (420, [one])


def test_accept_names_what_may_be_sent(asker):
    assert words(asker.ask("OPTIONS"), "Accept") == ["application/sdp"]


@pytest.mark.parametrize("target", ["bob", "line"])
def test_who_is_shown_is_who_has_the_credentials(server, ctl, ladder, target, tmp_path):
    """Whatever From and the headers of identity say; also to a flow, and in the record."""
    bob, ann = ladder("bob").register(PASSWORDS["bob"]), ladder("ann")
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow('flow line {\n    log "from {call.from}"\n    bridge "bob" { else { hangup } }\n}\n', tmp_path))
    bob.called(matches=["From: .*<sip:ann@", "P-Asserted-Identity: .*<sip:ann@", "Remote-Party-ID: .*<sip:ann@"], lacks=["sip:boss@"])
    bob.reply(486).hear("ACK").start().wait_listening()
    forged = ["P-Asserted-Identity: <sip:boss@127.0.0.1>", "P-Preferred-Identity: <sip:boss@127.0.0.1>", "Remote-Party-ID: <sip:boss@127.0.0.1>;party=calling"]
    ann.begin("INVITE", target, forged, ann.sdp()).hear(100, optional=True).hear(486 if target == "bob" else 480).ack_failure()
    ann.steps = [re.sub(r"From: <sip:ann@", "From: <sip:boss@", step) for step in ann.steps]
    ann.start(PASSWORDS["ann"]).finish()
    bob.finish()
    assert server.wait_cdr()["from"] == "ann"
    if target == "line":
        assert any(line.endswith("log: from ann") for line in server.log.seen)


@pytest.mark.parametrize("uri, answer", [
    ("sip:eva@elsewhere.example", 404), ("sip:+48229999999@elsewhere.example", 403), ("tel:+48229999999", 403),
    ("tel:+48221234567", 486), ("sip:+48221234567@elsewhere.example;user=phone", 486)])
def test_nothing_is_relayed_to_another_domain(server, ctl, ladder, uri, answer):
    """Whom a URI names is looked up here, by its user part or its number, whatever its host."""
    bob, ann = ladder("bob").register(PASSWORDS["bob"]), ladder("ann")
    ctl.run("number", "add", "+48221234567", "--to", "bob")
    bob.called().reply(486).hear("ACK").start().wait_listening()
    ann.begin("INVITE", "whoever", [], ann.sdp()).hear(100, optional=True).hear(answer).ack_failure()
    ann.steps = [step.replace("sip:whoever@[remote_ip]:[remote_port]", uri) for step in ann.steps]
    ann.start(PASSWORDS["ann"]).finish()
    if answer == 486:
        bob.finish()
