"""A headless baresip: a real SIP phone without sound hardware, driven over its control socket.

It speaks WAV files and records what it hears and sends. Each phone has a folder of its own.
"""
import json
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

import audio
from events import Events, Missing
from ports import free_port

WAV_HEADER = 44  # bytes
CODECS = {"pcmu": "pcmu/8000/1", "pcma": "pcma/8000/1", "g722": "g722/16000/1", "opus": "opus/48000/2"}  # baresip's names

CONFIG = """\
poll_method epoll
sip_listen {host}:{sip_port}
net_interface {address}
audio_source aufile,{says}
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_buffer 20-160
jitter_buffer_delay 1-5
call_local_timeout 120
call_max_calls 4
rtp_stats no
ringback_disabled yes
statmode_default off
snd_path {folder}
module_path /usr/lib/baresip/modules
module g711.so
module g722.so
module opus.so
module srtp.so
module aufile.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
module_app debug_cmd.so
ctrl_tcp_listen 127.0.0.1:{control_port}
"""


def netstring_read(stream):
    """One netstring from a file object, or None at its end."""
    digits = b""
    while (char := stream.read(1)) not in (b":", b""):
        digits += char
    if not digits or char == b"":
        return None
    data = stream.read(int(digits))
    stream.read(1)
    return data


class Phone:
    """Use as a context manager, or start() and stop()."""

    def __init__(self, folder, user, domain=None, password=None, answers=True, says=None, expires=0, codec="pcmu",
                 apps=(), encryption=None, address="127.0.0.1", prefix=(), connect=socket.create_connection):
        """domain: host:port of the server; without one the phone is its own. expires: seconds to register for.
        apps: further modules of baresip, such as mwi.
        encryption: baresip's mediaenc, as srtp or srtp-mand.
        address: its own; prefix, connect: how its process is run and reached elsewhere, such as in a network namespace."""
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.user = user
        self.apps = apps
        self.address, self.prefix, self.connect = address, list(prefix), connect
        self.sip_port = free_port(spread=2)  # baresip listens for TLS on the next one
        self.control_port = free_port(socket.SOCK_STREAM)
        self.domain = domain or f"127.0.0.1:{self.sip_port}"
        self.events = Events(user)
        self._process = self._control = self._lines = None
        self.account = f"<sip:{self.user}@{self.domain}>;regint={expires};audio_codecs={CODECS[codec]}"
        self.account += f";answermode={'auto' if answers else 'manual'}"
        if encryption:
            self.account += f";mediaenc={encryption}"
        if password:
            self.account += f";auth_user={self.user};auth_pass={password}"
        self._write_config(says or audio.sentence(self.folder, "silence/1"))

    def _write_config(self, says):
        config = CONFIG.format(folder=self.folder, address=self.address, host=f"[{self.address}]" if ":" in self.address else self.address, says=says, sip_port=self.sip_port, control_port=self.control_port)
        config += "".join(f"module_app {app}.so\n" for app in self.apps)
        for name, text in (("config", config), ("accounts", ""), ("contacts", ""), ("uuid", "")):
            (self.folder / name).write_text(text)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self._process = subprocess.Popen([*self.prefix, "stdbuf", "-oL", "baresip", "-6" if ":" in self.address else "-4", "-f", str(self.folder)], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self._lines = Events(f"{self.user}'s log")
        threading.Thread(target=self._read_log, daemon=True).start()
        self._lines.wait(lambda line: "baresip is ready" in line, 10, "start of baresip")
        self._control = self.connect(("127.0.0.1", self.control_port), timeout=10)
        self._control.settimeout(None)
        threading.Thread(target=self._read_events, daemon=True).start()
        self.command("uanew", self.account)  # only now, so that no event of its registration is missed
        return self

    def stop(self):
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        if self._control:
            self._control.close()

    def _read_log(self):
        with open(self.folder / "log", "w") as log:
            for line in self._process.stdout:
                log.write(line)
                log.flush()
                self._lines.add(line)
        self._lines.end()

    def _read_events(self):
        with self._control.makefile("rb") as stream:
            try:
                while (data := netstring_read(stream)) is not None:
                    self.events.add(json.loads(data))
            except OSError:
                pass
        self.events.end()

    def command(self, name, parameters=""):
        """Runs a command of baresip and returns its answer."""
        token = f"{name}-{time.monotonic_ns()}"
        message = json.dumps({"command": name, "params": parameters, "token": token}).encode()
        before = self.events._next
        self._control.sendall(b"%d:%s," % (len(message), message))
        answer = self.events.wait(lambda e: e.get("token") == token, 10, f"answer to {name}")
        self.events._next = before  # events that came meanwhile may still be waited for
        assert answer["ok"], answer
        return answer["data"]

    def wait(self, kind, timeout=10):
        """The next event of this kind, e.g. CALL_ESTABLISHED."""
        return self.events.wait(lambda e: e.get("type") == kind, timeout, kind)

    def uri(self):
        return f"sip:{self.user}@{self.domain}"

    def dial(self, target):
        """Calls a SIP user of the server, or a whole SIP URI."""
        self.command("dial", target if target.startswith("sip:") else f"sip:{target}@{self.domain}")

    def answer(self):
        self.command("accept")

    def hang_up(self):
        self.command("hangup")

    def speak(self, path):
        """Starts speaking this WAV file (8000 Hz, mono) in the current call."""
        self.command("ausrc", f"aufile,{path}")

    def press(self, digit):
        """Sends one digit by RFC 4733."""
        self.command("sndcode", digit)

    def is_encrypted(self):
        """Whether a call of it has been encrypted."""
        return any("SRTP is Enabled" in line for line in self._lines.seen)

    def _recording(self, way):
        """The newest recording, also while it is being written (its header then says nothing yet)."""
        files = sorted(self.folder.glob(f"dump-*-{way}.wav"), key=lambda p: p.stat().st_mtime)
        data = files[-1].read_bytes() if files else b""
        if len(data) < WAV_HEADER:
            return audio.from_pcm(b"")
        channels, rate = struct.unpack_from("<HI", data, 22)
        return audio.from_pcm(data[WAV_HEADER:], rate, channels)

    def heard(self):
        """What it has heard so far in this call, or heard in the last."""
        return self._recording("dec")

    def spoke(self):
        """What it has sent so far in this call, or sent in the last."""
        return self._recording("enc")

    def _wait_for_audio(self, arrived, timeout, what):
        """Looks at the recordings as they grow, until arrived() gives something."""
        deadline = time.monotonic() + timeout
        while not (found := arrived()):
            if time.monotonic() > deadline:
                raise Missing(f"{self.user}: {what} within {timeout} s; heard {len(self.heard()) / audio.RATE:.1f} s")
            time.sleep(0.05)  # between two looks at a file
        return found

    def wait_heard(self, wanted, timeout=15, after=0.0, least=0.9):
        """Waits until these samples have arrived whole, `after` that many seconds; returns where they ended."""
        def arrived():
            likeness, at = audio.best_match(self.heard()[int(after * audio.RATE):], wanted)
            return after + at + len(wanted) / audio.RATE if likeness > least else None
        return self._wait_for_audio(arrived, timeout, "the sentence was not heard")

    def wait_heard_in_pieces(self, wanted, timeout=30, share=0.9, least=0.8):
        """Waits until this share of the sentence's pieces has arrived, each where it likes."""
        self._wait_for_audio(lambda: audio.share_heard(self.heard(), wanted, least=least) >= share, timeout,
                             f"{share} of it was not heard")

    def wait_spoken(self, seconds, timeout=15):
        """Waits until it has sent this much sound in this call."""
        self._wait_for_audio(lambda: len(self.spoke()) >= seconds * audio.RATE, timeout, f"{seconds} s were not sent")
