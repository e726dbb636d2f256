"""100 Trying says that an INVITE has come; it is sent where nothing better is known soon (RFC 3261 §17.2.1)."""
import pytest

from conftest import PASSWORDS
from sip_peer import SipPeer, authorization, header


class Caller(SipPeer):
    """Sends one INVITE, with credentials once it is asked for them."""

    def _invite(self, to, cseq, more=""):
        sdp = self.sdp()
        self.send(f"INVITE {to} SIP/2.0\nVia: SIP/2.0/UDP {self.contact.split('@')[1]};branch=z9hG4bKtrying{cseq}\nMax-Forwards: 70\n"
                  f"From: <sip:{self.user}@{self.server[0]}>;tag=trying\nTo: <{to}>\nCall-ID: trying{self.contact}\nCSeq: {cseq} INVITE\n"
                  f"Contact: <{self.contact}>\n{more}Content-Type: application/sdp\n"
                  f"Content-Length: {len(sdp.replace(chr(10), chr(13) + chr(10)))}\n\n{sdp}")

    def answers(self, user):
        """What comes for a call to this user, until the first final answer to it."""
        to = f"sip:{user}@{self.server[0]}"
        self._invite(to, 1)
        challenge = self.wait("SIP/2.0 401")
        self._invite(to, 2, authorization(challenge, "INVITE", to, self.user, self.password) + "\n")
        while True:
            answer = self.wait("SIP/2.0")
            if header(answer, "CSeq") == "2 INVITE":
                yield answer.split("\r\n")[0]
                if not answer.startswith("SIP/2.0 1"):
                    return


@pytest.fixture
def caller(server, ctl):
    ctl.add("ann", PASSWORDS["ann"])
    with Caller(server.sip, "ann", PASSWORDS["ann"]) as one:
        yield one


def test_it_comes_while_the_phone_says_nothing(caller, peer):
    bob = peer("bob")
    answers = caller.answers("bob")
    assert next(answers) == "SIP/2.0 100 Trying"
    bob.reply(bob.wait("INVITE"), 486, "Busy Here")
    assert list(answers) == ["SIP/2.0 486 Busy Here"]


def test_a_call_that_is_answered_at_once_does_without(caller, ctl):
    ctl.add("notes", virtual=True, voicemail=True)
    assert list(caller.answers("notes")) == ["SIP/2.0 200 OK"]
