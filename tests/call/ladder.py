"""A SIP ladder as SIPp plays it: steps in Python become a scenario, so that a test reads like the ladder it plays.

    with Ladder(server, "ann", folder) as ann:        # one SIPp, one dialog
        ann.call("bob").hear("REFER").reply(202) …
        ann.start(); …; ann.finish()
"""
import re
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from ports import free_port
from sip_peer import SipPeer

SDP = """v=0
o=- {session} {version} IN IP4 [local_ip]
s=-
c=IN IP4 {address}
t=0 0
m=audio {port} RTP/AVP 0 101
a=rtpmap:101 telephone-event/8000
a={direction}
"""


class Ladder:
    """Steps are added first, then start() runs them and finish() tells how it went. The dialog's request numbers count up
    by themselves."""

    def __init__(self, server, user, folder, port=None):
        self.server, self.user, self.folder = server, user, Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.media = free_port(spread=2)
        self.audio = self.media  # in its SDP; SIPp itself holds the other
        self.steps, self.version, self.cseq, self.caller, self._process = [], 0, 0, True, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait(10)

    # ---- what a step says ----

    def sdp(self, direction="sendrecv", address="[local_ip]"):
        self.version += 1
        return SDP.format(session=self.port, version=self.version, address=address, port=self.audio, direction=direction)

    def _step(self, text):
        self.steps.append(text)
        return self

    def _message(self, start, headers, body, kind="application/sdp", retrans=False):
        lines = [start, *headers]
        lines += [f"Content-Type: {kind}", "Content-Length: [len]", "", body] if body else ["Content-Length: 0", ""]
        text = "\n".join(lines).replace("\n", "\n      ")
        again = ' retrans="500"' if retrans else ""
        return self._step(f"  <send{again}><![CDATA[\n      {text}\n  ]]></send>")

    def _own(self, method):
        """The first headers of a request in the dialog."""
        if self.caller:
            ends = [f"From: <sip:{self.user}@[remote_ip]:[remote_port]>;tag=[pid]-[call_number]", "To: <[$target]>[peer_tag_param]"]
        else:
            ends = ["From: [$callee];tag=[pid]-[call_number]", "To: [$from]"]
        return ["Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]", *ends, "Call-ID: [call_id]",
                f"CSeq: {self.cseq} {method}", f"Contact: <sip:{self.user}@[local_ip]:[local_port]>", "Max-Forwards: 70"]

    # ---- requests ----

    def begin(self, method, target, headers=(), body="", kind="application/sdp"):
        """A request outside a dialog, challenged once. The final answer is still to be heard."""
        uri = f"sip:{target}@[remote_ip]:[remote_port]"
        self._step(f'  <nop><action><assignstr assign_to="target" value="{uri}" /></action></nop>')

        def send(*more):
            self.cseq += 1
            own = [h for h in self._own(method) if not h.startswith("To:")] + [f"To: <{uri}>"]
            self._message(f"{method} {uri} SIP/2.0", [*own, *more, *headers], body, kind, retrans=True)

        send()
        self.hear(100, optional=True)
        self._step('  <recv response="401" auth="true" />')
        if method == "INVITE":
            self._message(f"ACK {uri} SIP/2.0", ["[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", f"CSeq: {self.cseq} ACK",
                                                 "Max-Forwards: 70"], "")
        send("[authentication]")
        return self

    def call(self, target, headers=(), offer=True, early=(), ack=""):
        """INVITE … 200, ACK; `early` are answers that may come before."""
        self.begin("INVITE", target, headers, self.sdp() if offer else "")
        for status in (100, 180, 183, 181, *early):
            self.hear(status, optional=True)
        return self.hear(200, rrs=True).ack(ack)

    def request(self, method, headers=(), body="", kind="application/sdp", uri="[next_url]"):
        """A request within the dialog."""
        self.cseq += 1
        return self._message(f"{method} {uri if self.caller else '[$contact]'} SIP/2.0", [*self._own(method), *headers], body, kind,
                             retrans=True)

    def notify(self, status, state="active"):
        """What became of a REFER (RFC 3515)."""
        return self.request("NOTIFY", ["Event: refer", f"Subscription-State: {state}"], f"SIP/2.0 {status} So", "message/sipfrag").hear(200)

    def ack(self, body="", cseq=None):
        own = [h.replace(f"CSeq: {self.cseq} ", f"CSeq: {cseq or self.cseq} ") for h in self._own("ACK")]
        return self._message(f"ACK {'[next_url]' if self.caller else '[$contact]'} SIP/2.0", own, body)

    def ack_failure(self, within=False):
        """The ACK of a refused INVITE, which belongs to its transaction; within: of one within the dialog."""
        uri = "[$target]" if not within else "[next_url]" if self.caller else "[$contact]"
        return self._message(f"ACK {uri} SIP/2.0", ["[last_Via:]", "[last_From:]", "[last_To:]", "[last_Call-ID:]", f"CSeq: {self.cseq} ACK",
                                                    "Max-Forwards: 70"], "")

    def prack(self):
        """Acknowledges the provisional answer that came last (RFC 3262)."""
        invited, rseq = self.cseq, '<ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" check_it="true" assign_to="rseq" />'
        self.steps[-1] = self.steps[-1].replace("</action></recv>", f"{rseq}</action></recv>")
        return self.request("PRACK", [f"RAck: [$rseq] {invited} INVITE"]).hear(200, matches=["CSeq: [0-9]+ PRACK"])

    def bye(self):
        return self.request("BYE").hear(200)

    def cancel(self, headers=()):
        """The INVITE that begin() has sent, which has been answered by a 1xx; to the ACK of its 487."""
        self._message("CANCEL [$target] SIP/2.0", ["[last_Via:]", "[last_From:]", "To: <[$target]>", "[last_Call-ID:]", f"CSeq: {self.cseq} CANCEL",
                                                   "Max-Forwards: 70", *headers], "")
        return self.hear(200).hear(487).ack_failure()

    # ---- what comes ----

    def hear(self, what, optional=False, matches=(), lacks=(), rrs=False, timeout=20000, keep=False):
        """A status or a method; matches: expressions that the message must hold, lacks: those it must not. keep: it is answered
        later, by reply(…, kept=True), when other messages have come between."""
        kind = f'response="{what}"' if isinstance(what, int) else f'request="{what}"'
        more = (' optional="true"' if optional else f' timeout="{timeout}"') + (' rrs="true"' if rrs else "")
        actions = [f'<ereg regexp="{escape(m, {chr(34): "&quot;"})}" search_in="msg" check_it="true" assign_to="found" />' for m in matches]
        actions += [f'<ereg regexp="{escape(m, {chr(34): "&quot;"})}" search_in="msg" check_it_inverse="true" assign_to="found" />'
                    for m in lacks]
        if keep:
            actions += [f'<ereg regexp="[^ ].*" search_in="hdr" header="{name}:" assign_to="k{name.lower()}" />'
                        for name in ("Via", "From", "To", "CSeq")]
        return self._step(f"  <recv {kind}{more}><action>{''.join(actions)}</action></recv>" if actions else f"  <recv {kind}{more} />")

    def answer_call(self, status=200, headers=(), body=None, ringing=180, confirm=True):
        """As the called one: INVITE, 180, 200, ACK."""
        self.called().ringing(ringing)
        self.reply(status, headers, self.sdp() if body is None and status == 200 else body or "")
        return self.hear("ACK") if confirm else self

    def called(self, matches=(), lacks=()):
        """The INVITE that makes this the called side."""
        self.caller = False
        self.hear("INVITE", matches=matches, lacks=lacks)
        keep = ('<ereg regexp="[^ ].*" search_in="hdr" header="From:" assign_to="from" />'
                '<ereg regexp="[^ ].*" search_in="hdr" header="To:" assign_to="callee" />'
                '<ereg regexp="sip:[^&gt;]*" search_in="hdr" header="Contact:" assign_to="contact" />'
                '<ereg regexp="[^ ].*" search_in="hdr" header="Via:" assign_to="via" />'
                '<ereg regexp="[^ ].*" search_in="hdr" header="CSeq:" assign_to="invited" />')
        if self.steps[-1].endswith("</action></recv>"):
            self.steps[-1] = self.steps[-1].replace("</action></recv>", f"{keep}</action></recv>")
        else:
            self.steps[-1] = self.steps[-1].replace(" />", f"><action>{keep}</action></recv>")
        return self

    def ringing(self, status=180, body="", headers=(), fork=""):
        return self.reply(status, headers, body, fork=fork) if status else self

    def forward(self, contact, status=302, headers=()):
        """Sends the call that came elsewhere; contact "": nowhere."""
        here = f"Contact: <sip:{self.user}@[local_ip]:[local_port]>"
        self.reply(status, headers)
        self.steps[-1] = self.steps[-1].replace(here, f"Contact: {contact}" if contact else "X-Contact: none")
        return self.hear("ACK")

    def reply(self, status, headers=(), body="", kind="application/sdp", to_invite=False, kept=False, fork=""):
        """Answers what came last, or the INVITE, or what was kept. fork: the answer is of another phone behind a proxy, whose tag
        ends so."""
        phrase = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted"}.get(status, "No")
        tag = f";tag=[pid]-[call_number]{fork}" if not self.caller else ""
        last = ["[last_Via:]", "[last_From:]", f"[last_To:]{tag}", "[last_Call-ID:]", "[last_CSeq:]"]
        if to_invite:
            last = ["Via: [$via]", "From: [$from]", f"To: [$callee]{tag}", "Call-ID: [call_id]", "CSeq: [$invited]"]
        if kept:
            last = ["Via: [$kvia]", "From: [$kfrom]", "To: [$kto]", "Call-ID: [call_id]", "CSeq: [$kcseq]"]
        if not self.caller and not to_invite and not kept and not self._begins():
            last[2] = "[last_To:]"  # within the dialog it has the tag already
        contact = f"Contact: <sip:{self.user}@[local_ip]:[local_port]>"
        return self._message(f"SIP/2.0 {status} {phrase}", [*last, contact, *headers], body, kind)

    def _begins(self):
        """Is the request that came last the one that begins the dialog?"""
        last = [step for step in self.steps if "<recv request=" in step][-1]
        return 'request="INVITE"' in last and "assign_to=\"callee\"" in last

    def pause(self, milliseconds):
        return self._step(f'  <pause milliseconds="{milliseconds}" />')

    def wait_for_test(self):
        """Until the test says go_on()."""
        return self.hear("MESSAGE", timeout=60000)

    # ---- running ----

    def go_on(self):
        """Ends its wait_for_test()."""
        call_id = re.search(r"^Call-ID: *(\S+)", self.messages(), re.MULTILINE)[1]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as test:
            test.sendto(f"MESSAGE sip:{self.user}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKtest\r\nFrom: <sip:test@127.0.0.1>\r\n"
                        f"To: <sip:{self.user}@127.0.0.1>\r\nCall-ID: {call_id}\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n".encode(),
                        ("127.0.0.1", self.port))
        return self

    def register(self, password):
        """Registers this SIPp's port, before it is started."""
        device = SipPeer(self.server.sip, self.user, password, own_port=self.port)
        assert device.register().startswith("SIP/2.0 200")
        device.__exit__()
        return self

    def start(self, password=""):
        used = "".join(self.steps)
        names = [n for n in ("found", "target", "from", "callee", "contact", "via", "invited", "kvia", "kfrom", "kto", "kcseq", "rseq") if f'assign_to="{n}"' in used]
        unused = ",".join(n for n in names if f"[${n}]" not in used)
        text = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', '<scenario name="ladder">', *self.steps,
                          f'  <Reference variables="{unused}" />' if unused else "", "</scenario>"])
        path = self.folder / "ladder.xml"
        path.write_text(text)
        line = ["sipp", self.server.sip, "-sf", path, "-i", "127.0.0.1", "-p", self.port, "-m", 1, "-l", 1, "-nostdin", "-au", self.user,
                "-ap", password, "-mi", "127.0.0.1", "-mp", self.media, "-trace_err", "-trace_msg", "-timeout", 150, "-timeout_error",
                "-recv_timeout", 60000]
        self._output = open(self.folder / "output", "w")
        self._process = subprocess.Popen(list(map(str, line)), stdin=subprocess.DEVNULL, stdout=self._output, stderr=subprocess.STDOUT,
                                         cwd=self.folder)
        return self

    def wait_listening(self, timeout=10):
        """Until SIPp holds its port: a request could be lost before."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            hexport = f":{self.port:04X} "
            if any(hexport in line.split("rem")[0] for line in Path("/proc/net/udp").read_text().splitlines()[1:]):
                return self
            time.sleep(0.05)
        raise AssertionError("SIPp does not listen")

    def finish(self, seconds=170):
        """Waits for its end; every step must have happened."""
        status = self._process.wait(seconds)
        self._output.close()
        errors = "\n".join(p.read_text(errors="replace")[-3000:] for p in self.folder.glob("*_errors.log"))
        assert status == 0, f"{self.user}'s ladder ended with {status}:\n{errors}\n{self.messages()[-3000:]}"
        return self

    def replaces(self, timeout=20):
        """Waits until the dialog has both tags, and gives its id as Replaces has it, escaped."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for message in reversed(re.split(r"-{20,}", self.messages())):
                call_id = re.search(r"^Call-ID: *(\S+)", message, re.MULTILINE)
                tags = [re.search(rf"^{name}:.*;tag=([^\s;>]+)", message, re.MULTILINE) for name in ("To", "From")]
                if call_id and all(tags) and "SIP/2.0 401" not in message and re.search(r"SIP/2.0 (180|200)", message):
                    return quote(f"{call_id[1]};to-tag={tags[0][1]};from-tag={tags[1][1]}", safe="")
            time.sleep(0.05)
        raise AssertionError(f"no dialog: {self.messages()[-2000:]}")

    def wait_said(self, text, timeout=30):
        """Until a message that holds this text was sent or heard."""
        end = time.monotonic() + timeout
        while text not in self.messages():
            assert time.monotonic() < end, f"no {text}: {self.messages()[-2000:]}"
            time.sleep(0.05)
        return self

    def when(self, way, start):
        """The times (of the day, in seconds) at which messages that begin so were sent or received."""
        found = re.finditer(rf"^-+ \S+ (\d+):(\d+):([\d.]+)\nUDP message {way}.*\n\n{start}", self.messages(), re.MULTILINE)
        return [int(m[1]) * 3600 + int(m[2]) * 60 + float(m[3]) for m in found]

    def messages(self):
        """All that was sent and heard."""
        return "\n".join(p.read_text(errors="replace") for p in self.folder.glob("*_messages.log"))

