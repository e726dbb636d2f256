"""A scripted carrier: answers each call as a test wants, registers accounts with digest, and notes every request it got. Many dialogs at once."""
import hashlib
import re
import secrets
import socket
import threading
import time

from sip_peer import header


class Carrier:
    """Use as a context manager. `answers` says what an INVITE gets, one call after another; the last one goes on for ever:
    a status, (status, {header: value}), "silent", or "ring" (180, nothing more). asks_within: each request in a dialog needs credentials too, but ACK."""

    def __init__(self, address="127.0.0.2", answers=(200,), account=None, algorithm="MD5", challenge=401, expires=300, nonce_serves=10**6, answers_options=True,
                 asks_within=False):
        self.answers, self.account, self.algorithm, self.challenge = list(answers), account, algorithm, challenge
        self.expires, self.nonce_serves, self.answers_options, self.asks_within = expires, nonce_serves, answers_options, asks_within
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket, self.rtp = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.rtp.bind((address, 0))
        self.address, self.port = self.socket.getsockname()[:2]
        self.requests, self.responses = [], []
        self.service_route = ""  # header lines of the answer to REGISTER
        self.contact = ""  # what has been registered
        self._changed = threading.Condition()
        self._nonces, self._final, self._closed = {}, {}, False
        self._tags = {}

    @property
    def gateway(self):
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def __enter__(self):
        threading.Thread(target=self._work, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._closed = True
        self.socket.sendto(b"\r\n\r\n", (self.address, self.port))
        self.socket.close()
        self.rtp.close()

    # ---- what a test asks ----

    def wait(self, method, nth=1, timeout=20):
        """The n-th request of that method, retransmissions not counted."""
        return self._wait(lambda: self.got(method)[nth - 1:nth], timeout, f"{method} number {nth}")[0]

    def got(self, method):
        return [r for r in self.requests if r.startswith(method + " ")]

    def calls(self):
        """The INVITEs that were no mere questions for credentials."""
        return [r for r in self.got("INVITE") if not self.account or "uthorization:" in r]

    def wait_answer(self, request, timeout=20):
        """The final status that the request got."""
        return self._wait(lambda: self._final.get(self._key(request)), timeout, f"answer to {request.splitlines()[0]}")[0]

    def wait_calls(self, n, timeout=20):
        return self._wait(lambda: self.calls() if len(self.calls()) >= n else [], timeout, f"{n} calls")

    def wait_response(self, start, timeout=20):
        """The next answer to one of our own requests."""
        def find():
            for i, r in enumerate(self.responses):
                if r.startswith(start):
                    return [self.responses.pop(i)]
            return []
        return self._wait(find, timeout, start)[0]

    def _wait(self, found, timeout, what):
        deadline = time.monotonic() + timeout
        with self._changed:
            while not (result := found()):
                left = deadline - time.monotonic()
                assert left > 0, f"the carrier got no {what}; it got {[r.splitlines()[0] for r in self.requests + self.responses]}"
                self._changed.wait(left)
        return result

    # ---- calls of the carrier ----

    def invite(self, to, number, caller="+48601000001", more="", call_id=None, cseq=1, contact_user="carrier", sdp=True, forwards=70):
        """Sends an INVITE to the server at host:port; the answers are in wait_response()."""
        host, port = to.split(":")
        call_id = call_id or secrets.token_hex(8)
        body = self.sdp() if sdp else ""
        text = (f"INVITE sip:{number}@{host}:{port} SIP/2.0\nVia: SIP/2.0/UDP {self.gateway};branch=z9hG4bK{secrets.token_hex(6)}\n"
                f"Max-Forwards: {forwards}\nFrom: <sip:{caller}@{self.address}>;tag={call_id[:6]}\nTo: <sip:{number}@{host}>\nCall-ID: {call_id}\n"
                f"CSeq: {cseq} INVITE\nContact: <sip:{contact_user}@{self.gateway}>\n{more}"
                + ("Content-Type: application/sdp\n" if body else "") + f"Content-Length: {len(body.replace(chr(10), chr(13) + chr(10)))}\n\n{body}")
        self._send(text, (host, int(port)))
        return text

    def acknowledge(self, invite, answer, to, method="ACK"):
        """ACK of a 2xx, or BYE of the call with method="BYE"."""
        host, port = to.split(":")
        target = re.search(r"<(.*?)>", header(answer, "Contact"))[1]
        cseq = int(header(invite.replace("\n", "\r\n"), "CSeq").split()[0]) + (method == "BYE")
        self._send(f"{method} {target} SIP/2.0\nVia: SIP/2.0/UDP {self.gateway};branch=z9hG4bK{secrets.token_hex(6)}\nMax-Forwards: 70\n"
                   f"From: {header(answer, 'From')}\nTo: {header(answer, 'To')}\nCall-ID: {header(answer, 'Call-ID')}\nCSeq: {cseq} {method}\n"
                   "Content-Length: 0\n\n", (host, int(port)))

    def bye(self, invite):
        """Hangs up a call that the server began."""
        target = re.search(r"<(.*?)>", header(invite, "Contact"))[1]
        host, port = re.search(r"(?:@|sip:)\[?([\da-f.:]+?)\]?:(\d+)$", target.split(";")[0]).groups()
        self._send(f"BYE {target} SIP/2.0\nVia: SIP/2.0/UDP {self.gateway};branch=z9hG4bK{secrets.token_hex(6)}\nMax-Forwards: 70\n"
                   f"From: {header(invite, 'To')};tag={self._tags[header(invite, 'Call-ID')]}\nTo: {header(invite, 'From')}\n"
                   f"Call-ID: {header(invite, 'Call-ID')}\nCSeq: 7 BYE\nContent-Length: 0\n\n", (host, int(port)))

    # ---- inside ----

    def sdp(self):
        port, version = self.rtp.getsockname()[1], "6" if ":" in self.address else "4"
        return (f"v=0\no=- 1 1 IN IP{version} {self.address}\ns=-\nc=IN IP{version} {self.address}\nt=0 0\nm=audio {port} RTP/AVP 8 0 101\n"
                "a=rtpmap:101 telephone-event/8000\n")

    def _send(self, text, to):
        self.socket.sendto(text.replace("\r\n", "\n").replace("\n", "\r\n").encode(), to)

    def _reply(self, request, source, status, phrase="Whatever", more="", sdp=""):
        to = header(request, "To")
        if "tag=" not in to and status > 100:
            to += ";tag=" + self._tags.setdefault(header(request, "Call-ID"), secrets.token_hex(4))
        lines = [f"SIP/2.0 {status} {phrase}"]
        lines += [f"Via: {via}" for via in re.findall(r"^Via\s*:\s*(.*?)\r$", request, re.MULTILINE | re.IGNORECASE)]
        lines += [f"From: {header(request, 'From')}", f"To: {to}", f"Call-ID: {header(request, 'Call-ID')}", f"CSeq: {header(request, 'CSeq')}"]
        if "Contact: " not in more:
            lines += [f"Contact: <sip:carrier@{self.gateway}>"]
        body = sdp.replace("\n", "\r\n")
        self._send("\n".join(lines) + "\n" + more + ("Content-Type: application/sdp\n" if sdp else "") + f"Content-Length: {len(body)}\n\n{sdp}", source)

    def _work(self):
        while not self._closed:
            try:
                data, source = self.socket.recvfrom(65535)
            except OSError:
                return
            message = data.decode(errors="replace")
            if not message.strip():
                continue
            with self._changed:
                if message.startswith("SIP/2.0"):
                    self.responses.append(message)
                else:
                    self._take(message, source)
                self._changed.notify_all()

    @staticmethod
    def _key(request):
        return header(request, "Call-ID"), header(request, "CSeq"), header(request, "Via")

    def _take(self, request, source):
        key = self._key(request)
        if key in self._final:  # a retransmission
            if self._final[key]:
                self._reply(request, source, *self._final[key])
            return
        self._final[key] = None
        self.requests.append(request)
        method = request.split(" ", 1)[0]
        if method == "ACK":
            return
        if self.asks_within and method not in ("CANCEL", "OPTIONS") and "tag=" in header(request, "To") and not self._knows(request):
            answer = self._ask(request)
        else:
            answer = getattr(self, f"_{method.lower()}", lambda *_: (200, "OK"))(request, source)
        if answer:
            self._final[key] = answer
            self._reply(request, source, *answer)

    def _options(self, _request, _source):
        return (200, "OK") if self.answers_options else None

    def _register(self, request, _source):
        if self.account and not self._knows(request):
            return self._ask(request)
        self.contact = header(request, "Contact")
        return 200, "OK", f"Contact: {self.contact};expires={self.expires}\n{self.service_route}"

    def _invite(self, request, source):
        if self.account and not self._knows(request):
            return self._ask(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer == "silent":
            return None
        self._reply(request, source, 100, "Trying")
        if answer == "ring":
            self._reply(request, source, 180, "Ringing")
            return None
        status, more = answer if isinstance(answer, tuple) else (answer, {})
        lines = "".join(f"{k}: {v}\n" for k, v in more.items())
        return status, "OK" if status == 200 else "No", lines, self.sdp() if status in (183, 200) else ""

    def _cancel(self, request, source):
        for invite in self.got("INVITE"):
            if header(invite, "Call-ID") == header(request, "Call-ID"):
                self._reply(invite, source, 487, "Request Terminated")
        return 200, "OK"

    def _ask(self, request):
        stale = "uthorization:" in request and "stale" or ""
        nonce = secrets.token_hex(8)
        self._nonces[nonce] = self.nonce_serves
        name = "WWW-Authenticate" if self.challenge == 401 else "Proxy-Authenticate"
        lines = [f'{name}: Digest realm="carrier.example", nonce="{nonce}", algorithm={a}, qop="auth,auth-int", opaque="o\\"x"' + (", stale=true" if stale and self._stale else "")
                 for a in self.algorithm.split(",")]
        return self.challenge, "Who are you", "\n".join(lines) + "\n"

    _stale = False

    def _knows(self, request):
        """Judges the credentials with a digest of its own (RFC 7616 section 3.4.1)."""
        line = header(request, "Authorization" if self.challenge == 401 else "Proxy-Authorization")
        said = {k: v for k, v, w in ((m[1], m[2] or m[3], 0) for m in re.finditer(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^",\s]+))', line))}
        if not said or said.get("nonce") not in self._nonces:
            self._stale = bool(said)
            return False
        if self._nonces[said["nonce"]] <= 0:
            self._stale = True
            return False
        self._nonces[said["nonce"]] -= 1
        user, password = self.account
        digest = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[said.get("algorithm", "MD5")]

        def h(*parts):
            return digest(":".join(parts).encode()).hexdigest()

        method = request.split(" ", 1)[0]
        wanted = h(h(user, "carrier.example", password), said["nonce"], said["nc"], said["cnonce"], "auth", h(method, said["uri"]))
        self._stale = False
        return said["username"] == user and said["response"] == wanted
