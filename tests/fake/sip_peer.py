"""A scripted SIP device: registers by digest and answers requests word by word as a test wants, for what no real phone can be made to do."""
import hashlib
import re
import socket
import threading
import time
from itertools import count

PCMU_SILENCE = b"\xff" * 160


def header(message, name):
    """The first header of that name, '' when there is none."""
    found = re.search(rf"^{name}\s*:\s*(.*?)\r$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def encode_pcmu(samples):
    """Samples (full scale 1.0) to G.711 u-law."""
    import numpy as np
    pcm = np.clip(samples * 32767, -32635, 32635).astype(np.int32)
    magnitude = np.abs(pcm) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    return (~(np.where(pcm < 0, 0x80, 0) | exponent << 4 | mantissa) & 0xff).astype(np.uint8).tobytes()


def authorization(challenge, method, uri, user, password, algorithm="MD5"):
    """The Authorization line for a 401 that offers this algorithm (RFC 7616)."""
    lines = [line for line in challenge.splitlines() if line.startswith("WWW-Authenticate") and f"algorithm={algorithm}" in line]
    offered = dict(re.findall(r'(\w+)="?([^",\r]+)"?', lines[0]))
    digest = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]

    def h(*parts):
        return digest(":".join(parts).encode()).hexdigest()

    response = h(h(user, offered["realm"], password), offered["nonce"], "00000001", "c", "auth", h(method, uri))
    return (f'Authorization: Digest username="{user}", realm="{offered["realm"]}", nonce="{offered["nonce"]}", uri="{uri}", '
            f'algorithm={algorithm}, qop=auth, nc=00000001, cnonce="c", response="{response}"')


class SipPeer:
    """Use as a context manager. One dialog at a time."""

    def __init__(self, server, user, password, own_port=0, address="127.0.0.1"):
        self.user, self.password = user, password
        self.more = ""  # headers of REGISTER, lines
        host, port = server.split(":")
        self.server = (host, int(port))
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, own_port))
        self.socket.settimeout(10)
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp.bind(("127.0.0.1", 0))
        self.contact = f"sip:{user}@{address}:{self.socket.getsockname()[1]}"
        self._branches, self._cseq = count(1), count(1)
        self._speaking = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.hush()
        self.socket.close()
        self.rtp.close()

    # ---- messages ----

    def send(self, text):
        self.socket.sendto(text.replace("\n", "\r\n").encode(), self.server)

    def wait(self, start):
        """The next message that begins with these words; others are passed over."""
        while True:
            message = self.socket.recv(65535).decode()
            if message.startswith(start):
                return message

    def reply(self, request, status, phrase, sdp="", more=""):
        """Answers a request, in the one dialog of this peer."""
        to = header(request, "To")
        tag = "" if "tag=" in to or status == 100 else ";tag=peer"
        lines = [f"SIP/2.0 {status} {phrase}"]
        lines += [f"Via: {via}" for via in re.findall(r"^Via\s*:\s*(.*?)\r$", request, re.MULTILINE | re.IGNORECASE)]
        lines += [f"From: {header(request, 'From')}", f"To: {to}{tag}", f"Call-ID: {header(request, 'Call-ID')}",
                  f"CSeq: {header(request, 'CSeq')}", f"Contact: <{self.contact}>"]
        lines += [more] if more else []
        lines += ["Content-Type: application/sdp"] if sdp else []
        self.send("\n".join(lines) + f"\nContent-Length: {len(sdp.replace(chr(10), chr(13) + chr(10)))}\n\n{sdp}")

    def sdp(self, direction="sendrecv"):
        port = self.rtp.getsockname()[1]
        return (f"v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0 101\n"
                f"a=rtpmap:101 telephone-event/8000\na={direction}\n")

    def _request(self, method, invite, cseq, sdp=""):
        """A request in the dialog that the INVITE began, from the called side."""
        target = re.search(r"<(.*?)>", header(invite, "Contact"))[1]
        self.send(f"{method} {target} SIP/2.0\nVia: SIP/2.0/UDP {self.contact.split('@')[1]};branch=z9hG4bKpeer{next(self._branches)}\n"
                  f"Max-Forwards: 70\nFrom: {header(invite, 'To')};tag=peer\nTo: {header(invite, 'From')}\n"
                  f"Call-ID: {header(invite, 'Call-ID')}\nCSeq: {cseq} {method}\nContact: <{self.contact}>\n"
                  + ("Content-Type: application/sdp\n" if sdp else "")
                  + f"Content-Length: {len(sdp.replace(chr(10), chr(13) + chr(10)))}\n\n{sdp}")

    def reinvite(self, invite, cseq, direction):
        """A new offer in the dialog; direction None: none, the server is to make one."""
        self._request("INVITE", invite, cseq, self.sdp(direction) if direction else "")
        return self.wait("SIP/2.0 200")

    def acknowledge(self, invite, cseq, sdp=""):
        self._request("ACK", invite, cseq, sdp)

    def bye(self, invite, cseq=1):
        """Ends the dialog, and waits until the server has said yes."""
        self._request("BYE", invite, cseq)
        return self.wait("SIP/2.0 200")

    # ---- registering ----

    def _register(self, authorization=""):
        self.send(f"REGISTER sip:{self.server[0]} SIP/2.0\nVia: SIP/2.0/UDP {self.contact.split('@')[1]};branch=z9hG4bKpeer{next(self._branches)}\n"
                  f"Max-Forwards: 70\nFrom: <sip:{self.user}@{self.server[0]}>;tag=reg\nTo: <sip:{self.user}@{self.server[0]}>\n"
                  f"Call-ID: register-{self.contact}\nCSeq: {next(self._cseq)} REGISTER\nContact: <{self.contact}>;expires=300\n"
                  f"{self.more}{authorization}Content-Length: 0\n\n")
        return self.wait("SIP/2.0")

    def challenge(self):
        """Asks for a challenge."""
        return self._register()

    def register(self, algorithm="MD5", challenge=None):
        """Registers with that digest algorithm, on that challenge if there is one; returns the final answer."""
        challenge = challenge or self._register()
        line = authorization(challenge, "REGISTER", f"sip:{self.server[0]}", self.user, self.password, algorithm)
        return self._register(f"{line}\n")

    # ---- audio ----

    def speak(self, samples, invite):
        """Sends these samples again and again by RTP to where the INVITE's SDP wants them, until hush()."""
        to = ("127.0.0.1", int(re.search(r"^m=audio (\d+)", invite, re.MULTILINE)[1]))
        data = encode_pcmu(samples)
        frames = [data[i:i + 160].ljust(160, b"\xff") for i in range(0, len(data), 160)]
        self._speaking = threading.Event()

        def work(stopped, begin):
            for n in count():
                packet = b"\x80\x00" + (n & 0xffff).to_bytes(2, "big") + (160 * n).to_bytes(4, "big") + b"peer" + frames[n % len(frames)]
                self.rtp.sendto(packet, to)
                if stopped.wait(max(0.0, begin + 0.02 * (n + 1) - time.monotonic())):
                    return

        threading.Thread(target=work, args=(self._speaking, time.monotonic()), daemon=True).start()

    def hush(self):
        if self._speaking:
            self._speaking.set()
            self._speaking = None
